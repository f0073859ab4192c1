// One field of a case. It is first looked at, then edited; the form's own inputs hold all.

const SEEN = ["confirmed", "corrected"];

// What the server wrote for a row, its texts escaped there.
function nodes(html) {
  return new DOMParser().parseFromString(html, "text/html").body.childNodes;
}

export class Row {
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
    this.element.classList.remove("row--editing");
    if (this.isChoice) this.input.setAttribute("data-looking", "");
    else this.input.readOnly = true;
  }

  edit() {
    if (this.isChoice || this.editing) return;
    this.element.classList.add("row--editing");
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
