// One case on the screen: its fields, pictures, hold and reasons, and what the keys do to them.

import { Hold } from "./case-hold.js";
import { Notices } from "./case-notices.js";
import { Places } from "./case-places.js";
import { Reasons } from "./case-reasons.js";
import { Rows } from "./case-rows.js";
import { Viewer } from "./case-viewer.js";
import { Keymap } from "./keymap.js";
import { commandOf } from "./keys.js";
import { post, troubleWith } from "./posting.js";

export class CasePage {
  // What is attached to the document is looked up once: a page that is put back finds itself.
  constructor(desk) {
    this.desk = desk;
    this.root = document.querySelector("[data-case]");
    this.status = document.getElementById("announce");
    this.keymap = new Keymap(document.getElementById("keys"));
    this.reasons = document.getElementById("reasons") ? new Reasons(this.root) : null;
    this.form = document.getElementById("case");
    this.approve = document.getElementById("approve");
    this.next = document.getElementById("next");
    this.note = document.getElementById("id_text");
    this.holdForm = document.getElementById("claim");
    this.nodes = [...document.body.childNodes];
    this.announce = this.announce.bind(this);
    this.notices = new Notices(this.root);
    this.viewer = new Viewer(this.root);
    this.places = new Places(this.root, this.viewer);
    this.rows = this.root.querySelector("#answers-template") ? new Rows(this.root, this.announce, this.places) : null;
    this.viewer.onPoint = (side, point) => this.goToField(this.places.at(side, point));
    this.hold = this.holdForm ? new Hold(this.holdForm, this.announce, desk.learn) : null;
    this.acts = this.namedActs();
    if (!this.rows) this.letRowsBeRead();
    this.listen();
    this.unveil();
  }

  goToField(name) {
    if (!name) return;
    if (this.rows) this.rows.goTo(name);
    else document.getElementById(`row-${name}`)?.focus();
  }

  // Whoever only reads the case walks its rows as well.
  letRowsBeRead() {
    this.root.querySelectorAll("[data-row]").forEach((row) => {
      row.tabIndex = 0;
      row.addEventListener("focus", () => this.places.frame(row.id.replace("row-", "")));
    });
  }

  // Said to who listens, and shown where it waits for an answer.
  announce(what, sentence) {
    this.status.textContent = sentence ?? this.status.dataset[what] ?? "";
    this.notices.tell(what, sentence);
  }

  // What became of the case before this one.
  say(sentence) {
    const said = document.querySelector("[data-said]");
    if (said && sentence) said.textContent = sentence;
  }

  // A decision that did not arrive: the case stands as it was left.
  tell(what) {
    this.notices.show(what).focus();
  }

  // As large as the picture has them, to be compared.
  enlargeFaces() {
    const large = this.root.classList.toggle("case--faces");
    this.root.querySelector('[data-act="faces"]')?.setAttribute("aria-pressed", String(large));
  }

  // Told to the server as well: whoever works by script is sent on to the next case.
  askForNext() {
    if (this.form.querySelector("[name=opens]")) return;
    const asked = document.createElement("input");
    Object.assign(asked, { type: "hidden", name: "opens", value: "" });
    this.form.append(asked);
  }

  // What the keys and the buttons with a data-act do.
  namedActs() {
    return {
      ...this.viewer.commands,
      keys: () => this.keymap.open(),
      edit: () => this.rows?.current?.edit(),
      use_code: () => this.rows?.useCode(),
      blank: () => this.rows?.say("blank"),
      illegible: () => this.rows?.say("illegible"),
      not_this_document: () => this.rows?.say("not_this_document"),
      undo: () => this.rows?.undo(),
      down: () => this.rows?.step(1),
      up: () => this.rows?.step(-1),
      approve: () => this.submit(this.approve),
      ask_again: () => this.openReasons("resubmission_requested"),
      decline: () => this.openReasons("declined"),
      "close-reasons": () => this.reasons?.close(),
      second_look: () => document.getElementById("second-look-wanted")?.click(),
      faces: () => this.enlargeFaces(),
      hold: () => this.holdForm?.requestSubmit(),
      next: () => this.next?.requestSubmit(),
    };
  }

  listen() {
    this.root.querySelectorAll("[data-order]").forEach((button) => {
      button.addEventListener("click", () => this.order(button));
    });
    this.form.addEventListener("submit", (event) => this.send(event));
    // A hold that is there already is renewed without leaving the page.
    [this.next, this.hold?.runs ? null : this.holdForm].forEach((leaving) => {
      leaving?.addEventListener("submit", (event) => {
        event.preventDefault();
        this.leaveBy(leaving);
      });
    });
  }

  unveil() {
    document.querySelectorAll("[data-script], [data-act='keys']").forEach((part) => (part.hidden = false));
    const errors = document.getElementById("errors");
    if (errors) errors.focus();
    else this.rows?.goToOpen();
  }

