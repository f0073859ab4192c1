// The pictures of a case: zoom, turn and move. Nothing changes the picture but its place.

const MOST = 8;
const STEP = 1.25;
const MOVE = 40;

class Sheet {
  constructor(frame) {
    this.frame = frame;
    this.turned = frame.querySelector("[data-turn]");
    this.reset();
    frame.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    frame.addEventListener("pointerdown", (event) => this.grab(event));
    frame.addEventListener("keydown", (event) => this.arrow(event));
  }

  reset() {
    Object.assign(this, { zoom: 1, quarter: 0, x: 0, y: 0 });
    this.draw();
  }

  // A quarter turn makes a wide picture high: it shrinks until it fits its frame again.
  get fit() {
    const { clientWidth: width, clientHeight: height } = this.frame;
    return this.quarter % 2 && width ? Math.min(width / height, height / width) : 1;
  }

  draw() {
    const scale = this.zoom * this.fit;
    const place = `translate(${this.x}px, ${this.y}px)`;
    this.turned.style.transform = `${place} rotate(${this.quarter * 90}deg) scale(${scale})`;
    this.turned.style.setProperty("--scale", scale);
  }

  zoomBy(factor, x = 0, y = 0) {
    const zoom = Math.max(1, Math.min(MOST, this.zoom * factor));
    const grown = zoom / this.zoom;
    this.zoom = zoom;
    this.x = zoom === 1 ? 0 : x - (x - this.x) * grown;
    this.y = zoom === 1 ? 0 : y - (y - this.y) * grown;
    this.keepInside();
  }

  rotate() {
    this.quarter += 1;
    this.x = this.y = 0;
    this.draw();
  }

  moveBy(x, y) {
    this.x += x;
    this.y += y;
    this.keepInside();
  }

  keepInside() {
    const far = (this.zoom - 1) / 2;
    const { clientWidth: width, clientHeight: height } = this.frame;
    this.x = Math.max(-width * far, Math.min(width * far, this.x));
    this.y = Math.max(-height * far, Math.min(height * far, this.y));
    this.draw();
  }

  wheel(event) {
    event.preventDefault();
    const box = this.frame.getBoundingClientRect();
    const x = event.clientX - box.left - box.width / 2;
    const y = event.clientY - box.top - box.height / 2;
    this.zoomBy(event.deltaY < 0 ? STEP : 1 / STEP, x, y);
  }

  grab(event) {
    if (this.zoom === 1 || event.button !== 0) return;
    this.frame.setPointerCapture(event.pointerId);
    const drag = (moved) => this.moveBy(moved.movementX, moved.movementY);
    const drop = () => {
      this.frame.removeEventListener("pointermove", drag);
      this.frame.removeEventListener("pointerup", drop);
      this.frame.removeEventListener("pointercancel", drop);
    };
    this.frame.addEventListener("pointermove", drag);
    this.frame.addEventListener("pointerup", drop);
    this.frame.addEventListener("pointercancel", drop);
  }

  arrow(event) {
    const ways = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const way = ways[event.key];
    if (!way || this.zoom === 1) return;
    event.preventDefault();
    this.moveBy(way[0] * MOVE, way[1] * MOVE);
  }
}

export class Viewer {
  constructor(root) {
    const frames = [...root.querySelectorAll("[data-sheet]")];
    this.sheets = new Map(frames.map((frame) => [frame.dataset.sheet, new Sheet(frame)]));
    this.tool = root.querySelector('[data-act="portrait"]');
    this.outlines = root.querySelectorAll("[data-portrait]");
    this.current = frames[0]?.dataset.sheet;
    root.addEventListener("focusin", (event) => {
      this.choose(event.target.closest("[data-sheet], [data-row]"));
    });
  }

  // Tools act on the picture that was looked at last, or that the focused field stands on.
  choose(element) {
    const side = element?.dataset.sheet ?? element?.dataset.side;
    if (this.sheets.has(side)) this.current = side;
  }

  get sheet() {
    return this.sheets.get(this.current);
  }

  show(side) {
    const sheet = this.sheets.get(side);
    if (!sheet) return;
    this.current = side;
    sheet.frame.scrollIntoView({ block: "nearest" });
    sheet.frame.focus({ preventScroll: true });
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
      "zoom-in": () => this.sheet?.zoomBy(STEP),
      "zoom-out": () => this.sheet?.zoomBy(1 / STEP),
      fit: () => this.sheet?.reset(),
      rotate: () => this.sheet?.rotate(),
      portrait: () => this.outline(),
    };
  }
}
