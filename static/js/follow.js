// The phone's page follows what the other device sends.
"use strict";

(() => {
  const EVERY = 3000;

  // Nothing is redrawn under somebody's hand, nor while a photo is on its way.
  function idle(form) {
    return form && !document.hidden && !form.querySelector("[data-progress]:not([hidden]), [data-refusal]:not([hidden])");
  }

  async function look() {
    if (!idle(document.getElementById("photos"))) return;
    const answer = await fetch(window.location.pathname, { credentials: "same-origin" });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("photos");
    const form = document.getElementById("photos");
    if (idle(form) && next?.dataset.here !== form.dataset.here) window.location.reload();
  }

  window.setInterval(() => look().catch(() => {}), EVERY);
})();
