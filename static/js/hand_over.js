// Leads on once the phone has sent something.
"use strict";

(() => {
  const EVERY = 3000;
  const waiting = document.querySelector("[data-kept-here]");

  async function look() {
    const answer = await fetch(waiting.dataset.page, { credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const kept = page.querySelectorAll("[data-kept]").length;
    if (kept === 2 && kept > Number(waiting.dataset.keptHere)) {
      window.location.assign(waiting.dataset.page);
    }
  }

  window.setInterval(() => {
    if (!document.hidden) look().catch(() => {});
  }, EVERY);
})();
