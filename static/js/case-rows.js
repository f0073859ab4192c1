// The fields of a case, the one that is looked at, and what was answered of them.

import { Row } from "./case-row.js";
import { keysAreOff } from "./keys.js";
import { JSON_ONLY, post, troubleWith } from "./posting.js";

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

