// Webhooks: made on a page, told of what happens, checked by whoever receives them, killed in between, ended.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { clean as audit } from "./lib/axe.mjs";
import { launch, visit } from "./lib/browser.mjs";
import { Server } from "./lib/server.mjs";
import { session } from "./lib/steps.mjs";
import { shoot } from "./lib/shots.mjs";

/** @typedef {{ id: string, at: string, signatures: string[], body: string }} Got */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
/** What came to the other system. @type {Got[]} */
const got = [];
/** What the other system answers. */
let status = 204;
let secret = "";

const other = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    /** @param {string} name */
    const line = (name) => String(request.headers[name] ?? "");
    got.push({ id: line("webhook-id"), at: line("webhook-timestamp"), signatures: line("webhook-signature").split(" "), body });
    response.writeHead(status).end();
  });
});

/** Waits until so many have come. @param {number} many */
const come = async (many) => {
  for (let tries = 0; got.length < many && tries < 200; tries += 1) await new Promise((go) => setTimeout(go, 100));
  assert.ok(got.length >= many, `${got.length} of ${many} came`);
};

/** @param {Got | undefined} one */
const signed = (one) => {
  assert.ok(one);
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return one.signatures.includes(`v1,${createHmac("sha256", key).update(`${one.id}.${one.at}.${one.body}`).digest("base64")}`);
};

before(async () => {
  await new Promise((go) => other.listen(0, "127.0.0.1", () => go(undefined)));
  browser = await launch();
  server = new Server().configure('[webhooks]\nallow_private = ["127.0.0.1"]\n');
  await (await server.init()).start();
});
after(async () => {
  other.close();
  await browser?.close();
  await server?.remove();
});

test("another system is told what happens, also when the program was killed in between", async () => {
  const own = await session(browser, server);
  const address = other.address();
  assert.ok(address && typeof address === "object");
  await visit(browser, server, { storageState: own }, async (visitor, page) => {
    visitor.expect(422);
    await page.goto("/settings/account");
    await page.getByRole("link", { name: "Show webhooks" }).click();
    await page.getByRole("heading", { name: "Webhooks", level: 1 }).waitFor();
    await audit(page);
    await page.getByRole("link", { name: "Make a webhook" }).click();
    await page.getByRole("heading", { name: "Make a webhook", level: 1 }).waitFor();
    await page.getByRole("textbox", { name: "Name" }).fill("Shop");
    await page.getByRole("textbox", { name: "Address" }).fill("http://shop.example/hook");
    await page.getByRole("button", { name: "Make the webhook" }).click();
    await page.getByText("Choose at least one.").waitFor();
    await page.getByText("not sent in the clear").waitFor();
    await audit(page);
    await shoot(page, "webhook-wrong");
    await page.getByRole("textbox", { name: "Address" }).fill(`http://127.0.0.1:${address.port}/hook`);
    await page.getByRole("checkbox", { name: "Contact created" }).check();
    await page.getByRole("checkbox", { name: "Contact changed" }).check();
    await page.locator("summary", { hasText: "Contacts" }).click();
    await page.getByRole("checkbox", { name: "Contacts: City" }).check();
    await audit(page);
    await shoot(page, "webhook-form");
    await page.getByRole("button", { name: "Make the webhook" }).click();
    await page.getByText("Copy the secret now").waitFor();
    secret = (await page.locator(".banner .code").innerText()).trim();
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    await audit(page);
    await shoot(page, "webhook-made");
    const hook = (await page.locator("form[action$='/test']").getAttribute("action"))?.replace(/\/test$/, "") ?? "";
    await page.goto(hook);
    assert.equal(await page.getByText(secret).count(), 0, "it is shown once");
    await page.getByRole("button", { name: "Send a test" }).click();
    await come(1);
    assert.ok(signed(got[0]));
    assert.equal(JSON.parse(got[0]?.body ?? "{}").type, "webhook.test");
    // The other system is away when something happens, and the program is killed; then both are back.
    status = 500;
    await page.goto("/contacts/new");
    await page.getByLabel("Name", { exact: true }).fill("Ona Lind");
    await page.getByLabel("City", { exact: true }).fill("Lublin");
    await page.locator("main").getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { name: "Ona Lind" }).first().waitFor();
    await come(2);
    await server.stop();
    status = 204;
    await server.start();
    await come(3);
    assert.equal(got[1]?.id, got[2]?.id, "the same message");
    assert.ok(signed(got[2]));
    const told = JSON.parse(got[2]?.body ?? "{}");
    assert.deepEqual([told.type, told.data.kind, told.data.fields], ["contact.created", "contact", { city: "Lublin" }]);
    assert.ok(!got[2]?.body.includes("Ona"));
    await page.goto(hook);
    await page.getByText("Contact created", { exact: true }).waitFor();
    await audit(page);
    await shoot(page, "webhook-one");
    await page.goto("/settings/account/webhooks");
    await audit(page);
    await shoot(page, "webhook-list");
    await page.getByRole("link", { name: "Open" }).click();
    // Another event, and the same address: the secret stays. Another address gets another one.
    await page.getByRole("link", { name: "Change", exact: true }).click();
    await page.getByRole("heading", { name: "Change the webhook", level: 1 }).waitFor();
    assert.ok(await page.getByRole("checkbox", { name: "Contacts: City" }).isChecked());
    await audit(page);
    await shoot(page, "webhook-change");
    await page.getByRole("checkbox", { name: "Contact deleted" }).check();
    await page.locator("main").getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Contact deleted", { exact: false }).first().waitFor();
    assert.equal(await page.locator(".banner .code").count(), 0);
    await page.getByRole("link", { name: "Change", exact: true }).click();
    await page.getByRole("textbox", { name: "Address" }).fill(`http://127.0.0.1:${address.port}/other`);
    await page.locator("main").getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Copy the secret now").waitFor();
    const before = secret;
    secret = (await page.locator(".banner .code").innerText()).trim();
    assert.notEqual(secret, before);
    await page.goto(hook);
    const many = got.length;
    await page.getByRole("button", { name: "Send a test" }).click();
    await come(many + 1);
    assert.ok(signed(got.at(-1)));
    await page.goto(hook);
    await page.getByRole("button", { name: "Turn off" }).click();
    await page.getByText("Off", { exact: true }).waitFor();
    await page.goto(hook);
    await page.locator("summary", { hasText: "Delete" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("Nobody is told anything").waitFor();
  });
});

test("the pages of webhooks are there in Chinese", async () => {
  const own = await session(browser, server);
  await visit(browser, server, { storageState: own, locale: "zh-CN" }, async (_, page) => {
    await page.goto("/settings/account/webhooks");
    await page.getByRole("heading", { name: "事件推送", level: 1 }).waitFor();
    await shoot(page, "webhook-empty-zh");
    await page.getByRole("link", { name: "新建事件推送" }).click();
    await page.getByRole("button", { name: "创建事件推送" }).waitFor();
    await audit(page);
    await shoot(page, "webhook-form-zh");
    await page.getByRole("textbox", { name: "名称" }).fill("商城");
    await page.getByRole("textbox", { name: "地址" }).fill("https://shop.example/hook");
    await page.getByRole("checkbox", { name: "联系人新建" }).check();
    await page.getByRole("button", { name: "创建事件推送" }).click();
    await page.getByRole("link", { name: "修改", exact: true }).click();
    await page.getByRole("heading", { name: "修改事件推送", level: 1 }).waitFor();
    await audit(page);
    await shoot(page, "webhook-change-zh");
  });
});
