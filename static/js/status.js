// The status page keeps itself up to date, and copies its reference.
"use strict";

(() => {
  const FIRST_WAIT = 3000;
  const LONGEST_WAIT = 20000;
  const WORDS_LAST = 60000;
  let wait = FIRST_WAIT;
  let drawn = Date.now();

  function page() {
    return document.querySelector("[data-live]");
  }

  function offerCopy() {
    document.querySelectorAll("[data-copy]").forEach((button) => {
      button.hidden = !navigator.clipboard;
    });
  }

  async function draw() {
    const answer = await fetch(window.location.pathname, { credentials: "same-origin" });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const live = next.querySelector("[data-live]");
    drawn = Date.now();
    // Where the applicant is asked for something the whole page is needed, its script too.
    if (!live || next.getElementById("photos")) {
      window.location.reload();
      return;
    }
    // The same state, a little later: only for how long it has lasted is said anew.
    if (live.dataset.state === page().dataset.state) {
      page().querySelector(".lead").replaceWith(document.adoptNode(live.querySelector(".lead")));
      return;
    }
    page().replaceWith(document.adoptNode(live));
    document.title = next.title;
    document.getElementById("status-said").textContent = live.querySelector("h1").textContent;
    offerCopy();
  }

  async function look() {
    const live = page();
    // Nothing is redrawn under somebody's hand.
    if (document.hidden || live.querySelector("details[open]")) return;
    const answer = await fetch(live.dataset.poll, { credentials: "same-origin" });
    if (!answer.ok) return;
    // Signed out meanwhile: only signing in again shows how it stands.
    if (answer.redirected) {
      window.location.reload();
      return;
    }
    const state = await answer.json();
    const seen = [state.status, state.waiting_for ?? "", state.since].join(" ");
    if (seen !== live.dataset.state || Date.now() - drawn > WORDS_LAST) await draw();
  }

  function later() {
    if (!page()?.dataset.poll) return;
    window.setTimeout(() => {
      // No connection now is no reason to stop asking.
      look().catch(() => {}).finally(later);
    }, wait);
    wait = Math.min(wait * 1.2, LONGEST_WAIT);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  });

  document.addEventListener("visibilitychange", () => {
    wait = FIRST_WAIT;
    if (!document.hidden && page()?.dataset.poll) look().catch(() => {});
  });

  offerCopy();
  later();
})();
