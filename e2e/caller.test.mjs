// Who is on the phone: two colleagues in two browsers read codes to each other, and a customer asks the company's page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { launch, visit } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { join, session } from "./lib/steps.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;
/** @type {any} */
let ada;
/** @type {any} */
let bo;

before(async () => {
  browser = await launch();
  server = await serve();
  ada = await session(browser, server);
  const link = await server.invite("bo@brightloom.example", "Bo Chen");
  bo = await join(browser, server, link, "kelp-orbit-thimble-52");
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** @param {Page} page */
const clean = async (page) => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
};

/** The code that a page says to read out. @param {Page} page */
const code = (page) => page.locator(".card p.code code").last().innerText();

test("two colleagues recognise each other", async () => {
  await visit(browser, server, { storageState: ada }, async (_, one) => {
    await visit(browser, server, { storageState: bo }, async (_, other) => {
      await one.goto("/verify-call");
      await shoot(one, "call-begin");
      await clean(one);
      await one.getByLabel("Colleague").selectOption({ label: "Bo Chen" });
      await one.getByRole("button", { name: "Verify", exact: true }).click();
      await one.getByRole("heading", { name: "Is it Bo Chen?" }).waitFor();
      await shoot(one, "call-going");
      await clean(one);
      await other.goto("/verify-call");
      await other.getByRole("heading", { name: "Ada Quill wants to verify a call with you" }).waitFor();
      const [mine, theirs] = [await code(one), await code(other)];
      assert.notEqual(mine, theirs);
      await other.getByLabel("Type the code they read to you").fill("AAA AAA");
      await other.getByRole("button", { name: "Check" }).click();
      await other.getByText("Two tries are left").waitFor();
      await other.getByLabel("Type the code they read to you").fill(mine.toLowerCase());
      await other.getByRole("button", { name: "Check" }).click();
      await other.getByText("This is Ada Quill").waitFor();
      await one.getByLabel("Type the code they read to you").fill(theirs);
      await one.getByRole("button", { name: "Check" }).click();
      await one.getByText("This is Bo Chen").waitFor();
      await one.getByText("Bo Chen knows that it is you").waitFor();
      await shoot(one, "call-done");
      await clean(one);
    });
  });
});

test("a customer learns that it is the company", async () => {
  await visit(browser, server, { storageState: ada }, async (_, page) => {
    await page.goto("/contacts/new");
    await page.getByLabel("Name").first().fill("Iris Holm");
    await page.getByRole("button", { name: /Create|Save/ }).first().click();
    await page.getByRole("button", { name: "On the phone: prove that it is you" }).click();
    await page.getByRole("heading", { name: "A customer checks that it is you" }).waitFor();
    await shoot(page, "call-customer");
    const read = await code(page);
    let back = "";
    await visit(browser, server, {}, async (visitor, theirs) => {
      visitor.expect(422);
      await theirs.goto("/is-it-us");
      await shoot(theirs, "call-public");
      await clean(theirs);
      await theirs.getByLabel("The code you hear").fill("XXXX XXXX");
      await theirs.getByRole("button", { name: "Check" }).click();
      await theirs.getByText("Nobody of this company reads this code to you now").waitFor();
      await theirs.getByLabel("The code you hear").fill(read);
      await theirs.getByRole("button", { name: "Check" }).click();
      await theirs.getByText("Yes: somebody of Brightloom reads this code to you now").waitFor();
      await shoot(theirs, "call-public-yes");
      await clean(theirs);
      back = await theirs.locator("p.code code").innerText();
    });
    await page.getByRole("link", { name: "Refresh" }).click();
    await page.getByText("The customer knows that it is you").waitFor();
    await shoot(page, "call-customer-back");
    await clean(page);
    await page.getByLabel("Type the code they read to you").fill("AAA AAA");
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText("Two tries are left").waitFor();
    await page.getByLabel("Type the code they read to you").fill(back.toLowerCase());
    await page.getByLabel("I dialled the number in the record").check();
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText("You are talking to the person at the number in the record").waitFor();
    await shoot(page, "call-customer-known");
    await page.goBack();
    await page.goto("/contacts");
    await page.getByRole("link", { name: "Iris Holm" }).first().click();
    await page.getByText("recognised this contact in a call to the number in the record").waitFor();
    await shoot(page, "call-customer-timeline");
  });
});
