// Bringing in what a company has: companies, then deals that name them, then people.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { visit } from "./lib/browser.mjs";
import * as data from "./lib/data.mjs";
import { house } from "./lib/house.mjs";
import { figure, importFile, written } from "./lib/steps.mjs";
import { shoot } from "./lib/shots.mjs";

/** @typedef {import("./lib/data.mjs").Table} Table */

const its = house();

/** Takes a file beside the project, or an invented one. @param {string} name @param {() => Table} invent */
const take = (name, invent) => {
  const file = data.beside(name);
  if (file) return { file, table: data.readTable(file), real: true };
  const table = invent();
  return { file: data.keep(its.server.scratch, name.replaceAll("/", "-"), table), table, real: false };
};

/** @param {import("node:test").TestContext} t @param {string} name @param {{ real: boolean }} taken */
const say = (t, name, taken) => t.diagnostic(taken.real ? `with ${name}` : `${name} is not present: with invented rows`);

const ACCOUNTS = "crm/maven/accounts.csv";
const PIPELINE = "crm/maven/sales_pipeline.csv";
const CUSTOMERS = "crm/datablist/customers-1000.csv";

const firms = () => take(ACCOUNTS, () => data.companies(85));
const sales = () => take(PIPELINE, () => data.deals(1_200, data.column(firms().table, "account")));
const people = () => take(CUSTOMERS, () => data.contacts(300));

/** What the file's stages become. */
const STAGES = /** @type {const} */ ({ Won: "won", Lost: "lost", Engaging: "discovery", Prospecting: "qualified" });

/** The number of records a list says it has. @param {import("playwright-core").Page} page @param {string} address */
const total = async (page, address) => {
  await page.goto(address);
  return (await page.locator("header.top .total").innerText()).trim();
};

test("companies come in, and the same file again changes nothing", (t) =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    const taken = firms();
    say(t, ACCOUNTS, taken);
    const n = written(taken.table.rows.length);
    const first = await importFile(page, "Companies", taken.file, { onCheck: (p) => shoot(p, "import-check-en") });
    assert.deepEqual(first.promised, { rows: n, fresh: n, known: "0", wrong: "0" });
    assert.deepEqual(first.came, { fresh: n, wrong: "0" });
    assert.equal(await total(page, "/companies"), n);

    await page.goto("/import");
    await page.getByLabel("What is in the file?").selectOption({ label: "Companies" });
    await page.locator("input[type=file]").setInputFiles(taken.file);
    await page.getByRole("button", { name: "Check the file" }).click();
    await page.getByRole("heading", { name: `${n} rows: 0 new, ${n} already here, 0 wrong` }).waitFor();
    assert.equal(await figure(page, "Already here"), n);
    assert.equal(await total(page, "/companies"), n);
  }));

test("deals come in, each at its stage and with its company", (t) =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    const taken = sales();
    say(t, PIPELINE, taken);
    const { table } = taken;
    const n = written(table.rows.length);
    const { promised, came } = await importFile(page, "Deals", taken.file, { onColumns: (p) => shoot(p, "import-columns-en") });
    assert.deepEqual(promised, { rows: n, fresh: n, known: "0", wrong: "0" });
    assert.deepEqual(came, { fresh: n, wrong: "0" });

    const counts = data.tally(data.column(table, "deal_stage"));
    for (const [theirs, ours] of Object.entries(STAGES)) {
      assert.equal(await total(page, `/deals?as=list&f=stage:is:${ours}`), written(counts[theirs] ?? 0), theirs);
    }
    // The name of a product as this file spells it, which is not how the list of products does.
    const products = data.tally(data.column(table, "product"));
    assert.equal(await total(page, "/deals?as=list&f=product:is:GTXPro"), written(products.GTXPro ?? 0));
    assert.equal(await total(page, "/deals?as=list&f=product:is:GTX%20Pro"), written(products["GTX Pro"] ?? 0));

    const without = data.column(table, "account").filter((name) => !name).length;
    assert.equal(await total(page, "/deals?as=list&f=company:empty"), written(without));
  }));

test("the board counts and sums what the file holds", (t) =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    const taken = sales();
    say(t, PIPELINE, taken);
    const stages = data.column(taken.table, "deal_stage");
    const amounts = data.column(taken.table, "close_value").map((text) => Number(text || 0));
    const counts = data.tally(stages);
    await page.goto("/deals");
    await shoot(page, "board-en");
    for (const [theirs, ours] of Object.entries(STAGES)) {
      const count = page.locator(`[data-stage="${ours}"] header .count`);
      assert.equal((await count.innerText()).trim(), written(counts[theirs] ?? 0), theirs);
    }
    const won = amounts.reduce((sum, amount, at) => (stages[at] === "Won" ? sum + amount : sum), 0);
    const sum = (await page.locator('[data-stage="won"] header .sum').innerText()).trim();
    const [, digits = "", unit = ""] = /([\d.,]+)([KM]?)/.exec(sum) ?? [];
    const shown = Number(digits.replaceAll(",", "")) * ({ K: 1e3, M: 1e6 }[unit] ?? 1);
    assert.ok(Math.abs(shown - won) <= won * 0.05, `the board says ${sum}, the file ${won}`);
    assert.equal(await page.locator('[data-stage="proposal"] .deal').count(), 0);
  }));

