// Whether everything stands as the program wrote it: looked through on a page, and what a vandal did is found and named.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { visit } from "./lib/browser.mjs";
import { house } from "./lib/house.mjs";
import { shoot } from "./lib/shots.mjs";
import { make } from "./lib/steps.mjs";

const its = house();

const skip = spawnSync("python3", ["-c", "import sqlite3"]).status === 0 ? false : "python3 with sqlite3 is not present";

/** Changes the database from outside. @param {string} statement */
const meddle = (statement) => {
  const program = `import sqlite3\ndb = sqlite3.connect(${JSON.stringify(path.join(its.server.data, "custos.db"))})\ndb.execute(${JSON.stringify(statement)})\ndb.commit()\n`;
  const ended = spawnSync("python3", ["-c", program], { encoding: "utf8" });
  assert.equal(ended.status, 0, ended.stderr);
};

/** Looks at the page until something is there. @param {import("playwright-core").Page} page @param {import("playwright-core").Locator} there */
const looked = async (page, there) => {
  for (let tries = 0; tries < 60 && !(await there.isVisible()); tries += 1) {
    await page.waitForTimeout(500);
    await page.goto("/settings/integrity");
  }
  await there.waitFor();
};

test("all is well, somebody changes a record past the program, and the page names it", { skip }, () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (visitor, page) => {
    visitor.expect(500); // What was altered is refused.
    const address = await make(page, "contacts", { Name: "Ottoline Marsh", City: "Whitby" });
    await make(page, "contacts", { Name: "Ferdinand Holm", City: "Aarhus" });
    await page.goto("/");
    await page.getByRole("link", { name: "Integrity" }).click();
    const again = page.getByRole("button", { name: "Look through it now" });
    await looked(page, again);
    await again.click();
    await looked(page, page.getByText("Everything stands as it was written"));
    await clean(page);
    await shoot(page, "integrity-well-en");
    meddle("update r_contact set stage = 'customer' where id = (select id from r_contact order by id limit 1)");
    await page.goto(address);
    await looked(page, again);
    await again.click();
    const found = page.locator(".line-item").filter({ hasText: "was altered outside of the program" });
    await looked(page, found);
    assert.ok((await found.innerText()).includes(address.split("/").pop() ?? "?"));
    assert.ok(!(await page.content()).includes("Ottoline"));
    await clean(page);
    await shoot(page, "integrity-found-en");
    await page.goto("/contacts");
    await page.getByRole("link", { name: "Ferdinand Holm" }).first().waitFor();
    await page.getByText("altered outside Custos: not shown").waitFor();
    assert.ok(!(await page.content()).includes("Erased person"));
    assert.ok(!(await page.content()).includes("Ottoline"));
    await shoot(page, "list-damaged-en");
    await page.getByRole("button", { name: "中文" }).filter({ visible: true }).click();
    await page.getByRole("link", { name: "首页" }).first().waitFor();
    await page.goto("/settings/integrity");
    await page.getByText("在程序之外被篡改").waitFor();
    await clean(page);
    await shoot(page, "integrity-found-zh");
  }));

test("rights that somebody gave by a row are named, and nobody has them", { skip }, () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (visitor, page) => {
    visitor.expect(403); // What was altered is refused.
    meddle(
      "insert into record_share (id, object, record_id, user_id, may_change, until, by_user, created_at) select randomblob(16), 'contact', randomblob(16), randomblob(16), 1, 9000000000000000, id, 1 from app_user limit 1",
    );
    await page.goto("/settings/integrity");
    await page.getByRole("button", { name: "立即检查" }).click();
    const found = page.locator(".line-item").filter({ hasText: "记录共享" });
    await looked(page, found);
    await clean(page);
    await shoot(page, "integrity-rights-zh");
    meddle("delete from record_share");
    // An account that was altered: its owner is told, in the language of the browser, and sees nothing else.
    meddle("update app_user set state = state, roles = roles || ' '");
    await page.waitForTimeout(2500);
    await page.goto("/contacts");
    await page.getByText("This was altered outside Custos").waitFor();
    await clean(page);
    await shoot(page, "row-altered-en");
    meddle("update app_user set roles = rtrim(roles)");
    await page.waitForTimeout(2500);
    await page.goto("/contacts");
    await page.getByRole("link", { name: "Ferdinand Holm" }).first().waitFor();
  }));
