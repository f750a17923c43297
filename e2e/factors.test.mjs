// Sign-in in two steps: an app is set up, asked for, lost and replaced by codes on paper.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { shown as code } from "./lib/app.mjs";
import { clean } from "./lib/axe.mjs";
import { launch, visit } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { hasLine, logLines, signIn } from "./lib/steps.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;
let secret = "";
/** @type {string[]} */
let codes = [];

before(async () => {
  browser = await launch();
  server = await serve();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** What the app shows, so many steps from now. @param {number} [ahead] */
const shown = (ahead = 0) => code(secret, ahead);

/** @param {Page} page */
const home = (page) => page.getByRole("heading", { name: "Home", level: 1 }).waitFor();

/** The field for a code that is open. @param {Page} page */
const field = (page) => page.getByLabel("Code", { exact: true }).filter({ visible: true });

/** Gives the password, and then a code. @param {Page} page @param {string} code */
const enter = async (page, code) => {
  await page.goto("/sign-in?next=/settings/account");
  await signIn(page);
  await page.getByRole("heading", { name: "Enter your code" }).waitFor();
  await field(page).fill(code);
  await page.getByRole("button", { name: "Continue" }).click();
};

/** @param {Page} page */
const account = (page) => page.getByRole("heading", { name: "My account", level: 1 }).waitFor();

test("an app is set up, and counts once its code came back", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(422);
    await page.goto("/sign-in");
    await signIn(page);
    await home(page);
    await page.goto("/settings/account");
    await clean(page);
    await page.getByLabel("Your password").fill("not the password");
    await page.getByRole("button", { name: "Set up an app" }).click();
    await page.getByText("This is not right.").waitFor();
    await page.getByLabel("Your password").fill("wrasse-topaz-inkwell-41");
    await page.getByRole("button", { name: "Set up an app" }).click();
    await page.getByRole("img", { name: "The key as a QR code" }).waitFor();
    secret = await page.locator("main code").innerText();
    await clean(page);
    await shoot(page, "app-offer-en");
    await field(page).fill("000000");
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByText("This code is not right, or was used already.").waitFor();
    assert.equal(await page.locator("main code").innerText(), secret, "the same key is offered again");
    await field(page).fill(shown());
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByText("The app is set up").waitFor();
    codes = await page.locator("main ol code").allInnerTexts();
    assert.equal(new Set(codes).size, 10);
    await clean(page);
    await shoot(page, "recovery-codes-en");
    await page.getByRole("link", { name: "I have kept them" }).click();
    await page.getByText("10 left").waitFor();
    await clean(page);
    await shoot(page, "account-factors-en");
  }));

test("the password alone leads to a question, and a code answers it", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(401, 409);
    await enter(page, "000000");
    await page.getByText("This code is not right, or was used already.").waitFor();
    await clean(page);
    await shoot(page, "second-step-en");
    assert.equal((await visitor.context.cookies()).filter((cookie) => cookie.name === "__Host-custos").length, 0);
    // The step of the clock's next half minute is in time, and was not used yet.
    await field(page).fill(shown(1));
    await page.getByRole("button", { name: "Continue" }).click();
    await account(page);
    await page.goto("/ledger");
    hasLine(await logLines(page), "Ada Quill", "signed in");
  }));

test("a recovery code does once, also without scripts", () =>
  visit(browser, server, { javaScriptEnabled: false }, async (visitor, page) => {
    visitor.expect(401);
    await enter(page, codes[0] ?? "");
    await account(page);
    await page.getByText("9 left").waitFor();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await enter(page, codes[0] ?? "");
    await page.getByText("This code is not right, or was used already.").waitFor();
  }));

test("new codes replace the old ones, and the app goes with one of them", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(422);
    await enter(page, codes[1] ?? "");
    await account(page);
    await page.locator("summary", { hasText: "Make new codes" }).click();
    await field(page).fill(codes[2] ?? "");
    await page.getByRole("button", { name: "Make new codes" }).click();
    await page.getByRole("link", { name: "I have kept them" }).waitFor();
    const fresh = await page.locator("main ol code").allInnerTexts();
    assert.equal(fresh.filter((code) => codes.includes(code)).length, 0);
    await page.goto("/settings/account");
    await page.locator("summary", { hasText: "Remove the app" }).click();
    await field(page).fill(codes[3] ?? "");
    await page.getByRole("button", { name: "Remove the app" }).click();
    await page.getByText("This code is not right, or was used already.").waitFor();
    await clean(page);
    await field(page).fill(fresh[0] ?? "");
    await page.getByRole("button", { name: "Remove the app" }).click();
    await page.getByRole("button", { name: "Set up an app" }).waitFor();
    await page.goto("/sign-in");
    await signIn(page);
    await home(page);
  }));
