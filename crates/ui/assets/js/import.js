// @ts-check
// Import: a file dropped or chosen goes up at once; a run that is under way is looked at every second.
import { $, busy, load, on, say, swap, toast } from "./core.js";

const send = async (/** @type {HTMLFormElement} */ form) => {
  try {
    const answer = await busy(load(form.action, { body: new FormData(form) }));
    swap(answer.page, answer.url);
  } catch {
    toast(say("offline"), { bad: true });
  }
};

on("change", "[data-upload] input[type=file]", (_, input) => input.files.length && send(input.form));
on("dragover", ".drop", (_, zone) => zone.toggleAttribute("data-over", true));
on("dragleave", ".drop", (_, zone) => zone.removeAttribute("data-over"));
on("drop", ".drop", (_, zone) => zone.removeAttribute("data-over"));

const watch = async () => {
  const running = $("[data-poll]");
  if (!running) return;
  const answer = await load(running.dataset.poll).catch(() => null);
  if (answer && $("[data-poll]") === running) swap(answer.page, location.href, false);
};
setInterval(watch, 1000);
