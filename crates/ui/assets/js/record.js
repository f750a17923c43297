// @ts-check
// Record pages: a field is edited where it stands; the composer; sensitive fields open for a moment.
import { $, $$, load, on, say, send, submit, toast } from "./core.js";

// Each field is a small form. It shows its value; a click on it, or its button, shows its control instead.
on("click", "[data-field] .shown", (event, shown) => {
  const field = shown.closest("[data-field]");
  if (event.target.closest("a, .seal") || !$("[data-open-edit]", field) || getSelection()?.type === "Range") return;
  field.toggleAttribute("data-editing", true);
  const control = $("dd > form .in", field);
  control?.focus();
  control?.select?.();
});

/** @param {any} field */
const close = (field) => {
  field.removeAttribute("data-editing");
  $("dd > form", field)?.reset();
};

on("keydown", "[data-field] > dd > form", (event, form) => {
  if (event.key === "Escape") {
    close(form.closest("[data-field]"));
    $("[data-open-edit]", form.closest("[data-field]"))?.focus();
  }
});

on("change", "[data-field] > dd > form select", (_, select) => select.form.requestSubmit());

on("focusout", "[data-field] > dd > form", (event, form) => {
  if (form.contains(event.relatedTarget) || !form.isConnected) return;
  const field = form.closest("[data-field]");
  if (!field.hasAttribute("data-editing") || form.hasAttribute("data-busy")) return;
  const control = $("input:not([type=hidden]), textarea", form);
  if (control && control.value !== control.defaultValue) submit(form);
  else close(field);
});

// Two changes at once: what stands now goes into one's own control.
on("click", "[data-take]", (_, button) => {
  const control = $(":is(input, select, textarea).in", button.closest("tr"));
  control.value = button.dataset.take;
  control.focus();
});

on("keydown", ".composer textarea", (event, area) => {
  if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) area.form.requestSubmit();
});

// While somebody is typed in: who is here already with the same address or number, or of the same name in the same company.
let asking = 0;
on("input", "form[data-alike]", (event, form) => {
  const by = form.dataset.by.split(" ");
  if (!by.includes(event.target.name)) return;
  clearTimeout(asking);
  const mine = (asking = window.setTimeout(async () => {
    const typed = [...new FormData(form)].filter(([name]) => name === "csrf" || by.includes(name));
    const record = form.dataset.record;
    const body = new URLSearchParams(/** @type {any} */ (record ? [...typed, ["record", record]] : typed));
    const answer = await load(form.dataset.alike, { body, fragment: true }).catch(() => null);
    if (!answer || answer.status >= 400 || mine !== asking) return;
    for (const old of $$("[data-hint-for]", form)) old.remove();
    const hints = $$("[data-hint-for]", answer.page);
    for (const hint of hints) form.elements.namedItem(hint.dataset.hintFor)?.closest(".field")?.append(document.adoptNode(hint));
    $("[data-alike-said]", form).textContent = hints.map((hint) => hint.textContent).join(" ");
  }, 350));
});

// A sensitive value is asked for one at a time, is never in the page before, and goes again after 20 seconds.
const SHOWN = 20_000;
/** @param {any} seal */
const shut = (seal) => {
  clearTimeout(seal.timer);
  seal.dataset.state = "closed";
  $(".seal-v", seal).textContent = "";
};

on("submit", "form.seal", async (event, seal) => {
  event.preventDefault();
  seal.dataset.state = "busy";
  const body = new URLSearchParams(/** @type {any} */ (new FormData(seal, event.submitter)));
  $("[popover]", seal)?.hidePopover();
  seal.reset();
  const answer = await send(seal.action, body, { fragment: true }).catch(() => undefined);
  if (answer === null) {
    seal.dataset.state = "closed";
    return;
  }
  const value = answer && answer.status < 400 ? $("[data-revealed]", answer.page)?.textContent : null;
  if (value == null) {
    seal.dataset.state = "closed";
    toast((answer && $("[data-why]", answer.page)?.textContent) || say("offline"), { bad: true });
    return;
  }
  $(".seal-v", seal).textContent = value;
  seal.dataset.state = "open";
  seal.timer = setTimeout(() => shut(seal), SHOWN);
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) for (const seal of $$("form.seal[data-state=open]")) shut(seal);
});

// Files go up as soon as they are dropped or chosen.
on("change", "form[data-files] input[type=file]", (_, input) => input.files.length && submit(input.form));
for (const [type, over] of /** @type {[string, boolean][]} */ ([["dragover", true], ["dragleave", false], ["drop", false]]))
  on(type, "form[data-files] .drop", (_, zone) => zone.toggleAttribute("data-over", over));
