// When a key is a command, and for what: each person may give the acts other keys. Not while
// somebody types, composes, or has switched letters off.

const STORE = "keys-off";

export function keysAreOff() {
  return document.documentElement.classList.contains("keys-off");
}

function stored() {
  try {
    return localStorage.getItem(STORE) === "1";
  } catch {
    return false;
  }
}

function store(off) {
  try {
    localStorage.setItem(STORE, off ? "1" : "0");
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

export function isTyping(target) {
  if (!(target instanceof Element)) return false;
  const typed = target.closest("input, textarea, select");
  if (!typed) return false;
  if (typed.matches("[type=radio], [type=checkbox]")) return false;
  // A value that is only looked at takes no letters.
  return !(typed.readOnly || typed.hasAttribute("data-looking"));
}

// The command that a key stands for, or "" where it types. Alt with the letter always commands.
export function commandOf(event) {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return "";
  if (document.querySelector("dialog[open]")) return "";
  if (event.key.length > 1) return event.key;
  if (event.altKey) return event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
  return keysAreOff() || isTyping(event.target) ? "" : event.key.toLowerCase();
}

export function watchSwitch(box) {
  document.documentElement.classList.toggle("keys-off", stored());
  if (!box) return;
  box.checked = stored();
  box.addEventListener("change", () => {
    store(box.checked);
    document.documentElement.classList.toggle("keys-off", box.checked);
  });
}
