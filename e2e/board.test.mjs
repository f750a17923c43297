// The board: a card moves by mouse, by finger, by keys and by menu, and stays where it was put.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visit } from "./lib/browser.mjs";
import * as data from "./lib/data.mjs";
import { serve } from "./lib/server.mjs";
import { make, session } from "./lib/steps.mjs";

/**
 * @typedef {import("playwright-core").Page} Page
 * @typedef {import("playwright-core").Locator} Locator
 */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;
/** @type {import("./lib/browser.mjs").ContextOptions["storageState"]} */
let storageState;

before(async () => {
  browser = await launch();
  server = await serve();
  const firms = data.companies(12);
  await server.import("company", data.keep(server.scratch, "companies.csv", firms));
  const sales = data.deals(140, data.column(firms, "account"));
  await server.import("deal", data.keep(server.scratch, "deals.csv", sales));
  storageState = await session(browser, server);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** @param {Page} page @param {string} stage */
const columnOf = (page, stage) => page.locator(`[data-stage="${stage}"]`);
/** @param {Page} page @param {string} name */
const cardOf = (page, name) => page.locator("[data-stage] .deal").filter({ hasText: name });
/** @param {Page} page @param {string} stage */
const count = async (page, stage) => Number((await columnOf(page, stage).locator("header .count").innerText()).replaceAll(",", ""));

/** Makes a deal at the first stage and shows the board. @param {Page} page @param {string} name */
const withDeal = async (page, name) => {
  await make(page, "deals", { Name: name, Amount: "1200" });
  await page.goto("/deals");
  await columnOf(page, "qualified").locator(".deal").filter({ hasText: name }).waitFor();
};

/** Asserts that a card is in a column, now and after the page was asked for again. @param {Page} page @param {string} name @param {string} stage */
const isIn = async (page, name, stage) => {
  await page.locator("#toasts").getByText("Moved to").first().waitFor();
  const card = columnOf(page, stage).locator(".deal").filter({ hasText: name });
  await card.waitFor();
  assert.equal(await cardOf(page, name).count(), 1, "one card, not two");
  await page.goto("/deals?as=board");
  await card.waitFor();
  assert.equal(await cardOf(page, name).count(), 1);
};

/** The middle of something. @param {Locator} locator */
const middle = async (locator) => {
  await locator.scrollIntoViewIfNeeded();
  const box = await locator.boundingBox();
  assert.ok(box, "it is on the page");
  return { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 40) };
};

test("with the mouse", () =>
  visit(browser, server, { storageState, viewport: { width: 1600, height: 900 } }, async (_, page) => {
    await withDeal(page, "Moved by mouse");
    const [here, there] = [await count(page, "qualified"), await count(page, "discovery")];
    const from = await middle(cardOf(page, "Moved by mouse").locator("a").first());
    const to = await middle(columnOf(page, "discovery").locator("header"));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + 20, from.y + 5, { steps: 4 });
    await page.mouse.move(to.x, to.y + 60, { steps: 12 });
    await page.mouse.up();
    await isIn(page, "Moved by mouse", "discovery");
    assert.equal(await count(page, "qualified"), here - 1);
    assert.equal(await count(page, "discovery"), there + 1);
    assert.equal(new URL(page.url()).pathname, "/deals", "the card was not opened");
  }));

test("let go over nothing, or with Escape, the card stays", () =>
  visit(browser, server, { storageState, viewport: { width: 1600, height: 900 } }, async (_, page) => {
    await withDeal(page, "Never moved");
    const from = await middle(cardOf(page, "Never moved").locator("a").first());
    const to = await middle(columnOf(page, "discovery").locator("header"));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y + 60, { steps: 12 });
    await page.locator("body > .deal").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("body > .deal").waitFor({ state: "detached" });
    await page.mouse.up();
    await page.goto("/deals");
    await columnOf(page, "qualified").locator(".deal").filter({ hasText: "Never moved" }).waitFor();
  }));

test("a click without moving opens the card", () =>
  visit(browser, server, { storageState, viewport: { width: 1600, height: 900 } }, async (_, page) => {
    await withDeal(page, "Only opened");
    await page.getByRole("link", { name: "Only opened" }).click();
    await page.getByRole("heading", { name: "Only opened", level: 1 }).waitFor();
  }));

test("with the keyboard, and back by undo", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    await withDeal(page, "Moved by keys");
    await cardOf(page, "Moved by keys").focus();
    await page.keyboard.press("Alt+ArrowRight");
    await isInAndFocused(page, "Moved by keys", "discovery");
    await page.locator("#toasts").getByText("Moved to Discovery").waitFor();
    await page.keyboard.press("Alt+ArrowRight");
    await isInAndFocused(page, "Moved by keys", "proposal");
    await page.keyboard.press("Alt+ArrowLeft");
    await isIn(page, "Moved by keys", "discovery");

    await cardOf(page, "Moved by keys").focus();
    await page.keyboard.press("Alt+ArrowRight");
    await columnOf(page, "proposal").locator(".deal").filter({ hasText: "Moved by keys" }).waitFor();
    await page.locator("#toasts").getByRole("button", { name: "Undo" }).last().click();
    await isIn(page, "Moved by keys", "discovery");
  }));

