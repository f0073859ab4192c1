// The next case, fetched while this one is looked at. Its pictures come along and are decoded.

const FETCHED = { headers: { "X-Fetched-Ahead": "1" } };

async function get(address) {
  const answer = await fetch(address, FETCHED);
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  return answer;
}

// A page as nodes of this document, not shown yet.
export function read(text) {
  const parsed = new DOMParser().parseFromString(text, "text/html");
  const body = document.adoptNode(parsed.body);
  const root = body.querySelector("[data-case]");
  const nodes = [...body.childNodes];
  return { body, nodes, title: parsed.title, reference: root?.dataset.reference };
}

async function bring(image) {
  const blob = await (await get(image.getAttribute("src"))).blob();
  image.src = URL.createObjectURL(blob);
  await image.decode();
  return image.src;
}

export class Ahead {
  constructor() {
    this.forget();
  }

  forget() {
    this.ready?.pictures.forEach((picture) => URL.revokeObjectURL(picture));
    this.ready = null;
    this.address = "";
    this.coming = null;
  }

  fetch(address) {
    if (address === this.address) return;
    this.forget();
    if (!address) return;
    this.address = address;
    this.coming = this.bring(address).catch(() => this.address === address && this.forget());
  }

  async bring(address) {
    const page = read(await (await get(address)).text());
    const images = [...page.body.querySelectorAll("[data-case] img")];
    const pictures = await Promise.all(images.map(bring));
    if (page.reference && this.address === address) this.ready = { ...page, address, pictures };
  }

  // What is taken is on the screen: its pictures are let go with the window.
  take() {
    const taken = this.ready;
    if (taken) {
      this.ready = null;
      this.forget();
    }
    return taken;
  }

  putBack(next) {
    this.ready = next;
    this.address = next.address;
  }
}
