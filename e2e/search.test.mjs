// What is found shows why, in the palette and on its page; and whoever asks faster than anybody types is told so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { visit } from "./lib/browser.mjs";
import { house } from "./lib/house.mjs";
import { shoot } from "./lib/shots.mjs";
import { ask, make } from "./lib/steps.mjs";

const its = house();

test("the letters that were typed are marked in what is found", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    await make(page, "companies", { Name: "Saltmarsh Works" });
    await make(page, "contacts", { Name: "Isolde Brandt", Email: "isolde@brandt.example", Company: "Saltmarsh Works", City: "Whitby" });
    await make(page, "contacts", { Name: "王小明", Email: "xiaoming@wang.example", City: "杭州" });
    await page.goto("/");
    let list = await ask(page, "isol bra");
    await list.getByRole("option", { name: /Isolde Brandt/ }).waitFor();
    assert.deepEqual(await list.locator("mark").allInnerTexts(), ["Isol", "Bra"]);
    await clean(page);
    await shoot(page, "palette-marks-en");
    await page.keyboard.press("Escape");
    // By its sound, by its initials, and by a field that is not the name.
    for (const [typed, marks] of /** @type {[string, string[]][]} */ ([["小明", ["小明"]], ["whitby", ["Whitby"]]])) {
      list = await ask(page, typed);
      await list.locator("mark").first().waitFor();
      assert.deepEqual(await list.locator("mark").allInnerTexts(), marks, typed);
      await page.keyboard.press("Escape");
    }
    list = await ask(page, "wxm");
    await list.getByRole("option", { name: /王小明/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.goto("/search?q=saltmarsh");
    await page.locator("#found mark").first().waitFor();
    assert.equal(await page.locator("a[href='/search'][aria-current='page']").count(), 2, "the way here is marked, in the sidebar and below");
    await clean(page);
    await shoot(page, "search-marks-en");
    await page.getByRole("button", { name: "中文" }).filter({ visible: true }).click();
    await page.getByRole("link", { name: "首页" }).first().waitFor();
    await page.goto("/search?q=%E5%B0%8F%E6%98%8E");
    await page.locator("#found mark").first().waitFor();
    await clean(page);
    await shoot(page, "search-marks-zh");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "搜索" }).fill("小明");
    await page.locator("#palette-list mark").first().waitFor();
    await shoot(page, "palette-marks-zh");
    await page.keyboard.press("Escape");
    await page.locator("#palette").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "English" }).filter({ visible: true }).click();
    await page.getByRole("link", { name: "Home" }).first().waitFor();
  }));

test("a search that was refused says so in the palette and goes on by itself", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (visitor, page) => {
    visitor.expect(429);
    await page.goto("/contacts");
    let refused = 0;
    // The server of these tests hears everybody: what it would say to whoever is faster than a hand is put in its place.
    await page.route(/\/search\?q=isolde$/, async (route) => {
      if (refused > 0) return route.continue();
      refused += 1;
      const body = "<!DOCTYPE html><html lang=en><title>x</title><main><h1>You are searching very fast</h1><p data-why>The search goes on in a few seconds.</p></main>";
      return route.fulfill({ status: 429, contentType: "text/html; charset=utf-8", headers: { "retry-after": "1" }, body });
    });
    const list = await ask(page, "isolde");
    await list.getByText("You are searching very fast").waitFor();
    await shoot(page, "palette-fast-en");
    await list.getByRole("option", { name: /Isolde Brandt/ }).waitFor();
    assert.equal(refused, 1);
  }));
