// A case by keyboard. Without this file every value is a plain input and every act a button.

import { Hold } from "./case-hold.js";
import { Rows } from "./case-rows.js";
import { Viewer } from "./case-viewer.js";
import { commandOf, watchSwitch } from "./keys.js";

const root = document.querySelector("[data-case]");
const status = document.getElementById("announce");
const keys = document.getElementById("keys");
const reasons = document.getElementById("reasons");
const form = document.getElementById("case");

function announce(what, sentence) {
  status.textContent = sentence ?? status.dataset[what] ?? "";
}

// What was answered and not yet saved is kept before the page is left.
async function keepAnswers() {
  if (!rows?.history.length) return true;
  const data = new FormData(form);
  data.set("action", "save");
  // The form has a button named "action", which hides its property of that name.
  const address = form.getAttribute("action");
  const sent = { method: "POST", body: data, redirect: "manual" };
  const answer = await fetch(address, sent).catch(() => null);
  if (answer?.type === "opaqueredirect") return true;
  announce("notSaved");
  return false;
}

async function leaveBy(leaving) {
  const written = [...form.querySelectorAll("textarea")].some((text) => text.value.trim());
  // A text is kept by deciding alone: saving answers with the page that still has it.
  if (written) form.requestSubmit(form.querySelector("[name=action]"));
  else if (await keepAnswers()) leaving.submit();
}

function tellReason() {
  const chosen = form.querySelector("[name=reason]:checked")?.value;
  reasons.querySelectorAll("[data-told]").forEach((told) => {
    told.hidden = told.dataset.told !== chosen;
  });
}

const viewer = new Viewer(root);
const rows = root.querySelector("#answers-template") ? new Rows(root, announce) : null;
const holdForm = document.getElementById("claim");
if (holdForm) new Hold(holdForm, announce);

function refuseToApprove() {
  announce("stillOpen");
  if (rows?.current?.open) rows.focus(rows.current);
  else rows?.goToOpen();
}

function submit(button) {
  if (!button || rows?.unsaved) return;
  if (button.getAttribute("aria-disabled") === "true") {
    refuseToApprove();
    return;
  }
  form.requestSubmit(button);
}

function openReasons(outcome) {
  if (!reasons || rows?.unsaved) return;
  reasons.open = true;
  reasons.dataset.for = outcome;
  root.querySelectorAll("[data-only]").forEach((part) => {
    part.hidden = part.dataset.only !== outcome;
  });
  root.querySelectorAll("[data-opens]").forEach((button) => {
    button.setAttribute("aria-expanded", String(button.dataset.opens === outcome));
  });
  reasons.querySelector("fieldset:not([hidden]) input")?.focus();
}

function closeReasons() {
  if (!reasons?.open) return;
  reasons.open = false;
  root.querySelectorAll("[data-opens]").forEach((b) => b.setAttribute("aria-expanded", "false"));
  root.querySelector(`[data-opens="${reasons.dataset.for}"]`)?.focus();
}

function chooseReason(number) {
  const choices = reasons.querySelectorAll('input[name="reason"]');
  const choice = choices[Number(number) - 1];
  if (!choice) return;
  choice.checked = true;
  choice.focus();
  tellReason();
}

function editing() {
  return rows?.all.find((row) => row.editing && document.activeElement === row.input);
}

function enter(event) {
  if (!rows?.current || document.activeElement !== rows.current.input) return false;
  if (event.isComposing) return false;
  rows.confirm();
  return true;
}

function escape() {
  const row = editing();
  if (row) row.leaveAsItWas();
  else closeReasons();
  return Boolean(row);
}

const acts = {
  ...viewer.commands,
  keys: () => keys.showModal(),
  edit: () => rows?.current?.edit(),
  "use-code": () => rows?.useCode(),
  undo: () => rows?.undo(),
  "close-reasons": closeReasons,
};

const commands = {
  e: acts.edit,
  f2: acts.edit,
  t: acts["use-code"],
  b: () => rows?.say("blank"),
  i: () => rows?.say("illegible"),
  w: () => rows?.say("not_this_document"),
  z: acts.undo,
  j: () => rows?.step(1),
  k: () => rows?.step(-1),
  1: acts.front,
  2: acts.back,
  r: acts.rotate,
  p: acts.portrait,
  "+": acts["zoom-in"],
  "=": acts["zoom-in"],
  "-": acts["zoom-out"],
  0: acts.fit,
  a: () => submit(document.getElementById("approve")),
  x: () => openReasons("resubmission_requested"),
  d: () => openReasons("declined"),
  l: () => document.getElementById("second-look-wanted")?.click(),
  h: () => holdForm?.requestSubmit(),
  n: () => document.getElementById("next")?.requestSubmit(),
  "?": acts.keys,
};

function onKey(event) {
  const command = commandOf(event);
  if (command === "Enter") {
    // In a list of reasons Enter would send the form before the text is written.
    if (enter(event) || event.target.matches("[type=radio]")) event.preventDefault();
    return;
  }
  if (command === "Escape") {
    if (escape()) event.preventDefault();
    return;
  }
  if (reasons?.open && /^[1-9]$/.test(command)) {
    chooseReason(command);
    event.preventDefault();
    return;
  }
  const act = commands[command.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

function onClick(event) {
  const button = event.target.closest("[data-act], [data-answer], [data-opens]");
  if (!button) return;
  if (button.dataset.answer === "confirmed") rows?.confirm();
  else if (button.dataset.answer) rows?.say(button.dataset.answer);
  else if (button.dataset.opens) openReasons(button.dataset.opens);
  else acts[button.dataset.act]?.();
  if (button.tagName === "A") event.preventDefault();
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.querySelectorAll("[data-order]").forEach((button) => {
  button.addEventListener("click", () => {
    rows?.order(button.dataset.order);
    document.querySelectorAll("[data-order]").forEach((other) => {
      other.setAttribute("aria-pressed", String(other === button));
    });
  });
});
document.getElementById("approve")?.addEventListener("click", (event) => {
  if (event.currentTarget.getAttribute("aria-disabled") !== "true") return;
  event.preventDefault();
  refuseToApprove();
});

// A hold that is there already is renewed without leaving the page.
[document.getElementById("next"), holdForm?.dataset.until ? null : holdForm].forEach((leaving) => {
  leaving?.addEventListener("submit", (event) => {
    event.preventDefault();
    leaveBy(leaving);
  });
});
reasons?.addEventListener("change", tellReason);

watchSwitch(document.getElementById("keys-off"));
document.querySelectorAll("[data-script], [data-act='keys']").forEach((part) => (part.hidden = false));
if (reasons) {
  reasons.querySelector("summary").hidden = true;
  if (reasons.open) openReasons(root.querySelector("#side-error") ? "resubmission_requested" : "declined");
}
const errors = document.getElementById("errors");
if (errors) errors.focus();
else rows?.goToOpen();
