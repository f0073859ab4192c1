// The pictures of a case: zoom to the pixel, turn, move, light. OpenSeadragon draws over the plain
// picture, which stays for whoever has no script; outlines are drawn in pixels of the picture.

const STEP = 1.25;
const PIXEL = 8;
const LIGHT = { brightness: 1, contrast: 1 };
const LIGHT_STEP = 0.1;

// The library would write an inline style, which our policy refuses. It takes this for its own: an
// element of that name, but none that holds styles.
function keepStylesOut() {
  if (document.querySelector("style[data-openseadragon-mobile-css]")) return;
  const kept = document.createElementNS("", "style");
  kept.setAttribute("data-openseadragon-mobile-css", "true");
  document.head.append(kept);
}

// Halved until it is small, each from the one before it, so that a small picture is not grainy.
function halves(image) {
  const levels = [];
  let [from, width, height] = [image, image.naturalWidth, image.naturalHeight];
  for (;;) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const drawn = canvas.getContext("2d");
    drawn.imageSmoothingQuality = "high";
    drawn.drawImage(from, 0, 0, width, height);
    levels.unshift(drawn);
    if (Math.max(width, height) <= 512) return levels;
    [from, width, height] = [canvas, Math.ceil(width / 2), Math.ceil(height / 2)];
  }
}

// The picture that is there already: asking for it again would be another showing of it.
function source(image) {
  const levels = halves(image);
  const { naturalWidth: width, naturalHeight: height } = image;
  return {
    width,
    height,
    tileSize: Math.max(width, height),
    minLevel: 0,
    maxLevel: levels.length - 1,
    getTileUrl: (level) => `${image.src}#${level}`,
    downloadTileStart: (job) => job.finish(levels[job.tile.level], null, "context2d"),
    downloadTileAbort: () => {},
  };
}

class Sheet {
  constructor(frame) {
    this.frame = frame;
    this.image = frame.querySelector("img");
    this.overlay = frame.querySelector("[data-overlay]");
    this.light = { ...LIGHT };
    this.lit = frame.parentElement.querySelector("[data-light]");
    this.opened = this.open().catch(() => {});
  }

  async open() {
    await this.image.decode();
    const stage = document.createElement("div");
    stage.className = "sheet__stage";
    const drawing = this.overlay.ownerSVGElement;
    this.frame.insertBefore(stage, drawing);
    this.osd = window.OpenSeadragon({
      element: stage,
      tileSources: source(this.image),
      drawer: "canvas",
      showNavigationControl: false,
      animationTime: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 0.18,
      blendTime: 0,
      immediateRender: true,
      maxZoomPixelRatio: PIXEL,
      minZoomImageRatio: 0.5,
      visibilityRatio: 0.6,
      zoomPerScroll: STEP,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      gestureSettingsTouch: { pinchRotate: true },
    });
    // Keys are the page's own: they can be switched off and given to other acts.
    this.osd.innerTracker.keyDownHandler = null;
    this.osd.innerTracker.keyHandler = null;
    this.osd.canvas.tabIndex = -1;
    await new Promise((opened) => this.osd.addOnceHandler("open", opened));
    drawing.removeAttribute("viewBox");
    this.frame.classList.add("sheet__picture--live");
    this.osd.addHandler("update-viewport", () => this.follow());
    this.follow();
    this.draw();
  }

  // Outlines stand in pixels of the picture: this is where those are on the screen now.
  follow() {
    const item = this.osd.world.getItemAt(0);
    if (!item) return;
    const at = (x, y) => item.imageToViewerElementCoordinates(new window.OpenSeadragon.Point(x, y));
    const [zero, right, down] = [at(0, 0), at(1000, 0), at(0, 1000)];
    const along = (one, other) => (one - other) / 1000;
    const matrix = [
      along(right.x, zero.x),
      along(right.y, zero.y),
      along(down.x, zero.x),
      along(down.y, zero.y),
      zero.x,
      zero.y,
    ];
    this.overlay.setAttribute("transform", `matrix(${matrix.join(" ")})`);
  }

  zoomBy(factor) {
    this.osd?.viewport.zoomBy(factor).applyConstraints();
  }

