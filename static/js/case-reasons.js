// Why a case is declined or its photo asked for again: a list that opens above the decision bar.

export class Reasons {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector("#reasons");
    this.list.addEventListener("change", () => this.tell());
    this.list.querySelector("summary").hidden = true;
    const asks = root.querySelector("#side-error");
    if (this.list.open) this.open(asks ? "resubmission_requested" : "declined");
  }

  get isOpen() {
    return this.list.open;
  }

  // As the applicant will read it.
  tell() {
    const chosen = this.list.querySelector("[name=reason]:checked")?.value;
    this.list.querySelectorAll("[data-told]").forEach((told) => {
      told.hidden = told.dataset.told !== chosen;
    });
  }

  open(outcome) {
    this.list.open = true;
    this.list.dataset.for = outcome;
    this.root.querySelectorAll("[data-only]").forEach((part) => {
      part.hidden = part.dataset.only !== outcome;
    });
    this.root.querySelectorAll("[data-opens]").forEach((button) => {
      button.setAttribute("aria-expanded", String(button.dataset.opens === outcome));
    });
    this.list.querySelector("fieldset:not([hidden]) input")?.focus();
  }

  close() {
    if (!this.list.open) return;
    this.list.open = false;
    const openers = this.root.querySelectorAll("[data-opens]");
    openers.forEach((button) => button.setAttribute("aria-expanded", "false"));
    this.root.querySelector(`[data-opens="${this.list.dataset.for}"]`)?.focus();
  }

  choose(number) {
    const choice = this.list.querySelectorAll('input[name="reason"]')[Number(number) - 1];
    if (!choice) return;
    choice.checked = true;
    choice.focus();
    this.tell();
  }
}
