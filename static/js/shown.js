// The photo as it was chosen: shown at once, and in its place until the desk's own copy is there.
"use strict";

window.shown = (() => {
  const addresses = new Map();

  function forget(side) {
    if (addresses.has(side)) URL.revokeObjectURL(addresses.get(side));
    addresses.delete(side);
  }

  function drawn(address, description) {
    const image = document.createElement("img");
    image.alt = description;
    image.src = address;
    return image;
  }

  function preview(panel, file, description) {
    const side = panel.dataset.panel;
    const frame = panel.querySelector("[data-preview]");
    forget(side);
    addresses.set(side, URL.createObjectURL(file));
    const image = drawn(addresses.get(side), description);
    image.addEventListener("error", () => {
      frame.hidden = true;
      forget(side);
    });
    frame.replaceChildren(image);
    frame.hidden = false;
    panel.querySelectorAll("[data-shown], [data-hints], [data-findings]").forEach((part) => { part.hidden = true; });
    panel.querySelector("[data-refusal]").hidden = true;
  }

  // On a slow line the copy comes seconds after the answer; nothing is blank meanwhile.
  function bridge(panel) {
    const copy = panel.querySelector("[data-shown] img");
    const address = addresses.get(panel.dataset.panel);
    if (!copy || copy.complete || !address) return;
    const before = drawn(address, "");
    before.className = "photo__before";
    copy.before(before);
    copy.addEventListener("load", () => before.remove());
  }

  return { preview, bridge, forget };
})();
