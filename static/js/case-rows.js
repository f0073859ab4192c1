// The fields of a case. A field is first looked at, then edited; the form's own inputs hold all.

import { keysAreOff } from "./keys.js";
import { JSON_ONLY, post, troubleWith } from "./posting.js";

const SEEN = ["confirmed", "corrected"];

class Row {
  constructor(element, rows) {
    this.element = element;
    this.rows = rows;
    this.input = element.querySelector(".input:not(.row__answer)");
    this.answer = element.querySelector(".row__answer");
    this.line = element.querySelector("[data-line]");
    this.doubtful = element.hasAttribute("data-doubtful");
    this.read = element.dataset.read;
    this.offer = element.dataset.offer;
    this.offered = element.dataset.offered;
    this.rests = element.dataset.rests;
    this.waits = false;
    this.kept = this.input.value;
    this.look();
    this.input.addEventListener("focus", () => this.rows.enter(this));
    this.input.addEventListener("click", () => this.isChoice || this.edit());
    this.input.addEventListener("blur", () => this.keep());
    this.input.addEventListener("change", () => this.isChoice && this.keep());
  }

  get isChoice() {
    return this.input.tagName === "SELECT";
  }

  get counts() {
    return !this.element.hidden;
  }

  get unread() {
    return this.read === "";
  }

  get changed() {
    return this.input.value.trim() !== "" && this.input.value.trim() !== this.read;
  }

  get kind() {
    return this.changed ? "corrected" : this.answer.value;
  }

  get open() {
    return this.counts && this.doubtful && !this.waits && !this.kind;
  }

  get editing() {
    return !this.isChoice && !this.input.readOnly;
  }

  get unsaved() {
    return this.editing && this.input.value !== this.kept;
  }

  look() {
    if (this.isChoice) this.input.setAttribute("data-looking", "");
    else this.input.readOnly = true;
  }

  edit() {
    if (this.isChoice || this.editing) return;
    this.input.readOnly = false;
    this.input.select();
  }

  keep() {
    this.look();
    if (this.input.value === this.kept) return;
    this.settle(this.input.value, "");
  }

  // One act, one step to take back. A value other than the machine's is its own answer.
  settle(value, answer) {
    const before = { value: this.kept, answer: this.answer.value };
    this.put(value);
    this.answer.value = this.changed ? "" : answer;
    this.rows.note(this, before);
    if (value !== before.value) this.rows.judge(this);
  }

  leaveAsItWas() {
    this.input.value = this.kept;
    this.look();
  }

  confirm() {
    const value = this.input.value;
    this.settle(value, value.trim() ? "confirmed" : "blank");
  }

  // Whoever saw no value on the card does not vouch for one: the machine's stands there again.
  say(answer) {
    this.settle(this.read, answer);
  }

  useCode() {
    this.settle(this.offer, "confirmed");
  }

  put(value) {
    this.input.value = value;
    if (this.line && this.line.textContent !== value) this.line.textContent = value;
    this.kept = value;
    this.look();
  }

  restore(before) {
    this.put(before.value);
    this.answer.value = before.answer;
    this.draw();
    this.rows.judge(this);
  }

  // What the rules say now that another value was corrected.
  hear({ doubtful, offer, offered, rests, reasons, chips, line }) {
    Object.assign(this, { doubtful, offer, offered, rests });
    this.line?.replaceChildren(...nodes(line));
    this.rows.places.fault(this.input.name, Boolean(this.line?.querySelector(".mrz__char--fails")));
    this.element.querySelector("[data-reasons]").replaceChildren(...nodes(reasons));
    const agreeing = this.element.querySelector("[data-chips]");
    agreeing.replaceChildren(...nodes(chips));
    agreeing.hidden = doubtful && !this.line;
  }

  // The mark is the machine's until a person has answered; the row keeps its height and place.
  draw() {
    const kind = this.kind;
    const person = this.element.querySelector("[data-person-mark]");
    person.replaceChildren();
    if (kind) person.append(this.rows.mark(kind));
    this.element.querySelector("[data-machine-mark]").hidden = Boolean(kind);
    this.element.querySelector("[data-machine]").hidden = kind !== "corrected";
    this.element.classList.toggle("row--pending", this.open);
    this.element.classList.toggle("row--void", Boolean(kind) && !SEEN.includes(kind));
    this.rows.count();
  }
}

export class Rows {
  constructor(root, announce, places) {
    this.root = root;
    this.announce = announce;
    this.places = places;
    this.history = [];
    this.judging = null;
    this.current = null;
    this.marks = root.querySelector("#marks-template").content;
    this.bar = root.querySelector("#answers-template").content.firstElementChild.cloneNode(true);
    this.all = [...root.querySelectorAll("[data-row]")].map((element) => new Row(element, this));
    this.nothingOpen = root.querySelector("[data-nothing-open]");
    this.approve = root.querySelector("#approve");
    this.waits = this.approve?.dataset.waits === "1";
    root.classList.add("case--keys");
    this.followType();
    this.count();
  }

  get inOrder() {
    const follows = (one, other) =>
      one.element.compareDocumentPosition(other.element) & Node.DOCUMENT_POSITION_FOLLOWING;
    return this.all.filter((row) => row.counts).sort((a, b) => (follows(a, b) ? -1 : 1));
  }

