// Photos: one step at a time, shown back at once, sent with visible progress.
// Without this file the same form is a plain one. It runs before the page is drawn.
"use strict";

(() => {
  const MOST_BYTES = 10 * 1024 * 1024;
  const ADVICE_WAIT = 6000;
  const SIDES = ["front", "back"];
  const queue = [];
  let busy = false;

  document.documentElement.classList.add("scripted");

  function panelOf(form, side) {
    return form.querySelector(`[data-panel="${side}"]`);
  }

  function inputOf(form, side) {
    return form.querySelector(`input[type="file"][name="${side}"]`);
  }

  function megabytes(bytes) {
    const one = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    return new Intl.NumberFormat(document.documentElement.lang, one).format(bytes / 1024 / 1024);
  }

  function refuse(panel, sentence) {
    const banner = panel.querySelector("[data-refusal]");
    banner.querySelector(".banner__text").textContent = sentence;
    banner.hidden = false;
    panel.querySelector("[data-progress]").hidden = true;
  }

  function preview(panel, file, description) {
    const frame = panel.querySelector("[data-preview]");
    const image = document.createElement("img");
    const address = URL.createObjectURL(file);
    image.alt = description;
    image.addEventListener("load", () => URL.revokeObjectURL(address));
    image.addEventListener("error", () => { frame.hidden = true; });
    image.src = address;
    frame.replaceChildren(image);
    frame.hidden = false;
    panel.querySelectorAll("[data-shown], [data-hints], [data-findings]").forEach((part) => { part.hidden = true; });
    panel.querySelector("[data-refusal]").hidden = true;
  }

  function showProgress(form, side, loaded, total) {
    const progress = panelOf(form, side).querySelector("[data-progress]");
    const percent = Math.floor((100 * loaded) / total);
    const sending = side === "front" ? form.dataset.saySendingFront : form.dataset.saySendingBack;
    const said = loaded < total ? sending : form.dataset.sayChecking;
    progress.hidden = false;
    progress.querySelector("progress").value = percent;
    progress.querySelector(".progress__text").textContent = said
      .replace("{percent}", percent)
      .replace("{sent}", megabytes(loaded))
      .replace("{total}", megabytes(total));
  }

  // The answer is the page itself, drawn anew: what it says is shown without losing the place.
  function show(form, answer, address) {
    const next = answer && answer.getElementById("photos");
    if (!next) {
      window.location.assign(address || window.location.href);
      return;
    }
    const agreed = form.querySelector('[name="consent"]');
    form.replaceWith(document.adoptNode(next));
    document.title = answer.title;
    const consent = next.querySelector('[name="consent"]');
    if (agreed && consent) consent.checked = agreed.checked;
    prepare(next);
    const refused = next.querySelector('[data-refusal]:not([hidden]), [aria-invalid="true"]');
    if (refused) {
      refused.setAttribute("tabindex", "-1");
      refused.focus();
    } else {
      next.querySelector("[data-heading]")?.focus();
    }
  }

  // What could be better is drawn over the photo and said under it. True when there was something.
  async function advise(panel) {
    const answer = await fetch(panel.dataset.advice, {
      credentials: "same-origin",
      signal: AbortSignal.timeout(ADVICE_WAIT),
    });
    if (answer.status !== 200) return false;
    const said = new DOMParser().parseFromString(await answer.text(), "text/html");
    const photo = panel.querySelector("[data-shown]");
    const overlay = said.querySelector("svg.overlay");
    if (overlay) photo.append(document.adoptNode(overlay));
    photo.after(document.adoptNode(said.querySelector("[data-findings]")));
    delete panel.dataset.advice;
    return true;
  }

  // The front stays in view while there is something to say of it; nobody has to take it again.
  function hold(form, panel) {
    form.dataset.step = panel.dataset.panel;
    form.ownerDocument.title = `${panel.dataset.title} · PermitDesk`;
    form.querySelector("[data-heading] .with-script").textContent = panel.dataset.title;
    panel.querySelector("[data-camera]").classList.add("button--primary");
    panel.querySelector("[data-choose]").classList.add("side__file--first");
    panel.querySelector("[data-on]").hidden = false;
    const steps = form.querySelectorAll(".step");
    steps.forEach((step) => step.removeAttribute("aria-current"));
    steps[SIDES.indexOf(panel.dataset.panel)].setAttribute("aria-current", "step");
  }

  async function answered(form, side, request) {
    const next = request.response?.getElementById("photos");
    const panel = next && panelOf(next, side);
    if (request.status < 400 && panel?.dataset.advice) {
      const found = await advise(panel).catch(() => false);
      if (found && next.dataset.step === "back" && side === "front" && !queue.length) hold(next, panel);
    }
    show(form, request.response, request.responseURL);
  }

  function post(form, data, sides, done) {
    const request = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action"));
    request.responseType = "document";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) sides.forEach((side) => showProgress(form, side, event.loaded, event.total));
    });
    request.addEventListener("load", () => done(request));
    request.addEventListener("error", () => {
      sides.forEach((side) => refuse(panelOf(form, side), form.dataset.sayLost));
      done(null);
    });
    request.send(data);
  }

  function offerRetry(panel, lost) {
    const retry = panel.querySelector("[data-retry]");
    retry.hidden = false;
    retry.querySelector("button").onclick = () => {
      retry.hidden = true;
      queue.unshift(lost);
      sendNext();
    };
  }

  // One at a time: each answer redraws the form that the next photo is sent with.
  function sendNext() {
    const form = document.getElementById("photos");
    if (busy || !queue.length || !form) return;
    busy = true;
    const { side, file } = queue.shift();
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("submission_key", form.elements.submission_key.value);
    data.append("action", "keep");
    data.append(side, file);
    preview(panelOf(form, side), file, form.dataset.sayPreview);
    showProgress(form, side, 0, file.size);
    post(form, data, [side], async (request) => {
      if (request) await answered(form, side, request);
      busy = false;
      if (request) sendNext();
      else offerRetry(panelOf(form, side), { side, file });
    });
  }

  function chosen(form, side) {
    const file = inputOf(form, side).files[0];
    if (!file) return;
    const panel = panelOf(form, side);
    if (file.size > MOST_BYTES) {
      inputOf(form, side).value = "";
      refuse(panel, form.dataset.sayTooLarge);
    } else if (form.dataset.whole === undefined) {
      queue.push({ side, file });
      sendNext();
    } else {
      preview(panel, file, form.dataset.sayPreview);
      panel.querySelector("[data-camera]").classList.remove("button--primary");
      panel.querySelector("[data-choose]").classList.remove("side__file--first");
      const inputs = SIDES.map((one) => inputOf(form, one)).filter(Boolean);
      if (inputs.every((input) => input.files.length)) form.dataset.ready = "";
    }
  }

  function submitted(form, event) {
    if (form.dataset.sending !== undefined || busy || queue.length) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "";
    const button = form.querySelector("[data-send]");
    const label = button.textContent;
    button.setAttribute("aria-disabled", "true");
    button.textContent = form.dataset.saySubmitting;
    const sides = SIDES.filter((side) => inputOf(form, side)?.files.length);
    if (!sides.length) return;
    event.preventDefault();
    post(form, new FormData(form), sides, (request) => {
      if (request && request.status < 400) window.location.assign(request.responseURL);
      else if (request) show(form, request.response, window.location.href);
      else release(form, button, label);
    });
  }

  function release(form, button, label) {
    delete form.dataset.sending;
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  }

  function droppable(form, side) {
    const panel = panelOf(form, side);
    panel.addEventListener("dragover", (event) => {
      event.preventDefault();
      panel.classList.add("side--over");
    });
    panel.addEventListener("dragleave", () => panel.classList.remove("side--over"));
    panel.addEventListener("drop", (event) => {
      event.preventDefault();
      panel.classList.remove("side--over");
      if (!event.dataTransfer.files.length) return;
      inputOf(form, side).files = event.dataTransfer.files;
      chosen(form, side);
    });
  }

  function prepare(form) {
    form.addEventListener("submit", (event) => submitted(form, event));
    SIDES.filter((side) => inputOf(form, side)).forEach((side) => {
      const input = inputOf(form, side);
      const panel = panelOf(form, side);
      input.addEventListener("change", () => chosen(form, side));
      panel.querySelector("[data-camera]").addEventListener("click", () => {
        input.setAttribute("capture", "environment");
        input.click();
      });
      panel.querySelector("[data-choose]").addEventListener("click", () => {
        input.removeAttribute("capture");
        input.click();
      });
      droppable(form, side);
      if (panel.dataset.advice && form.dataset.step === "check") advise(panel).catch(() => {});
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("photos");
    if (form) prepare(form);
  });

  // A page that comes back from the browser's memory may be used again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
})();
