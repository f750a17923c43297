// Passkeys in a real browser, with authenticators that the browser plays: the first hour, a second device, names, removal.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { launch, visit } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { Server, founder } from "./lib/server.mjs";
import { hasLine, logLines, signIn } from "./lib/steps.mjs";
import { shoot } from "./lib/shots.mjs";

/**
 * @typedef {import("playwright-core").Page} Page
 * @typedef {import("playwright-core").CDPSession} Devtools
 */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
let link = "";
/** What the first device keeps. @type {any[]} */
let kept = [];

before(async () => {
  browser = await launch();
  server = await new Server().start();
  // There are no passkeys under a bare address.
  server.url = server.url.replace("127.0.0.1", "localhost");
  link = await server.firstLink();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** @param {Page} page */
const byPasskey = (page) => page.getByRole("button", { name: "Sign in with a passkey" });

/** @param {Page} page */
const home = (page) => page.getByRole("heading", { name: "Home", level: 1 });

/** Signs out. A device that answers by itself may sign in again before anybody has read the page. @param {Page} page */
const signOut = async (page) => {
  await page.goto("/settings/account");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByText("You are signed out.").or(home(page)).first().waitFor();
};

/** A passkey in the list. @param {Page} page @param {string} name */
const listed = (page, name) => page.locator("#passkeys .line-item").filter({ hasText: name });

test("the first run leads to a passkey, and the next sign-in needs no password", () =>
  visit(browser, server, {}, async (visitor, page) => {
    await page.goto(link);
    await page.getByLabel("Name of your workspace").fill(founder.workspace);
    await page.getByLabel("Your name").fill(founder.name);
    await page.getByLabel("Email").fill(founder.email);
    await page.getByLabel("Password").fill(founder.password);
    const authenticator = await device(page);
    await page.getByRole("button", { name: "Create workspace" }).click();
    await page.getByRole("heading", { name: "No password next time" }).waitFor();
    await clean(page);
    await shoot(page, "passkey-first-en");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await home(page).waitFor();
    const [credential] = await authenticator.holds();
    assert.equal(credential?.rpId, "localhost");
    assert.equal(credential?.isResidentCredential, true);

    await page.goto("/settings/account");
    const line = listed(page, "Chrome");
    await line.getByText("not used yet").waitFor();
    await line.getByText("on one device").waitFor();
    await clean(page);
    await shoot(page, "account-passkeys-en");
    await authenticator.verified(false);
    await signOut(page);
    await byPasskey(page).click();
    await page.getByRole("alert").filter({ hasText: "Nothing was chosen" }).waitFor();
    await clean(page);
    await authenticator.verified(true);
    await byPasskey(page).click();
    await home(page).waitFor();
    const cookie = (await visitor.context.cookies()).find(({ name }) => name === "__Host-custos");
    assert.ok(cookie?.httpOnly && cookie.secure);
    kept = await authenticator.holds();
  }));

// The browser's list at the e-mail field cannot be seen from here; with a device of its own making it chooses by itself.
test("the e-mail field offers the passkey, and somebody is led to where they wanted to go", () =>
  visit(browser, server, {}, async (_, page) => {
    const authenticator = await device(page, kept);
    await page.goto("/companies");
    await page.getByRole("heading", { name: "Companies", level: 1 }).waitFor();
    kept = await authenticator.holds();
  }));

test("a second device gets a passkey of its own, a name, and goes", () =>
  visit(browser, server, {}, async (visitor, page) => {
    // Whoever has a passkey shows it before they get another.
    const first = await device(page, kept);
    // The list at the e-mail field offers it, and this device says yes by itself.
    await page.goto("/sign-in?next=/settings/account");
    await page.getByRole("heading", { name: "My account" }).waitFor();
    kept = await first.holds();
    await first.away();
    const second = await device(page);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await listed(page, "not used yet").waitFor();
    assert.equal(await page.locator("#passkeys .line-item").count(), 2);

    // This device holds one already.
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("alert").filter({ hasText: "This device holds a passkey for you already." }).waitFor();

    const fresh = listed(page, "not used yet");
    await fresh.getByRole("button", { name: /^Rename/ }).click();
    await page.getByLabel("Name of the passkey").filter({ visible: true }).fill("Blue key");
    await page.getByRole("button", { name: "Save", exact: true }).filter({ visible: true }).last().click();
    await listed(page, "Blue key").waitFor();
    await clean(page);

    await signOut(page);
    await home(page).waitFor();
    await page.goto("/settings/account");
    await listed(page, "Blue key").getByText("used").first().waitFor();
    await listed(page, "Blue key").getByRole("button", { name: /^Remove/ }).click();
    await page.locator("#toasts").getByText("Passkey removed").waitFor();
    assert.equal(await listed(page, "Blue key").count(), 0);

    visitor.expect(401);
    await signOut(page);
    await byPasskey(page).click();
    await page.getByRole("alert").filter({ hasText: "This passkey did not work" }).waitFor();
    await second.away();
  }));

test("a passkey whose count goes back is refused and marked", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(401);
    const copy = await device(page, kept.map((credential) => ({ ...credential, signCount: 0 })));
    await page.goto("/sign-in");
    await byPasskey(page).click();
    await page.getByRole("alert").filter({ hasText: "This passkey did not work" }).waitFor();
    await copy.away();
    await page.goto("/settings/account");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await signIn(page);
    await page.locator("#passkeys").getByText("Suspended").waitFor();
    await page.locator("#passkeys").getByText("a copy of it may exist").waitFor();
    await clean(page);
    await shoot(page, "account-passkey-suspended-en");
  }));

