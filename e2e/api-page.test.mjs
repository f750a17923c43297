// The API, shown to people: from one's own account to a request that can be copied and does what it says.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { clean as audit } from "./lib/axe.mjs";
import { launch, visit } from "./lib/browser.mjs";
import { founder, Server } from "./lib/server.mjs";
import { session } from "./lib/steps.mjs";
import { shoot } from "./lib/shots.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;

before(async () => {
  browser = await launch();
  server = await (await new Server().init()).start();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("somebody who writes programs finds the API, copies a request, and it works", async () => {
  const own = await session(browser, server);
  let command = "";
  await visit(browser, server, { storageState: own }, async (_, page) => {
    await page.goto("/settings/account");
    await page.getByRole("link", { name: "Show the API" }).click();
    await page.getByRole("heading", { name: "API", level: 1 }).waitFor();
    await audit(page);
    await shoot(page, "api");
    await page.getByRole("link", { name: "Contacts", exact: true }).last().click();
    const make = page.locator("#createContact");
    await make.getByText("Parameters").first().click();
    await make.getByText("Idempotency-Key", { exact: true }).waitFor();
    await page.locator("th", { hasText: "national_id" }).waitFor();
    await audit(page);
    await shoot(page, "api-contacts");
    command = (await make.locator("pre").textContent()) ?? "";
  });
  const token = (await server.must("token", "create", "--user", founder.email, "--expires", "1d")).trim();
  const { stdout } = await promisify(execFile)("sh", ["-c", `${command.replace("$(uuidgen)", "once")} -s`], { env: { ...process.env, TOKEN: token } });
  assert.equal(JSON.parse(stdout).object, "contact", stdout);
  await visit(browser, server, { storageState: own, locale: "zh-CN" }, async (_, page) => {
    await page.goto("/settings/account/api?of=Contacts");
    await page.locator("#createContact details summary").click();
    await page.getByRole("heading", { name: "字段", exact: true }).waitFor();
    await audit(page);
    await shoot(page, "api-zh");
  });
});
