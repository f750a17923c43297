// @ts-check
// Passkeys: the server asks, the browser lets a device answer, the server judges.
import { $, $$, busy, load, on } from "./core.js";
import { key, prove, ready } from "./device.js";

const api = /** @type {any} */ (globalThis).PublicKeyCredential;
const able = Boolean(api?.parseRequestOptionsFromJSON && api.parseCreationOptionsFromJSON);

/** How long a question of an idle page is good: less than the server keeps it. */
const FRESH = 4 * 60 * 1000;

/** What the server says is wrong, in its words. */
class Refused extends Error {}

/** @param {string} url @param {Record<string, string>} fields @returns {Promise<any>} */
const post = async (url, fields, again = false) => {
  await ready(url);
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields), redirect: "error" });
  const purpose = again ? null : answer.headers.get("X-Prove");
  if (purpose && (await prove(purpose))) return post(url, fields, true);
  const said = await answer.json().catch(() => ({}));
  if (said.code === "step-up") {
    const { proved } = await import("./prove.js");
    const csrf = await proved($("[data-step-up]", (await load(`/prove?level=${said.level}`)).page));
    if (csrf) return post(url, { ...fields, csrf });
    throw new DOMException("", "NotAllowedError");
  }
  if (!answer.ok) throw said.what ? new Refused(said.what) : new Error(String(answer.status));
  return said;
};

/** Says what went wrong; what its person stopped on purpose is no news. @param {any} box @param {any} [fault] */
const tell = (box, fault) => {
  const words = /** @type {Record<string, string>} */ ({ NotAllowedError: box.dataset.stopped, InvalidStateError: box.dataset.known });
  const line = $("[data-said]", box);
  line.textContent = fault instanceof Refused ? fault.message : fault ? (words[fault.name] ?? box.dataset.failed) : "";
  line.hidden = !fault;
};

/** Goes through one ceremony. @param {any} box @param {{ signal?: AbortSignal, mediation?: string }} [options] */
const go = async (box, options = {}) => {
  const question = await post(box.dataset.passkey, { csrf: box.dataset.csrf });
  const asked = JSON.parse(question.options);
  const made = asked.user
    ? await navigator.credentials.create({ publicKey: api.parseCreationOptionsFromJSON(asked), signal: options.signal })
    : await navigator.credentials.get(/** @type {any} */ ({ publicKey: api.parseRequestOptionsFromJSON(asked), ...options }));
  const { csrf, next } = box.dataset;
  const entering = box.dataset.passkey === "/passkeys/ask";
  const fields = { csrf, next, ...(entering && { device_key: await key() }), challenge: question.challenge, credential: JSON.stringify(made) };
  const led = await post(box.dataset.answer, fields);
  if (led.csrf) box.dispatchEvent(new CustomEvent("proved", { bubbles: true, detail: led }));
  else location.assign(led.to);
};

// In the list that opens at the e-mail field, a passkey stands beside the saved passwords. One question waits at a time: the
// button takes it away, and an old one is asked anew.
let waiting = new AbortController();
const offer = async () => {
  const box = $("[data-passkey='/passkeys/ask']");
  if (!box || !(await api.isConditionalMediationAvailable?.())) return;
  waiting = new AbortController();
  const { signal } = waiting;
  const old = setTimeout(() => {
    waiting.abort();
    if (!document.hidden) offer();
  }, FRESH);
  try {
    await go(box, { signal, mediation: "conditional" });
  } catch (fault) {
    if (!signal.aborted && fault instanceof Refused) tell(box, fault);
  } finally {
    clearTimeout(old);
  }
};

on("click", "[data-go-passkey]", async (_, button) => {
  const box = button.closest("[data-passkey]");
  waiting.abort();
  tell(box);
  button.disabled = true;
  try {
    await busy(go(box));
  } catch (fault) {
    tell(box, fault);
    button.disabled = false;
    button.focus();
  }
});

export const show = () => {
  if (!able) return;
  for (const box of $$("[data-passkey]")) box.hidden = false;
  for (const hint of $$("[data-unable]")) hint.hidden = true;
};
if (able) {
  document.addEventListener("swapped", show);
  show();
  offer();
}
