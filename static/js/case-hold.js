// How long a case is still held. Any sign of life holds it for longer, at most once a minute.

import { JSON_ONLY, post, troubleWith } from "./posting.js";

const QUIET = 60_000;

export class Hold {
  constructor(form, announce, learn) {
    this.form = form;
    this.announce = announce;
    this.learn = learn;
    this.until = form.dataset.until ? new Date(form.dataset.until) : null;
    // A case that was reserved is on its way to be held.
    this.runs = this.until !== null || form.hasAttribute("data-reserved");
    this.asked = Date.now();
    this.left = form.querySelector("[data-left]");
    this.told = new Set();
    if (!this.runs) return;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.renew();
    });
    this.resume();
  }

  // On a page that was opened as any page is: take what was reserved, learn what comes next.
  settleIn(knowsNext) {
    if (this.runs && !(this.until && knowsNext)) this.renew();
  }

  begin(until) {
    this.until = new Date(until);
    this.asked = Date.now();
    this.told.clear();
    this.form.querySelector("[data-free]").hidden = true;
    this.form.querySelector("[data-held]").hidden = false;
    this.announce("held", "");
    this.tick();
  }

  pause() {
    clearInterval(this.clock);
  }

  resume() {
    if (!this.runs) return;
    this.tick();
    this.clock = setInterval(() => this.tick(), 1000);
  }

  tick() {
    if (!this.until) return;
    const seconds = Math.max(0, Math.round((this.until - Date.now()) / 1000));
    const rest = String(seconds % 60).padStart(2, "0");
    this.left.textContent = `${Math.floor(seconds / 60)}:${rest}`;
    this.form.querySelector(".claim").classList.toggle("claim--ending", seconds <= 60);
    this.tell(seconds, 60, "oneMinute");
    this.tell(seconds, 30, "halfMinute");
    this.tell(seconds, 0, "over");
  }

  // Announced at these moments only: a screen reader is not to read each second.
  tell(seconds, at, what) {
    if (seconds > at || this.told.has(what)) return;
    this.told.add(what);
    this.announce(what);
  }

  signOfLife() {
    if (Date.now() - this.asked > QUIET && this.until > Date.now()) this.renew();
  }

  async renew() {
    this.asked = Date.now();
    const answer = await post(this.form.action, new FormData(this.form), JSON_ONLY);
    const trouble = troubleWith(answer);
    if (trouble) {
      this.announce(trouble);
      return;
    }
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      this.announce("over", said.error);
      return;
    }
    this.begin(said.held_until);
    this.learn(said);
  }
}