test("single deals hold what their rows say", (t) =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    const taken = sales();
    say(t, PIPELINE, taken);
    const { table } = taken;
    const [ids, names, stages, values, closed] = ["opportunity_id", "account", "deal_stage", "close_value", "close_date"].map(
      (name) => data.column(table, name),
    );
    const at = [0, 1, 2].map((n) => Math.floor((n * table.rows.length) / 3)).filter((n) => stages?.[n] === "Won");
    assert.ok(at.length > 0 || stages?.includes("Won"));
    const chosen = at.length ? at : [stages?.indexOf("Won") ?? 0];
    for (const row of chosen) {
      await page.goto(`/search?q=${ids?.[row]}`);
      await page.locator("main a.opt").first().click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      const shown = (/** @type {string} */ name) => page.locator(`[data-field="${name}"] .shown`).innerText();
      assert.equal((await shown("reference")).trim(), ids?.[row]);
      assert.equal((await shown("stage")).trim(), "Won");
      assert.match(await shown("amount"), new RegExp(`^.?${written(Number(values?.[row]))}$`));
      if (names?.[row]) assert.ok((await shown("company")).includes(names[row]), await shown("company"));
      const [year, month, day] = (closed?.[row] ?? "").split("-").map(Number);
      const input = page.locator('[data-field="close_date"] input[type=date]');
      assert.equal(await input.inputValue(), closed?.[row], `${year}-${month}-${day}`);
    }
  }));

test("people come in, and missing companies are made when that is wanted", (t) =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    const taken = people();
    say(t, CUSTOMERS, taken);
    const { table } = taken;
    const n = written(table.rows.length);
    const before = Number((await total(page, "/companies")).replaceAll(",", ""));
    const named = new Set(data.column(table, "Company").filter(Boolean));
    const known = new Set(data.column(firms().table, "account"));
    const missing = [...named].filter((name) => !known.has(name)).length;

    const { promised, came } = await importFile(page, "Contacts", taken.file, { make: true });
    assert.deepEqual(promised, { rows: n, fresh: n, known: "0", wrong: "0" });
    assert.deepEqual(came, { fresh: n, wrong: "0" });
    assert.equal(await total(page, "/contacts"), n);
    assert.equal(await total(page, "/companies"), written(before + missing));
    await page.goto("/contacts");
    await shoot(page, "list-en");
  }));

test("a file with wrong rows says which, and takes the others", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    const table = data.contacts(12, 99);
    const [header, rows] = [table.header, table.rows.map((row, at) => [`W${at}`, ...row.slice(1)])];
    const email = header.indexOf("Email");
    rows.forEach((row, at) => (row[email] = `w${at}@other-mail.example`));
    const wrong = rows[4] ?? [];
    wrong[email] = "not an address";
    rows.forEach((row, at) => (row[5] = `+47 955 00 1${String(at).padStart(2, "0")}`));
    const file = data.keep(its.server.scratch, "wrong.csv", { header, rows });
    const { promised, came } = await importFile(page, "Contacts", file, {
      onCheck: async (p) => {
        const line = p.getByRole("row", { name: /not an e-mail address/ });
        assert.match(await line.innerText(), /^6\s+Email/);
      },
    });
    assert.deepEqual(promised, { rows: "12", fresh: "11", known: "0", wrong: "1" });
    assert.deepEqual(came, { fresh: "11", wrong: "1" });
    await page.getByRole("row", { name: /not an e-mail address/ }).waitFor();
  }));

test("a file that is no table is refused on the page, and the page stays", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (visitor, page) => {
    visitor.expect(415, 422, 400);
    await page.goto("/import");
    const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
    await page.locator("input[type=file]").setInputFiles({ name: "photo.csv", mimeType: "text/csv", buffer: png });
    await page.getByRole("alert").waitFor();
    await page.getByLabel("What is in the file?").waitFor();
  }));

test("columns can be matched by hand, and a new import is listed among the earlier ones", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (_, page) => {
    const table = { header: ["alpha", "beta"], rows: [["Sunniva Kvist", "sunniva@kvist.example"]] };
    const file = data.keep(its.server.scratch, "hand.csv", table);
    assert.match(readFileSync(file, "utf8"), /^alpha,beta\n/);
    await importFile(page, "Contacts", file, {
      onColumns: async (p) => {
        await p.getByLabel("alpha: Becomes").selectOption({ label: "Name" });
        await p.getByLabel("beta: Becomes").selectOption({ label: "Email" });
      },
    });
    await page.getByRole("link", { name: "Open the list" }).click();
    await page.getByRole("link", { name: "Sunniva Kvist" }).waitFor();
    await page.goto("/import");
    await page.getByRole("heading", { name: "Earlier imports" }).waitFor();
  }));