test("without script the password works, and passkeys are named and removed", () =>
  visit(browser, server, { javaScriptEnabled: false }, async (_, page) => {
    await page.goto("/settings/account");
    assert.equal(await byPasskey(page).count(), 0);
    await signIn(page);
    await page.getByText("Adding a passkey needs JavaScript").waitFor();
    assert.equal(await page.getByRole("button", { name: "Add a passkey" }).count(), 0);
    await page.locator("#passkeys").getByRole("button", { name: /^Rename/ }).click();
    await page.getByLabel("Name of the passkey").filter({ visible: true }).fill("Old laptop");
    await page.getByRole("button", { name: "Save", exact: true }).filter({ visible: true }).last().click();
    await listed(page, "Old laptop").getByRole("button", { name: /^Remove/ }).click();
    await page.getByRole("heading", { name: "My account" }).waitFor();
    assert.equal(await page.locator("#passkeys .line-item").count(), 0);
  }));

test("under a bare address the page says why there are none", () =>
  visit(browser, server, {}, async (visitor, page) => {
    const bare = server.url.replace("localhost", "127.0.0.1");
    visitor.server = /** @type {any} */ ({ url: bare });
    await page.goto(`${bare}/settings/account`);
    assert.equal(await byPasskey(page).count(), 0);
    await signIn(page);
    await page.getByText("No passkeys at this address").waitFor();
    assert.equal(await page.getByRole("button", { name: "Add a passkey" }).count(), 0);
    await clean(page);
  }));

test("all of this is in the access log", () =>
  visit(browser, server, { locale: "zh-CN" }, async (_, page) => {
    await page.goto("/sign-in?lang=zh");
    await page.getByRole("button", { name: "使用通行密钥登录" }).waitFor();
    await clean(page);
    await shoot(page, "sign-in-passkey-zh");
    await page.goto("/ledger");
    await page.getByLabel("邮箱").fill(founder.email);
    await page.getByLabel("密码", { exact: true }).fill(founder.password);
    await page.getByRole("button", { name: "登录", exact: true }).click();
    const lines = await logLines(page);
    hasLine(lines, founder.name, "添加了登录方式");
    hasLine(lines, founder.name, "移除了登录方式");
    hasLine(lines, founder.name, "重命名了通行密钥");
    hasLine(lines, "出示了疑似被复制的通行密钥");
  }));
