// Follows the phone: whether it has read the code, which photos have arrived. Leads on at the end.
"use strict";

(() => {
  const EVERY = 3000;
  const first = document.querySelector("[data-following]");

  document.documentElement.classList.add("scripted");

  function rows(page) {
    return [...page.querySelectorAll(".kept__row")].map((row) => row.textContent.trim().replace(/\s+/g, " "));
  }

  // The code is shown once: as long as it is waited for, nothing but the list is drawn anew.
  function draw(now, next) {
    if (rows(now).join() === rows(next).join()) return;
    document.querySelector("[data-said]").textContent = rows(next).join(", ");
    if (now.dataset.following === next.dataset.following) {
      now.querySelector(".kept").replaceWith(document.adoptNode(next.querySelector(".kept")));
      return;
    }
    const hadFocus = now.contains(document.activeElement);
    now.replaceWith(document.adoptNode(next));
    if (hadFocus) next.querySelector("h1").focus();
  }

  async function look() {
    const answer = await fetch(first.dataset.here, { credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("[data-following]");
    const photos = next?.dataset.photos.split(" ").filter(Boolean) ?? [];
    // Sent, withdrawn or signed out meanwhile; or both photos are there.
    if (!next || photos.length === 2 && next.dataset.photos !== first.dataset.photos) {
      window.location.assign(first.dataset.onward);
      return;
    }
    draw(document.querySelector("[data-following]"), next);
  }

  window.setInterval(() => {
    if (!document.hidden) look().catch(() => {});
  }, EVERY);
})();
