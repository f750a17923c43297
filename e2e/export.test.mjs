// Records leave as a file: looked at first, sealed for whoever asked; and many of them only when a second person agrees.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { Visitor, launch, visit } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { Server } from "./lib/server.mjs";
import { figure, session } from "./lib/steps.mjs";
import { shoot } from "./lib/shots.mjs";

/** @typedef {import("playwright-core").Page} Page */

const ROWS = 501;
const PASSPHRASE = "four unrelated words here";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
/** What the browser of whoever asks holds. @type {any} */
let asking;
/** The browser of whoever agrees, with a device that keeps a passkey. @type {Visitor} */
let other;

before(async () => {
  browser = await launch();
  server = await (await new Server().init()).start();
  // There are no passkeys under a bare address.
  server.url = server.url.replace("127.0.0.1", "localhost");
  const rows = Array.from({ length: ROWS }, (_, n) => `Person ${n},p${n}@brightloom.example,${n ? "Lyon" : "Oslo"}`);
  const file = path.join(server.scratch, "people.csv");
  writeFileSync(file, ["name,email,city", ...rows].join("\n"));
  await server.import("contact", file);
  asking = await session(browser, server);
  other = await Visitor.open(browser, server);
});
after(async () => {
  await other?.close();
  await browser?.close();
  await server?.remove();
});

/** Waits for the rows of an export. @param {Page} page */
const ready = async (page) => {
  const download = page.getByRole("button", { name: "Download" });
  for (let tries = 0; tries < 60 && !(await download.isVisible()); tries += 1) {
    await page.waitForTimeout(250);
    await page.reload();
  }
  await download.waitFor();
};

test("a list is looked at, taken out, and comes as a sealed file", () =>
  visit(browser, server, { storageState: asking }, async (visitor, page) => {
    await page.goto("/contacts?f=city:is:Oslo");
    await page.locator("header.top").getByRole("link", { name: "Export" }).click();
    await page.getByRole("heading", { name: "Export", level: 1 }).waitFor();
    assert.equal(await figure(page, "Contacts"), "1");
    await clean(page);
    await shoot(page, "export-new");
    await page.getByLabel("Why this is needed").fill("Letter to Oslo");
    await page.getByRole("button", { name: "Take them out" }).click();
    await ready(page);
    await clean(page);
    await shoot(page, "export-ready");
    await page.getByLabel("Passphrase of the file").fill(PASSPHRASE);
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download" }).click()]);
    assert.match(file.suggestedFilename(), /^contact-.*\.csv\.age$/);
    const kept = path.join(server.scratch, "file.age");
    await file.saveAs(kept);
    const text = readFileSync(kept, "latin1");
    assert.ok(text.startsWith("age-encryption.org/v1\n-> scrypt ") && !text.includes("Person"));
    visitor.expect(422);
    await page.getByText("For your own key of age instead").click();
    await page.getByLabel("Public key").fill("age1nonsense");
    await page.getByLabel("Excel workbook").check();
    await clean(page);
    await shoot(page, "export-key");
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByText("This is not a public key of age").waitFor();
    assert.equal(await page.getByLabel("Public key").inputValue(), "age1nonsense");
    assert.ok(await page.getByLabel("Excel workbook").isChecked());
    await page.getByLabel("Public key").fill("");
    await page.getByLabel("Passphrase of the file").fill(PASSPHRASE);
    const [book] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download" }).click()]);
    assert.match(book.suggestedFilename(), /^contact-.*\.xlsx\.age$/);
    await book.saveAs(path.join(server.scratch, "book.age"));
    visitor.check();
  }));

test("many records wait for a second person, who agrees with a passkey", async () => {
  await visit(browser, server, { storageState: asking }, async (_, page) => {
    await page.goto("/contacts");
    await page.locator("header.top").getByRole("link", { name: "Export" }).click();
    await page.getByText("This takes a second person").waitFor();
    await clean(page);
    await shoot(page, "export-two");
    await page.getByLabel("Why this is needed").fill("Yearly letter");
    await page.getByRole("button", { name: "Ask a second person" }).click();
    await page.getByText("Somebody else has to agree").waitFor();
    await clean(page);
    await shoot(page, "approval-own");
  });
  other.expect(403);
  const page = await other.page(await server.invite("bo@brightloom.example", "Bo Lind", "manager"));
  await device(page);
  await page.getByLabel("Password").fill("harbour violet 4 lanterns");
  await page.getByRole("button", { name: "Join workspace" }).click();
  await page.getByRole("button", { name: "Add a passkey" }).click();
  // Not `arrive`: on its way home the page may still offer to put the passkey off.
  await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
  await page.getByRole("link", { name: /^Approvals/ }).first().click();
  await page.getByText("Yearly letter").waitFor();
  await clean(page);
  await shoot(page, "approvals");
  await page.getByRole("link", { name: "Export of many records" }).first().click();
  await page.getByText("501").first().waitFor();
  await clean(page);
  await shoot(page, "approval-one");
  await page.getByRole("button", { name: "Agree" }).click();
  const goOn = page.getByRole("button", { name: "Go on" });
  const passkey = page.getByRole("button", { name: "Use a passkey" });
  const done = page.locator(".tag").filter({ hasText: "Done" });
  await passkey.or(done).first().waitFor();
  if (await passkey.isVisible()) {
    await shoot(page, "approval-prove");
    await passkey.click();
    await goOn.or(done).first().waitFor();
    if (await goOn.isVisible()) await goOn.click();
  }
  await done.waitFor();
  await shoot(page, "approval-done");
  await visit(browser, server, { storageState: asking }, async (_, mine) => {
    await mine.goto("/notices");
    await mine.getByText("Agreed: Export of many records").waitFor();
    await mine.goto("/exports");
    await mine.locator("a[href^='/exports/']").filter({ hasText: "Contacts" }).first().click();
    await ready(mine);
    assert.match(await figure(mine, "Contacts"), /^501/);
  });
  await visit(browser, server, { storageState: asking, locale: "zh-CN" }, async (_, mine) => {
    for (const [name, where] of [["exports-zh", "/exports"], ["export-new-zh", "/exports/new?object=contact"], ["approvals-zh", "/approvals"]]) {
      await mine.goto(/** @type {string} */ (where));
      await shoot(mine, /** @type {string} */ (name));
    }
  });
});
