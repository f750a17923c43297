// What people are told about their accounts: in every browser but the one it happened in, until they answer.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visit } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { session } from "./lib/steps.mjs";
import { shoot } from "./lib/shots.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;

before(async () => {
  browser = await launch();
  server = await serve();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("a sign-in elsewhere is told on the next page, and ended by one button", async () => {
  const own = await session(browser, server);
  const elsewhere = await session(browser, server);
  await visit(browser, server, { storageState: own }, async (_, page) => {
    await page.goto("/contacts");
    const strip = page.getByRole("region", { name: "Your account was opened in a new browser" });
    await strip.waitFor();
    await shoot(page, "notice-strip");
    await page.goto("/notices");
    await page.getByRole("heading", { name: "Notices", level: 1 }).waitFor();
    await shoot(page, "notices");
    await strip.getByRole("button", { name: "This was not me" }).click();
    await page.getByText("You are signed out everywhere else").waitFor();
    assert.equal(new URL(page.url()).pathname, "/settings/account");
    await shoot(page, "notice-ended");
    assert.equal(await strip.count(), 0, "it is out of the way");
  });
  await visit(browser, server, { storageState: elsewhere }, async (_, page) => {
    await page.goto("/contacts");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});

test("who says it was them is not asked again; the next sign-in greets with the last", async () => {
  const own = await session(browser, server);
  await visit(browser, server, { storageState: own }, async (visitor, page) => {
    await session(browser, server);
    await page.goto("/tasks");
    await page.getByRole("button", { name: "It was me" }).first().click();
    await page.goto("/settings/account");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    visitor.expect(401);
    const fill = async (/** @type {string} */ password) => {
      await page.getByLabel("Email").fill("ada@brightloom.example");
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
    };
    await fill("not this one at all");
    await page.getByText("E-mail address or password is wrong").waitFor();
    await fill("wrasse-topaz-inkwell-41");
    await page.getByText("Last sign-in:").waitFor();
    await page.getByText("One try failed after it.").waitFor();
    await shoot(page, "greeting");
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("link", { name: "首页" }).first().waitFor();
    await page.goto("/notices");
    await shoot(page, "notices-zh");
    await page.goto("/settings/account");
    await page.getByText("最近登录").scrollIntoViewIfNeeded();
    await shoot(page, "account-zh");
  });
});
