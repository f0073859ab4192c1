// Photos: one step at a time, shown back at once, sent with visible progress.
// Without this file the same form is a plain one. It runs before the page is drawn.
"use strict";

(() => {
  const MOST_BYTES = 10 * 1024 * 1024;
  const SAID_AFTER = 400;
  const SIDES = ["front", "back"];
  const queue = [];
  const lost = new Map();
  const smaller = new Map();
  let sending = "";

  document.documentElement.classList.add("scripted");

  function panelOf(form, side) {
    return form.querySelector(`[data-panel="${side}"]`);
  }

  function inputOf(form, side) {
    return form.querySelector(`input[type="file"][name="${side}"]`);
  }

  // Focus says what a page is about; this says what happens meanwhile.
  function say(form, sentence) {
    const said = form.querySelector("[data-said]");
    if (said && said.textContent !== sentence) said.textContent = sentence;
  }

  function refuse(panel, sentence) {
    const banner = panel.querySelector("[data-refusal]");
    banner.querySelector(".banner__text").textContent = sentence;
    banner.hidden = false;
    panel.querySelector("[data-progress]").hidden = true;
  }

  function showProgress(form, side, loaded, total) {
    const progress = panelOf(form, side).querySelector("[data-progress]");
    if (loaded >= total) say(form, form.dataset.sayChecking);
    progress.hidden = false;
    progress.querySelector("progress").value = Math.floor((100 * loaded) / total);
    progress.querySelector(".progress__text").textContent = window.sending.words(form, side, loaded, total);
  }

  // The answer is the page itself, drawn anew: what it says is shown without losing the place.
  function show(form, answer, address) {
    const next = answer && answer.getElementById("photos");
    if (!next) {
      sending = "";
      window.location.assign(address || window.location.href);
      return;
    }
    const agreed = form.querySelector('[name="consent"]');
    form.replaceWith(document.adoptNode(next));
    document.title = answer.title;
    const consent = next.querySelector('[name="consent"]');
    if (agreed && consent) consent.checked = agreed.checked;
    prepare(next);
    SIDES.forEach((side) => window.shown.bridge(panelOf(next, side)));
    const refused = next.querySelector('[data-refusal]:not([hidden]), [aria-invalid="true"]');
    if (refused) {
      refused.setAttribute("tabindex", "-1");
      refused.focus();
    } else {
      next.querySelector("[data-heading]")?.focus();
    }
  }

  async function answered(form, side, request) {
    const next = request.response?.getElementById("photos");
    const panel = next && panelOf(next, side);
    let findings = null;
    if (request.status >= 400) window.shown.forget(side);
    if (request.status < 400 && panel?.dataset.advice) {
      findings = await window.advice.asked(panel).catch(() => null);
      if (findings?.dataset.hold !== undefined && !queue.length) window.advice.hold(next, panel);
    }
    show(form, request.response, request.responseURL);
    if (findings && next) {
      const titles = [...findings.querySelectorAll(".banner__title")].map((one) => one.textContent);
      window.setTimeout(() => say(next, titles.join(". ")), SAID_AFTER);
    }
  }

  function post(form, data, sides) {
    return window.sending.post(form.getAttribute("action"), data, (loaded, total) => {
      sides.forEach((side) => showProgress(form, side, loaded, total));
    });
  }

  // Why nothing of ours came back, in words; "" where the page itself did.
  function trouble(form, request) {
    if (!request || request.status >= 500 && !request.response?.getElementById("photos")) return form.dataset.sayLost;
    if (request.status !== 429) return "";
    const said = [...request.response?.querySelectorAll("h1, .lead") ?? []].map((one) => one.textContent.trim());
    return said.join(". ") || form.dataset.sayLost;
  }

  // Taken or refused; a page that asks for signing in again has looked at no photo.
  function isJudged(request) {
    return request.status !== 503 && Boolean(request.response?.querySelector("#photos, [data-live]"));
  }

  // The photo is kept in this page until it has arrived.
  function keepForLater(side, file, sentence) {
    const form = document.getElementById("photos");
    const panel = panelOf(form, side);
    lost.set(side, file);
    window.shown.preview(panel, file, form.dataset.sayPreview);
    refuse(panel, sentence);
    const retry = panel.querySelector("[data-retry]");
    retry.hidden = false;
    retry.querySelector("button").onclick = () => sendAgain(side);
  }

  function sendAgain(side) {
    const file = lost.get(side);
    if (!file) return;
    lost.delete(side);
    panelOf(document.getElementById("photos"), side).querySelector("[data-retry]").hidden = true;
    queue.unshift({ side, file });
    sendNext();
  }

  // One at a time: each answer redraws the form that the next photo is sent with.
  async function sendNext() {
    const form = document.getElementById("photos");
    if (sending || !queue.length || !form) return;
    const { side, file } = queue.shift();
    sending = side;
    window.shown.preview(panelOf(form, side), file, form.dataset.sayPreview);
    showProgress(form, side, 0, file.size);
    const photo = await window.sending.shrunk(file);
    if (photo.size > MOST_BYTES) {
      window.waiting.forget(form, side);
      refuse(panelOf(form, side), form.dataset.sayTooLarge);
    } else {
      await send(form, side, photo);
    }
    sending = "";
    if (!lost.has(side)) sendNext();
  }

  async function send(form, side, photo) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("submission_key", form.elements.submission_key.value);
    data.append("action", "keep");
    data.append(side, photo);
    showProgress(form, side, 0, photo.size);
    say(form, panelOf(form, side).querySelector(".progress__text").textContent);
    const request = await post(form, data, [side]);
    const sentence = trouble(form, request);
    if (sentence) {
      keepForLater(side, photo, sentence);
      return;
    }
    if (isJudged(request)) await window.waiting.forget(form, side);
    await answered(form, side, request);
    if (request.status === 503) {
      const panel = panelOf(document.getElementById("photos"), side);
      keepForLater(side, photo, panel.querySelector("[data-refusal] .banner__text").textContent);
    }
  }

  async function chosen(form, side) {
    const file = inputOf(form, side).files[0];
    if (!file) return;
    const panel = panelOf(form, side);
    lost.delete(side);
    window.waiting.keep(form, side, file);
    if (form.dataset.whole === undefined) {
      queue.push({ side, file });
      sendNext();
      return;
    }
    window.shown.preview(panel, file, form.dataset.sayPreview);
    const photo = await window.sending.shrunk(file);
    if (inputOf(form, side).files[0] !== file) return;
    if (photo.size > MOST_BYTES) {
      inputOf(form, side).value = "";
      window.waiting.forget(form, side);
      smaller.delete(side);
      refuse(panel, form.dataset.sayTooLarge);
      return;
    }
    smaller.set(side, photo);
    panel.querySelector("[data-camera]").classList.remove("button--primary");
    panel.querySelector("[data-choose]").classList.remove("side__file--first");
    const inputs = SIDES.map((one) => inputOf(form, one)).filter(Boolean);
    if (inputs.every((input) => input.files.length)) form.dataset.ready = "";
  }

  async function submitted(form, event) {
    event.preventDefault();
    if (form.dataset.sending !== undefined || sending || queue.length) return;
    form.dataset.sending = "";
    const button = form.querySelector("[data-send]");
    const label = button.textContent;
    button.setAttribute("aria-disabled", "true");
    button.textContent = form.dataset.saySubmitting;
    say(form, form.dataset.saySubmitting);
    form.querySelector("[data-not-sent]").hidden = true;
    const sides = SIDES.filter((side) => inputOf(form, side)?.files.length);
    const data = new FormData(form);
    sides.filter((side) => smaller.has(side)).forEach((side) => data.set(side, smaller.get(side)));
    const request = await post(form, data, sides);
    const sentence = trouble(form, request);
    if (sentence) {
      release(form, button, label, sentence);
      return;
    }
    if (isJudged(request)) await Promise.all(sides.map((side) => window.waiting.forget(form, side)));
    if (request.status < 400) window.location.assign(request.responseURL);
    else show(form, request.response, window.location.href);
  }

  // What was filled in stands as it was: the same key makes sending it again harmless.
  function release(form, button, label, sentence) {
    delete form.dataset.sending;
    button.removeAttribute("aria-disabled");
    button.textContent = label;
    form.querySelectorAll("[data-progress]").forEach((progress) => { progress.hidden = true; });
    const banner = form.querySelector("[data-not-sent]");
    banner.querySelector(".banner__text").textContent = sentence;
    banner.hidden = false;
  }

  // A computer's camera opens in the page; a phone's is one of its programs.
  async function photograph(form, side) {
    const input = inputOf(form, side);
    if (!window.viewfinder.isHere()) {
      input.setAttribute("capture", "environment");
      input.click();
      return;
    }
    const panel = panelOf(form, side);
    try {
      const photo = await window.viewfinder.take(panel.dataset.title);
      if (photo) choose(form, side, photo);
    } catch (error) {
      refuse(panel, error.message);
    }
  }

  function choose(form, side, file) {
    const files = new DataTransfer();
    files.items.add(file);
    inputOf(form, side).files = files.files;
    chosen(form, side);
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
      // A photo may have been chosen before this script was there.
      if (input.files.length) chosen(form, side);
      panel.querySelector("[data-camera]").addEventListener("click", () => photograph(form, side));
      panel.querySelector("[data-choose]").addEventListener("click", () => {
        input.removeAttribute("capture");
        input.click();
      });
      droppable(form, side);
      if (panel.dataset.advice && form.dataset.step === "check") window.advice.asked(panel).catch(() => {});
    });
  }

  // What another visit could not send goes on from here.
  async function takeUp() {
    const form = document.getElementById("photos");
    const files = await Promise.all(SIDES.map((side) => window.waiting.found(form, side)));
    if (sending || queue.length || form !== document.getElementById("photos")) return;
    SIDES.forEach((side, number) => {
      const input = inputOf(form, side);
      if (!files[number] || !input || input.files.length) return;
      choose(form, side, files[number]);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("photos");
    if (!form) return;
    prepare(form);
    window.waiting.whenAlone(takeUp);
  });

  window.addEventListener("online", () => [...lost.keys()].forEach(sendAgain));

  // Leaving now would lose a photo that is still on its way, where this browser cannot keep it.
  window.addEventListener("beforeunload", (event) => {
    const onTheirWay = [sending, ...queue.map((one) => one.side), ...lost.keys()].filter(Boolean);
    if (!onTheirWay.every(window.waiting.isSafe)) event.preventDefault();
  });

  // A page that comes back from the browser's memory may be used again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
})();
