// An assistant suggests; a person sees what would become of what, and accepts or rejects it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { launch, visit } from "./lib/browser.mjs";
import { Server, founder } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { session } from "./lib/steps.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
/** @type {any} */
let signed;
let token = "";
let contact = "";

/** Calls a tool of the assistant. @param {string} name @param {object} given */
const call = async (name, given) => {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: given } });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await (await fetch(`${server.url}/mcp`, { method: "POST", body, headers })).json();
  assert.equal(answer.result?.isError, false, JSON.stringify(answer));
  return answer.result.structuredContent.data;
};

before(async () => {
  browser = await launch();
  server = await (await new Server().init()).start();
  signed = await session(browser, server);
  token = (await server.must("token", "create", "--user", founder.email, "--expires", "1d", "--label", "Meeting notes", "--scope", "assistant,propose")).trim();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("a token is kept to some records, and says so", () =>
  visit(browser, server, { storageState: signed }, async (visitor, page) => {
    visitor.expect(422);
    await page.goto("/settings/account/tokens");
    await page.locator("#label").fill("Leads only");
    await page.getByLabel("Contacts: read").first().check();
    await page.getByLabel("Only some records").fill("contact:email:is:x@example.org");
    await page.getByRole("button", { name: "Make the token" }).click();
    await page.getByText("One condition a line, on an open field").first().waitFor();
    await page.locator("#rows").scrollIntoViewIfNeeded();
    await shoot(page, "token-rows-wrong-en");
    await page.getByLabel("Only some records").fill("contact:stage:is:lead\ncontact:owner:is:me");
    await page.getByRole("button", { name: "Make the token" }).click();
    await page.getByText("contact:owner:is:me · contact:stage:is:lead").waitFor();
    await clean(page);
    await page.locator("#rows").scrollIntoViewIfNeeded();
    await shoot(page, "token-rows-en");
  }));

test("nothing waits, then a change and a note do", () =>
  visit(browser, server, { storageState: signed }, async (_, page) => {
    await page.goto("/contacts/new");
    await page.getByLabel("Name", { exact: true }).fill("Ona Lind");
    await page.getByRole("button", { name: "Create", exact: true }).or(page.getByRole("button", { name: "Save", exact: true })).first().click();
    await page.waitForURL(/\/contacts\/[0-9a-f-]{36}/);
    contact = page.url().match(/[0-9a-f-]{36}/)?.[0] ?? "";
    await page.goto("/suggestions");
    await page.getByText("No assistant suggests anything").waitFor();
    await clean(page);
    await shoot(page, "suggestions-none-en");
    const why = "In the call of Tuesday she said that she has moved.";
    await call("propose_change", { object: "contact", id: contact, fields: { city: "Lublin", stage: "customer" }, why });
    await call("propose_new", { object: "note", fields: { text: "Call back on Friday.", kind: "call", contact }, why });
    await page.goto("/suggestions");
    await page.getByText("Lublin").waitFor();
    await clean(page);
    await shoot(page, "suggestions-en");
  }));

test("the same in Chinese", () =>
  visit(browser, server, { storageState: signed, locale: "zh-CN" }, async (_, page) => {
    await page.goto("/suggestions");
    await page.getByText("Lublin").waitFor();
    await shoot(page, "suggestions-zh");
    await page.goto("/settings/account/tokens");
    await page.locator("#rows").scrollIntoViewIfNeeded();
    await shoot(page, "token-rows-zh");
  }));

test("accepted it is done, rejected it is gone", () =>
  visit(browser, server, { storageState: signed }, async (_, page) => {
    await page.goto("/suggestions");
    await page.locator("section.card").filter({ hasText: "Lublin" }).getByRole("button", { name: "Accept" }).click();
    await page.getByText("Lublin").waitFor({ state: "detached" });
    await page.locator("section.card").filter({ hasText: "Friday" }).getByRole("button", { name: "Reject" }).click();
    await page.getByText("No assistant suggests anything").waitFor();
    await page.goto(`/contacts/${contact}`);
    await page.getByText("Lublin").first().waitFor();
    assert.ok(!(await page.content()).includes("Call back on Friday"));
  }));
