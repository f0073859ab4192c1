// The keys of a page, as its list of keys has them, and giving an act another one.

import { watchSwitch } from "./keys.js";

// Since this page was loaded: a case that was fetched ahead has the keys of before.
const changed = new Map();

function shown(key) {
  return key === "-" ? "−" : key.toUpperCase();
}

export class Keymap {
  constructor(dialog) {
    this.dialog = dialog;
    this.buttons = [...dialog.querySelectorAll("[data-change]")];
    this.said = dialog.querySelector("[data-keys-said]");
    this.waiting = null;
    dialog.addEventListener("click", (event) => this.onClick(event));
    dialog.addEventListener("keydown", (event) => this.onKey(event));
    dialog.addEventListener("close", () => this.wait(null));
    watchSwitch(dialog.querySelector("#keys-off"));
    changed.forEach((key, act) => this.show(act, key));
  }

  open() {
    this.dialog.showModal();
  }

  // The act that a key stands for. On keyboards where = is + without Shift it zooms in as well.
  act(key) {
    const button = this.button(key) ?? (key === "=" ? this.button("+") : null);
    return button?.dataset.change;
  }

  button(key) {
    return this.buttons.find((button) => button.dataset.key === key);
  }

  onClick(event) {
    const button = event.target.closest("[data-change]");
    if (button) this.wait(button === this.waiting ? null : button);
    else if (event.target.closest("[data-usual]")) this.forget();
  }

  wait(button) {
    this.waiting?.setAttribute("aria-pressed", "false");
    this.waiting = button;
    button?.setAttribute("aria-pressed", "true");
    if (button) this.say("press");
  }

  say(what) {
    this.said.textContent = this.said.dataset[what];
  }

  onKey(event) {
    if (!this.waiting || ["Tab", "Shift", "Alt", "Control", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") this.wait(null);
    else if (event.key.length === 1 && event.key !== " ") this.give(this.waiting, event.key.toLowerCase());
    else this.say("refused");
  }

  // A key that stands for something else changes places with it.
  async give(button, key) {
    const was = button.dataset.key;
    const other = this.button(key);
    const wanted = { [button.dataset.change]: key };
    if (other && other !== button) wanted[other.dataset.change] = was;
    const answer = await this.send(wanted);
    if (!answer?.ok) {
      this.say(answer ? "refused" : "notKept");
      return;
    }
    Object.entries(wanted).forEach(([act, given]) => this.show(act, given));
    this.wait(null);
    this.say(Object.keys(wanted).length > 1 ? "swapped" : "kept");
  }

  show(act, key) {
    const button = this.buttons.find((one) => one.dataset.change === act);
    changed.set(act, key);
    button.dataset.key = key;
    button.textContent = shown(key);
    const templates = [...document.querySelectorAll("template")].map((one) => one.content);
    [document, ...templates].forEach((part) => {
      part.querySelectorAll(`[data-key-of="${act}"]`).forEach((hint) => (hint.textContent = shown(key)));
    });
  }

  async forget() {
    const answer = await this.send({ usual: "1" });
    if (answer?.ok) this.buttons.forEach((button) => this.show(button.dataset.change, button.dataset.usualKey));
    this.say(answer?.ok ? "kept" : "notKept");
  }

  send(said) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ ...said, csrfmiddlewaretoken: token });
    return fetch(this.dialog.dataset.save, { method: "POST", body }).catch(() => null);
  }
}
