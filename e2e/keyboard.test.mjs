// Everything by keyboard: no pointer is used in this file.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visit } from "./lib/browser.mjs";
import * as data from "./lib/data.mjs";
import { founder, serve } from "./lib/server.mjs";
import { make, session } from "./lib/steps.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;
/** @type {import("./lib/browser.mjs").ContextOptions["storageState"]} */
let storageState;

before(async () => {
  browser = await launch();
  server = await serve();
  await server.import("contact", data.keep(server.scratch, "contacts.csv", data.contacts(20)));
  storageState = await session(browser, server);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** What has the focus, as a reader would call it. @param {Page} page */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const labels = element && "labels" in element ? [.../** @type {HTMLInputElement} */ (element).labels ?? []] : [];
    return (element?.getAttribute("aria-label") ?? (labels[0]?.textContent || element?.textContent) ?? "").trim();
  });

/** Presses Tab until something has the focus. @param {Page} page @param {RegExp} name @param {number} [most] */
const tabTo = async (page, name, most = 80) => {
  const seen = [];
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    seen.push(now.slice(0, 30));
    if (name.test(now)) return;
  }
  assert.fail(`Tab does not reach ${name}: ${seen.join(" | ")}`);
};

/** Tells whether the focus can be seen. @param {Page} page */
const outlined = (page) =>
  page.evaluate(() => {
    const style = document.activeElement ? getComputedStyle(document.activeElement) : null;
    return style !== null && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none");
  });

test("signing in: the cursor stands in the first field, Enter sends", () =>
  visit(browser, server, {}, async (_, page) => {
    await page.goto("/sign-in");
    await page.locator("#email:focus").waitFor();
    await page.keyboard.type(founder.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(founder.password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
    await page.keyboard.press("Tab");
    assert.match(await focused(page), /Skip to content/);
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => location.hash), "#main");
  }));

test("going from page to page by G and a letter", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    await page.goto("/");
    for (const [key, heading] of /** @type {const} */ ([
      ["c", "Contacts"],
      ["o", "Companies"],
      ["d", "Deals"],
      ["t", "Tasks"],
      ["l", "Access log"],
      ["h", "Home"],
    ])) {
      await page.keyboard.press("g");
      await page.keyboard.press(key);
      await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
    }
  }));

test("the sheet of keys opens by ? and closes by Escape", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    await page.goto("/contacts");
    await page.keyboard.press("?");
    const sheet = page.getByRole("dialog", { name: "Keyboard" });
    await sheet.waitFor();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });
  }));

test("a list: rows by J and K, selected by X, opened by Enter, edited by E", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    await page.goto("/contacts");
    const names = await page.locator("tbody th a").allInnerTexts();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("j");
    assert.ok((names[1] ?? "").includes((await focused(page)).slice(-8)), `${names[1]} is ${await focused(page)}`);
    assert.ok(await outlined(page), "the focus can be seen");
    await page.keyboard.press("x");
    await page.locator("#bulk").waitFor();
    assert.equal(await page.locator("tbody input:checked").count(), 1);
    await page.keyboard.press("Escape");
    await page.locator("#bulk").waitFor({ state: "hidden" });
    const row = page.locator("tbody tr").nth(1);
    await row.locator("th a").press("Enter");
    await page.waitForURL(/\/contacts\/[0-9a-f-]{36}/);
    await page.keyboard.press("e");
    await page.waitForURL(/\/edit$/);
    await page.keyboard.press("Escape");
  }));

test("a new contact by N, saved by Enter, undone from the menu by keys", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    await page.goto("/contacts");
    await page.keyboard.press("n");
    await page.waitForURL("**/contacts/new");
    await tabTo(page, /^Name/);
    await page.keyboard.type("Rosamund Keyes");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Rosamund Keyes", level: 1 }).waitFor();
    await tabTo(page, /^More$/);
    await page.keyboard.press("Enter");
    await page.locator("#more-menu").waitFor();
    await tabTo(page, /^Delete$/, 5);
    await page.keyboard.press("Enter");
    await page.locator("#toasts").getByText("Put into the bin").waitFor();
    await tabTo(page, /^Undo$/, 120);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Rosamund Keyes", level: 1 }).waitFor();
  }));

test("a field is edited in place by keys, and the focus stays near", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    await page.goto(await make(page, "contacts", { Name: "Septimus Crane", "Job title": "Clerk" }));
    await tabTo(page, /^Edit Job title$/, 60);
    assert.ok(await outlined(page), "the focus can be seen");
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "Job title");
    await page.keyboard.type("Librarian");
    await page.keyboard.press("Enter");
    await page.locator("#toasts").getByText("Saved").waitFor();
    await page.locator('[data-field="title"] .shown').getByText("Librarian").waitFor();
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), "BODY", "the focus is not lost");
  }));

test("the palette traps the focus, gives it back, and is closed by Escape", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    await page.goto("/contacts");
    await page.keyboard.press("j");
    const before = await focused(page);
    await page.keyboard.press("Control+k");
    const input = page.getByRole("combobox", { name: "Search" });
    await input.waitFor();
    const options = page.locator("#palette-list").getByRole("option");
    await options.first().waitFor();
    await page.keyboard.press("ArrowDown");
    assert.equal(await options.nth(1).getAttribute("aria-selected"), "true");
    assert.equal(await input.getAttribute("aria-activedescendant"), await options.nth(1).getAttribute("id"));
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.equal(await options.last().getAttribute("aria-selected"), "true");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Search" }).waitFor({ state: "hidden" });
    assert.equal(await focused(page), before);
    await page.keyboard.press("/");
    await input.waitFor();
  }));

test("typing into a field never sets off a single key", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    await page.goto("/contacts/new");
    await page.getByLabel("Name", { exact: true }).focus();
    await page.keyboard.type("n?e[gcxjk/");
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "n?e[gcxjk/");
    assert.equal(new URL(page.url()).pathname, "/contacts/new");
    assert.equal(await page.getByRole("dialog").count(), 0);
  }));
