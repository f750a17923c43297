// Proving again who one is, where one stands: a dialog that keeps what was typed, and a page where there is no script.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { shown } from "./lib/app.mjs";
import { clean } from "./lib/axe.mjs";
import { Visitor, launch, visit } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { Server, founder } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { arrive, field, hasLine, logLines, make, signIn } from "./lib/steps.mjs";

/** @typedef {import("playwright-core").Page} Page */

const SECRET = "Q-7714-ZX";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
let contact = "";
/** What the device keeps. @type {any[]} */
let kept = [];

before(async () => {
  browser = await launch();
  server = await (await new Server().init()).start();
  // There are no passkeys under a bare address.
  server.url = server.url.replace("127.0.0.1", "localhost");
  await visit(browser, server, {}, async (_, page) => {
    await page.goto("/sign-in");
    await signIn(page);
    await arrive(page);
    contact = await make(page, "contacts", { Name: "Nils Holm", "National ID": SECRET });
  });
  await server.must("policy", "set", "--danger", "resistant", "--minutes", "10");
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** @param {Page} page */
const dialog = (page) => page.getByRole("dialog", { name: "Confirm that it is you" });

/** Signs in with the password, in a browser that is not offered a passkey meanwhile. @param {Page} page @param {string} to */
const byPassword = async (page, to) => {
  await page.goto(`/sign-in?next=${encodeURIComponent(to)}`);
  await signIn(page);
  await page.waitForURL(`**${to}`);
};

/** @param {Page} page */
const reveal = async (page) => {
  await field(page, "national_id").getByRole("button").first().click();
  await page.getByRole("button", { name: "They are on the phone" }).click();
};

test("whoever has no passkey is led to one, and a sealed field stays sealed", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(403);
    await byPassword(page, contact);
    await reveal(page);
    await dialog(page).getByText("You have no passkey yet").waitFor();
    await clean(page);
    await shoot(page, "step-up-none-en");
    await dialog(page).getByRole("link", { name: "Cancel" }).click();
    await dialog(page).waitFor({ state: "hidden" });
    assert.ok(!(await page.content()).includes(SECRET));
    await reveal(page);
    const authenticator = await device(page);
    await dialog(page).getByRole("link", { name: "Add a passkey" }).click();
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.locator("#passkeys .line-item").waitFor();
    kept = await authenticator.holds();
    assert.equal(kept.length, 1);
  }));

test("a sealed field opens after the passkey, without leaving the page", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(403);
    await byPassword(page, contact);
    const authenticator = await device(page, kept);
    await reveal(page);
    await dialog(page).getByRole("button", { name: "Use a passkey" }).waitFor();
    await clean(page);
    await shoot(page, "step-up-passkey-en");
    await authenticator.verified(false);
    await dialog(page).getByRole("button", { name: "Use a passkey" }).click();
    await dialog(page).getByRole("alert").filter({ hasText: "Nothing was chosen" }).waitFor();
    await authenticator.verified(true);
    await dialog(page).getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText(SECRET).waitFor();
    assert.equal(new URL(page.url()).pathname, contact);
    kept = await authenticator.holds();
    // Ten minutes long nothing is asked again, and the page's forms go on under the new session.
    await page.goto("/settings/people");
    await page.getByLabel("Name").fill("Bo Chen");
    await page.getByLabel("Email").fill("bo@brightloom.example");
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByText("/join/").waitFor();
    await page.goto("/ledger");
    hasLine(await logLines(page), "confirmed their identity");
  }));

test("what was typed is kept, and the same form goes on", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(403);
    await byPassword(page, "/settings/people");
    const authenticator = await device(page, kept);
    await page.getByLabel("Name").fill("Kai Sørensen & Co");
    await page.getByLabel("Email").fill("kai@brightloom.example");
    await page.getByLabel("Manager").check();
    await page.getByRole("button", { name: "Invite" }).click();
    await dialog(page).waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "hidden" });
    assert.equal(await page.getByLabel("Name").inputValue(), "Kai Sørensen & Co");
    await page.getByRole("button", { name: "Invite" }).click();
    await dialog(page).getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText("/join/").waitFor();
    await page.getByText("Kai Sørensen & Co").waitFor();
    kept = await authenticator.holds();
  }));

