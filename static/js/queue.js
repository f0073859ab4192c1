// The queue by keyboard: Enter opens, 1 to 5 choose, Esc clears the filters, the rest as the list of
// keys has it. What is new announces itself and does not push.

import { Keymap } from "./keymap.js";
import { commandOf } from "./keys.js";

const EVERY = 30_000;

const queue = document.querySelector("[data-here]");
const rows = () => [...document.querySelectorAll(".queue-row")];

function chosen() {
  return rows().findIndex((row) => row.contains(document.activeElement));
}

function choose(index) {
  const all = rows();
  all[Math.max(0, Math.min(all.length - 1, index))]?.querySelector("a").focus();
}

function filter() {
  location.hash = "filters";
  const first = document.querySelector("#narrow input:not([type=hidden])");
  (first ?? document.getElementById("filters")).focus();
}

// Which cases stand here, and in whose hands; ages go on by themselves.
function gist(root) {
  return [...root.querySelectorAll(".queue-row")]
    .map((row) => ["col-reference", "col-look", "col-flags", "col-held"]
      .map((cell) => row.querySelector(`.${cell}`).textContent.trim()).join("|"))
    .join("\n");
}

async function fetchList() {
  const response = await fetch(queue.dataset.here, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) throw new Error(response.statusText);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function say(id, shown) {
  const banner = document.getElementById(id);
  if (banner) banner.hidden = !shown;
}

// Counts and rows are replaced where they stand; what is typed, chosen and focused stays.
function show(list) {
  const focused = document.activeElement?.closest(".queue-row")?.querySelector("a").href;
  for (const part of ["#list", ".rail__views", ".queue__foot", ".title-row__text"]) {
    const [old, fresh] = [document.querySelector(part), list.querySelector(part)];
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
  }
  say("news", false);
  rows().find((row) => row.querySelector("a").href === focused)?.querySelector("a").focus();
}

async function look({ now = false } = {}) {
  try {
    const list = await fetchList();
    say("not-refreshed", false);
    if (now) show(list);
    else say("news", gist(list) !== gist(document));
    return true;
  } catch {
    say("not-refreshed", true);
    return false;
  }
}

const keymap = new Keymap(document.getElementById("keys"));
const acts = {
  down: () => choose(chosen() + 1),
  up: () => choose(chosen() - 1),
  search: () => document.getElementById("search")?.focus(),
  next: () => document.getElementById("next")?.requestSubmit(),
  refresh: () => look({ now: true }),
  filter,
  keys: () => keymap.open(),
};

document.addEventListener("focusin", () => {
  rows().forEach((row) => {
    if (row.contains(document.activeElement)) row.setAttribute("aria-selected", "true");
    else row.removeAttribute("aria-selected");
  });
});

document.addEventListener("keydown", (event) => {
  const command = commandOf(event);
  const view = document.querySelector(`.rail__views [data-key="${CSS.escape(command)}"]`);
  const clear = document.querySelector(".filters__clear");
  if (command.length === 1 && view) view.click();
  else if (command === "Escape" && clear && !event.target.closest("input, select, .menu")) clear.click();
  else if (acts[keymap.act(command)]) acts[keymap.act(command)]();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-refresh]")) look({ now: true });
  if (event.target.closest("[data-act=keys]")) keymap.open();
});

// Narrowing keeps the place of the hand: the list changes, the choices stay where they are.
document.getElementById("narrow")?.addEventListener("change", async (event) => {
  const form = event.currentTarget;
  const pairs = [...new FormData(form)].filter(([, value]) => value);
  queue.dataset.here = `${form.getAttribute("action")}?${new URLSearchParams(pairs)}`;
  if (await look({ now: true })) history.replaceState(null, "", queue.dataset.here + location.hash);
  else form.requestSubmit();
});
document.querySelector("[data-narrow]")?.parentElement.setAttribute("hidden", "");

// A search is a list that somebody looks at once; only a list that waits goes on.
if ("goesOn" in queue.dataset) setInterval(() => document.hidden || look(), EVERY);
document.querySelector("[data-act=keys]").hidden = false;