  get openOnes() {
    return this.inOrder.filter((row) => row.open);
  }

  get unsaved() {
    return this.all.some((row) => row.unsaved);
  }

  mark(kind) {
    return this.marks.querySelector(`[data-mark="${kind}"]`).firstElementChild.cloneNode(true);
  }

  enter(row) {
    if (this.current === row) return;
    this.current?.element.classList.remove("row--open");
    this.current = row;
    row.element.classList.add("row--open");
    this.dress(row);
    // Tab walks the fields; who has switched the letters off needs the buttons as well.
    this.bar.querySelectorAll("button").forEach((button) => {
      button.tabIndex = keysAreOff() ? 0 : -1;
    });
    row.element.append(this.bar);
    this.places.frame(row.input.name);
    if (row.unread && !row.kind) row.edit();
  }

  // What can be done with the field that is looked at.
  dress(row) {
    const button = (act) => this.bar.querySelector(`[data-act="${act}"]`);
    button("use_code").hidden = !row.offered;
    button("use_code").querySelector("[data-offered]").textContent = row.offered;
    button("edit").hidden = row.isChoice;
    button("undo").hidden = !this.history.length;
  }

  focus(row) {
    row.input.focus();
    row.element.scrollIntoView({ block: "nearest" });
  }

  goTo(name) {
    const row = this.all.find((one) => one.input.name === name && one.counts);
    if (row) this.focus(row);
  }

  // The next open field after this one, from the top again, and then the heading that says so.
  goToOpen() {
    const order = this.inOrder;
    const from = order.indexOf(this.current);
    const next = [...order.slice(from + 1), ...order.slice(0, from + 1)].find((row) => row.open);
    if (next) this.focus(next);
    else this.root.querySelector("#nothing-open").focus({ preventScroll: !this.current });
  }

  confirm() {
    if (!this.current) return;
    this.current.confirm();
    this.goToOpen();
  }

  say(answer) {
    if (!this.current) return;
    this.current.say(answer);
    this.goToOpen();
  }

  useCode() {
    if (!this.current?.offered) return;
    this.current.useCode();
    this.goToOpen();
  }

  // A corrected value may settle rows that disagree with it: they wait for what the rules say now.
  judge(changed) {
    this.all.forEach((row) => {
      row.waits ||= row.rests.split(" ").includes(changed.input.name);
    });
    this.count();
    const asked = this.ask().finally(() => this.judged(asked));
    this.judging = asked;
  }

  judged(asked) {
    if (this.judging !== asked) return;
    this.judging = null;
    this.all.forEach((row) => (row.waits = false));
    this.all.forEach((row) => row.draw());
    if (this.current) this.dress(this.current);
    if (document.activeElement === this.root.querySelector("#nothing-open")) this.goToOpen();
  }

  // Without an answer the rows stay as they were: the server judges again when it is decided.
  async ask() {
    const answer = await post(this.root.dataset.judge, new FormData(this.root.querySelector("#case")), JSON_ONLY);
    const trouble = troubleWith(answer);
    if (trouble) this.announce(trouble);
    const said = answer?.ok ? await answer.json() : {};
    this.all.filter((row) => said[row.input.name]).forEach((row) => row.hear(said[row.input.name]));
  }

  step(by) {
    const order = this.inOrder;
    const to = order[Math.max(0, Math.min(order.length - 1, order.indexOf(this.current) + by))];
    if (to) this.focus(to);
  }

  note(row, before) {
    this.history.push({ row, before });
    row.draw();
    this.dress(this.current ?? row);
  }

  undo() {
    const last = this.history.pop();
    if (!last) return;
    last.row.restore(last.before);
    this.focus(last.row);
  }

  count() {
    const open = this.openOnes.length;
    const settled = this.all.filter((row) => row.counts).length - open;
    this.root.querySelector('[data-count="open"]').textContent = String(open);
    this.root.querySelector('[data-count="settled"]').textContent = String(settled);
    this.nothingOpen.hidden = open > 0;
    const waits = this.waits && open > 0;
    if (waits) this.approve?.setAttribute("aria-disabled", "true");
    else this.approve?.removeAttribute("aria-disabled");
    const why = this.root.querySelector("#why");
    if (why) why.hidden = !waits;
  }

  // Only a Taiwan permit has a place of issue.
  followType() {
    const type = this.all.find((row) => row.isChoice && row.element.dataset.side === "front");
    type?.input.addEventListener("change", () => {
      const taiwan = type.input.value.includes("Taiwan");
      this.all
        .filter((row) => row.element.dataset.field === "issue_place")
        .forEach((row) => (row.element.hidden = !taiwan));
      this.count();
    });
  }

  order(by) {
    const printed = (row) => Number(row.element.dataset.printed);
    this.home ??= new Map(this.all.map((row) => [row, row.element.parentElement]));
    const sorted = [...this.all].sort((a, b) => printed(a) - printed(b));
    const settled = this.root.querySelector('[data-rows="settled"]');
    const rows = by === "printed" ? sorted : this.all;
    rows.forEach((row) => {
      (by === "printed" ? settled : this.home.get(row)).append(row.element);
    });
    this.root.querySelector("[data-group]").hidden = by === "printed";
  }
}

// What the server wrote for a row, its texts escaped there.
function nodes(html) {
  return new DOMParser().parseFromString(html, "text/html").body.childNodes;
}