  reset() {
    this.light = { ...LIGHT };
    this.draw();
    this.osd?.viewport.setRotation(0, true);
    this.osd?.viewport.goHome();
  }

  rotate() {
    if (!this.osd) return;
    const { viewport } = this.osd;
    viewport.setRotation(viewport.getRotation() + 90, true);
    viewport.goHome(true);
  }

  lightBy(what, by) {
    this.light[what] = Math.max(0.4, Math.min(2.5, this.light[what] + by));
    this.draw();
  }

  // What is changed about the look is said beside the picture.
  draw() {
    const { brightness, contrast } = this.light;
    const changed = brightness !== 1 || contrast !== 1;
    if (this.osd) {
      const look = changed ? `brightness(${brightness}) contrast(${contrast})` : "";
      this.osd.drawer.canvas.style.filter = look;
    }
    this.lit.hidden = !changed;
    this.lit.querySelector("[data-brightness]").textContent = brightness.toFixed(1);
    this.lit.querySelector("[data-contrast]").textContent = contrast.toFixed(1);
  }

  arrow(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    if (!way || !this.osd) return;
    event.preventDefault();
    const { viewport } = this.osd;
    const far = new window.OpenSeadragon.Point(way[0] * 40, way[1] * 40);
    viewport.panBy(viewport.deltaPointsFromPixels(far).rotate(-viewport.getRotation())).applyConstraints();
  }
}

export class Viewer {
  constructor(root) {
    keepStylesOut();
    this.stage = root.querySelector(".viewer");
    const frames = [...root.querySelectorAll("[data-sheet]")];
    this.sheets = new Map(frames.map((frame) => [frame.dataset.sheet, new Sheet(frame)]));
    this.tool = root.querySelector('[data-act="portrait"]');
    this.outlines = root.querySelectorAll("[data-portrait]");
    this.sides = root.querySelectorAll("[data-alone]");
    this.current = frames[0]?.dataset.sheet;
    frames.forEach((frame) => {
      frame.addEventListener("keydown", (event) => this.sheets.get(frame.dataset.sheet).arrow(event));
    });
    const choose = (event) => this.choose(event.target.closest("[data-sheet], [data-row]"));
    root.addEventListener("focusin", choose);
    root.addEventListener("pointerdown", choose);
  }

  close() {
    this.sheets.forEach((sheet) => sheet.osd?.destroy());
  }

  // Tools act on the picture that was looked at last, or that the focused field stands on.
  choose(element) {
    const side = element?.dataset.sheet ?? element?.dataset.side;
    if (this.sheets.has(side)) this.current = side;
  }

  get sheet() {
    return this.sheets.get(this.current);
  }

  // One side alone, large; asked for again, both.
  show(side) {
    const alone = this.stage.dataset.alone === side ? "" : side;
    this.stage.dataset.alone = alone;
    this.sides.forEach((tool) => {
      tool.setAttribute("aria-current", String(tool.dataset.alone === alone));
    });
    const sheet = this.sheets.get(alone || this.current);
    if (alone) this.current = alone;
    sheet?.frame.focus({ preventScroll: true });
    sheet?.frame.scrollIntoView({ block: "nearest" });
  }

  outline() {
    const shown = this.tool?.getAttribute("aria-pressed") !== "true";
    this.tool?.setAttribute("aria-pressed", String(shown));
    this.outlines.forEach((outline) => outline.toggleAttribute("hidden", !shown));
  }

  get commands() {
    return {
      front: () => this.show("front"),
      back: () => this.show("back"),
      both: () => this.show(this.stage.dataset.alone || ""),
      "zoom-in": () => this.sheet?.zoomBy(STEP),
      "zoom-out": () => this.sheet?.zoomBy(1 / STEP),
      fit: () => this.sheet?.reset(),
      rotate: () => this.sheet?.rotate(),
      brighter: () => this.sheet?.lightBy("brightness", LIGHT_STEP),
      darker: () => this.sheet?.lightBy("brightness", -LIGHT_STEP),
      "more-contrast": () => this.sheet?.lightBy("contrast", LIGHT_STEP),
      "less-contrast": () => this.sheet?.lightBy("contrast", -LIGHT_STEP),
      portrait: () => this.outline(),
    };
  }
}
