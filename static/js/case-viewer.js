// The pictures of a case, both or one alone, and what the tools and keys do to them.

import { Sheet, STEP, keepStylesOut } from "./case-sheet.js";

const LIGHT_STEP = 0.1;

export class Viewer {
  constructor(root) {
    keepStylesOut();
    this.stage = root.querySelector(".viewer");
    const frames = [...root.querySelectorAll("[data-sheet]")];
    this.onPoint = () => {};
    this.sheets = new Map(frames.map((frame) => [frame.dataset.sheet, this.sheetOf(frame)]));
    this.tool = root.querySelector('[data-act="outlines"]');
    this.outlines = root.querySelectorAll("[data-outline]");
    this.sides = root.querySelectorAll("[data-alone]");
    this.current = frames[0]?.dataset.sheet;
    frames.forEach((frame) => {
      frame.addEventListener("keydown", (event) => this.sheets.get(frame.dataset.sheet).arrow(event));
    });
    const choose = (event) => this.choose(event.target.closest("[data-sheet], [data-row]"));
    root.addEventListener("focusin", choose);
    root.addEventListener("pointerdown", choose);
  }

  sheetOf(frame) {
    const side = frame.dataset.sheet;
    return new Sheet(frame, (point) => this.onPoint(side, point));
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

  leave(alone) {
    this.stage.dataset.alone = alone;
    this.sides.forEach((tool) => {
      tool.setAttribute("aria-current", String(tool.dataset.alone === alone));
    });
  }

  // A place of the side that is put away brings that side back.
  reveal(side, corners) {
    const { alone } = this.stage.dataset;
    if (alone && alone !== side) this.leave(side);
    this.sheets.get(side)?.reveal(corners);
  }

  // One side alone, large; asked for again, both.
  show(side) {
    const alone = this.stage.dataset.alone === side ? "" : side;
    this.leave(alone);
    const sheet = this.sheets.get(alone || this.current);
    if (alone) this.current = alone;
    // Whoever answers fields goes on doing so: the hand stays where it is.
    if (!document.activeElement?.closest("[data-row]")) sheet?.frame.focus({ preventScroll: true });
    sheet?.frame.scrollIntoView({ block: "nearest" });
  }

  arrow(event) {
    this.sheet?.arrow(event);
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
      zoom_in: () => this.sheet?.zoomBy(STEP),
      zoom_out: () => this.sheet?.zoomBy(1 / STEP),
      fit: () => this.sheet?.reset(),
      rotate: () => this.sheet?.rotate(),
      brighter: () => this.sheet?.lightBy("brightness", LIGHT_STEP),
      darker: () => this.sheet?.lightBy("brightness", -LIGHT_STEP),
      more_contrast: () => this.sheet?.lightBy("contrast", LIGHT_STEP),
      less_contrast: () => this.sheet?.lightBy("contrast", -LIGHT_STEP),
      outlines: () => this.outline(),
    };
  }
}
