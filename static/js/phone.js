// Brings the secret from behind the "#" to the server, which says whose application it opens
// and lends nothing before a button is pressed. Takes it out of the address.
"use strict";

(() => {
  const secret = window.location.hash.slice(1);
  const form = document.getElementById("take");
  if (!secret || !form) return;
  window.history.replaceState(null, "", window.location.pathname);
  form.elements.secret.value = secret;
  form.submit();
})();
