// @ts-check
// Boards: cards move by mouse, touch, keys and menu. The card moves at once, and back if the server says no.
import { $, $$, load, on, say, swap, toast } from "./core.js";

/** @param {any} card */
const columnOf = (card) => card.closest("[data-stage]");

/** Sends the move and shows the board as the server has it. @param {any} card @param {any} column @param {boolean} [again] */
const move = async (card, column, again = true) => {
  const from = columnOf(card);
  if (!column || from === column) return;
  const before = card.nextElementSibling;
  const list = $("ol", from);
  $("ol", column).prepend(card);
  card.focus();
  const body = new URLSearchParams({
    csrf: $(".board").dataset.csrf,
    version: card.dataset.version,
    stage: column.dataset.stage,
  });
  const answer = await load(card.dataset.move, { body }).catch(() => null);
  if (!answer || answer.status >= 400) {
    list.insertBefore(card, before);
    card.focus();
    const why = answer && $("[data-why]", answer.page)?.textContent;
    toast(why || say("offline"), { bad: true });
    return;
  }
  const id = card.id;
  swap(answer.page, location.href, false);
  const moved = document.getElementById(id);
  moved?.focus({ preventScroll: false });
  const text = say("moved").replace("{}", column.dataset.label);
  const back = () => move(document.getElementById(id), $(`[data-stage="${CSS.escape(from.dataset.stage)}"]`), false);
  toast(text, again ? { undo: back } : {});
};

on("click", "[data-to]", (event, button) => {
  const card = document.getElementById(button.closest("[data-card]").dataset.card);
  if (!card) return;
  event.preventDefault();
  button.closest(".menu")?.hidePopover();
  move(card, $(`[data-stage="${CSS.escape(button.dataset.to)}"]`));
});

on("keydown", ".deal", (event, card) => {
  if (!event.altKey || !event.key.startsWith("Arrow")) return;
  event.preventDefault();
  const columns = $$("[data-stage]");
  const at = columns.indexOf(columnOf(card));
  if (event.key === "ArrowLeft") move(card, columns[at - 1]);
  if (event.key === "ArrowRight") move(card, columns[at + 1]);
});

// Pointer Events, because HTML's own drag and drop does not know fingers. A finger holds still first: then it drags, and
// otherwise it scrolls.
/** @type {{card: any, ghost: any, x: number, y: number, over: any, id: number} | null} */
let held = null;
let waiting = 0;

/** @param {any} card @param {PointerEvent} event */
const lift = (card, event) => {
  const box = card.getBoundingClientRect();
  const ghost = card.cloneNode(true);
  ghost.removeAttribute("id");
  ghost.className = "deal carried";
  ghost.style.width = `${box.width}px`;
  document.body.append(ghost);
  card.toggleAttribute("data-held", true);
  held = { card, ghost, x: event.clientX - box.left, y: event.clientY - box.top, over: null, id: event.pointerId };
  card.setPointerCapture(event.pointerId);
  carry(event);
};

/** @param {PointerEvent} event */
const carry = (event) => {
  if (!held) return;
  held.ghost.style.translate = `${event.clientX - held.x}px ${event.clientY - held.y}px`;
  const under = document.elementsFromPoint(event.clientX, event.clientY).find((e) => e.closest("[data-stage]"));
  const over = under?.closest("[data-stage]") ?? null;
  if (over !== held.over) {
    held.over?.removeAttribute("data-over");
    over?.setAttribute("data-over", "");
    held.over = over;
  }
  const board = $(".board");
  const edge = board.getBoundingClientRect();
  if (event.clientX > edge.right - 40) board.scrollLeft += 12;
  if (event.clientX < edge.left + 40) board.scrollLeft -= 12;
};

/** @param {boolean} drop */
const settle = (drop) => {
  clearTimeout(waiting);
  if (!held) return;
  const { card, ghost, over } = held;
  held = null;
  ghost.remove();
  card.removeAttribute("data-held");
  over?.removeAttribute("data-over");
  if (drop && over) move(card, over);
};

on("pointerdown", ".deal", (event, card) => {
  if (event.button || event.target.closest("button, .menu")) return;
  const start = { x: event.clientX, y: event.clientY };
  const begin = () => {
    stop();
    lift(card, event);
  };
  const far = (/** @type {PointerEvent} */ next) => {
    const away = Math.hypot(next.clientX - start.x, next.clientY - start.y) > 6;
    if (away && event.pointerType === "mouse") begin();
    else if (away) stop();
  };
  const stop = () => {
    clearTimeout(waiting);
    removeEventListener("pointermove", far);
    removeEventListener("pointerup", stop);
    removeEventListener("pointercancel", stop);
  };
  addEventListener("pointermove", far);
  addEventListener("pointerup", stop);
  addEventListener("pointercancel", stop);
  if (event.pointerType !== "mouse") waiting = setTimeout(begin, 260);
});
addEventListener("pointermove", (event) => held?.id === event.pointerId && carry(event));
addEventListener("pointerup", (event) => {
  if (held?.id !== event.pointerId) return;
  // The click that ends a drag opens nothing.
  const swallow = (/** @type {Event} */ click) => click.preventDefault();
  addEventListener("click", swallow, { capture: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
  settle(true);
});
addEventListener("pointercancel", () => settle(false));
addEventListener("keydown", (event) => event.key === "Escape" && settle(false));
addEventListener("touchmove", (event) => held && event.preventDefault(), { passive: false });
on("dragstart", ".deal", (event) => event.preventDefault());
