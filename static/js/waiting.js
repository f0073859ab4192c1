// A photo on its way waits in this browser until it has arrived: tabs close, batteries run down.
// It is sealed with a key that only its owner's page brings, and signing out clears the storage.
// Where a browser cannot do this nothing is kept, and leaving the page is warned of instead.
"use strict";

window.waiting = (() => {
  const BASE = "permitdesk";
  const PHOTOS = "photos";
  const LONGEST = 24 * 60 * 60 * 1000;
  const safe = new Set();
  let last = Promise.resolve();

  function opened() {
    return new Promise((resolve, reject) => {
      const request = window.indexedDB.open(BASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(PHOTOS);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  async function stored(mode, act) {
    const base = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = base.transaction(PHOTOS, mode);
        const request = act(transaction.objectStore(PHOTOS));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      base.close();
    }
  }

  // What was kept last stands, in whichever order its parts are done.
  function inTurn(act) {
    last = last.then(act).catch(() => null);
    return last;
  }

  async function sealOf(form) {
    const bytes = Uint8Array.from(window.atob(form.dataset.waitingKey), (one) => one.charCodeAt(0));
    const digest = new Uint8Array(await window.crypto.subtle.digest("SHA-256", bytes));
    const key = await window.crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    return { key, name: (side) => `${digest.slice(0, 12).join("-")} ${side}` };
  }

  // Which photo the desk has of a side: what replaces another one must not replace a later one.
  function present(form, side) {
    const here = (form.dataset.here ?? "").split(" ").includes(side) ? "here" : "";
    return form.querySelector(`[data-panel="${side}"]`).dataset.kept ?? here;
  }

  function keep(form, side, file) {
    safe.delete(side);
    const replaces = present(form, side);
    return inTurn(async () => {
      const seal = await sealOf(form);
      const iv = window.crypto.getRandomValues(new Uint8Array(12));
      const sealed = await window.crypto.subtle.encrypt({ name: "AES-GCM", iv }, seal.key, await file.arrayBuffer());
      const record = { sealed, iv, replaces, type: file.type, at: Date.now() };
      await stored("readwrite", (photos) => photos.put(record, seal.name(side)));
      safe.add(side);
    });
  }

  function forget(form, side) {
    safe.delete(side);
    return inTurn(async () => {
      const seal = await sealOf(form);
      await stored("readwrite", (photos) => photos.delete(seal.name(side)));
    });
  }

  function found(form, side) {
    return inTurn(async () => {
      const seal = await sealOf(form);
      const record = await stored("readonly", (photos) => photos.get(seal.name(side)));
      if (!record || record.replaces !== present(form, side)) return null;
      const bytes = await window.crypto.subtle.decrypt({ name: "AES-GCM", iv: record.iv }, seal.key, record.sealed);
      return new File([bytes], "photo", { type: record.type });
    });
  }

  function forgetOld() {
    return inTurn(() => stored("readwrite", (photos) => {
      const walk = photos.openCursor();
      walk.addEventListener("success", () => {
        const record = walk.result;
        if (!record) return;
        if (Date.now() - record.value.at > LONGEST) record.delete();
        record.continue();
      });
      return walk;
    }));
  }

  // One tab at a time, for as long as it is open: two would send the same photo.
  function whenAlone(act) {
    navigator.locks?.request(`${BASE} ${PHOTOS}`, async () => {
      await forgetOld();
      await act();
      return new Promise(() => {});
    });
  }

  return { keep, forget, found, whenAlone, isSafe: (side) => safe.has(side) };
})();
