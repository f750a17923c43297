// Whoever has seen many people says what for, and proves who they are; whoever has seen too many is stopped.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { launch, visit } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { Server, founder } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { join, signIn } from "./lib/steps.mjs";

/** @typedef {import("playwright-core").Page} Page */

const NAMES = ["Ona Lind", "Ben Ruiz", "Cleo Park", "Dag Moen", "Eva Novak", "Fay Obi", "Gus Tran"];

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
/** Where the contacts are. @type {string[]} */
let contacts = [];
/** What the device keeps. @type {any[]} */
let kept = [];

const bo = { email: "bo@brightloom.example", password: "lagoon-quartz-sparrow-88" };
const dee = { email: "dee@brightloom.example", password: "meadow-copper-lantern-52" };

before(async () => {
  browser = await launch();
  server = await (await new Server().init()).start();
  // There are no passkeys under a bare address.
  server.url = server.url.replace("127.0.0.1", "localhost");
  // Before there is anybody to see: the start page shows who is new.
  for (const { email, password } of [bo, dee]) {
    await join(browser, server, await server.invite(email, email.split("@", 1)[0] ?? "", "manager"), password);
  }
  const file = path.join(server.data, "people.csv");
  writeFileSync(file, `name,email\n${NAMES.map((name, n) => `${name},p${n}@people.example`).join("\n")}\n`);
  await server.import("contact", file);
  await visit(browser, server, {}, async (_, page) => {
    await byPassword(page, dee, "/contacts?as=list");
    const links = page.locator("main tbody a[href^='/contacts/']");
    contacts = [...new Set(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? "")))];
  });
  assert.equal(contacts.length, NAMES.length);
  await server.must("budget", "set", "--soft-hour", "2", "--soft-day", "2", "--hard-hour", "5", "--hard-day", "5");
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** Signs in with the password, in a browser that is not offered a passkey meanwhile.
 * @param {Page} page @param {{ email: string, password: string }} who @param {string} to */
const byPassword = async (page, who, to) => {
  await page.goto(`/sign-in?next=${encodeURIComponent(to)}`);
  await signIn(page, who);
  await page.waitForURL(`**${to}`);
};

/** @param {Page} page */
const rows = (page) => page.locator("main tbody tr").count();

test("a form that waits for a reason stays on its page and goes on as it was", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(403, 422);
    const [first = "", second = ""] = contacts;
    await byPassword(page, bo, first);
    await page.goto(second);
    await page.goto(`${first}/edit`);
    const form = page.locator("main form").filter({ has: page.getByRole("button", { name: "Save", exact: true }) });
    // Somebody who has seen two opens a third by the form of the first.
    await form.evaluate((element, to) => element.setAttribute("action", to), contacts[2]);
    await form.getByLabel("City", { exact: true }).fill("Åre & Umeå");
    await form.getByRole("button", { name: "Save", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "You have seen many people" });
    await dialog.waitFor();
    await clean(page);
    await shoot(page, "budget-dialog-en");
    await dialog.getByRole("link", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
    assert.equal(await form.getByLabel("City", { exact: true }).inputValue(), "Åre & Umeå");
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await dialog.getByLabel("What do you need it for?").fill("Visit in the north");
    await dialog.getByRole("button", { name: "Go on for an hour" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.waitForURL(`**${contacts[2]}*`);
    await page.getByText("Åre & Umeå").first().waitFor();
    await page.goto("/contacts?as=list&limit=6");
    await page.getByRole("heading", { name: "You have reached your limit of people" }).waitFor();
    for (const name of NAMES) assert.ok(!(await page.content()).includes(name), name);
    await shoot(page, "budget-stop-en");
  }));

test("past the soft limit a person says what for, proves who they are where they stand, and goes on", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(403);
    await byPassword(page, founder, "/settings/account");
    const { holds } = await device(page);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.locator("#passkeys .line-item").waitFor();
    kept = await holds();
    await server.must("policy", "set", "--danger", "resistant", "--minutes", "10");
  }).then(() =>
    visit(browser, server, {}, async (visitor, page) => {
      visitor.expect(403, 422);
      await byPassword(page, founder, "/contacts?as=list&limit=2");
      const { holds } = await device(page, kept);
      assert.equal(await rows(page), 2);
      await page.goto("/contacts?as=list&limit=3");
      await page.getByRole("heading", { name: "You have seen many people" }).waitFor();
      for (const name of NAMES) assert.ok(!(await page.content()).includes(name), name);
      await clean(page);
      await shoot(page, "budget-ask-en");
      await page.getByLabel("What do you need it for?").fill("Call list for the Lublin event");
      await page.getByRole("button", { name: "Go on for an hour" }).click();
      const dialog = page.getByRole("dialog", { name: "Confirm that it is you" });
      await dialog.getByRole("button", { name: "Use a passkey" }).waitFor();
      await shoot(page, "budget-prove-en");
      await dialog.getByRole("button", { name: "Use a passkey" }).click();
      await page.waitForURL("**/contacts?as=list&limit=3");
      await page.locator("main tbody tr").nth(2).waitFor();
      assert.equal(await rows(page), 3);
      kept = await holds();
      await page.goto("/settings/reading");
      await page.getByText("You gave a reason").waitFor();
      await clean(page);
      await shoot(page, "budget-own-en");
      await page.goto("/contacts?as=list&limit=3");
      assert.equal(await rows(page), 3);
    }),
  ));

test("the limits of the roles are a page", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(422);
    await server.must("policy", "set", "--danger", "single", "--minutes", "720");
    await byPassword(page, founder, "/settings/budget");
    await page.getByText("dee").first().waitFor();
    await page.getByLabel("Viewer: Stop, per day").fill("1");
    await clean(page);
    await shoot(page, "limits-en");
    await page.locator("form").filter({ has: page.getByLabel("Viewer: Stop, per day") }).getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("These limits contradict each other").waitFor();
    await shoot(page, "limits-wrong-en");
    await page.getByLabel("Viewer: Stop, per day").fill("60");
    await page.locator("form").filter({ has: page.getByLabel("Viewer: Stop, per day") }).getByRole("button", { name: "Save", exact: true }).click();
    await page.locator("#toasts").getByText("Saved").waitFor();
    await page.reload();
    assert.equal(await page.getByLabel("Viewer: Stop, per day").inputValue(), "60");
    await page.getByRole("button", { name: "Let them see as many again for a day" }).last().click();
    await page.getByText("Raised until tomorrow").waitFor();
    await page.goto("/notices");
    await page.getByText("was stopped").waitFor();
    await shoot(page, "budget-notices-en");
    await page.getByRole("button", { name: "中文" }).filter({ visible: true }).click();
    await page.getByRole("heading", { name: "通知" }).first().waitFor();
    for (const [at, name] of [["/settings/budget", "limits-zh"], ["/settings/reading", "budget-own-zh"], ["/notices", "budget-notices-zh"]]) {
      await page.goto(at ?? "/");
      await shoot(page, name ?? "");
    }
  }));
