// A contact that nobody deals with is placed among the others; whoever opens it is seen within a minute.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { launch, visit } from "./lib/browser.mjs";
import { Server } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { join, session, signIn } from "./lib/steps.mjs";

const dee = { email: "dee@brightloom.example", password: "meadow-copper-lantern-52" };

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
/** What the browser of the first person holds. @type {any} */
let watching;
/** Where the contact is. */
let bait = "";

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

test("a contact becomes a canary by the address of its page", () =>
  visit(browser, server, { storageState: watching }, async (visitor, page) => {
    visitor.expect(422);
    await page.goto("/contacts/new");
    await page.getByLabel("Name", { exact: true }).fill("Ona Lind");
    await page.getByRole("button", { name: "Create", exact: true }).or(page.getByRole("button", { name: "Save", exact: true })).first().click();
    await page.waitForURL(/\/contacts\/[0-9a-f-]{36}/);
    bait = page.url();
    await page.goto("/");
    await page.getByRole("link", { name: "Canary contacts" }).click();
    await page.getByText("There is no canary yet").waitFor();
    await clean(page);
    await shoot(page, "canary-none-en");
    await page.getByLabel("Address of the contact’s page").fill("Ona Lind");
    await page.getByRole("button", { name: "Make it a canary" }).click();
    await page.getByText("No contact has this address").waitFor();
    assert.equal(await page.getByLabel("Address of the contact’s page").inputValue(), "Ona Lind");
    await page.getByLabel("Address of the contact’s page").fill(bait);
    await page.getByRole("button", { name: "Make it a canary" }).click();
    await page.getByText("Nobody has touched it.").waitFor();
  }));

test("whoever opens it is on top of the page of whoever watches", async () => {
  await visit(browser, server, {}, async (_, page) => {
    await page.goto("/sign-in");
    await signIn(page, dee);
    await page.goto(bait);
    await page.getByRole("heading", { name: "Ona Lind" }).first().waitFor();
    assert.ok(!(await page.content()).toLowerCase().includes("canary"));
  });
  await visit(browser, server, { storageState: watching }, async (_, page) => {
    const strip = page.locator("section.strip").getByText("opened a canary contact");
    for (let tries = 0; tries < 60 && !(await strip.isVisible()); tries += 1) {
      await page.goto("/settings/canaries");
      await page.waitForTimeout(500);
    }
    await strip.waitFor();
    await page.locator("main").getByText("Dee Moss").waitFor();
    await clean(page);
    await shoot(page, "canary-touched-en");
    await page.goto("/notices");
    await page.getByText("Dee Moss opened a canary contact").waitFor();
    await shoot(page, "canary-notice-en");
    await page.getByRole("button", { name: "中文" }).filter({ visible: true }).click();
    await page.getByRole("heading", { name: "通知" }).first().waitFor();
    await page.goto("/settings/canaries");
    await page.getByText("金丝雀").first().waitFor();
    await clean(page);
    await shoot(page, "canary-touched-zh");
    await page.getByRole("button", { name: "恢复为普通联系人" }).click();
    await page.getByText("还没有金丝雀").waitFor();
  });
});
