// One picture of a case: zoom to the pixel, turn, move, light. OpenSeadragon draws over the plain
// picture, which stays for whoever has no script; outlines are drawn in pixels of the picture.

export const STEP = 1.25;
const PIXEL = 8;
const LIGHT = { brightness: 1, contrast: 1 };

// The library would write an inline style, which our policy refuses. It takes this for its own: an
// element of that name in no namespace, which is no style to a browser.
export function keepStylesOut() {
  if (document.querySelector("style[data-openseadragon-mobile-css]")) return;
  const kept = document.createElementNS(null, "style");
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

export class Sheet {
  constructor(frame, onPoint) {
    this.frame = frame;
    this.onPoint = onPoint;
    this.image = frame.querySelector("img");
    this.overlay = frame.querySelector("[data-overlay]");
    this.moved = false;
    this.light = { ...LIGHT };
    this.lit = frame.parentElement.querySelector("[data-light]");
    this.broken = frame.querySelector("[data-broken]");
    this.broken.querySelector("[data-again]").addEventListener("click", () => this.again());
    this.begin();
  }

  begin() {
    this.opened = this.open().then(
      () => (this.broken.hidden = true),
      () => (this.broken.hidden = false),
    );
  }

  // The same address anew: what failed is not kept.
  again() {
    this.image.src = this.image.getAttribute("src");
    this.begin();
  }

  // The plain picture is on the screen first; the one that can be moved takes its place.
  async open() {
    await this.image.decode();
    await new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
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
    ["canvas-drag", "canvas-scroll", "canvas-pinch", "canvas-double-click"].forEach((moved) => {
      this.osd.addHandler(moved, () => (this.moved = true));
    });
    this.osd.addHandler("after-resize", () => this.moved || this.osd.viewport.goHome(true));
    this.osd.addHandler("canvas-click", (event) => event.quick && this.onPoint(this.inPicture(event.position)));
    this.follow();
    this.draw();
  }

  // Outlines stand in pixels of the picture: this is where those are on the screen now.
  follow() {
    const { item } = this;
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

  get item() {
    return this.osd?.world.getItemAt(0);
  }

  // Of a place on the screen, in pixels of the picture.
  inPicture(position) {
    return this.item.viewerElementToImageCoordinates(position);
  }

  // Moved only where a place is out of sight, or will be when a zoom that is under way has ended:
  // nothing jumps under the eyes.
  reveal(corners) {
    if (!this.item) return;
    const { Point } = window.OpenSeadragon;
    const { viewport } = this.osd;
    const stands = ([x, y]) => this.item.imageToViewportCoordinates(new Point(x, y));
    const seen = corners.map((corner) => viewport.pixelFromPoint(stands(corner), false));
    const { clientWidth: width, clientHeight: height } = this.osd.canvas;
    const inside = ({ x, y }) => x >= 0 && y >= 0 && x <= width && y <= height;
    if (seen.every(inside)) return;
    const middle = corners.reduce(([x, y], corner) => [x + corner[0] / 4, y + corner[1] / 4], [0, 0]);
    viewport.panTo(stands(middle));
  }

  zoomBy(factor) {
    this.moved = true;
    this.osd?.viewport.zoomBy(factor).applyConstraints();
  }

  reset() {
    this.moved = false;
    this.light = { ...LIGHT };
    this.draw();
    this.osd?.viewport.setRotation(0, true);
    this.osd?.viewport.goHome();
  }

  rotate() {
    if (!this.osd) return;
    const { viewport } = this.osd;
    this.moved = false;
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
    this.moved = true;
    const { viewport } = this.osd;
    const far = new window.OpenSeadragon.Point(way[0] * 40, way[1] * 40);
    viewport.panBy(viewport.deltaPointsFromPixels(far).rotate(-viewport.getRotation())).applyConstraints();
  }
}
