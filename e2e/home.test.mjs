// The start page: what is to be done, and how it gets done.
import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./lib/browser.mjs";
import { house } from "./lib/house.mjs";
import { make } from "./lib/steps.mjs";

const its = house();

/** The part of the start page under a heading. @param {import("playwright-core").Page} page @param {string} heading */
const part = (page, heading) =>
  page.locator("main section").filter({ has: page.getByRole("heading", { name: heading, level: 2 }) });

test("an empty workspace says what to do first", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    await page.goto("/");
    await page.getByText("Nothing is due").waitFor();
    await page.locator("main").getByRole("link", { name: "Import" }).click();
    await page.getByRole("heading", { name: "Import", level: 1 }).waitFor();
    for (const [address, heading] of /** @type {const} */ ([["/contacts", "Contacts"], ["/companies", "Companies"], ["/tasks", "Tasks"]])) {
      await page.goto(address);
      await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
      await page.locator("main .empty h2").filter({ hasText: /^(Nothing|No) .*yet$/ }).waitFor();
    }
  }));

test("a task with a date stands on the start page until it is done", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    const address = await make(page, "tasks", { Title: "Call the lighthouse", Due: "2026-01-15" });
    await make(page, "tasks", { Title: "Water the ferns", Due: "2099-12-31" });
    await page.goto("/");
    const lines = part(page, "To do").locator(".line-item");
    assert.deepEqual((await lines.locator("a").allInnerTexts()).map((text) => text.trim()), ["Call the lighthouse", "Water the ferns"]);
    await page.getByRole("button", { name: "Mark as done: Call the lighthouse" }).click();
    await part(page, "To do").getByText("Call the lighthouse").waitFor({ state: "detached" });
    assert.equal(await lines.count(), 1);
    await page.goto(address);
    assert.ok((await page.locator('[data-field="done"] .shown, [data-field="done"] dd').first().innerText()).includes("Yes"));
  }));

test("a deal with a contact, a task for it and a note are all on each other's pages", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    const company = await make(page, "companies", { Name: "Saltmarsh Boats" });
    const contact = await make(page, "contacts", { Name: "Evadne Rook", Company: "Saltmarsh Boats" });
    const deal = await make(page, "deals", { Name: "Two dinghies", Company: "Saltmarsh Boats", Contact: "Evadne Rook", Amount: "7400" });
    await page.goto(contact);
    const panel = page.getByRole("complementary", { name: "Details" });
    await panel.getByRole("link", { name: /Two dinghies/ }).waitFor();
    await page.getByText(/^1 (open )?deal$/).waitFor();
    // What is made from a record's page is linked to it already.
    await panel.getByRole("link", { name: "Add Task" }).click();
    await page.waitForURL(/\/tasks\/new\?contact=/);
    assert.equal(await page.getByLabel("Contact", { exact: true }).inputValue(), "Evadne Rook");
    await page.getByLabel("Title", { exact: true }).fill("Send the drawings");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { name: "Send the drawings", level: 1 }).waitFor();
    await page.goto(company);
    for (const name of [/Evadne Rook/, /Two dinghies/]) await panel.getByRole("link", { name }).waitFor();
    await page.goto(deal);
    await page.getByText("€7,400").first().waitFor();
    await page.goto("/");
    await part(page, "Your open deals").getByRole("link", { name: /Two dinghies/ }).waitFor();
    await part(page, "Recently changed").getByRole("link", { name: /Evadne Rook/ }).waitFor();
  }));