test("the password page asks for the passkey and keeps what was typed out of the page", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(403);
    await byPassword(page, "/settings/account");
    const authenticator = await device(page, kept);
    await page.getByRole("link", { name: "Change password" }).click();
    // The page before has a field of this name too.
    await page.waitForURL("**/settings/account/password");
    await page.getByLabel("New password").waitFor();
    await page.getByLabel("Your password").fill(founder.password);
    await page.getByLabel("New password").fill("lagoon-quartz-sparrow-88");
    await clean(page);
    await shoot(page, "password-en");
    await page.getByRole("button", { name: "Change password" }).click();
    await dialog(page).getByRole("button", { name: "Use a passkey" }).click();
    await page.locator("#toasts").getByText("Password changed").waitFor();
    founder.password = "lagoon-quartz-sparrow-88";
    kept = await authenticator.holds();
  }));

test("the rules of sign-in are a page, and asked for like everything dangerous", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(403);
    await byPassword(page, "/settings/policy");
    const authenticator = await device(page, kept);
    await page.getByLabel("Viewer: Lasts, in minutes").fill("15");
    await page.getByLabel("Viewer: Before something dangerous").selectOption({ label: "Two steps" });
    await clean(page);
    await shoot(page, "policy-en");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await dialog(page).getByRole("button", { name: "Use a passkey" }).click();
    await page.locator("#toasts").getByText("Saved").waitFor();
    await page.reload();
    assert.equal(await page.getByLabel("Viewer: Lasts, in minutes").inputValue(), "15");
    await page.getByRole("button", { name: "中文" }).filter({ visible: true }).click();
    await page.getByRole("heading", { name: "登录规则" }).waitFor();
    await shoot(page, "policy-zh");
    await page.goto("/prove?level=resistant");
    await shoot(page, "step-up-page-zh");
    await page.goto("/settings/account");
    await shoot(page, "account-zh");
    await page.getByRole("button", { name: "English" }).filter({ visible: true }).click();
    await page.getByRole("heading", { name: "My account", level: 1 }).waitFor();
    kept = await authenticator.holds();
  }));

test("without script a page keeps the form, takes a code, and goes on by a button", async () => {
  await server.must("policy", "set", "--danger", "multi");
  const plain = await Visitor.open(browser, server, { javaScriptEnabled: false });
  try {
    plain.expect(403, 422);
    // Signed in before there was an app: one factor.
    const page = await plain.page("/sign-in?next=/settings/people");
    await signIn(page);
    let secret = "";
    await visit(browser, server, {}, async (visitor, other) => {
      visitor.expect(403);
      await byPassword(other, "/settings/account");
      const authenticator = await device(other, kept);
      await other.getByRole("button", { name: "Set up an app" }).click();
      await other.getByRole("button", { name: "Use a passkey" }).click();
      secret = await other.locator("code").first().innerText();
      await other.getByLabel("Code", { exact: true }).fill(shown(secret));
      await other.getByRole("button", { name: "Turn on" }).click();
      await other.getByText("The app is set up").waitFor();
      kept = await authenticator.holds();
    });
    await page.getByLabel("Name").fill("Ida Ruiz");
    await page.getByLabel("Email").fill("ida@brightloom.example");
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("heading", { name: "Confirm that it is you", level: 1 }).waitFor();
    await shoot(page, "step-up-plain-en");
    await page.getByLabel("Code", { exact: true }).fill("000000");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("This code is not right").waitFor();
    await page.getByLabel("Code", { exact: true }).fill(shown(secret, 1));
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("Nothing has been done yet").waitFor();
    await shoot(page, "step-up-proved-en");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("/join/").waitFor();
    await page.getByText("Ida Ruiz").waitFor();
    plain.check();
  } finally {
    await plain.close();
  }
});

test("whoever owes a second step sees what is missing and nothing else", async () => {
  await server.must("policy", "set", "--danger", "single", "--sign-in", "resistant", "--minutes", "720");
  await visit(browser, server, {}, async (_, page) => {
    const link = await server.invite("una@brightloom.example", "Una Berg");
    await page.goto(link);
    await page.getByLabel("Password").fill("harbour-violet-lanterns-7");
    const authenticator = await device(page);
    await page.getByRole("button", { name: "Join workspace" }).click();
    await page.getByRole("link", { name: "Not now" }).click();
    await page.getByRole("heading", { name: "One more step to sign in" }).waitFor();
    await clean(page);
    await shoot(page, "owing-en");
    await page.goto("/contacts");
    await page.getByRole("heading", { name: "One more step to sign in" }).waitFor();
    await page.getByRole("link", { name: "Add a passkey" }).click();
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.locator("#passkeys .line-item").waitFor();
    await page.goto("/contacts");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();
    assert.equal((await authenticator.holds()).length, 1);
  });
});
