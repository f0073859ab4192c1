// A reviewer's desk: the case on the screen, the next one behind it, and a decision on its way.
// Without this file every value is a plain input and every act a button.

import { Ahead, read } from "./case-ahead.js";
import { CasePage } from "./case-page.js";
import { post, troubleWith } from "./posting.js";

const PATIENCE = 2000;
const SOON = 300;
// A window that nobody sees draws nothing: it is waited for no longer than that.
const DRAWN = 100;

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

class Desk {
  constructor() {
    this.ahead = new Ahead();
    this.learn = this.learn.bind(this);
    this.onItsWay = null;
    this.leaves = false;
    this.page = new CasePage(this);
    this.ahead.fetch(this.page.root.dataset.ahead);
    this.page.hold?.settleIn(Boolean(this.page.root.dataset.ahead));
  }

  // Whatever answers a hold or a decision says which case comes next.
  learn(said) {
    if (said.ahead !== undefined) this.ahead.fetch(said.ahead);
  }

  put({ nodes, title, address, page }) {
    this.page.hold?.pause();
    document.body.replaceChildren(...nodes);
    document.title = title;
    if (page) {
      this.page = page;
      page.hold?.resume();
    } else {
      history.replaceState(null, "", address);
      this.page = new CasePage(this);
    }
    return this.page;
  }

  show(next) {
    history.pushState(null, "", next.address);
    next.page = this.put(next);
    return next.page;
  }

  decide(page, button) {
    if (this.onItsWay || (this.ahead.coming && !this.ahead.ready)) {
      this.tellToWait(page, this.decideLater(page, button));
      return;
    }
    const next = this.ahead.take();
    if (!next) page.askForNext();
    // The form has a button named "action", which hides its property of that name.
    const act = [page.form.getAttribute("action"), new FormData(page.form, button)];
    if (next) this.goTo(next, page, ...act);
    else {
      this.onItsWay = this.finish(page, ...act).finally(() => (this.onItsWay = null));
      this.tellToWait(page, this.onItsWay);
    }
  }

  // Said only where it takes long enough to be asked for.
  async tellToWait(page, work) {
    const told = setTimeout(() => page.notices.show("sending"), SOON);
    await work;
    clearTimeout(told);
    page.notices.clear("sending");
  }

  // Nothing is fetched that could be shown: the server says where to go on.
  async finish(page, address, data) {
    const left = this.leftOf(page);
    const answer = await post(address, data);
    if (answer?.ok && !answer.headers.get("Content-Type").startsWith("text/html")) {
      this.leaves = true;
      location.assign((await answer.json()).goes);
    } else await this.takeBack(left, answer);
  }

  leftOf(page) {
    return { nodes: page.nodes, title: document.title, address: location.href, page };
  }

  // Behind a decision that is on its way, and for a moment behind a case that is being fetched.
  async decideLater(page, button) {
    await this.onItsWay;
    await Promise.race([this.ahead.coming, pause(PATIENCE)]);
    if (!this.ahead.ready) this.ahead.forget();
    if (this.page === page && !this.onItsWay && !this.leaves) page.form.requestSubmit(button);
  }

  goOn(page) {
    const next = this.onItsWay ? null : this.ahead.take();
    this.leaves = !next;
    if (next) this.goTo(next, page, page.next.action, new FormData(page.next));
    return Boolean(next);
  }

  goTo(next, from, address, data) {
    data.set("opens", next.reference);
    const left = this.leftOf(from);
    this.show(next);
    this.onItsWay = this.write(address, data, left, next).finally(() => (this.onItsWay = null));
  }

  async write(address, data, left, next) {
    // The eyes come first: what the server has to do competes with drawing on a small machine.
    const drawn = new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await Promise.race([drawn, pause(DRAWN)]);
    // Refused, it answers as to any form: with the page that says why.
    const answer = await post(address, data);
    if (answer?.ok) this.settle(await answer.json(), left, next);
    // Something was done that leads on: the page that is shown says how its case stands.
    else if (answer?.type === "opaqueredirect") this.reopen(next);
    else await this.takeBack(left, answer, next);
  }

  settle(said, left, next) {
    left.page.viewer.close();
    // The next case is no longer reserved, or no longer free: its page says how it stands.
    if (said.refused || said.goes) {
      this.reopen(next);
      return;
    }
    next.page.hold?.begin(said.held_until);
    next.page.say(said.said);
    this.learn(said);
  }

  reopen(next) {
    this.leaves = true;
    location.replace(next.address);
  }

  // The case that was not decided is put back as it was left, with all that was typed.
  async takeBack(left, answer, next) {
    if (next) this.ahead.putBack(next);
    history.replaceState(null, "", left.address);
    const said = answer?.headers.get("Content-Type")?.startsWith("text/html");
    const told = said ? read(await answer.text()) : null;
    if (told?.reference) this.put({ ...told, address: left.address });
    else {
      if (this.page !== left.page) this.put(left);
      left.page.tell(troubleWith(answer) === "signedOut" ? "signedOut" : "lost");
    }
  }
}

const desk = new Desk();
document.addEventListener("keydown", (event) => {
  desk.page.hold?.signOfLife();
  desk.page.onKey(event);
});
document.addEventListener("pointerdown", () => desk.page.hold?.signOfLife());
document.addEventListener("click", (event) => desk.page.onClick(event));
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const elsewhere = event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey;
  if (!link || elsewhere || link.target || link.getAttribute("href").startsWith("#")) return;
  if (!desk.page.unsaved) return;
  event.preventDefault();
  desk.page.leaveTo(link.href);
});
window.addEventListener("beforeunload", (event) => {
  if (!desk.leaves && desk.page.unsaved) event.preventDefault();
});
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && event.target.method !== "dialog") desk.leaves = true;
});
window.addEventListener("offline", () => desk.page.announce("offline"));
window.addEventListener("online", () => desk.page.announce("online"));
window.addEventListener("popstate", () => location.reload());
// A reservation that is not used is released: whoever leaves works on no next case.
window.addEventListener("pagehide", () => {
  const { next, root } = desk.page;
  if (desk.leaves || !next || !desk.ahead.address) return;
  navigator.sendBeacon(root.dataset.letGo, new FormData(next));
});
