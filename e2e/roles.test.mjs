// Colleagues: what belongs to somebody else is not there, not only hidden.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { launch, visit } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { ask, join, make, session } from "./lib/steps.mjs";

/** @typedef {import("./lib/browser.mjs").ContextOptions["storageState"]} State */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;
/** @type {State} */
let manager;
/** @type {State} */
let noor;
/** @type {State} */
let ivo;
/** @type {State} */
let viewer;

before(async () => {
  browser = await launch();
  server = await serve();
  // Closing an account is dangerous, and these browsers hold no passkey.
  await server.must("policy", "set", "--danger", "single");
  manager = await session(browser, server);
  const invite = async (/** @type {string} */ email, /** @type {string} */ name, /** @type {string} */ password, role = "agent") =>
    join(browser, server, await server.invite(email, name, role), password);
  noor = await invite("noor@brightloom.example", "Noor Haddad", "lantern-orbit-thimble-29");
  ivo = await invite("ivo@brightloom.example", "Ivo Brandt", "gravel-saffron-kettle-83");
  viewer = await invite("vera@brightloom.example", "Vera Lund", "marble-turnip-zenith-57", "viewer");
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("an agent does not see a colleague's contact, by any way", async () => {
  let address = "";
  await visit(browser, server, { storageState: noor }, async (_, page) => {
    const values = { Name: "Clementine Vasquez", Email: "clementine@vasquez.example", Phone: "+47 955 77 321", "National ID": "05108934567" };
    address = await make(page, "contacts", values);
    await page.goto("/contacts");
    await page.getByRole("link", { name: "Clementine Vasquez" }).waitFor();
  });
  await visit(browser, server, { storageState: ivo }, async (visitor, page) => {
    visitor.expect(404);
    for (const part of ["", "/edit", "?tab=access"]) {
      const answer = await page.goto(address + part);
      assert.equal(answer?.status(), 404, part);
      assert.ok(!(await page.content()).includes("Clementine"));
    }
    await page.goto("/contacts");
    await page.locator("main .empty").waitFor();
    for (const text of ["clementine", "clementine@vasquez.example", "95577321"]) {
      const list = await ask(page, text);
      assert.equal(await list.getByText("Clementine").count(), 0, text);
      await page.keyboard.press("Escape");
    }
    // Neither what would change it, nor what would uncover it.
    const statuses = await page.evaluate(async (base) => {
      const csrf = document.querySelector("input[name=csrf]")?.getAttribute("value") ?? "";
      const acts = ["", "/delete", "/restore", "/note", "/reveal/national_id"];
      const send = (/** @type {string} */ act) =>
        fetch(base + act, { method: "POST", body: new URLSearchParams({ csrf, name: "Taken over", text: "x", version: "1" }), redirect: "manual" });
      return Promise.all(acts.map(async (act) => [act, (await send(act)).status]));
    }, address);
    for (const [act, status] of statuses) assert.equal(status, 404, `POST ${act}`);
  });
  await visit(browser, server, { storageState: manager }, async (_, page) => {
    await page.goto(address);
    await page.getByRole("heading", { name: "Clementine Vasquez", level: 1 }).waitFor();
    await page.goto(`${address}?tab=access`);
    await page.getByRole("row", { name: /Ivo Brandt.*refused/ }).first().waitFor();
  });
});

test("a link that an agent may not follow is not named either", async () => {
  let deal = "";
  await visit(browser, server, { storageState: manager }, async (_, page) => {
    await make(page, "contacts", { Name: "Thaddeus Undercroft" });
    deal = await make(page, "deals", { Name: "Cellar doors", Contact: "Thaddeus Undercroft" });
    await page.goto(deal);
    await page.getByRole("link", { name: "Thaddeus Undercroft" }).first().waitFor();
  });
  await visit(browser, server, { storageState: noor }, async (visitor, page) => {
    visitor.expect(404, 422);
    const answer = await page.goto(deal);
    assert.equal(answer?.status(), 404);
    // The name of somebody one may not see cannot be found out by linking to them.
    await page.goto("/deals/new");
    await page.getByLabel("Name", { exact: true }).fill("Guessing");
    await page.getByLabel("Contact", { exact: true }).fill("Thaddeus Undercroft");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("There is nothing of this name that you may see.").waitFor();
  });
});

test("a viewer reads, and is offered nothing that changes anything", () =>
  visit(browser, server, { storageState: viewer }, async (visitor, page) => {
    await page.goto("/contacts");
    await page.getByRole("link", { name: "Clementine Vasquez" }).click();
    await page.getByRole("heading", { name: "Clementine Vasquez", level: 1 }).waitFor();
    for (const name of [/^Edit/, /^More/, /^Delete/, /Save note/, /^Reveal/]) {
      assert.equal(await page.getByRole("button", { name }).count(), 0, String(name));
    }
    assert.equal(await page.getByRole("link", { name: /^New/ }).count(), 0);
    visitor.expect(403, 404);
    for (const address of ["/contacts/new", "/import", "/ledger", "/settings/people"]) {
      const answer = await page.goto(address);
      assert.ok([403, 404].includes(answer?.status() ?? 0), `${address}: ${answer?.status()}`);
    }
  }));

test("somebody who was disabled is out at once", async () => {
  await visit(browser, server, { storageState: ivo }, async (_, page) => {
    await page.goto("/contacts");
    await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();
    await visit(browser, server, { storageState: manager }, async (_own, people) => {
      await people.goto("/settings/people");
      const row = people.getByRole("row", { name: /Ivo Brandt/ });
      await row.getByRole("button", { name: "Disable" }).click();
      await people.getByRole("row", { name: /Ivo Brandt/ }).getByText("Disabled").waitFor();
      // One click, and one click back; who takes on the records is asked afterwards.
      await people.locator("#toasts").getByText("The account of Ivo Brandt is closed").waitFor();
      await shoot(people, "people-closed");
      await row.locator("summary", { hasText: "Hand records over" }).click();
      await clean(people);
      await shoot(people, "people-handing");
      await visit(browser, server, { storageState: manager, locale: "zh-CN" }, async (_other, zh) => {
        await zh.goto("/settings/people");
        const left = zh.getByRole("row", { name: /Ivo Brandt/ });
        await left.locator("summary", { hasText: "移交记录" }).click();
        await left.getByRole("button", { name: "移交", exact: true }).click();
        await left.getByText("正在移交给").or(left.getByText("条记录已移交给")).waitFor();
        await shoot(zh, "people-handed-zh");
      });
    });
    await page.goto("/contacts");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});

test("a matrix edit changes within two seconds what another browser may see", async () => {
  await visit(browser, server, { storageState: noor }, async (visitor, page) => {
    visitor.expect(403);
    await make(page, "contacts", { Name: "Ottoline Greaves", City: "Bergen" });
    await page.goto("/contacts");
    await page.getByRole("link", { name: "Ottoline Greaves" }).waitFor();
    await visit(browser, server, { storageState: manager }, async (__, admin) => {
      await admin.goto("/settings/roles");
      await admin.getByRole("link", { name: "Agent", exact: true }).click();
      await admin.getByLabel("Contacts: See").selectOption("none");
      await admin.getByRole("button", { name: "Save" }).click();
      await admin.getByText("Saved").first().waitFor();
    });
    const since = Date.now();
    let answer = await page.goto("/contacts");
    while (answer?.status() !== 403 && Date.now() - since < 2000) answer = await page.goto("/contacts");
    assert.equal(answer?.status(), 403);
    assert.ok(!(await page.content()).includes("Ottoline"));
  });
  await visit(browser, server, { storageState: manager }, async (_, page) => {
    await page.goto("/settings/roles/agent");
    await page.getByRole("button", { name: "Back to how it was delivered" }).click();
    await page.getByRole("heading", { name: "Roles and teams" }).waitFor();
  });
});

test("a role that watches over others waits for a second person", () =>
  visit(browser, server, { storageState: manager }, async (visitor, page) => {
    visitor.expect(422);
    await page.goto("/settings/people");
    const row = page.getByRole("row", { name: /Noor/ });
    await row.locator("summary", { hasText: "Rights" }).click();
    await shoot(page, "oversight-rights");
    await row.getByLabel("Auditor", { exact: true }).check();
    await row.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { name: "A second person has to agree" }).waitFor();
    await clean(page);
    await shoot(page, "oversight-ask");
    await page.getByLabel("Why this is needed").fill("Yearly audit");
    await page.getByRole("button", { name: "Ask a second person" }).click();
    await page.waitForURL(/\/approvals\//);
    await page.getByText("Yearly audit").first().waitFor();
    await clean(page);
    await shoot(page, "oversight-asked");
    visitor.check();
  }));
