// Where fields stand on the pictures: the frame around the one looked at, what is cut out for each
// row, and the field under a click. Corners are in pixels of the picture, so they hold at every zoom.

const ROOM = 0.12;
const HEIGHTS = { cut: 36, mrz__picture: 22 };

function cornersOf(mark) {
  return mark.dataset.corners.split(" ").map((corner) => corner.split(",").map(Number));
}

function far([ax, ay], [bx, by]) {
  return Math.hypot(bx - ax, by - ay);
}

// Whether a point lies in a place, whichever way its corners run.
function holds(corners, { x, y }) {
  const turns = corners.map(([ax, ay], index) => {
    const [bx, by] = corners[(index + 1) % corners.length];
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax);
  });
  return turns.every((turn) => turn >= 0) || turns.every((turn) => turn <= 0);
}

// Straightened, with a little room around it, as sharp as the picture has it. A line of the code has
// no room at its ends, so that each character stands over its own.
function cut(canvas, image, corners) {
  const [topLeft, topRight, bottomRight, bottomLeft] = corners;
  const width = (far(topLeft, topRight) + far(bottomLeft, bottomRight)) / 2;
  const height = (far(topLeft, bottomLeft) + far(topRight, bottomRight)) / 2;
  if (!width || !height) return;
  const room = canvas.className === "cut" ? ROOM * height : 0;
  const scale = (HEIGHTS[canvas.className] * devicePixelRatio) / (height + 2 * room);
  canvas.width = Math.round((width + 2 * room) * scale);
  canvas.height = Math.round((height + 2 * room) * scale);
  const along = [(topRight[0] - topLeft[0]) / width, (topRight[1] - topLeft[1]) / width];
  const down = [(bottomLeft[0] - topLeft[0]) / height, (bottomLeft[1] - topLeft[1]) / height];
  const straight = new DOMMatrix([...along, ...down, ...topLeft]).inverse();
  const drawn = canvas.getContext("2d");
  drawn.imageSmoothingQuality = "high";
  drawn.setTransform(new DOMMatrix().scale(scale).translate(room, room).multiply(straight));
  drawn.drawImage(image, 0, 0);
}

export class Places {
  constructor(root, viewer) {
    this.viewer = viewer;
    this.marks = new Map([...root.querySelectorAll("[data-place]")].map((mark) => [mark.dataset.place, mark]));
    this.faults = new Map([...root.querySelectorAll("[data-fault]")].map((fault) => [fault.dataset.fault, fault]));
    this.canvases = [...root.querySelectorAll("[data-cut]")];
    this.framed = null;
    viewer.sheets.forEach((sheet, side) => {
      sheet.image.decode().then(() => this.cutOut(sheet, side), () => {});
      sheet.frame.addEventListener("pointermove", (event) => this.point(sheet, side, event));
    });
  }

  // The hand says where a click would find a field.
  point(sheet, side, event) {
    if (event.pointerType !== "mouse" || !sheet.item) return;
    const { left, top } = sheet.frame.getBoundingClientRect();
    const at = sheet.inPicture(new window.OpenSeadragon.Point(event.clientX - left, event.clientY - top));
    sheet.frame.classList.toggle("sheet__picture--field", Boolean(this.at(side, at)));
  }

  // After the case is on the screen: what is cut out is no more than a help.
  cutOut(sheet, side) {
    const here = this.canvases.filter((canvas) => canvas.dataset.cut.startsWith(`${side}-`));
    requestAnimationFrame(() => setTimeout(() => {
      here.forEach((canvas) => cut(canvas, sheet.image, cornersOf(this.marks.get(canvas.dataset.cut))));
    }));
  }

  frame(name) {
    this.framed?.toggleAttribute("hidden", true);
    const mark = this.marks.get(name) ?? null;
    this.framed = mark;
    this.viewer.sheets.forEach((sheet) => this.caption(sheet, mark));
    if (!mark) return;
    mark.removeAttribute("hidden");
    this.viewer.reveal(name.split("-")[0], cornersOf(mark));
  }

  // Said in words beside the picture, and that it is approximate where it is.
  caption(sheet, mark) {
    const where = sheet.frame.parentElement.querySelector("[data-where]");
    const here = Boolean(mark) && sheet.frame.contains(mark);
    where.hidden = !here;
    if (here) where.lastElementChild.textContent = mark.dataset.words;
  }

  // What a check digit says of a line on the picture, as long as it says it.
  fault(name, shown) {
    this.faults.get(name)?.toggleAttribute("hidden", !shown);
  }

  // The field that stands there, the smallest where several do.
  at(side, point) {
    const here = [...this.marks].filter(([name, mark]) => name.startsWith(`${side}-`) && holds(cornersOf(mark), point));
    const size = ([, mark]) => {
      const [topLeft, topRight, , bottomLeft] = cornersOf(mark);
      return far(topLeft, topRight) * far(topLeft, bottomLeft);
    };
    return here.sort((one, other) => size(one) - size(other))[0]?.[0];
  }
}
