// Brings the secret from behind the "#" to the server, once, and takes it out of the address.
"use strict";

(() => {
  const secret = window.location.hash.slice(1);
  if (!secret) return;
  const form = document.getElementById("take");
  window.history.replaceState(null, "", window.location.pathname);
  form.elements.secret.value = secret;
  form.querySelector("button").hidden = false;
  form.submit();
})();