  order(button) {
    this.rows?.order(button.dataset.order);
    this.root.querySelectorAll("[data-order]").forEach((other) => {
      other.setAttribute("aria-pressed", String(other === button));
    });
  }

  refuseToApprove() {
    this.announce("stillOpen");
    if (this.rows?.current?.open) this.rows.focus(this.rows.current);
    else this.rows?.goToOpen();
  }

  // What the rules say of the last correction is waited for: it may have settled what is open.
  async submit(button) {
    if (!button || this.rows?.unsaved) return;
    await this.rows?.judging;
    if (this.desk.page === this) this.form.requestSubmit(button);
  }

  // Whatever decides goes through here, by key or by mouse.
  async send(event) {
    const button = event.submitter;
    if (button?.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      this.refuseToApprove();
    } else if (this.noted) {
      event.preventDefault();
      if (await this.keepNote()) this.form.requestSubmit(button);
    } else if (button?.value !== "save") {
      event.preventDefault();
      this.desk.decide(this, button);
    }
  }

  get noted() {
    return Boolean(this.note?.value.trim());
  }

  // A note to colleagues has a form of its own: it goes with whatever is done next.
  async keepNote() {
    if (!this.noted) return true;
    const answer = await post(this.note.form.action, new FormData(this.note.form));
    if (answer?.type === "opaqueredirect") this.note.value = "";
    else this.announce(troubleWith(answer) || "notSaved");
    return !this.noted;
  }

  // What was answered and not yet saved is kept before the page is left.
  async keepAnswers() {
    if (!this.rows?.history.length) return true;
    const data = new FormData(this.form);
    data.set("action", "save");
    // The form has a button named "action", which hides its property of that name.
    const answer = await post(this.form.getAttribute("action"), data);
    if (answer?.type === "opaqueredirect") {
      this.rows.history = [];
      return true;
    }
    this.announce(troubleWith(answer) || "notSaved");
    return false;
  }

  get written() {
    return [...this.root.querySelectorAll("textarea")].some((text) => text.value !== text.defaultValue);
  }

  // What would be lost with the page.
  get unsaved() {
    return this.written || Boolean(this.rows?.history.length || this.rows?.unsaved);
  }

  // Answers are kept before a link is followed; of a text the browser asks.
  async leaveTo(address) {
    if (!(await this.keepNote())) return;
    if (this.written || (await this.keepAnswers())) location.assign(address);
  }

  async leaveBy(leaving) {
    if (!(await this.keepNote())) return;
    const written = [...this.form.querySelectorAll("textarea")].some((text) => text.value.trim());
    // A text is kept by deciding alone: saving answers with the page that still has it.
    if (written) this.form.requestSubmit(this.form.querySelector("[name=action]"));
    else if (await this.keepAnswers()) this.leaveNow(leaving);
  }

  leaveNow(leaving) {
    if (leaving === this.next && this.desk.goOn(this)) return;
    this.desk.leaves = true;
    leaving.submit();
  }

  openReasons(outcome) {
    if (!this.rows?.unsaved) this.reasons?.open(outcome);
  }

  enter() {
    if (!this.rows?.current || document.activeElement !== this.rows.current.input) return false;
    this.rows.confirm();
    return true;
  }

  escape() {
    const edited = (row) => row.editing && document.activeElement === row.input;
    const row = this.rows?.all.find(edited);
    if (row) row.leaveAsItWas();
    else this.reasons?.close();
    return Boolean(row);
  }

  onKey(event) {
    const command = commandOf(event);
    if (command === "Enter") {
      // In a list of reasons Enter would send the form before the text is written.
      if (this.enter() || event.target.matches("[type=radio]")) event.preventDefault();
      return;
    }
    if (command === "Escape") {
      if (this.escape()) event.preventDefault();
      return;
    }
    if (this.reasons?.isOpen && /^[1-9]$/.test(command)) {
      this.reasons.choose(command);
      event.preventDefault();
      return;
    }
    // A value that is only looked at needs no arrows: they move the picture it stands on.
    if (command.startsWith("Arrow") && event.target.matches("[data-row] input[readonly]")) {
      this.viewer.arrow(event);
      return;
    }
    const act = command === "F2" ? this.acts.edit : this.acts[this.keymap.act(command)];
    if (!act) return;
    event.preventDefault();
    act();
  }

  onClick(event) {
    const button = event.target.closest("[data-act], [data-answer], [data-opens]");
    if (!button) return;
    if (button.dataset.answer === "confirmed") this.rows?.confirm();
    else if (button.dataset.answer) this.rows?.say(button.dataset.answer);
    else if (button.dataset.opens) this.openReasons(button.dataset.opens);
    else this.acts[button.dataset.act]?.();
    if (button.tagName === "A") event.preventDefault();
  }
}
