// Somebody is erased: asked for by one privacy officer, agreed to by another with a passkey, with a certificate at the end; and a
// legal hold that stops it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { Visitor, launch, visit } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { Server } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { join, make, session } from "./lib/steps.mjs";

const PASSWORD = "meadow-copper-lantern-52";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
/** What the browser of the first person holds. @type {any} */
let founder;
/** The browsers of two privacy officers, each with a device that keeps a passkey. @type {Record<string, { visitor: Visitor, page: import("playwright-core").Page }>} */
const officers = {};
/** Where the contact is, and another one. */
let contact = "";
let other = "";

/** Lets a privacy officer join with a passkey. @param {string} name */
const officer = async (name) => {
  const visitor = await Visitor.open(browser, server);
  visitor.expect(403);
  visitor.expect(422);
  const page = await visitor.page(await server.invite(`${name.toLowerCase()}@brightloom.example`, `${name} Lind`, "privacy_officer"));
  await device(page);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Join workspace" }).click();
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("heading", { name: "Home", level: 1 }).waitFor();
  officers[name] = { visitor, page };
};

/** Proves who somebody is if that is asked for, until something is there. @param {import("playwright-core").Page} page @param {import("playwright-core").Locator} there */
const proved = async (page, there) => {
  const passkey = page.getByRole("button", { name: "Use a passkey" });
  const goOn = page.getByRole("button", { name: "Go on" });
  await passkey.or(there).first().waitFor();
  if (await passkey.isVisible()) {
    await passkey.click();
    await goOn.or(there).first().waitFor();
    if (await goOn.isVisible()) await goOn.click();
  }
  await there.first().waitFor();
};

before(async () => {
  browser = await launch();
  server = await (await new Server().init()).start();
  // There are no passkeys under a bare address.
  server.url = server.url.replace("127.0.0.1", "localhost");
  founder = await session(browser, server);
  await visit(browser, server, { storageState: founder }, async (_, page) => {
    await page.goto("/contacts/new");
    await page.getByLabel("Name", { exact: true }).fill("Ona Vint");
    await page.getByRole("button", { name: "Create", exact: true }).or(page.getByRole("button", { name: "Save", exact: true })).first().click();
    await page.waitForURL(/\/contacts\/[0-9a-f-]{36}/);
    contact = new URL(page.url()).pathname;
    other = await make(page, "contacts", { Name: "Mio Kast" });
  });
  await officer("Pia");
  await officer("Bo");
});
after(async () => {
  for (const { visitor } of Object.values(officers)) await visitor.close();
  await browser?.close();
  await server?.remove();
});

test("a legal hold stops it, and shows on the record", async () => {
  const { page } = officers.Pia ?? assert.fail();
  await page.goto(contact);
  await page.getByRole("link", { name: "Erase or hold…" }).click();
  await proved(page, page.getByText("This cannot be undone", { exact: true }));
  await clean(page);
  await shoot(page, "erase-ask-en");
  await page.getByLabel("Why it must be kept").fill("Case 12");
  await page.getByRole("button", { name: "Place the hold" }).click();
  await proved(page, page.getByText("A legal hold stands over this record"));
  await clean(page);
  await shoot(page, "erase-held-en");
  await visit(browser, server, { storageState: founder }, async (_, other) => {
    await other.goto(contact);
    await other.getByText("A legal hold stands over this record").waitFor();
    assert.ok(!(await other.content()).includes("Case 12"));
    await shoot(other, "record-held-en");
  });
  await page.getByRole("button", { name: "Lift the hold" }).click();
  await proved(page, page.getByRole("button", { name: "Ask a second person" }));
});

test("two people erase somebody, and get a certificate that is checked", async () => {
  const { page } = officers.Pia ?? assert.fail();
  const { page: other } = officers.Bo ?? assert.fail();
  await page.getByLabel(/^Reason/).fill("Request 7");
  await page.getByLabel("I know that this cannot be undone").check();
  await page.getByRole("button", { name: "Ask a second person" }).click();
  await proved(page, page.getByText("Somebody else has to agree"));
  await clean(page);
  await other.goto("/approvals");
  await other.getByRole("link", { name: "Erasing a person" }).first().click();
  await other.getByText("Request 7").waitFor();
  await clean(other);
  await shoot(other, "erase-approve-en");
  await other.getByRole("button", { name: "Agree" }).click();
  await proved(other, other.locator(".tag").filter({ hasText: "Done" }));
  await page.goto("/erasures");
  await clean(page);
  await page.locator("a[href^='/erasures/']").first().click();
  const link = page.getByRole("link", { name: "Download the certificate" });
  for (let n = 0; n < 30 && !(await link.isVisible()); n++) {
    await page.waitForTimeout(500);
    await page.reload();
  }
  await link.waitFor();
  await clean(page);
  await shoot(page, "erasure-en");
  const before = page.viewportSize() ?? assert.fail();
  await page.setViewportSize({ width: 390, height: 844 });
  const text = page.locator("pre.code");
  assert.ok(await text.evaluate((box) => box.scrollWidth <= box.clientWidth), "the certificate stays within its card on a phone");
  await text.scrollIntoViewIfNeeded();
  await shoot(page, "erasure-certificate-en");
  await page.setViewportSize(before);
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const kept = path.join(server.scratch, "certificate.txt");
  await file.saveAs(kept);
  const note = readFileSync(kept, "utf8");
  assert.ok(note.startsWith("custos-erasure-certificate/v1\n") && !note.includes("Vint") && !note.includes("Pia"), note);
  await page.goto(contact);
  await page.getByText("Everything about this person was erased").waitFor();
  assert.ok(!(await page.content()).includes("Ona Vint"));
  await clean(page);
  await shoot(page, "record-erased-en");
  await visit(browser, server, { storageState: founder }, async (_, mine) => {
    await mine.goto("/contacts");
    await mine.goto("/search?q=Vint");
    assert.ok(!(await mine.content()).includes("Ona"));
  });
});

test("the pages say it in Chinese too", async () => {
  const reading = await join(browser, server, await server.invite("dee@brightloom.example", "Dee Moss", "privacy_officer"), PASSWORD);
  await visit(browser, server, { storageState: reading, locale: "zh-CN" }, async (_, page) => {
    for (const [name, where, word] of [["erasures-zh", "/erasures", "抹除记录"], ["record-erased-zh", contact, "此人的全部数据已被抹除"]]) {
      await page.goto(/** @type {string} */ (where));
      await page.getByText(/** @type {string} */ (word)).first().waitFor();
      await clean(page);
      await shoot(page, /** @type {string} */ (name));
    }
    await page.goto(`${other}/erase`);
    await page.getByText("此操作无法撤销", { exact: false }).first().waitFor();
    await clean(page);
    await shoot(page, "erase-ask-zh");
    await page.goto("/erasures");
    await page.locator("a[href^='/erasures/']").first().click();
    await page.getByText("下载证明").waitFor();
    await clean(page);
    await shoot(page, "erasure-zh");
  });
});
