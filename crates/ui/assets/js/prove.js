// @ts-check
// Proving again who one is, over the page: what was typed stays, and the same form goes on afterwards.
import { $, $$, busy, h, load, say, toast } from "./core.js";
import { show } from "./passkey.js";

/** Puts the token of the session that goes on where the old one stands. @param {string} csrf */
const renew = (csrf) => {
  for (const input of $$("input[name=csrf]")) input.value = csrf;
  for (const box of $$("[data-csrf]")) box.dataset.csrf = csrf;
};

/** Shows what the server sent until the proof is given; comes to the new token, or to nothing if it was given up.
 * @param {any} box @returns {Promise<string>} */
export const proved = (box) =>
  new Promise((resolve) => {
    const dialog = /** @type {any} */ (h("dialog", { className: "sheet", "aria-labelledby": "prove-title" }));
    const back = /** @type {any} */ (document.activeElement);
    let token = "";
    const put = (/** @type {any} */ next) => {
      dialog.replaceChildren(document.adoptNode(next));
      show();
      $("[aria-invalid], [data-go-passkey], input:not([type=hidden]), a", dialog)?.focus();
    };
    const done = (/** @type {string} */ csrf) => {
      token = csrf;
      renew(csrf);
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      dialog.remove();
      back?.focus?.({ preventScroll: true });
      resolve(token);
    });
    dialog.addEventListener("proved", (/** @type {any} */ event) => {
      event.stopPropagation();
      done(event.detail.csrf);
    });
    dialog.addEventListener("click", (/** @type {any} */ event) => {
      if (!event.target.closest("[data-give-up]")) return;
      event.preventDefault();
      dialog.close();
    });
    dialog.addEventListener("submit", async (/** @type {any} */ event) => {
      event.preventDefault();
      const form = event.target;
      const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
      // What waits is in the page below; it need not travel.
      body.delete("kept");
      const answer = await busy(load(form.action, { body })).catch(() => null);
      const csrf = answer && $("[data-proved]", answer.page)?.dataset.proved;
      const again = answer && $("[data-step-up]", answer.page);
      if (csrf) done(csrf);
      else if (again) put(again);
      else toast(say("offline"), { bad: true });
    });
    document.body.append(dialog);
    put(box);
    dialog.showModal();
  });

// On a page of its own the form that waits goes on as it was.
document.addEventListener("proved", (/** @type {any} */ event) => {
  renew(event.detail.csrf);
  const waiting = $("form[data-onward]");
  if (waiting) waiting.submit();
  else location.assign(event.detail.to);
});
