// One record: changed where it stands, seen in its timeline, found again, thrown away and brought back, changed by two at once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { Visitor, launch, visit } from "./lib/browser.mjs";
import * as data from "./lib/data.mjs";
import { founder, serve } from "./lib/server.mjs";
import { ask, changeInPlace, field, hasLine, logLines, make, openField, session } from "./lib/steps.mjs";
import { shoot } from "./lib/shots.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;
/** @type {import("./lib/browser.mjs").ContextOptions["storageState"]} */
let storageState;

before(async () => {
  browser = await launch();
  server = await serve();
  await server.import("company", data.keep(server.scratch, "companies.csv", data.companies(20)));
  const firms = data.column(data.companies(20), "account");
  await server.import("contact", data.keep(server.scratch, "contacts.csv", data.contacts(70, 11, firms)));
  storageState = await session(browser, server);
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** @param {(visitor: Visitor, page: import("playwright-core").Page) => Promise<void>} walk */
const signedIn = (walk) => visit(browser, server, { storageState }, walk);

test("a field changed in place shows before and after in the timeline", () =>
  signedIn(async (_, page) => {
    const address = await make(page, "contacts", { Name: "Perpetua Ashgrove", "Job title": "Cartographer" });
    await page.goto(address);
    await changeInPlace(page, "title", "Job title", "Chief cartographer");
    assert.equal((await field(page, "title").locator(".shown").innerText()).trim(), "Chief cartographer");

    const newest = page.getByRole("region", { name: "Timeline" }).locator("li.ev").first();
    await newest.locator("del").waitFor();
    assert.equal((await newest.locator("del").innerText()).trim(), "Cartographer");
    assert.equal((await newest.locator("ins").innerText()).trim(), "Chief cartographer");
    assert.ok((await newest.innerText()).includes(founder.name));
    assert.ok((await newest.innerText()).includes("Job title"));
    await shoot(page, "record-en");

    await page.reload();
    assert.equal((await field(page, "title").locator(".shown").innerText()).trim(), "Chief cartographer");
  }));

test("a choice changed in place is saved at once, and Escape leaves everything as it was", () =>
  signedIn(async (_, page) => {
    await page.goto(await make(page, "contacts", { Name: "Leopold Marchetti" }));
    await (await openField(page, "stage", "Stage")).selectOption({ label: "Customer" });
    await page.locator("#toasts").getByText("Saved").waitFor();
    await field(page, "stage").locator(".shown").getByText("Customer").waitFor();

    const control = await openField(page, "title", "Job title");
    await control.fill("never to be stored");
    await control.press("Escape");
    await control.waitFor({ state: "hidden" });
    await page.reload();
    assert.equal(await page.getByText("never to be stored").count(), 0);
  }));

test("a value that is refused in place says why and is not lost", () =>
  signedIn(async (visitor, page) => {
    visitor.expect(422);
    await page.goto(await make(page, "contacts", { Name: "Ottoline Frye" }));
    const control = await openField(page, "email", "Email");
    // The browser's own check takes an address without a dot; the server does not.
    await control.fill("ottoline@frye");
    await control.press("Enter");
    await page.getByText("This is not an e-mail address").first().waitFor();
    assert.equal(await page.getByLabel("Email", { exact: true }).first().inputValue(), "ottoline@frye");
  }));

test("a contact is found by the palette, by name, by part of an address, by number", () =>
  signedIn(async (_, page) => {
    const values = { Name: "Hildegard Zwingli", Email: "hildegard@zwingli-atelier.example", Phone: "+47 955 50 123" };
    const address = await make(page, "contacts", values);
    await page.goto("/deals");
    for (const text of ["hildeg", "zwingli", "hildegard@zwingli-atelier.example", "95550123", "0123"]) {
      const list = await ask(page, text);
      await list.getByRole("option", { name: /Hildegard Zwingli/ }).waitFor();
      await page.keyboard.press("Escape");
    }
    await ask(page, "hildegard zw");
    await shoot(page, "palette-en");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**${address}`);
    await page.getByRole("heading", { name: "Hildegard Zwingli", level: 1 }).waitFor();
  }));

test("the palette leads to pages and actions too, and says when nothing is found", () =>
  signedIn(async (_, page) => {
    await page.goto("/");
    let list = await ask(page, "new deal");
    await list.getByRole("option", { name: "New deal" }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/deals/new");
    list = await ask(page, "qqqqzzzz");
    await list.getByText("Nothing found").waitFor();
  }));

test("a note is written on the record and stands in its timeline", () =>
  signedIn(async (_, page) => {
    await page.goto(await make(page, "contacts", { Name: "Fenella Duarte" }));
    await page.getByPlaceholder(/Write a note/).fill("Prefers mornings.\nAsk about the lighthouse.");
    await page.getByRole("button", { name: "Save note" }).click();
    await page.locator("#toasts").getByText("Saved").waitFor();
    const newest = page.getByRole("region", { name: "Timeline" }).locator("li.ev").filter({ hasText: "lighthouse" });
    assert.ok((await newest.innerText()).includes("Prefers mornings."));
    assert.equal(await page.getByPlaceholder(/Write a note/).inputValue(), "", "the composer is empty again");
  }));

test("a record goes into the bin, comes back by undo, and by the bin", () =>
  signedIn(async (visitor, page) => {
    const address = await make(page, "contacts", { Name: "Casimir Belotti" });
    const remove = async () => {
      await page.goto(address);
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("button", { name: "Delete" }).click();
      await page.locator("#toasts").getByText("Put into the bin").waitFor();
    };
    await remove();
    assert.equal(await page.getByRole("link", { name: "Casimir Belotti" }).count(), 0);
    await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { name: "Casimir Belotti", level: 1 }).waitFor();
    await page.locator("#toasts").getByText("Restored").waitFor();

    await remove();
    await page.goto("/bin");
    await page.getByRole("checkbox", { name: "Select Casimir Belotti" }).check();
    await page.getByRole("button", { name: "Restore" }).click();
    await page.getByRole("link", { name: "Casimir Belotti" }).waitFor();
    await page.goto(address);
    assert.equal(await page.getByRole("button", { name: "Restore" }).count(), 0);
    visitor.check();
  }));

test("many are selected, thrown away at once, and all come back by undo", () =>
  signedIn(async (_, page) => {
    await page.goto("/contacts?sort=created_at");
    const boxes = page.locator("tbody input[type=checkbox]");
    const rows = page.locator("tbody tr");
    const names = await rows.locator("th a.rec span:last-child").allInnerTexts();
    const gone = names.slice(1, 6);
    await boxes.nth(1).click();
    await boxes.nth(5).click({ modifiers: ["Shift"] });
    assert.equal(await page.locator("tbody input[type=checkbox]:checked").count(), 5);
    const bar = page.locator("#bulk");
    await bar.waitFor();
    assert.equal((await bar.locator("b").first().innerText()).trim(), "5");
    const before = (await page.locator("header.top .total").innerText()).trim();
    await bar.getByRole("button", { name: "Delete" }).click();
    const toast = page.locator("#toasts");
    await toast.getByRole("button", { name: "Undo" }).waitFor();
    assert.equal((await page.locator("header.top .total").innerText()).trim(), String(Number(before) - 5));
    await toast.getByRole("button", { name: "Undo" }).click();
    await toast.getByText("Restored").waitFor();
    assert.equal((await page.locator("header.top .total").innerText()).trim(), before);
    await page.goto("/contacts?sort=created_at");
    const back = await page.locator("tbody tr th a.rec span:last-child").allInnerTexts();
    for (const name of gone) assert.ok(back.includes(name), name);
  }));

test("a list that was reached by a link can select as well as one that was opened", () =>
  signedIn(async (_, page) => {
    await page.goto("/");
    await page.getByRole("navigation", { name: "Menu" }).first().getByRole("link", { name: "Contacts", exact: true }).click();
    await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();
    await page.locator("tbody input[type=checkbox]").first().click();
    await page.locator("#bulk").getByRole("button", { name: "Delete" }).waitFor();
    await page.getByRole("navigation", { name: "Menu" }).first().getByRole("link", { name: "Deals" }).click();
    await page.getByRole("heading", { name: "Deals", level: 1 }).waitFor();
    assert.equal(await page.locator("#bulk").count(), 0);
    await page.goBack();
    await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();
    await page.getByRole("link", { name: "Contacts" }).first().waitFor();
  }));

test("two tabs change one field: the second sees original, current and its own, and nothing is lost", () =>
  signedIn(async (visitor, page) => {
    visitor.expect(409);
    const address = await make(page, "contacts", { Name: "Theodora Quist", "Job title": "Archivist", Department: "Maps" });
    const slow = page;
    await slow.goto(`${address}/edit`);
    await slow.getByLabel("Job title").fill("Head archivist");
    await slow.getByLabel("Department").fill("Maps and charts");

    const fast = await visitor.page(address);
    await changeInPlace(fast, "title", "Job title", "Curator");

    await slow.getByRole("button", { name: "Save", exact: true }).click();
    await slow.getByRole("heading", { name: "Somebody was faster", level: 1 }).waitFor();
    await shoot(slow, "conflict-en");
    const row = slow.getByRole("row", { name: /^Job title/ });
    const cells = await row.locator("td").allInnerTexts();
    assert.equal(cells[0]?.split("\n")[0]?.trim(), "Archivist", "what it was");
    assert.equal(cells[1]?.split("\n")[0]?.trim(), "Curator", "what it is now");
    assert.equal(await row.getByLabel("Job title").inputValue(), "Head archivist", "what was typed");
    assert.equal(await slow.getByLabel("Department").inputValue(), "Maps and charts", "other changes are kept");

    await slow.getByRole("button", { name: "Save", exact: true }).click();
    await slow.waitForURL(`**${address}`);
    assert.equal((await field(slow, "title").locator(".shown").innerText()).trim(), "Head archivist");
    assert.equal((await field(slow, "department").locator(".shown").innerText()).trim(), "Maps and charts");
    // Both changes are in the timeline, each with what it replaced.
    const changes = await slow.locator("li.ev").filter({ has: slow.locator("del") }).allInnerTexts();
    assert.ok(changes[0]?.includes("Curator") && changes[0].includes("Head archivist"), changes[0]);
    assert.ok(changes[1]?.includes("Archivist") && changes[1].includes("Curator"), changes[1]);
  }));

test("a sensitive value is not in the page, is shown when asked for, and the look is in the access log", () =>
  signedIn(async (_, page) => {
    const secret = "31129956715";
    const address = await make(page, "contacts", { Name: "Wilhelmina Strand", "National ID": secret, Birthday: "1984-05-17" });
    await page.goto(address);
    assert.ok(!(await page.content()).includes(secret), "nothing of it before");
    await page.getByRole("button", { name: "Reveal National ID" }).click();
    const why = page.locator("#why-national_id");
    await why.getByText("Why do you open it?").waitFor();
    await clean(page);
    await shoot(page, "reveal-why-en");
    // One's own words, by Enter.
    await why.getByRole("textbox", { name: /reason/i }).fill("Checking the quince contract");
    await page.keyboard.press("Enter");
    const shown = page.getByText(secret, { exact: true });
    await shown.waitFor();
    await why.waitFor({ state: "hidden" });
    await shoot(page, "reveal-open-en");
    await page.reload();
    await page.getByRole("button", { name: "Reveal National ID" }).click();
    await why.getByRole("button", { name: "They are on the phone" }).click();
    await shown.waitFor();
    await page.goto(`${address}?tab=access`);
    const lines = await logLines(page);
    hasLine(lines, founder.name, "opened a sealed field", "National ID", "Checking the quince contract");
    hasLine(lines, founder.name, "opened a sealed field", "National ID", "They are on the phone");
    await shoot(page, "reveal-log-en");
    assert.ok(!(await page.content()).includes(secret));
    await page.goto("/ledger");
    hasLine(await logLines(page), founder.name, "opened a sealed field");
    // Neither list nor search nor form holds it.
    for (const other of ["/contacts", `/search?q=${secret}`, `${address}/edit`]) {
      await page.goto(other);
      assert.ok(!(await page.locator("main").innerHTML()).replaceAll(/value="\d+"/g, "").includes(secret), other);
    }
  }));

/** By how much something lies outside the screen, and how far the page can be pushed sideways. @param {import("playwright-core").Locator} place */
const outside = (place) =>
  place.evaluate((element) => {
    const box = element.getBoundingClientRect();
    const over = [box.left, box.top, innerWidth - box.right, innerHeight - box.bottom].filter((rest) => rest < 0);
    return [over, document.documentElement.scrollWidth - innerWidth];
  });

/** Whether nothing that lies around a value cuts it off. @param {import("playwright-core").Locator} value */
const whole = (value) =>
  value.evaluate((element) => {
    const { left, right } = element.getBoundingClientRect();
    for (let around = element.parentElement; around; around = around.parentElement) {
      const box = around.getBoundingClientRect();
      if (getComputedStyle(around).overflowX !== "visible" && (left < box.left - 1 || right > box.right + 1)) return false;
    }
    return true;
  });

const REASONS = {
  en: ["They are on the phone", "For a contract or an order", "To correct the record", "They asked about their data", "For an audit or another duty"],
  zh: ["客户正在通话中", "签订合同或处理订单", "更正记录", "客户要求查阅其数据", "审计或履行其他义务"],
};

test("a sensitive value is opened in Chinese: every word of it, and the log", () =>
  visit(browser, server, { storageState, locale: "zh-CN" }, async (_, page) => {
    const secret = "11010519491231002X";
    const address = await make(page, "contacts", { 姓名: "欧阳静雯", 身份证号: secret }, "保存");
    await page.goto(address);
    assert.ok(!(await page.content()).includes(secret), "nothing of it before");
    await page.getByText("每次查看都会以您的名义记录，20 秒后自动重新密封。").waitFor();
    await page.getByRole("button", { name: "查看 身份证号" }).click();
    const why = page.locator("#why-national_id");
    await why.getByText("查看原因", { exact: true }).waitFor();
    assert.deepEqual(await why.locator("button[name=reason]").allInnerTexts(), REASONS.zh);
    assert.deepEqual(await outside(why), [[], 0]);
    await clean(page);
    await shoot(page, "reveal-why-zh");
    await why.getByRole("textbox", { name: "其他原因，请简要说明" }).fill("核对采购合同");
    await why.getByRole("button", { name: "查看", exact: true }).click();
    const shown = page.getByText(secret, { exact: true });
    await shown.waitFor();
    await why.waitFor({ state: "hidden" });
    assert.ok(await whole(shown), "a number of 18 digits is not cut off");
    await clean(page);
    await shoot(page, "reveal-open-zh");
    await page.reload();
    assert.ok(!(await page.content()).includes(secret), "sealed again");
    await page.getByRole("button", { name: "查看 身份证号" }).click();
    await why.getByRole("button", { name: "客户正在通话中" }).click();
    await shown.waitFor();
    await page.goto(`${address}?tab=access`);
    const lines = await logLines(page);
    hasLine(lines, founder.name, "查看了", "密封字段", "身份证号", "核对采购合同");
    hasLine(lines, founder.name, "查看了", "密封字段", "身份证号", "客户正在通话中");
    await shoot(page, "reveal-log-zh");
    assert.ok(!(await page.content()).includes(secret));
  }));

for (const lang of /** @type {const} */ (["en", "zh"])) {
  const english = lang === "en";
  const [save, reveal, label, naming, name] = english
    ? ["Save", "Reveal", "National ID", "Name", "Wilhelmina Strand-Oyelaran"]
    : ["保存", "查看", "身份证号", "姓名", "司徒婉清"];

  test(`a sensitive value is opened by a finger on a phone (${lang})`, () =>
    visit(browser, server, { storageState, locale: english ? "en-US" : "zh-CN", ...PHONE }, async (_, page) => {
      const secret = `44030119900307${english ? "1234" : "5678"}`;
      await page.goto(await make(page, "contacts", { [naming]: name, [label]: secret }, save));
      assert.ok(!(await page.content()).includes(secret), "nothing of it before");
      const button = page.getByRole("button", { name: `${reveal} ${label}` });
      await button.tap();
      const why = page.locator("#why-national_id");
      await why.waitFor();
      assert.deepEqual(await why.locator("button[name=reason]").allInnerTexts(), REASONS[lang]);
      assert.deepEqual(await outside(why), [[], 0]);
      await clean(page);
      const low = await why.getByRole("button").evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 36).length);
      assert.equal(low, 0, "each is as high as a finger");
      await shoot(page, `reveal-why-touch-${lang}`);
      await why.getByRole("button", { name: REASONS[lang][0] }).tap();
      const shown = page.getByText(secret, { exact: true });
      await shown.waitFor();
      await why.waitFor({ state: "hidden" });
      assert.deepEqual([await outside(shown), await whole(shown)], [[[], 0], true]);
      await shoot(page, `reveal-open-touch-${lang}`);
    }));
}

test("a revealed value goes again when the tab is hidden or the time is up", () =>
  signedIn(async (visitor, page) => {
    const secret = "17058412345";
    await page.clock.install();
    await page.goto(await make(page, "contacts", { Name: "Balthazar Nyberg", "National ID": secret }));
    const shown = page.getByText(secret, { exact: true });
    const open = async () => {
      await page.getByRole("button", { name: "Reveal National ID" }).click();
      await page.getByRole("button", { name: "They are on the phone" }).click();
      await shown.waitFor();
    };
    await open();
    await page.clock.runFor(19_000);
    assert.equal(await shown.count(), 1, "not before its time");
    await page.clock.runFor(2_000);
    await shown.waitFor({ state: "detached" });
    assert.ok(!(await page.content()).includes(secret));
    await open();
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await shown.waitFor({ state: "detached" });
    assert.ok(!(await page.content()).includes(secret));
    // Opened again soon after, it has its whole time, and not what was left of the former.
    await page.clock.runFor(15_000);
    await page.evaluate(() => Object.defineProperty(document, "hidden", { value: false, configurable: true }));
    await open();
    await page.clock.runFor(19_000);
    assert.equal(await shown.count(), 1, "nor by the time of the look before");
    await page.clock.runFor(2_000);
    await shown.waitFor({ state: "detached" });
    visitor.check();
  }));

test("a duplicate is pointed at before it is made", () =>
  signedIn(async (visitor, page) => {
    visitor.expect(409);
    await make(page, "contacts", { Name: "Isolde Farrow", Email: "isolde@farrow.example" });
    await page.goto("/contacts/new");
    await page.getByLabel("Name", { exact: true }).fill("I. Farrow");
    await page.getByLabel("Email", { exact: true }).fill("ISOLDE@farrow.example");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const hint = page.getByRole("alert").filter({ hasText: "Looks like somebody you have" });
    await hint.getByRole("link", { name: "Isolde Farrow" }).waitFor();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "I. Farrow");
    await page.getByRole("button", { name: "Save anyway" }).click();
    await page.getByRole("heading", { name: "I. Farrow", level: 1 }).waitFor();
  }));

test("lists sort, filter and page, all in the address", () =>
  signedIn(async (_, page) => {
    await page.goto("/contacts");
    assert.equal(await page.locator("tbody tr").count(), 50);
    const first = await page.locator("tbody tr th").first().innerText();
    await page.getByRole("link", { name: "Next page" }).click();
    await page.waitForURL(/after=/);
    assert.notEqual(await page.locator("tbody tr th").first().innerText(), first);
    await page.goBack();
    await page.waitForURL((url) => !url.search.includes("after="));
    await page.getByRole("link", { name: "Next page" }).waitFor();

    await page.getByRole("button", { name: "Filter" }).click();
    const menu = page.locator("#filter-menu");
    await menu.getByLabel("Field").selectOption({ label: "Email" });
    await menu.getByLabel("Value").fill("isolde@farrow.example");
    await menu.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/f=email/);
    await page.getByText("Isolde Farrow").first().waitFor();
    await page.locator(".chip").getByRole("link").click();
    await page.waitForURL((url) => !url.search.includes("f="));
  }));

test("an unknown address says so, and so does a record that is not there", () =>
  signedIn(async (visitor, page) => {
    visitor.expect(404);
    for (const address of ["/nothing/here/at/all", "/contacts/01a21387-2280-728e-97a1-370db0be5abe", "/gadgets"]) {
      const answer = await page.goto(address);
      assert.equal(answer?.status(), 404, address);
      await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
      await page.getByRole("link", { name: "Go to the start page" }).waitFor();
    }
  }));