/** @param {Page} page @param {string} name @param {string} stage */
const isInAndFocused = async (page, name, stage) => {
  const card = columnOf(page, stage).locator(".deal").filter({ hasText: name });
  await card.waitFor();
  await page.waitForFunction(
    ([column, text]) => {
      const focused = document.activeElement?.closest(".deal");
      return focused?.textContent?.includes(text ?? "") && focused.closest("[data-stage]")?.getAttribute("data-stage") === column;
    },
    [stage, name],
  );
};

test("from its menu", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    await withDeal(page, "Moved by menu");
    await page.getByRole("button", { name: "Move to: Moved by menu" }).click();
    const menu = page.locator(".menu:popover-open");
    assert.equal(await menu.getByRole("button", { name: "Qualified" }).count(), 0, "where it is already is not offered");
    await menu.getByRole("button", { name: "Negotiation" }).click();
    await isIn(page, "Moved by menu", "negotiation");
  }));

/**
 * Draws a finger over the screen.
 * @param {import("playwright-core").CDPSession} cdp @param {{ x: number, y: number }} from @param {{ x: number, y: number }} to
 * @param {number} steps @param {() => Promise<void>} [down] what to wait for before it moves @param {() => Promise<void>} [up] and before it is lifted
 */
const drag = async (cdp, from, to, steps, down, up) => {
  const touch = (/** @type {"touchStart" | "touchMove" | "touchEnd"} */ type, /** @type {{ x: number, y: number }[]} */ touchPoints) =>
    cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", [from]);
  await down?.();
  for (let at = 1; at <= steps; at += 1) {
    const part = at / steps;
    await touch("touchMove", [{ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }]);
  }
  await up?.();
  await touch("touchEnd", []);
};

test("with a finger: held still it lifts, dragged it moves", () =>
  visit(browser, server, { storageState, hasTouch: true, isMobile: true, viewport: { width: 1100, height: 800 } }, async (visitor, page) => {
    await withDeal(page, "Moved by finger");
    const cdp = await visitor.context.newCDPSession(page);
    const from = await middle(cardOf(page, "Moved by finger").locator("a").first());
    const to = await middle(columnOf(page, "discovery").locator("header"));
    const lifted = () => page.locator("body > .deal").waitFor();
    const over = () => page.locator('[data-stage="discovery"][data-over]').waitFor();
    await drag(cdp, from, { x: to.x, y: to.y + 60 }, 10, lifted, over);
    await isIn(page, "Moved by finger", "discovery");
  }));

test("a finger that moves at once scrolls, and moves no card", () =>
  visit(browser, server, { storageState, hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } }, async (visitor, page) => {
    await withDeal(page, "Scrolled past");
    const cdp = await visitor.context.newCDPSession(page);
    const from = await middle(cardOf(page, "Scrolled past").locator("a").first());
    const before = await page.locator(".board").evaluate((board) => board.scrollLeft);
    await drag(cdp, from, { x: from.x - 180, y: from.y }, 12);
    await page.waitForFunction((was) => (document.querySelector(".board")?.scrollLeft ?? 0) > was, before);
    assert.equal(await page.locator("body > .deal").count(), 0);
    await page.goto("/deals");
    await columnOf(page, "qualified").locator(".deal").filter({ hasText: "Scrolled past" }).waitFor();
  }));

test("when the server is gone, the card goes back and the page says why", () =>
  visit(browser, server, { storageState }, async (visitor, page) => {
    visitor.expect(503);
    await withDeal(page, "Not moved");
    await page.route("**/move", (route) => route.abort("connectionrefused"));
    await cardOf(page, "Not moved").focus();
    await page.keyboard.press("Alt+ArrowRight");
    await page.getByRole("alert").getByText("The server cannot be reached").waitFor();
    await columnOf(page, "qualified").locator(".deal").filter({ hasText: "Not moved" }).waitFor();
    await page.unroute("**/move");
  }));

test("when somebody else moved it before, the card goes back and the page says so", () =>
  visit(browser, server, { storageState }, async (visitor, page) => {
    visitor.expect(409);
    await withDeal(page, "Moved by two");
    const other = await visitor.page("/deals");
    await cardOf(other, "Moved by two").focus();
    await other.keyboard.press("Alt+ArrowRight");
    await columnOf(other, "discovery").locator(".deal").filter({ hasText: "Moved by two" }).waitFor();
    await other.locator("#toasts").getByText("Moved to").waitFor();

    await cardOf(page, "Moved by two").focus();
    await page.keyboard.press("Alt+ArrowLeft");
    await page.keyboard.press("Alt+ArrowRight");
    await page.getByRole("alert").waitFor();
    await page.goto("/deals");
    await columnOf(page, "discovery").locator(".deal").filter({ hasText: "Moved by two" }).waitFor();
  }));
