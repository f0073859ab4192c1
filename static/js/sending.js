// What goes over the wire: photos no larger than the desk keeps them, and how far they are.
"use strict";

window.sending = (() => {
  const LONG_SIDE = 3840;
  const SMALL_ENOUGH = 1024 * 1024;
  const QUALITY = 0.88;
  const STALLED = 45 * 1000;
  const TAKEN_AS_THEY_ARE = ["image/jpeg", "image/png"];

  // Upright, as the camera held it, and a JPEG whatever it was.
  async function drawn(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const paper = canvas.getContext("2d", { alpha: false });
    paper.imageSmoothingQuality = "high";
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
  }

  // The file itself where it is small, where this browser cannot open it, or where nothing is won.
  async function shrunk(file) {
    const known = TAKEN_AS_THEY_ARE.includes(file.type);
    if (known && file.size <= SMALL_ENOUGH) return file;
    const smaller = await drawn(file).catch(() => null);
    if (!smaller || (known && smaller.size >= file.size)) return file;
    return new File([smaller], "photo.jpg", { type: "image/jpeg" });
  }

  function megabytes(bytes) {
    const one = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    return new Intl.NumberFormat(document.documentElement.lang, one).format(bytes / 1024 / 1024);
  }

  // How far a photo is, in the words that the form brings along.
  function words(form, side, loaded, total) {
    if (loaded >= total) return form.dataset.sayChecking;
    const said = side === "front" ? form.dataset.saySendingFront : form.dataset.saySendingBack;
    return said
      .replace("{percent}", Math.floor((100 * loaded) / total))
      .replace("{sent}", megabytes(loaded))
      .replace("{total}", megabytes(total));
  }

  // Gives back the finished request; null where the connection broke, or has moved nothing for long.
  function post(address, data, progressed) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", address);
      request.responseType = "document";
      let watch = 0;
      const moved = () => {
        window.clearTimeout(watch);
        watch = window.setTimeout(() => request.abort(), STALLED);
      };
      request.upload.addEventListener("progress", (event) => {
        moved();
        if (event.lengthComputable) progressed(event.loaded, event.total);
      });
      request.addEventListener("load", () => resolve(request));
      request.addEventListener("error", () => resolve(null));
      request.addEventListener("abort", () => resolve(null));
      request.addEventListener("loadend", () => window.clearTimeout(watch));
      moved();
      request.send(data);
    });
  }

  return { shrunk, post, words };
})();
