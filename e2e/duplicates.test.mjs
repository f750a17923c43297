// Records that look like another, in both languages: who is here already, while one types.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Visitor, visit } from "./lib/browser.mjs";
import { house } from "./lib/house.mjs";
import { make } from "./lib/steps.mjs";
import { shoot } from "./lib/shots.mjs";

const its = house();

/** @param {(visitor: Visitor, page: import("playwright-core").Page) => Promise<void>} walk */
const signedIn = (walk) => visit(its.browser, its.server, { storageState: its.storageState }, walk);

test("whoever is here already is told of while one types, and only then", () =>
  signedIn(async (_, page) => {
    await make(page, "companies", { Name: "Saltmarsh Works" });
    await make(page, "contacts", { Name: "Isolde Brandt", Email: "isolde@brandt.example", Company: "Saltmarsh Works" });
    await page.goto("/contacts/new");
    const hint = page.locator("[data-hint-for]");
    await page.getByLabel("Email", { exact: true }).fill("ISOLDE@brandt.example");
    await hint.getByRole("link", { name: "Isolde Brandt" }).waitFor();
    assert.equal(await hint.getAttribute("data-hint-for"), "email");
    await shoot(page, "alike-hint-en");
    await page.getByLabel("Email", { exact: true }).fill("isolde@elsewhere.example");
    await hint.waitFor({ state: "detached" });
    await page.getByLabel("Name", { exact: false }).first().fill("isolde brandt");
    await page.getByLabel("Company", { exact: true }).fill("Saltmarsh Works");
    await hint.getByText("Saltmarsh Works").waitFor();
    assert.equal(await hint.getAttribute("data-hint-for"), "name");
    assert.equal(await page.locator("[data-alike-said]").textContent(), await hint.textContent());
  }));

test("groups of records that look alike are listed, told apart, and that is taken back", () =>
  signedIn(async (visitor, page) => {
    visitor.expect(409); // It looks like somebody who is here, and is saved all the same.
    await make(page, "companies", { Name: "Fernley Mills" });
    await make(page, "contacts", { Name: "Tobias Arkwright", Email: "tobias@fernley.example", Company: "Fernley Mills" });
    await make(page, "contacts", { Name: "Tobias Arkwrihgt", Company: "Fernley Mills" });
    await again(page, { Name: "T. Arkwright", Email: "tobias@fernley.example" });
    const certain = page.locator("section.card").filter({ hasText: "Same email" });
    // What changed is compared beside the queue, within a few seconds.
    for (let tries = 0; tries < 40; tries++) {
      await page.goto("/contacts/duplicates");
      if ((await certain.count()) && (await page.getByText("Nearly the same name in the same company").count())) break;
      await page.waitForTimeout(250);
    }
    await certain.getByRole("link", { name: "T. Arkwright" }).waitFor();
    await shoot(page, "duplicates-en");
    const before = page.viewportSize() ?? assert.fail();
    await page.setViewportSize({ width: 390, height: 844 });
    const cut = await page.locator(".scroll").evaluateAll((all) => all.filter((box) => box.scrollWidth > box.clientWidth).length);
    assert.equal(cut, 0, "every column is there on a phone");
    await page.setViewportSize(before);
    await certain.getByRole("button", { name: "Not the same" }).click();
    await page.getByText("Remembered").filter({ visible: true }).first().waitFor();
    assert.equal(await certain.count(), 0);
    await page.getByRole("button", { name: "Undo" }).filter({ visible: true }).first().click();
    await certain.waitFor();
  }));

test("two become one, field by field, and are two again", () =>
  signedIn(async (visitor, page) => {
    visitor.expect(409); // It looks like somebody who is here, and is saved all the same.
    const address = await make(page, "contacts", { Name: "Wilhelmina Oakes", Email: "mina@oakes.example", City: "Leeds" });
    const other = await again(page, { Name: "Mina Oakes", Email: "mina@oakes.example", City: "York" });
    const ids = [address, other].map((path) => `id=${path.split("/").pop()}`).join("&");
    await page.goto(`/contacts/merge?${ids}`);
    await page.getByRole("radio", { name: "City: York" }).check();
    await shoot(page, "merge-en");
    await page.getByRole("button", { name: "Merge into one" }).click();
    await page.getByRole("heading", { name: "Wilhelmina Oakes" }).waitFor();
    await page.getByText("York").first().waitFor();
    const beside = await page.context().newPage();
    await beside.goto(its.server.url + other);
    await beside.getByText("Became one with another record").waitFor();
    await shoot(beside, "merged-pointer-en");
    await beside.getByRole("link", { name: "Wilhelmina Oakes" }).last().click();
    await beside.waitForURL(new RegExp(address));
    await beside.close();
    await page.getByRole("button", { name: "Undo" }).filter({ visible: true }).first().click();
    await page.getByRole("heading", { name: "Duplicates" }).waitFor();
    await page.goto(address);
    await page.getByText("Leeds").first().waitFor();
    await page.goto(other);
    assert.equal(await page.getByText("Became one with another record").count(), 0);
  }));

test("duplicates are a tap away on a phone", () =>
  visit(its.browser, its.server, { storageState: its.storageState, viewport: { width: 390, height: 844 } }, async (_, page) => {
    await page.goto("/contacts");
    await page.getByRole("link", { name: "Duplicates" }).click();
    await page.getByRole("heading", { name: "Duplicates", level: 1 }).waitFor();
    await page.goto("/contacts");
    await shoot(page, "list-duplicates-en");
  }));

/** @param {import("playwright-core").Page} page */
const chinese = async (page) => {
  await page.getByRole("button", { name: "中文" }).filter({ visible: true }).click();
  await page.getByRole("link", { name: "首页" }).first().waitFor();
};

/** Makes a contact although it looks like one that is there. @param {import("playwright-core").Page} page @param {Record<string, string>} fields */
const again = async (page, fields) => {
  await page.goto("/contacts/new");
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: label !== "Name" }).first().fill(text);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Save anyway" }).click();
  await page.waitForURL(/\/contacts\/[0-9a-f-]{36}/);
  return new URL(page.url()).pathname;
};

test("the hint speaks Chinese, and does not name the record that is being changed", async () => {
  await visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    const address = await make(page, "contacts", { Name: "上官静怡", Email: "jingyi@shangguan.example" });
    await chinese(page);
    await page.goto("/contacts/new");
    await page.getByLabel("邮箱", { exact: true }).fill("jingyi@shangguan.example");
    await page.locator("[data-hint-for]").getByRole("link", { name: "上官静怡" }).waitFor();
    await page.locator("[data-hint-for]").getByText("已有记录").waitFor();
    assert.equal((await page.locator("[data-hint-for]").innerText()).trim(), "已有记录：上官静怡");
    await shoot(page, "alike-hint-zh");
    await page.goto(`${address}/edit`);
    const answered = page.waitForResponse((response) => response.url().endsWith("/contacts/alike"));
    await page.getByLabel("邮箱", { exact: true }).fill("JINGYI@shangguan.example");
    await answered;
    assert.equal(await page.locator("[data-hint-for]").count(), 0);
    await page.goto("/contacts/duplicates");
    await page.getByText("相同的邮箱").first().waitFor();
    await shoot(page, "duplicates-zh");
    await page.getByRole("link", { name: "合并" }).first().click();
    await page.getByRole("button", { name: "合并为一条" }).waitFor();
    await shoot(page, "merge-zh");
  });
});
