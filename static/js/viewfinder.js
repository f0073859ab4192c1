// A computer's camera in the page: a frame to fill and one button. A phone's own camera focuses
// better and needs no permission, so there the file input opens that one.
"use strict";

window.viewfinder = (() => {
  const WISHED = { video: { facingMode: "environment", width: { ideal: 3840 }, height: { ideal: 2160 } } };
  const QUALITY = 0.92;
  const REFUSED = ["NotAllowedError", "SecurityError"];

  // Whether there is a camera can be asked without leave; only its picture cannot.
  async function look() {
    const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
    const isThere = devices.some((one) => one.kind === "videoinput");
    document.documentElement.classList.toggle("with-camera", isThere);
    document.documentElement.classList.toggle("without-camera", !isThere);
  }

  function isHere() {
    return document.documentElement.classList.contains("with-camera") && !window.matchMedia("(pointer: coarse)").matches;
  }

  function drawn(video) {
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d", { alpha: false }).drawImage(video, 0, 0);
    return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
  }

  function waits(dialog, isWaiting) {
    dialog.querySelector("[data-wait]").hidden = !isWaiting;
    dialog.querySelector("[data-fit]").hidden = isWaiting;
    dialog.querySelector("[data-shoot]").setAttribute("aria-disabled", String(isWaiting));
  }

  async function show(dialog, stream) {
    const video = dialog.querySelector("video");
    video.srcObject = stream;
    await video.play();
    waits(dialog, false);
  }

  function stop(stream) {
    stream.getTracks().forEach((track) => track.stop());
  }

  function why(dialog, error) {
    return REFUSED.includes(error.name) ? dialog.dataset.sayRefused : dialog.dataset.sayBusy;
  }

  // Gives back a photo; null where it was closed without one. Fails with words to show.
  function take(title) {
    const dialog = document.getElementById("viewfinder");
    const shoot = dialog.querySelector("[data-shoot]");
    dialog.querySelector("h2").textContent = title;
    waits(dialog, true);
    dialog.showModal();
    shoot.focus();
    const stream = navigator.mediaDevices.getUserMedia(WISHED);
    return new Promise((resolve, reject) => {
      const ended = new AbortController();
      const until = { signal: ended.signal };
      stream.then((one) => ended.signal.aborted || show(dialog, one)).catch((error) => {
        if (ended.signal.aborted) return;
        reject(new Error(why(dialog, error)));
        dialog.close();
      });
      dialog.addEventListener("close", () => {
        ended.abort();
        dialog.querySelector("video").srcObject = null;
        stream.then(stop, () => {});
        resolve(null);
      }, until);
      dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close(), until);
      shoot.addEventListener("click", async () => {
        if (shoot.getAttribute("aria-disabled") === "true") return;
        const photo = await drawn(dialog.querySelector("video"));
        if (photo) resolve(new File([photo], "photo.jpg", { type: "image/jpeg" }));
        dialog.close();
      }, until);
    });
  }

  look();
  navigator.mediaDevices?.addEventListener("devicechange", look);

  return { isHere, take };
})();
