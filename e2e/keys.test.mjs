// Keys: how old they are is shown, and one is replaced while people go on; with script and without.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { launch, visit } from "./lib/browser.mjs";
import { Server } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { hasLine, join, logLines, make, session, signIn } from "./lib/steps.mjs";

/** @typedef {import("playwright-core").Page} Page */

const dee = { email: "dee@brightloom.example", password: "meadow-copper-lantern-52" };

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
/** What the browser of the first person holds. @type {any} */
let watching;

before(async () => {
  browser = await launch();
  server = await (await new Server().init()).start();
  watching = await session(browser, server);
  await join(browser, server, await server.invite(dee.email, "Dee Moss", "manager"), dee.password);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** The card of a key. @param {Page} page @param {string} name */
const card = (page, name) => page.locator("section.card").filter({ has: page.getByRole("heading", { name, exact: true }) });

/** The ids that a card shows. @param {Page} page @param {string} name */
const ids = (page, name) => card(page, name).locator("code").allInnerTexts();

/** Looks again until a key is the only one of its kind. @param {Page} page @param {string} name */
const settled = async (page, name) => {
  for (let tries = 0; tries < 60 && (await ids(page, name)).length > 1; tries += 1) {
    await page.waitForTimeout(250);
    await page.goto("/settings/keys");
  }
  return await ids(page, name);
};

test("the search key is replaced while people search", () =>
  visit(browser, server, { storageState: watching }, async (_, page) => {
    await make(page, "contacts", { Name: "Ona Lind", Email: "ona@brightloom.example" });
    await page.goto("/");
    await page.getByRole("link", { name: "Keys", exact: true }).click();
    await page.getByRole("heading", { name: "Keys", level: 1 }).waitFor();
    await card(page, "Root key").getByText("Read from a key file").waitFor();
    await clean(page);
    await shoot(page, "keys-en");
    const [before] = await ids(page, "Search key");
    await card(page, "Search key").getByRole("button", { name: "Replace" }).click();
    await card(page, "Search key").getByText("Being replaced").waitFor();
    await clean(page);
    await shoot(page, "keys-changing-en");
    assert.equal(await card(page, "Search key").getByRole("button", { name: "Replace" }).count(), 0);
    await page.goto("/search?q=ona");
    await page.locator("main").getByText("Ona Lind").first().waitFor();
    await page.goto("/settings/keys");
    const after = await settled(page, "Search key");
    assert.equal(after.length, 1);
    assert.notEqual(after[0], before);
    await page.goto("/search?q=lind");
    await page.locator("main").getByText("Ona Lind").first().waitFor();
    await page.goto("/ledger");
    hasLine(await logLines(page), "replaced a key");
  }));

test("the master key is replaced in Chinese", () =>
  visit(browser, server, { storageState: watching }, async (_, page) => {
    await page.goto("/settings/keys");
    await page.getByRole("button", { name: "中文" }).filter({ visible: true }).click();
    await page.getByRole("heading", { name: "密钥", level: 1 }).waitFor();
    const [before] = await ids(page, "主密钥");
    await card(page, "主密钥").getByRole("button", { name: "更换" }).click();
    await card(page, "主密钥").getByText("正在更换").waitFor();
    await clean(page);
    await shoot(page, "keys-changing-zh");
    assert.notEqual((await settled(page, "主密钥"))[0], before);
    await shoot(page, "keys-zh");
    await page.getByRole("button", { name: "English" }).filter({ visible: true }).click();
    await page.getByRole("heading", { name: "Keys", level: 1 }).waitFor();
  }));

test("the key of companies is replaced, and the former one is counted", () =>
  visit(browser, server, { storageState: watching }, async (_, page) => {
    const made = await make(page, "companies", { Name: "Tidewater" });
    await page.goto("/settings/keys");
    const keys = card(page, "Keys of companies, deals and the like");
    await keys.locator(".line-item", { hasText: "Companies" }).getByRole("button", { name: "Replace" }).click();
    await keys.getByText("Being replaced").waitFor();
    for (let tries = 0; tries < 80 && (await keys.getByText("Being replaced").isVisible()); tries += 1) {
      await page.waitForTimeout(250);
      await page.goto("/settings/keys");
    }
    await keys.getByText("former keys: 1").waitFor();
    await keys.scrollIntoViewIfNeeded();
    await clean(page);
    await shoot(page, "keys-object-en");
    await page.getByRole("heading", { name: "All keys" }).scrollIntoViewIfNeeded();
    await shoot(page, "keys-all-en");
    await page.goto(made);
    await page.getByRole("heading", { name: "Tidewater" }).first().waitFor();
  }));

test("it goes without script too", () =>
  visit(browser, server, { storageState: watching, javaScriptEnabled: false }, async (_, page) => {
    await page.goto("/settings/keys");
    const [before] = await ids(page, "Search key");
    await card(page, "Search key").getByRole("button", { name: "Replace" }).click();
    await page.waitForURL("**/settings/keys");
    assert.notEqual((await settled(page, "Search key")).at(-1), before);
  }));

test("whoever does not watch over security sees no keys", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(403);
    await page.goto("/sign-in");
    await signIn(page, dee);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    assert.equal(await page.getByRole("link", { name: "Keys", exact: true }).count(), 0);
    assert.equal((await page.goto("/settings/keys"))?.status(), 403);
  }));
