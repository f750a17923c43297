// @ts-check
// The palette: records, pages and actions, found as one types.
import { $, $$, h, load, on, single } from "./core.js";

const dialog = $("#palette");
const input = $("#palette-input");
const list = $("#palette-list");
let asking = new AbortController();
let timer = 0;

const options = () => $$("[role=option]", list);

/** @param {any} option */
const choose = (option) => {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  input.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
};

const ask = async () => {
  asking.abort();
  asking = new AbortController();
  const url = `${dialog.dataset.search}?q=${encodeURIComponent(input.value.trim())}`;
  const answer = await load(url, { fragment: true, signal: asking.signal }).catch(() => null);
  const found = answer && $("#found", answer.page);
  // What was refused is said on the page of search, with what to do next.
  if (answer?.status === 403) return location.assign(url);
  if (answer?.status === 429) {
    // Faster than anybody types: it says so here, and asks again by itself.
    list.replaceChildren(h("p", { className: "none" }, $("h1", answer.page)?.textContent ?? ""));
    input.removeAttribute("aria-activedescendant");
    timer = window.setTimeout(ask, 1_500);
  }
  if (!found) return;
  // On the page of search these are links; in the palette they are options, reached by the arrows.
  for (const link of $$(".opt", found)) {
    link.setAttribute("role", "option");
    link.tabIndex = -1;
  }
  for (const group of $$(".grp", found)) group.setAttribute("role", "presentation");
  list.replaceChildren(...[...found.childNodes].map((node) => document.adoptNode(node)));
  choose(options()[0]);
};

const open = () => {
  if (dialog.open) return;
  dialog.showModal();
  input.select();
  ask();
};

on("click", "[data-palette]", (event) => {
  event.preventDefault();
  open();
});

document.addEventListener("keydown", (event) => {
  if ((event.key === "/" && single(event)) || (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey))) {
    event.preventDefault();
    open();
  }
});

input?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = window.setTimeout(ask, 60);
});

input?.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose(all.at((at + step + all.length) % all.length));
  } else if (event.key === "Enter" && all[at]) {
    event.preventDefault();
    dialog.close();
    all[at].click();
  } else if (event.key === "Escape") {
    // A search field would be emptied first, and the palette stay.
    event.preventDefault();
    dialog.close();
  }
});

on("click", "#palette-list a", () => dialog.close());
