// Tokens of programs: made on a page, used, looked at, ended.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clean as audit } from "./lib/axe.mjs";
import { launch, visit } from "./lib/browser.mjs";
import { founder, serve } from "./lib/server.mjs";
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

test("a token is made for what is ticked, does that and no more, shows what it read, and ends", async () => {
  const own = await session(browser, server);
  await visit(browser, server, { storageState: own }, async (_, page) => {
    await page.goto("/settings/account");
    await page.getByRole("link", { name: "Show tokens" }).click();
    await page.getByRole("heading", { name: "Access tokens", level: 1 }).waitFor();
    await page.getByRole("textbox", { name: "Name" }).fill("Nightly report");
    await page.getByLabel("What it is for").fill("Reads contacts for the report of every morning");
    await page.getByRole("checkbox", { name: "Contacts: read" }).check();
    await page.getByLabel("Only from these networks").fill("127.0.0.0/8 ::1");
    await page.locator("summary", { hasText: "Contacts" }).click();
    await page.getByRole("checkbox", { name: "Contacts: City" }).check();
    await page.getByRole("checkbox", { name: "Contacts: City" }).scrollIntoViewIfNeeded();
    await shoot(page, "token-form");
    await page.getByRole("button", { name: "Make the token" }).click();
    await page.getByText("Copy the token now").waitFor();
    const token = (await page.locator(".banner .code").innerText()).trim();
    assert.match(token, /^custos_[\w-]{43}_[\w-]{6}$/);
    await audit(page);
    await shoot(page, "token-made");
    /** @param {string} place @param {RequestInit} [more] */
    const ask = (place, more) => fetch(`${server.url}/api/v1/${place}`, { ...more, headers: { authorization: `Bearer ${token}` } });
    const answer = await ask("contacts");
    assert.equal(answer.status, 200);
    for (const unseen of ["contacts?f=stage:is:lead", "contacts?f=email:is:kim@example.org"])
      assert.equal((await ask(unseen)).status, 422, `${unseen}: it sees what is ticked`);
    await page.getByText("Only some fields: Contacts (City)").waitFor();
    assert.match(answer.headers.get("ratelimit") ?? "", /^"person";r=\d+;t=\d+$/);
    assert.equal((await ask("deals")).status, 403);
    await page.goto("/settings/account/tokens");
    assert.equal(await page.getByText(token).count(), 0, "it is shown once");
    await page.getByRole("link", { name: "What it read" }).click();
    await page.getByText("127.0.0.1").first().waitFor();
    await audit(page);
    await shoot(page, "token-read");
    await page.goto("/settings/people/tokens");
    await page.getByText(founder.name).first().waitFor();
    await audit(page);
    await shoot(page, "token-all");
    await page.getByRole("button", { name: "End it" }).click();
    await page.getByText("ended", { exact: true }).waitFor();
    assert.equal((await ask("contacts")).status, 401);
  });
});

test("the pages of tokens are there in Chinese", async () => {
  const own = await session(browser, server);
  await visit(browser, server, { storageState: own, locale: "zh-CN" }, async (_, page) => {
    await page.goto("/settings/account/tokens");
    await page.getByRole("heading", { name: "访问令牌", level: 1 }).waitFor();
    await page.getByText("仅限部分字段", { exact: true }).waitFor();
    await page.locator("summary", { hasText: "联系人" }).click();
    await page.getByRole("checkbox", { name: "联系人：城市" }).check();
    await shoot(page, "token-fields-zh");
    await page.getByRole("button", { name: "创建令牌" }).click();
    await shoot(page, "token-zh");
  });
});
