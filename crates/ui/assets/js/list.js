// @ts-check
// Lists: moving with keys, selecting, acting on the selection.
import { $, $$, on, single } from "./core.js";

const boxes = () => $$("tbody input[name=id]");
const rows = () => $$(".t tbody tr[data-row]");
/** @type {any} */
let last = null;

const tell = () => {
  const picked = boxes().filter((box) => box.checked);
  for (const box of boxes()) box.closest("tr").toggleAttribute("data-on", box.checked);
  const bar = $("#bulk");
  if (!bar) return;
  $("#bulk-count").textContent = String(picked.length);
  const all = $("#all");
  if (all) {
    all.checked = picked.length > 0 && picked.length === boxes().length;
    all.indeterminate = picked.length > 0 && !all.checked;
  }
  if (picked.length && !bar.matches(":popover-open")) bar.showPopover();
  if (!picked.length && bar.matches(":popover-open")) bar.hidePopover();
};

on("click", "tbody input[name=id]", (event, box) => {
  const all = boxes();
  if (event.shiftKey && last) {
    const ends = [all.indexOf(last), all.indexOf(box)];
    for (const between of all.slice(Math.min(...ends), Math.max(...ends) + 1)) between.checked = box.checked;
  }
  last = box;
  tell();
});

on("change", "#all", (_, all) => {
  for (const box of boxes()) box.checked = all.checked;
  tell();
});

on("click", "[data-unselect]", () => {
  for (const box of boxes()) box.checked = false;
  tell();
});

document.addEventListener("swapped", tell);

document.addEventListener("keydown", (event) => {
  if (!single(event)) return;
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  if (event.key === "j" || event.key === "k") {
    const next = all[Math.max(0, Math.min(all.length - 1, at + (event.key === "j" ? 1 : -1)))];
    $("a", next)?.focus();
    next?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "x" && all[at]) {
    $("input[name=id]", all[at])?.click();
  } else if (event.key === "Escape") {
    $("[data-unselect]")?.click();
  }
});
