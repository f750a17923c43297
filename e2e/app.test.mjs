// An app of another company: registered, agreed to by a second person, allowed by somebody in front of a browser, and stopped.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { Visitor, launch, visit } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { Server } from "./lib/server.mjs";
import { session } from "./lib/steps.mjs";
import { shoot } from "./lib/shots.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
/** What the browser of the first person holds. @type {any} */
let asking;
/** The browser of whoever agrees, with a device that keeps a passkey. @type {Visitor} */
let other;
/** The app: it answers at its own port. @type {import("node:http").Server} */
let app;
let back = "";
/** What the app holds. @type {any} */
let held;

const verifier = randomBytes(32).toString("base64url");

/** The address that the app sends people to. @param {string} client */
const link = (client) => {
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const asked = { response_type: "code", client_id: client, redirect_uri: back, code_challenge: challenge, code_challenge_method: "S256", state: "one & only" };
  return `/oauth/authorize?${new URLSearchParams(asked)}`;
};

/** What the app asks by itself. @param {Record<string, string>} fields */
const token = (fields) => fetch(`${server.url}/oauth/token`, { method: "POST", body: new URLSearchParams(fields) });

before(async () => {
  browser = await launch();
  server = await (await new Server().init()).start();
  // There are no passkeys under a bare address.
  server.url = server.url.replace("127.0.0.1", "localhost");
  app = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<!doctype html><title>App</title><h1>Back in the app</h1><link rel=icon href=data:,>"));
  await new Promise((done) => void app.listen(0, "127.0.0.1", () => done(undefined)));
  back = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (app.address()).port}/back`;
  asking = await session(browser, server);
  other = await Visitor.open(browser, server);
});
after(async () => {
  app?.close();
  await other?.close();
  await browser?.close();
  await server?.remove();
});

test("an app waits for a second person, who agrees with a passkey", async () => {
  await visit(browser, server, { storageState: asking }, async (visitor, page) => {
    visitor.expect(422);
    await page.goto("/contacts/new");
    await page.getByLabel("Name", { exact: true }).fill("Ona Lind");
    await page.getByRole("button", { name: "Create", exact: true }).or(page.getByRole("button", { name: "Save", exact: true })).first().click();
    await page.waitForURL(/\/contacts\/[0-9a-f-]{36}/);
    await page.goto("/");
    await page.getByRole("link", { name: "Apps", exact: true }).click();
    await page.getByText("No app has access").waitFor();
    await clean(page);
    await shoot(page, "apps-none");
    await page.locator("#name").fill("Letterhead");
    await page.locator("#maker").fill("Letterhead Ltd");
    await page.locator("#addresses").fill("http://elsewhere.example/back");
    await page.getByLabel("Contacts: read").check();
    await page.getByLabel("Deals: read").check();
    await page.locator("#reason").fill("Letters to customers");
    await page.getByRole("button", { name: "Ask a second person" }).click();
    await page.getByText("One address a line").waitFor();
    assert.ok(await page.getByLabel("Contacts: read").isChecked());
    await page.locator("#addresses").fill(back);
    await page.getByRole("button", { name: "Ask a second person" }).click();
    await page.getByText("Somebody else has to agree").waitFor();
    await page.getByText("Contacts: read").waitFor();
    await shoot(page, "apps-asked");
  });
  other.expect(403);
  const page = await other.page(await server.invite("olga@brightloom.example", "Olga Watch", "security_officer"));
  await device(page);
  await page.getByLabel("Password").fill("harbour violet 4 lanterns");
  await page.getByRole("button", { name: "Join workspace" }).click();
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
  await page.getByRole("link", { name: /^Approvals/ }).first().click();
  await page.getByRole("link", { name: "An app of somebody else" }).first().click();
  await page.getByText("Letterhead Ltd").waitFor();
  await clean(page);
  await shoot(page, "apps-agree");
  await page.getByRole("button", { name: "Agree" }).click();
  const goOn = page.getByRole("button", { name: "Go on" });
  const passkey = page.getByRole("button", { name: "Use a passkey" });
  const done = page.locator(".tag").filter({ hasText: "Done" });
  await passkey.or(done).first().waitFor();
  if (await passkey.isVisible()) {
    await passkey.click();
    await goOn.or(done).first().waitFor();
    if (await goOn.isVisible()) await goOn.click();
  }
  await done.waitFor();
});

test("whoever is asked reads who made it and how much it reads, and is led back", () =>
  visit(browser, server, { storageState: asking }, async (visitor, page) => {
    visitor.allow(new URL(back).origin);
    await page.goto("/settings/apps");
    await page.getByText("Letterhead Ltd").waitFor();
    await clean(page);
    await shoot(page, "apps-one");
    const client = await page.locator("main code").first().innerText();
    await page.goto(link(client));
    await page.getByRole("heading", { name: "“Letterhead” asks to work in your name" }).waitFor();
    await page.locator("b").getByText("a contact", { exact: true }).waitFor();
    await clean(page);
    await shoot(page, "apps-consent");
    await page.getByRole("button", { name: "中文" }).filter({ visible: true }).click();
    await page.getByRole("heading", { name: "“Letterhead”请求以您的名义工作" }).waitFor();
    await shoot(page, "apps-consent-zh");
    await page.goto("/settings/apps");
    await page.getByText("登记应用").first().waitFor();
    await shoot(page, "apps-one-zh");
    await page.getByRole("button", { name: "English" }).filter({ visible: true }).click();
    await page.getByRole("heading", { name: "Apps", level: 1 }).waitFor();
    await page.goto(link(client));
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    await page.getByRole("heading", { name: "Back in the app" }).waitFor();
    const came = new URL(page.url()).searchParams;
    assert.equal(came.get("state"), "one & only");
    assert.equal(came.get("iss"), server.url);
    const code = came.get("code") ?? "";
    const given = await token({ grant_type: "authorization_code", client_id: client, redirect_uri: back, code, code_verifier: verifier });
    assert.equal(given.status, 200);
    held = { client, ...(await given.json()) };
    const read = await fetch(`${server.url}/api/v1/contacts`, { headers: { authorization: `Bearer ${held.access_token}` } });
    assert.equal(read.status, 200);
    assert.ok((await read.text()).includes("Ona Lind"));
  }));

test("one click stops it within two seconds", () =>
  visit(browser, server, { storageState: asking }, async (_, page) => {
    await page.goto("/settings/apps");
    await page.getByRole("button", { name: "Stop it now" }).click();
    await page.locator(".tag").filter({ hasText: "stopped" }).waitFor();
    await page.waitForTimeout(2_000);
    const read = await fetch(`${server.url}/api/v1/contacts`, { headers: { authorization: `Bearer ${held.access_token}` } });
    assert.equal(read.status, 401);
    const renewed = await token({ grant_type: "refresh_token", client_id: held.client, refresh_token: held.refresh_token });
    assert.deepEqual([renewed.status, await renewed.json()], [400, { error: "invalid_grant" }]);
    await page.goto("/settings/account/tokens");
    await page.getByText("Letterhead").first().waitFor();
    await shoot(page, "apps-token");
  }));
