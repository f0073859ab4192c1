// What could be better about a photo that has arrived, drawn over it and said under it.
"use strict";

window.advice = (() => {
  const LONGEST = 6000;
  const SIDES = ["front", "back"];

  // Gives back what was said; null where there is nothing to say.
  async function asked(panel) {
    const answer = await fetch(panel.dataset.advice, {
      credentials: "same-origin",
      signal: AbortSignal.timeout(LONGEST),
    });
    if (answer.status !== 200) return null;
    const said = new DOMParser().parseFromString(await answer.text(), "text/html");
    const photo = panel.querySelector("[data-shown]");
    const overlay = said.querySelector("svg.overlay");
    const findings = document.adoptNode(said.querySelector("[data-findings]"));
    if (overlay) photo.append(document.adoptNode(overlay));
    photo.after(findings);
    delete panel.dataset.advice;
    return findings;
  }

  // The side stays in view while there is something to say of it, two retakes at most.
  function hold(form, panel) {
    form.dataset.step = panel.dataset.panel;
    form.ownerDocument.title = `${panel.dataset.title} · PermitDesk`;
    form.querySelector("[data-heading] .with-script").textContent = panel.dataset.title;
    form.querySelector("[data-check-lead]")?.remove();
    panel.querySelector("[data-camera]").classList.add("button--primary");
    panel.querySelector("[data-choose]").classList.add("side__file--first");
    panel.querySelector("[data-on]").hidden = false;
    const steps = form.querySelectorAll(".step");
    steps.forEach((step) => step.removeAttribute("aria-current"));
    steps[SIDES.indexOf(panel.dataset.panel)].setAttribute("aria-current", "step");
  }

  return { asked, hold };
})();
