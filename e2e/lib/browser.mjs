// The browser, and people in front of it. Whatever a page complains about on the way fails the test.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/**
 * @typedef {import("playwright-core").Page} Page
 * @typedef {import("playwright-core").BrowserContext} Context
 * @typedef {import("playwright-core").Browser} Browser
 * @typedef {import("playwright-core").BrowserContextOptions} ContextOptions
 * @typedef {import("./server.mjs").Server} Server
 */

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long a page has for anything. */
const PATIENCE = 15_000;

/** Starts a browser with a profile of its own. */
export const launch = () =>
  chromium.launch({ executablePath: process.env.CUSTOS_TEST_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

/** Somebody in front of a browser: one context, and the list of what went wrong in it. */
export class Visitor {
  /** @type {string[]} */
  #wrong = [];
  /** @type {Set<number>} */
  #expected = new Set();
  /** @type {string[]} */
  #others = [];
  /** @type {Context} */
  context;
  /** @type {Server} */
  server;

  /** @param {Context} context @param {Server} server */
  constructor(context, server) {
    this.context = context;
    this.server = server;
  }

  /** Opens a context. @param {Browser} browser @param {Server} server @param {ContextOptions} [options] */
  static async open(browser, server, options = {}) {
    const context = await browser.newContext({ baseURL: server.url, locale: "en-US", colorScheme: "light", ...options });
    context.setDefaultTimeout(PATIENCE);
    const visitor = new Visitor(context, server);
    await context.exposeBinding("__report", (_, text) => visitor.#note("policy", text));
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        /** @type {any} */ (globalThis).__report(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
    visitor.#listen();
    return visitor;
  }

  #listen() {
    this.context.on("console", (message) => {
      const text = message.text();
      // The browser says so of every answer from 400 on; those are looked at below.
      if (["error", "warning"].includes(message.type()) && !text.startsWith("Failed to load resource")) {
        this.#note("console", text);
      }
    });
    this.context.on("weberror", (error) => this.#note("script", error.error().stack ?? error.error().message));
    this.context.on("dialog", (dialog) => {
      this.#note("dialog", dialog.message());
      dialog.dismiss().catch(() => {});
    });
    this.context.on("request", (request) => {
      const known = [this.server.url, ...this.#others].some((url) => request.url().startsWith(`${url}/`));
      if (!known) this.#note("foreign request", request.url());
    });
    this.context.on("response", (response) => {
      const status = response.status();
      if (status >= 400 && !this.#expected.has(status)) this.#note("answer", `${status} ${response.url()}`);
    });
  }

  /** @param {string} kind @param {string} text */
  #note(kind, text) {
    this.#wrong.push(`${kind}: ${text}`);
  }

  /** What went wrong so far. */
  get wrong() {
    return [...this.#wrong];
  }

  /** Says that answers of these statuses are what the test is about. @param {...number} statuses */
  expect(...statuses) {
    for (const status of statuses) this.#expected.add(status);
    return this;
  }

  /** Says that the journey leads to another server too. @param {string} url */
  allow(url) {
    this.#others.push(url);
    return this;
  }

  /** Opens a page at an address. @param {string} [address] */
  async page(address) {
    const page = await this.context.newPage();
    if (address !== undefined) await page.goto(address);
    return page;
  }

  /** Fails if anything went wrong on any page. */
  check() {
    assert.deepEqual(this.#wrong, [], "the pages complained");
  }

  /** Closes everything, whatever came of the test. */
  close() {
    return this.context.close();
  }
}

/**
 * Runs a journey of one visitor and looks at the end whether any page complained.
 * @param {Browser} browser @param {Server} server @param {ContextOptions} options
 * @param {(visitor: Visitor, page: Page) => Promise<void>} walk
 */
export const visit = async (browser, server, options, walk) => {
  const visitor = await Visitor.open(browser, server, options);
  const page = await visitor.page();
  try {
    await walk(visitor, page);
    visitor.check();
  } catch (error) {
    // A page that is stuck is a mystery until one sees it.
    if (error instanceof Error) {
      const text = await page.locator("main").innerText({ timeout: 1_000 }).catch(() => "");
      const seen = text.replaceAll(/\s+/g, " ").slice(0, 400);
      error.message += `\nat ${page.url()}: ${seen}\nthe pages complained: ${visitor.wrong.join("\n") || "of nothing"}`;
    }
    throw error;
  } finally {
    await visitor.close();
  }
};
