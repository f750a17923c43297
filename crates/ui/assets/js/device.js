// @ts-check
// The tie between this browser and its session: a key that cannot leave it, made before the sign-in, and a signature every few
// minutes. Whoever copies the cookie has no key. Where there can be none the field stays empty, and the session is shorter.

/** How long before the server would ask the browser signs by itself. */
const AHEAD = 60_000;
const LOCK = "custos-device";

const able = Boolean(globalThis.crypto?.subtle && globalThis.indexedDB && navigator.locks);
const fresh = /** @type {HTMLElement | null} */ (document.querySelector("[data-fresh]"))?.dataset.fresh;
const tied = fresh !== undefined;

/** When it is time to sign, and when this browser last did, in any of its tabs. */
let due = Date.now() + Number(fresh ?? 0) * 1000 - AHEAD;
let proved = 0;
let acted = 0;

/** What asks for a signature of its own, so that the server need not ask. @param {string} url */
const risky = (url) => /\/reveal\/|\/settings\/|\/passkeys\/(new|add)/.test(new URL(url, location.href).pathname);

const news = able ? new BroadcastChannel(LOCK) : null;
const told = (/** @type {number} */ seconds) => {
  proved = Date.now();
  due = proved + seconds * 1000 - AHEAD;
};
if (news) news.onmessage = (event) => told(event.data);

/** @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} act @returns {Promise<any>} */
const shelf = (mode, act) =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open("custos", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("device");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const asking = act(opening.result.transaction("device", mode).objectStore("device"));
      asking.onsuccess = () => resolve(asking.result);
      asking.onerror = () => reject(asking.error);
      opening.result.close();
    };
  });

/** @param {ArrayBuffer} bytes */
const spell = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** @returns {Promise<CryptoKeyPair | undefined>} */
const held = () => shelf("readonly", (store) => store.get("key"));

const made = async () => {
  const pair = await crypto.subtle.generateKey(ecdsa, false, ["sign", "verify"]);
  await shelf("readwrite", (store) => store.put(pair, "key"));
  return pair;
};

/** @param {CryptoKeyPair} pair */
const named = async (pair) => spell(await crypto.subtle.exportKey("raw", pair.publicKey));

/** Returns the public half of the browser's key, for a sign-in; nothing where it cannot keep one. @returns {Promise<string>} */
export const key = async () => {
  if (!able) return "";
  try {
    return await navigator.locks.request(LOCK, async () => named((await held()) ?? (await made())));
  } catch {
    return "";
  }
};

/** @param {string} url @param {Record<string, string>} fields */
const post = async (url, fields) => {
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields), redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

/** @param {string} purpose */
const sign = async (purpose) => {
  const pair = await held();
  const { session, challenge, key } = await post("/device/ask", { purpose });
  // Another browser's session, or a key that was wiped: a wrong signature would end it with alarm.
  if (!pair || (await named(pair)) !== key) return false;
  const message = new TextEncoder().encode(`custos-device-v1\n${purpose}\n${session}\n${challenge}`);
  const signature = spell(await crypto.subtle.sign(ecdsa, pair.privateKey, message));
  const { fresh } = await post("/device/prove", { purpose, challenge, signature });
  told(fresh);
  if (purpose === "act") acted = proved;
  news?.postMessage(fresh);
  return true;
};

/** Shows that the session is this browser's, one tab at a time, unless another one has done so `since`.
 * @param {string} [purpose] @param {number} [since] */
export const prove = async (purpose = "refresh", since = Date.now()) => {
  if (!able) return false;
  try {
    return await navigator.locks.request(LOCK, async () => {
      if (purpose === "refresh" && proved > since) return true;
      // A question that got old on the way is asked once more.
      return sign(purpose).catch((fault) => fault.message === "409" && sign(purpose));
    });
  } catch {
    return false;
  }
};

/** Signs before a request that will be asked for it: the session is about to grow old, or the act is dangerous.
 * @param {string} url */
export const ready = async (url) => {
  if (!tied) return;
  if (risky(url) && Date.now() > acted + 10_000) await prove("act");
  else if (Date.now() >= due) await prove();
};

const tick = () => {
  if (Date.now() >= due && !document.hidden) prove();
};
if (tied) {
  setInterval(tick, 15_000);
  document.addEventListener("visibilitychange", tick);
}

// The key goes into forms that sign in, and a form that may be sent too late is sent after a signature.
const rooms = () => /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-device-key]"));
const waiting = new WeakSet();
addEventListener(
  "submit",
  async (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const room = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-device-key]"));
    const action = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
    const late = tied ? Date.now() >= due || (risky(action) && Date.now() > acted + 10_000) : room && !room.value;
    if (!able || !late || form.method !== "post" || waiting.has(form)) return;
    waiting.add(form);
    event.preventDefault();
    event.stopImmediatePropagation();
    if (room) room.value = await key();
    else await ready(action);
    form.requestSubmit(event.submitter);
    waiting.delete(form);
  },
  true,
);
if (rooms().length) key().then((text) => rooms().forEach((room) => (room.value = text)));

// The page that waits for a signature, and the form that may wait with it. It goes on once: what fails twice would fail for ever.
const page = /** @type {HTMLElement | null} */ (document.querySelector("[data-sign]"));
if (page) {
  document.querySelector("[data-unscripted]")?.setAttribute("hidden", "");
  const { sign: back = "/", purpose = "refresh" } = page.dataset;
  const again = Number(sessionStorage.getItem(LOCK + purpose) ?? 0) > Date.now() - 10_000;
  sessionStorage.setItem(LOCK + purpose, String(Date.now()));
  const good = !again && (await prove(purpose, 0));
  const form = page.querySelector("form");
  if (good && form) form.submit();
  else if (good) location.replace(back);
  else {
    page.hidden = true;
    document.querySelector("[data-unsigned]")?.removeAttribute("hidden");
  }
}
