// Posts of a page that stays where it is.

export const JSON_ONLY = "application/json";
const EITHER = "text/html, application/json;q=0.9";

function send(address, data, accept) {
  const how = { method: "POST", body: data, redirect: "manual", headers: { Accept: accept } };
  return fetch(address, how).catch(() => null);
}

// Who signed in again in another window has another token than this page.
async function takeNewToken(data) {
  const page = await fetch(location.href).catch(() => null);
  if (!page?.ok || page.redirected) return false;
  const found = new DOMParser().parseFromString(await page.text(), "text/html");
  const token = found.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return false;
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => (input.value = token));
  data.set("csrfmiddlewaretoken", token);
  return true;
}

// The answer, or null where none came. A session that has ended answers 401.
export async function post(address, data, accept = EITHER) {
  const answer = await send(address, data, accept);
  if (answer?.status === 403 && (await takeNewToken(data))) return send(address, data, accept);
  return answer;
}

// What to tell of an answer that is none: the name of a notice, or "".
export function troubleWith(answer) {
  if (!answer || answer.status >= 500) return "offline";
  return answer.status === 401 ? "signedOut" : "";
}
