// How long a case is still held. Any sign of life holds it for longer, at most once a minute.

const QUIET = 60_000;

export class Hold {
  constructor(form, announce) {
    this.form = form;
    this.announce = announce;
    this.until = form.dataset.until ? new Date(form.dataset.until) : null;
    this.asked = Date.now();
    this.left = form.querySelector("[data-left]");
    this.told = new Set();
    if (!this.until) return;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.renew();
    });
    document.addEventListener("keydown", () => this.signOfLife());
    document.addEventListener("pointerdown", () => this.signOfLife());
    this.tick();
    setInterval(() => this.tick(), 1000);
  }

  tick() {
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
    const answer = await fetch(this.form.action, {
      method: "POST",
      body: new FormData(this.form),
      headers: { Accept: "application/json" },
    }).catch(() => null);
    if (!answer) return;
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) {
      this.announce("over", said.error);
      return;
    }
    this.until = new Date(said.held_until);
    this.told.clear();
    this.tick();
  }
}
