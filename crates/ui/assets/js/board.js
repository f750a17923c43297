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
  $("ol", column).prepend(card);
  card.focus();
  const body = new URLSearchParams({
    csrf: $(".board").dataset.csrf,
    version: card.dataset.version,
    stage: column.dataset.stage,
    limit: new URL(location.href).searchParams.get("limit") ?? "",
  });
  const answer = await load(card.dataset.move, { body }).catch(() => null);
  if (!answer || answer.status >= 400) {
    $("ol", from).insertBefore(card, before);
    card.focus();
    const why = answer && $("[data-why]", answer.page)?.textContent;
    toast(why || say("offline"), { bad: true });
    return;
  }
  const id = card.id;
  swap(answer.page, location.href, false);
  document.getElementById(id)?.focus();
  const undo = () => then(id, () => stage(from.dataset.stage), false);
  toast(say("moved").replace("{}", column.dataset.label), again ? { undo } : {});
};

/** @param {string} name */
const stage = (name) => $(`[data-stage="${CSS.escape(name)}"]`);

// One move after the other: each is sent with the version that the one before has left.
let running = Promise.resolve();
/** @param {string} id @param {(card: any) => any} to @param {boolean} [again] */
const then = (id, to, again = true) => {
  running = running.then(() => {
    const card = document.getElementById(id);
    return card ? move(card, to(card), again) : undefined;
  });
};

on("click", "[data-to]", (event, button) => {
  const card = document.getElementById(button.closest("[data-card]").dataset.card);
  if (!card) return;
  event.preventDefault();
  button.closest(".menu")?.hidePopover();
  then(card.id, () => stage(button.dataset.to));
});

on("keydown", ".deal", (event, card) => {
  if (!event.altKey || !event.key.startsWith("Arrow")) return;
  event.preventDefault();
  const step = { ArrowLeft: -1, ArrowRight: 1 }[/** @type {string} */ (event.key)];
  const next = (/** @type {any} */ now) => {
    const columns = $$("[data-stage]");
    return columns[columns.indexOf(columnOf(now)) + (step ?? 0)];
  };
  if (step) then(card.id, next);
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
  if (drop && over) then(card.id, () => stage(over.dataset.stage));
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
  const over = new AbortController();
  const stop = () => {
    clearTimeout(waiting);
    over.abort();
  };
  addEventListener("pointermove", far, over);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, stop, over);
  if (event.pointerType !== "mouse") waiting = window.setTimeout(begin, 260);
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
