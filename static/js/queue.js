// The queue by keyboard: J and K move, Enter opens, / searches, N takes the next, 1 to 4 choose.

import { commandOf, watchSwitch } from "./keys.js";

const rows = [...document.querySelectorAll(".queue-row")];

function chosen() {
  return rows.findIndex((row) => row.contains(document.activeElement));
}

function choose(index) {
  const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
  row?.querySelector("a").focus();
}

const commands = {
  j: () => choose(chosen() + 1),
  k: () => choose(chosen() - 1),
  "/": () => document.getElementById("search")?.focus(),
  n: () => document.getElementById("next")?.requestSubmit(),
  r: () => location.replace(location.pathname + location.search),
};

document.addEventListener("focusin", () => {
  rows.forEach((row) => {
    if (row.contains(document.activeElement)) row.setAttribute("aria-selected", "true");
    else row.removeAttribute("aria-selected");
  });
});

document.addEventListener("keydown", (event) => {
  const command = commandOf(event);
  const view = document.querySelector(`[data-key="${CSS.escape(command)}"]`);
  if (command.length === 1 && view) view.click();
  else if (commands[command]) commands[command]();
  else return;
  event.preventDefault();
});

watchSwitch(null);
