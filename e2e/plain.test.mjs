// Without JavaScript: reading, writing, searching, moving, importing all work by links and forms.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Visitor, launch } from "./lib/browser.mjs";
import * as data from "./lib/data.mjs";
import { serve } from "./lib/server.mjs";
import { signIn } from "./lib/steps.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;
/** @type {Visitor} */
let visitor;
/** @type {Page} */
let page;

before(async () => {
  browser = await launch();
  server = await serve();
  await server.import("company", data.keep(server.scratch, "companies.csv", data.companies(10)));
  const firms = data.column(data.companies(10), "account");
  await server.import("contact", data.keep(server.scratch, "contacts.csv", data.contacts(60, 11, firms)));
  visitor = await Visitor.open(browser, server, { javaScriptEnabled: false });
  page = await visitor.page("/contacts");
  await signIn(page);
});
after(async () => {
  await visitor?.close();
  await browser?.close();
  await server?.remove();
});

test("signing in leads to the list, whose pages can be turned", async () => {
  await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();
  assert.equal(await page.locator("tbody tr").count(), 50);
  await page.getByRole("link", { name: "Next page" }).click();
  assert.equal(await page.locator("tbody tr").count(), 10);
  visitor.check();
});

test("a contact is made, read and edited", async () => {
  await page.goto("/contacts/new");
  await page.getByLabel("Name", { exact: true }).fill("Gwendolyn Plain");
  await page.getByLabel("Job title", { exact: true }).fill("Printer");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "Gwendolyn Plain", level: 1 }).waitFor();
  await page.getByText("Created").first().waitFor();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByLabel("Job title", { exact: true }).fill("Master printer");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "Gwendolyn Plain", level: 1 }).waitFor();
  assert.ok((await page.locator("main").innerText()).includes("Master printer"));
  const change = page.locator("li.ev").filter({ has: page.locator("del") }).first();
  assert.equal((await change.locator("del").innerText()).trim(), "Printer");
  visitor.check();
});

test("a note is written", async () => {
  await page.getByPlaceholder(/Write a note/).fill("Reads on paper.");
  await page.getByRole("button", { name: "Save note" }).click();
  await page.locator("li.ev").getByText("Reads on paper.").waitFor();
  visitor.check();
});

test("somebody is found by the search page", async () => {
  await page.goto("/search");
  await page.getByRole("searchbox", { name: "Search" }).fill("gwendol");
  await page.keyboard.press("Enter");
  await page.locator("main").getByRole("link", { name: /Gwendolyn Plain/ }).click();
  await page.getByRole("heading", { name: "Gwendolyn Plain", level: 1 }).waitFor();
  visitor.check();
});

test("a list is filtered by a menu that needs no script", async () => {
  await page.goto("/contacts");
  await page.getByRole("button", { name: "Filter" }).click();
  const menu = page.locator("#filter-menu");
  await menu.getByLabel("Field").selectOption({ label: "Stage" });
  await menu.getByLabel("Value").fill("customer");
  await menu.getByRole("button", { name: "Apply" }).click();
  await page.waitForURL(/f=stage/);
  await page.getByText("Nothing matches").waitFor();
  visitor.check();
});

test("a record goes into the bin and comes back by the banner's button", async () => {
  await page.goto("/contacts");
  await page.getByRole("link", { name: "Gwendolyn Plain" }).click();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Put into the bin").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("heading", { name: "Gwendolyn Plain", level: 1 }).waitFor();
  visitor.check();
});

test("a deal is moved by the menu of its card", async () => {
  await page.goto("/deals/new");
  await page.getByLabel("Name", { exact: true }).fill("Paper for a year");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "Paper for a year", level: 1 }).waitFor();
  await page.goto("/deals");
  await page.getByRole("button", { name: "Move to: Paper for a year" }).click();
  await page.locator(".menu:popover-open").getByRole("button", { name: "Proposal" }).click();
  await page.locator('[data-stage="proposal"]').getByText("Paper for a year").waitFor();
  visitor.check();
});

test("a file is imported, and the page of the run tells when it is asked again", async () => {
  await page.goto("/import");
  await page.getByLabel("What is in the file?").selectOption({ label: "Contacts" });
  const file = data.keep(server.scratch, "more.csv", { header: ["Name", "Email"], rows: [["Albrecht Handset", "albrecht@handset.example"]] });
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByRole("heading", { name: "1 rows: 1 new, 0 already here, 0 wrong" }).waitFor();
  await page.getByRole("button", { name: "Import now" }).click();
  // Nothing turns the page by itself: a person would reload it.
  for (let tries = 0; tries < 50 && !(await page.getByText("Import finished").count()); tries += 1) await page.reload();
  await page.getByText("Import finished").waitFor();
  visitor.check();
});

test("theme and language are changed by their buttons", async () => {
  await page.goto("/contacts");
  await page.getByRole("button", { name: "Switch theme" }).click();
  await page.locator("html[data-theme=dark]").waitFor({ state: "attached" });
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("heading", { name: "联系人", level: 1 }).waitFor();
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();
  visitor.check();
});

test("a sealed field is opened on a page of its own", async () => {
  await page.goto("/contacts/new");
  await page.getByLabel("Name", { exact: true }).fill("Magnus Sealed");
  await page.getByLabel("National ID", { exact: true }).fill("20056812345");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Reveal National ID" }).click();
  await page.getByRole("button", { name: "For a contract or an order" }).click();
  await page.getByText("20056812345").waitFor();
  assert.equal(await page.locator("html[lang]").count(), 1, "it is a whole page");
  visitor.check();
});
