// The page of people: what can be done about somebody is on the screen of a phone too.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { launch, visit } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { join, saved, session } from "./lib/steps.mjs";

/** @typedef {import("playwright-core").Page} Page */

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;
/** @type {import("./lib/wire.mjs").State} */
let admin;

before(async () => {
  browser = await launch();
  server = await serve();
  admin = await session(browser, server);
  const known = [["quentin.abernathy-longfellow@brightloom.example", "Quentin Abernathy-Longfellow"], ["li@brightloom.example", "李晓明"]];
  for (const [mail, name] of known) await join(browser, server, await server.invite(mail ?? "", name ?? ""), "harbour violet 4 lanterns");
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** Buttons and links of the list that are not wholly on the screen, or smaller than a finger. @param {Page} page */
const lost = (page) =>
  page.locator(".stack :is(a, button, summary)").evaluateAll((all) =>
    all
      .filter((one) => one.checkVisibility())
      .filter((one) => {
        const box = one.getBoundingClientRect();
        return box.left < 0 || box.right > innerWidth || box.height < 24 || box.width < 24;
      })
      .map((one) => one.textContent),
  );

/** How far the list can be pushed sideways. @param {Page} page */
const sideways = (page) => page.locator(".scroll").evaluate((box) => box.scrollWidth - box.clientWidth);

test("on a phone every action is there, and somebody leaves by two of them", async () => {
  await visit(browser, server, { storageState: admin, ...PHONE }, async (_, page) => {
    await page.goto("/settings/people");
    const row = page.getByRole("row").filter({ hasText: "Quentin" }).or(page.locator("tr", { hasText: "Quentin" })).first();
    assert.deepEqual([await lost(page), await sideways(page)], [[], 0]);
    await shoot(page, "people");
    await row.getByText("Rights").click();
    await row.getByRole("button", { name: "Save" }).waitFor();
    assert.deepEqual([await lost(page), await sideways(page)], [[], 0]);
    await shoot(page, "people-rights");
    await clean(page);
    await row.getByRole("button", { name: "Disable" }).click();
    await row.getByText("Disabled").waitFor();
    await row.getByText("Hand records over").click();
    assert.deepEqual([await lost(page), await sideways(page)], [[], 0]);
    await shoot(page, "people-hand-over");
    await row.getByLabel("Records go to").selectOption({ label: "李晓明" });
    await row.getByRole("button", { name: "Hand over", exact: true }).click();
    await saved(page);
    await row.getByText("records went to 李晓明").or(row.getByText("records so far go to 李晓明")).first().waitFor();
  });
});

test("the page in Chinese, on a phone and on a desk", async () => {
  await visit(browser, server, { storageState: admin, locale: "zh-CN", ...PHONE }, async (_, page) => {
    await page.goto("/settings/people");
    assert.deepEqual([await lost(page), await sideways(page)], [[], 0]);
    await shoot(page, "people-zh");
    await page.locator("tr", { hasText: "李晓明" }).getByText("权限").click();
    assert.deepEqual([await lost(page), await sideways(page)], [[], 0]);
    await shoot(page, "people-rights-zh");
  });
});
