// A page of a draft that two devices add to follows what the other one sends.
"use strict";

(() => {
  const EVERY = 3000;
  const BUSY = "[data-progress]:not([hidden]), [data-refusal]:not([hidden]), [data-on]:not([hidden])";

  // Nothing is redrawn under somebody's hand, nor while a photo is on its way.
  function idle(form) {
    return form && !document.hidden && !form.querySelector(BUSY) && !document.querySelector("dialog[open]");
  }

  async function look() {
    const form = document.getElementById("photos");
    if (!idle(form) || form.dataset.photos === undefined) return;
    const answer = await fetch(window.location.pathname, { credentials: "same-origin" });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("photos");
    const now = document.getElementById("photos");
    if (idle(now) && next?.dataset.photos !== now.dataset.photos) window.location.reload();
  }

  window.setInterval(() => look().catch(() => {}), EVERY);
})();
