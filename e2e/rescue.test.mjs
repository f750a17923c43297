// Getting back in: asked in front of the door, agreed to by administrators who are read a code.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visit } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { join, session } from "./lib/steps.mjs";
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

test("somebody asks, is told in the session that is left, and stops it by one click", async () => {
  const admin = await session(browser, server);
  const link = await server.invite("mei@brightloom.example", "Mei Chen");
  const own = await join(browser, server, link, "harbour violet 4 lanterns");
  let code = "";
  let opens = "";
  await visit(browser, server, {}, async (_, page) => {
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "I can’t sign in" }).click();
    await shoot(page, "rescue-ask");
    await page.getByLabel("Email").fill("mei@brightloom.example");
    await page.getByRole("button", { name: "Ask the administrators" }).click();
    await page.getByRole("heading", { name: "Keep this page" }).waitFor();
    await shoot(page, "rescue-asked");
    code = (await page.locator(".spoken").textContent()) ?? "";
    opens = (await page.locator(".code").first().textContent()) ?? "";
    await page.goto(server.here(opens));
    await page.getByRole("heading", { name: "This link does not open yet" }).waitFor();
    assert.equal(await page.locator(".spoken").textContent(), code);
    await shoot(page, "rescue-not-yet");
  });
  await visit(browser, server, { storageState: own }, async (_, page) => {
    const strip = page.getByRole("region").filter({ hasText: "Somebody asks for a new way into your account" });
    // The program looks up whose address it is once a second.
    await assert.doesNotReject(async () => {
      for (let tries = 0; tries < 40 && !(await strip.count()); tries += 1) await page.goto("/tasks");
    });
    await strip.waitFor();
    await shoot(page, "rescue-strip");
  });
  await visit(browser, server, { storageState: admin }, async (_, page) => {
    await page.goto("/notices");
    await page.getByRole("link", { name: "Recovery requests" }).first().click();
    await page.getByText("mei@brightloom.example").waitFor();
    await page.getByLabel("The code they read to you").fill("0000-0000");
    await page.getByLabel("I called this person back").check();
    await shoot(page, "rescue-list");
  });
  await visit(browser, server, { storageState: own }, async (_, page) => {
    await page.goto("/tasks");
    await page.getByRole("button", { name: "Stop it" }).first().click();
    await page.getByRole("region").filter({ hasText: "Somebody asks" }).waitFor({ state: "detached" });
    await page.goto("/notices");
    await page.getByText("The recovery of an account was stopped").waitFor();
  });
  await visit(browser, server, { storageState: admin, locale: "zh-CN" }, async (_, page) => {
    await page.goto("/settings/recovery");
    await page.getByText("暂无恢复申请").or(page.getByText("Nobody asks to get back in")).first().waitFor();
    await shoot(page, "rescue-none");
  });
});
