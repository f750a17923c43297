// @ts-check
// What every module stands on. The page forbids every Trusted Types policy: no string is ever parsed as HTML here.
// Fragments come from the server as documents, built by the browser's own network parser, and nothing in them runs.

import { prove, ready } from "./device.js";

/** @param {string} selector @param {ParentNode} [root] @returns {any} */
export const $ = (selector, root = document) => root.querySelector(selector);

/** @param {string} selector @param {ParentNode} [root] @returns {any[]} */
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Listens once for the whole document, so that swapped parts need no wiring.
 * @param {string} type @param {string} selector @param {(event: any, element: any) => void} act */
export const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest(selector) : null;
    if (element) act(event, element);
  });

/** @param {string} tag @param {Record<string, any>} [props] @param {...(Node | string)} children */
export const h = (tag, props = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name in element) /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

/** Tells whether keys are being typed somewhere, so that single ones mean nothing else. @param {any} event */
export const typing = (event) =>
  event.target instanceof Element &&
  event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog[open], [contenteditable]");

/** Tells whether a key stands alone and single keys are on (WCAG 2.1.4). @param {any} event */
export const single = (event) =>
  !(event.metaKey || event.ctrlKey || event.altKey || typing(event)) && document.body.dataset.keys === "on";

const icons = new URL("icons.svg", import.meta.url).pathname;

/** @param {string} id */
export const icon = (id) => {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const use = document.createElementNS(namespace, "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${icons}#${id}`);
  svg.append(use);
  return svg;
};

/** Words the server put on <body>: data-say-<name>. @param {string} name */
export const say = (name) => document.body.dataset[`say${name.charAt(0).toUpperCase()}${name.slice(1)}`] ?? "";

/** Asks the server for a document; where the browser has to sign first, it signs and asks again, once.
 * @param {string} url @param {{body?: URLSearchParams | FormData, signal?: AbortSignal, fragment?: boolean, again?: boolean}} [options]
 * @returns {Promise<{page: Document, url: string, status: number}>} */
export const load = async (url, options = {}) => {
  if (options.body) await ready(url);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(options.body ? "POST" : "GET", url);
    request.responseType = "document";
    request.setRequestHeader("Accept", "text/html");
    if (options.fragment) request.setRequestHeader("X-Fragment", "1");
    const since = Date.now();
    request.onload = async () => {
      const purpose = options.again ? null : request.getResponseHeader("X-Prove");
      if (purpose && (await prove(purpose, since))) return load(url, { ...options, again: true }).then(resolve, reject);
      const page = request.response;
      if (page) resolve({ page, url: request.responseURL, status: request.status });
      else reject(new Error(String(request.status)));
    };
    request.onerror = () => reject(new Error("offline"));
    options.signal?.addEventListener("abort", () => {
      request.abort();
      reject(new DOMException("", "AbortError"));
    });
    request.send(options.body);
  });
};

/** Says something for a while; errors stay until they are closed.
 * @param {string} text @param {{undo?: () => void, bad?: boolean}} [options] */
export const toast = (text, options = {}) => {
  const box = $("#toasts");
  const message = h("div", { className: options.bad ? "toast bad" : "toast", role: options.bad ? "alert" : "status" });
  message.append(icon(options.bad ? "warn" : "check"), h("span", {}, text));
  const end = () => {
    message.remove();
    if (!box.childElementCount) box.hidePopover();
  };
  const button = (/** @type {string} */ label, /** @type {() => void} */ act) =>
    message.append(h("button", { type: "button", className: "btn ghost s", onclick: act }, label));
  if (options.undo) button(say("undo"), () => (options.undo?.(), end()));
  if (options.bad) button(say("close"), end);
  else setTimeout(end, options.undo ? 8000 : 4500);
  box.append(message);
  if (!box.matches(":popover-open")) box.showPopover();
};

/** Shows a line on top while something takes longer than a blink. @template T @param {Promise<T>} work */
export const busy = async (work) => {
  const bar = h("div", { className: "bar-top" });
  const late = setTimeout(() => document.body.append(bar), 150);
  try {
    return await work;
  } finally {
    clearTimeout(late);
    bar.remove();
  }
};

/** Puts the main part of a document in place of the present one; scroll positions and focus stay where they were.
 * @param {Document} page @param {string} url @param {boolean} [push] */
export const swap = (page, url, push = true) => {
  const next = $("main", page);
  if (!next || !$("main") || page.body.className !== document.body.className) return location.assign(url);
  const scrolls = $$("[data-keep]").map((element) => [element.dataset.keep, element.scrollTop, element.scrollLeft]);
  const unfolded = $$("main details[open][id]").map((element) => element.id);
  const focused = document.activeElement?.id;
  const put = () => {
    $("main").replaceWith(document.adoptNode(next));
    for (const part of ["#side", "#tabbar"]) {
      const fresh = $(part, page);
      if (fresh && $(part)) $(part).replaceWith(document.adoptNode(fresh));
    }
    document.title = page.title;
    // A module listens for the whole document: it is needed once, on whichever page first asks for it.
    for (const script of $$("script[src]", page)) import(script.getAttribute("src"));
    for (const name of unfolded) document.getElementById(name)?.toggleAttribute("open", true);
    if (push && url !== location.href) history.pushState(null, "", url);
    for (const [name, top, left] of scrolls) $(`[data-keep="${name}"]`)?.scrollTo(left, top);
    const held = focused ? document.getElementById(focused) : null;
    // The control of a field that was edited in place is hidden again: its button stands for it.
    const button = held?.closest("[data-field]")?.querySelector("[data-open-edit]");
    const target = /** @type {any} */ (held?.checkVisibility() ? held : button);
    (target ?? $("[autofocus]", $("main")) ?? $("main")).focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("swapped"));
  };
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if ("startViewTransition" in document && !calm && url !== location.href) document.startViewTransition(put);
  else put();
};

/** Sends a change. Where the server asks first who it is, that is proved in a dialog and the same change is sent again; nothing
 * comes back if it was given up.
 * @param {string} url @param {URLSearchParams | FormData} body @param {{fragment?: boolean}} [options] */
export const send = async (url, body, options = {}) => {
  for (;;) {
    const answer = await busy(load(url, { ...options, body }));
    const box = $("[data-step-up]", answer.page);
    if (!box) return answer;
    const { proved } = await import("./prove.js");
    const csrf = await proved(box);
    if (!csrf) return null;
    body.set("csrf", csrf);
  }
};

/** Sends a form and shows what comes back; a form that is under way is not sent again.
 * @param {HTMLFormElement} form @param {HTMLElement | null} [submitter] */
export const submit = async (form, submitter = null) => {
  if (form.hasAttribute("data-busy")) return false;
  const fields = new FormData(form, /** @type {any} */ (submitter));
  const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(/** @type {any} */ (fields));
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  const asks = form.method === "get";
  form.toggleAttribute("data-busy", true);
  try {
    const answer = asks ? await busy(load(`${action}?${body}`)) : await send(action, body);
    if (!answer) {
      form.removeAttribute("data-busy");
      return false;
    }
    swap(answer.page, answer.url);
    if (answer.status < 400 && form.dataset.done) toast(form.dataset.done);
    return answer.status < 400;
  } catch {
    // Only now may it be sent again: after an answer another form stands in its place.
    form.removeAttribute("data-busy");
    toast(say("offline"), { bad: true });
    return false;
  }
};
