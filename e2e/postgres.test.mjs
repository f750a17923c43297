// The same by way of PostgreSQL: a short day's work, a restart, and the proof of the ledger.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { launch, visit } from "./lib/browser.mjs";
import * as data from "./lib/data.mjs";
import { serve } from "./lib/server.mjs";
import { ask, changeInPlace, field, importFile, make, session } from "./lib/steps.mjs";

const cluster = process.env.CUSTOS_TEST_POSTGRES;
const name = `custos_e2e_${process.pid}`;

/** Debian keeps its programs apart, by version. */
const psql = () => {
  const versions = "/usr/lib/postgresql";
  const found = existsSync(versions) ? readdirSync(versions).map((version) => path.join(versions, version, "bin/psql")) : [];
  return found.find((file) => existsSync(file)) ?? "psql";
};

/** Runs a statement on the cluster. @param {string} statement */
const tell = (statement) => {
  const ended = spawnSync(psql(), ["--quiet", "--no-psqlrc", "--dbname", cluster ?? "", "--command", statement], { encoding: "utf8" });
  assert.equal(ended.status, 0, ended.stderr || String(ended.error));
};

describe("on PostgreSQL", { skip: cluster ? false : "CUSTOS_TEST_POSTGRES is not set" }, () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("./lib/server.mjs").Server} */
  let server;
  /** @type {import("./lib/browser.mjs").ContextOptions["storageState"]} */
  let storageState;

  before(async () => {
    tell(`create database ${name}`);
    const url = new URL(cluster ?? "");
    url.pathname = `/${name}`;
    browser = await launch();
    server = await serve(url.href);
    storageState = await session(browser, server);
  });
  after(async () => {
    await browser?.close();
    await server?.remove();
    tell(`drop database if exists ${name}`);
  });

  test("files come in", () =>
    visit(browser, server, { storageState }, async (_, page) => {
      const firms = data.companies(30);
      const companies = await importFile(page, "Companies", data.keep(server.scratch, "firms.csv", firms));
      assert.deepEqual(companies.came, { fresh: "30", wrong: "0" });
      const deals = data.deals(200, data.column(firms, "account"));
      const came = await importFile(page, "Deals", data.keep(server.scratch, "deals.csv", deals));
      assert.deepEqual(came.came, { fresh: "200", wrong: "0" });
      const won = data.column(deals, "deal_stage").filter((stage) => stage === "Won").length;
      await page.goto("/deals");
      assert.equal((await page.locator('[data-stage="won"] header .count').innerText()).trim(), String(won));
    }));

  test("a contact is made, changed, found, and still there after a restart", async () => {
    let address = "";
    await visit(browser, server, { storageState }, async (_, page) => {
      address = await make(page, "contacts", { Name: "Ludmila Ostrander", "Job title": "Glazier" });
      await page.goto(address);
      await changeInPlace(page, "title", "Job title", "Master glazier");
      await (await ask(page, "ostrander")).getByRole("option", { name: /Ludmila Ostrander/ }).waitFor();
    });
    assert.equal(await server.stop(), 0);
    await server.start();
    await visit(browser, server, { storageState }, async (_, page) => {
      await page.goto(address);
      assert.equal((await field(page, "title").locator(".shown").innerText()).trim(), "Master glazier");
      await page.locator("li.ev del").getByText("Glazier").waitFor();
    });
  });

  test("the ledger is sound", async () => {
    const { code, stdout } = await server.command("ledger", "verify");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /the ledger is sound/);
  });
});
