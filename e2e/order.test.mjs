// Lists by name: in order whatever the script, up and down, and begun at a letter.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visit } from "./lib/browser.mjs";
import * as data from "./lib/data.mjs";
import { serve } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { session } from "./lib/steps.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;
/** @type {import("./lib/browser.mjs").ContextOptions["storageState"]} */
let storageState;

/** In the order in which people look for them. */
const NAMES = [
  "阿明", "Åsa Lind", "Ben Okoro", "陈静", "José Prado", "Josef Kern", "李四", "Lisa Moor", "刘洋", "Mia Ott",
  "单雄信", "Wanda Reis", "汪涵", "王大力", "王小明", "曾国藩", "Zoë Adler", "3M Desk", "Яна",
];

before(async () => {
  browser = await launch();
  server = await serve();
  // Each comes from somewhere else in the order.
  const rows = NAMES.map((name, at) => [name, at]).sort((a, b) => ((Number(a[1]) * 7) % 19) - ((Number(b[1]) * 7) % 19));
  const table = { header: ["Name", "Email"], rows: rows.map(([name, at]) => [String(name), `p${at}@order.example`]) };
  await server.import("contact", data.keep(server.scratch, "contacts.csv", table));
  storageState = await session(browser, server);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** The names on the page, from the top. @param {Page} page */
const shown = (page) => page.locator("tbody th[scope=row] a.rec").evaluateAll((links) =>
  links.map((link) => (link.lastChild?.textContent ?? "").trim()));

for (const lang of ["en", "zh"]) {
  const [heading, jump, next] = lang === "en" ? ["Name", "Jump to a letter", "Next page"] : ["姓名", "按字母跳转", "下一页"];

  test(`contacts are sorted by name, and begin at a letter (${lang})`, async () => {
    await visit(browser, server, { storageState, locale: lang === "en" ? "en-GB" : "zh-CN" }, async (_, page) => {
      await page.goto("/contacts");
      const column = page.getByRole("columnheader", { name: heading });
      await column.getByRole("link").click();
      await page.waitForURL(/sort=name/);
      assert.deepEqual(await shown(page), NAMES);
      assert.equal(await column.getAttribute("aria-sort"), "ascending");
      assert.equal(await page.getByRole("navigation", { name: jump }).count(), 0, "all of them are on one page");
      await column.getByRole("link").click();
      await page.waitForURL(/sort=-name/);
      assert.deepEqual(await shown(page), [...NAMES].reverse());

      await page.goto("/contacts?sort=name&limit=4");
      const letters = page.getByRole("navigation", { name: jump });
      await letters.getByRole("link", { name: "W", exact: true }).click();
      await page.waitForURL(/letter=w/);
      assert.deepEqual(await shown(page), NAMES.slice(11, 15));
      assert.equal(await letters.getByRole("link", { name: "W", exact: true }).getAttribute("aria-current"), "true");
      await shoot(page, `order-${lang}`);
      await page.getByRole("link", { name: next }).click();
      await page.waitForURL(/after=/);
      assert.deepEqual(await shown(page), NAMES.slice(15));
      await letters.getByRole("link", { name: "D", exact: true }).click();
      await page.waitForURL(/letter=d/);
      assert.deepEqual(await shown(page), NAMES.slice(4, 8));
    });
  });
}
