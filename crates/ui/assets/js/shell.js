// @ts-check
// The shell: forms and links without a blank page, drawer, menus, key strokes.
import { $, $$, busy, load, on, say, single, submit, swap, toast } from "./core.js";

on("submit", "form[data-swap]", (event, form) => {
  event.preventDefault();
  submit(form, event.submitter);
});

on("click", "a[data-swap]", async (event, link) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  try {
    const answer = await busy(load(link.href));
    swap(answer.page, answer.url);
  } catch {
    toast(say("offline"), { bad: true });
  }
});

addEventListener("popstate", async () => {
  const answer = await load(location.href).catch(() => null);
  if (answer) swap(answer.page, location.href, false);
});

// What was just done, with its way back: a banner without script, a toast with it.
const lift = () => {
  const flash = $("[data-flash]");
  if (!flash) return;
  const undo = $("form", flash);
  toast(flash.dataset.flash, undo ? { undo: () => submit(undo) } : {});
  flash.hidden = true;
  const clean = new URL(location.href);
  for (const name of ["did", "at", "n", "ids"]) clean.searchParams.delete(name);
  history.replaceState(null, "", clean);
};
document.addEventListener("swapped", lift);
lift();

// Exact moments, in the zone of whoever reads.
const exact = () => {
  const zone = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  for (const time of $$("time[data-exact]")) time.title = zone.format(new Date(time.dateTime));
};
document.addEventListener("swapped", exact);
exact();

on("click", "[data-drawer]", () => $("#side")?.classList.toggle("open"));
on("click", "main", () => $("#side")?.classList.remove("open"));
on("click", "[data-close]", (_, button) => button.closest("dialog")?.close());
on("click", "dialog", (event, dialog) => event.target === dialog && dialog.close());

// Menus: the browser places them where it can; elsewhere these lines do.
document.addEventListener(
  "toggle",
  (/** @type {any} */ event) => {
    const menu = event.target;
    if (event.newState !== "open" || !menu.matches?.(".menu") || CSS.supports("position-area: bottom")) return;
    const button = $(`[popovertarget="${menu.id}"]`)?.getBoundingClientRect();
    if (!button) return;
    menu.style.top = `${Math.min(button.bottom + 4, innerHeight - menu.offsetHeight - 8)}px`;
    menu.style.left = `${Math.max(8, Math.min(button.left, innerWidth - menu.offsetWidth - 8))}px`;
  },
  true,
);
on("keydown", ".menu", (event, menu) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  const items = $$(":is(a, button)", menu);
  const step = event.key === "ArrowDown" ? 1 : -1;
  items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus();
});

// One key, or G and one more.
let armed = Number.NEGATIVE_INFINITY;
document.addEventListener("keydown", (event) => {
  if (!single(event)) return;
  const going = event.timeStamp - armed < 1200 && $(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`);
  armed = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
  if (going) {
    event.preventDefault();
    going.click();
  } else if (event.key === "?") {
    $("#keys-sheet")?.showModal();
  } else if (event.key === "n") {
    $("[data-new]")?.click();
  } else if (event.key === "e") {
    $("[data-edit]")?.click();
  } else if (event.key === "j" || event.key === "k") {
    $(`[data-step="${event.key}"]`)?.click();
  } else if (event.key === "[") {
    document.body.toggleAttribute("data-no-side");
  }
});

if (navigator.userAgent.includes("Mac")) for (const key of $$("kbd[data-mac]")) key.textContent = key.dataset.mac;
