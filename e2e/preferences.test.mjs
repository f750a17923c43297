// Language, theme and keys: chosen once, kept, on every device.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visit } from "./lib/browser.mjs";
import * as data from "./lib/data.mjs";
import { serve } from "./lib/server.mjs";
import { session, signIn } from "./lib/steps.mjs";
import { shoot } from "./lib/shots.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;
/** @type {import("./lib/browser.mjs").ContextOptions["storageState"]} */
let storageState;

before(async () => {
  browser = await launch();
  server = await serve();
  await server.import("company", data.keep(server.scratch, "companies.csv", data.companies(10)));
  const firms = data.column(data.companies(10), "account");
  await server.import("contact", data.keep(server.scratch, "contacts.csv", data.contacts(60, 11, firms)));
  await server.import("deal", data.keep(server.scratch, "deals.csv", data.deals(60, firms)));
  storageState = await session(browser, server);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** @param {import("playwright-core").Page} page */
const paper = (page) => page.evaluate(() => getComputedStyle(document.querySelector("main") ?? document.body).backgroundColor);

test("the theme is switched, and stays on the next page and in the next browser", async () => {
  let light = "";
  let dark = "";
  await visit(browser, server, { storageState }, async (_, page) => {
    await page.goto("/contacts");
    light = await paper(page);
    await page.getByRole("button", { name: "Switch theme" }).click();
    await page.locator("html[data-theme=dark]").waitFor({ state: "attached" });
    assert.equal(new URL(page.url()).pathname, "/contacts", "one stays where one was");
    dark = await paper(page);
    assert.notEqual(dark, light);
    await page.goto("/deals");
    assert.equal(await paper(page), dark);
  });
  await visit(browser, server, {}, async (_, page) => {
    await page.goto("/sign-in?next=/contacts");
    await signIn(page);
    await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();
    assert.equal(await paper(page), dark);
    await page.getByRole("button", { name: "Switch theme" }).click();
    await page.locator("html[data-theme=light]").waitFor({ state: "attached" });
    assert.equal(await paper(page), light);
  });
});

test("the language is switched to Chinese, and back", async () => {
  await visit(browser, server, { storageState }, async (_, page) => {
    await page.goto("/contacts");
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("heading", { name: "联系人", level: 1 }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hans");
    await shoot(page, "list-zh");
  });
  await visit(browser, server, { storageState }, async (_, page) => {
    await page.goto("/deals");
    await page.getByRole("heading", { name: "商机", level: 1 }).waitFor();
    await shoot(page, "board-zh");
    await page.goto("/contacts");
    await page.locator("tbody th a").first().click();
    await page.getByRole("region", { name: "时间线" }).waitFor();
    await shoot(page, "record-zh");
    await page.goto("/import");
    await shoot(page, "import-zh");
    await page.keyboard.press("Control+k");
    await page.locator("#palette-list").getByRole("option").first().waitFor();
    await shoot(page, "palette-zh");
    await page.keyboard.press("Escape");
    await page.goto("/settings/account");
    await page.getByLabel("语言").selectOption({ label: "English" });
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByRole("heading", { name: "My account", level: 1 }).waitFor();
  });
});

test("in front of the door the browser's language counts, and a link changes it", () =>
  visit(browser, server, { locale: "zh-CN" }, async (_, page) => {
    await page.goto("/sign-in");
    await page.getByRole("heading", { name: "登录" }).waitFor();
    await shoot(page, "sign-in-zh");
    await page.getByRole("link", { name: "English" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByRole("link", { name: "中文" }).click();
    await page.getByRole("heading", { name: "登录" }).waitFor();
  }));

test("single keys can be turned off, and Ctrl-K still works", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    await page.goto("/settings/account");
    await page.getByRole("checkbox", { name: /Single-key shortcuts/ }).uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("body[data-keys=off]").waitFor();
    await page.goto("/contacts");
    await page.keyboard.press("?");
    await page.keyboard.press("n");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Search" }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/contacts");
    assert.equal(await page.getByRole("dialog", { name: "Keyboard" }).count(), 0);
    await page.goto("/settings/account");
    await page.getByRole("checkbox", { name: /Single-key shortcuts/ }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("body[data-keys=on]").waitFor();
  }));
