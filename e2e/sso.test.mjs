// Signing in with a company's identity provider: a real one, there and back in a real browser.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { launch, visit } from "./lib/browser.mjs";
import { Idp } from "./lib/idp.mjs";
import { Server } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { arrive, hasLine, logLines, signIn } from "./lib/steps.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
/** @type {Idp} */
let idp;

before(async () => {
  browser = await launch();
  idp = await new Idp().listen();
  server = new Server();
  const secret = path.join(server.scratch, "secret");
  writeFileSync(secret, `${idp.secret}\n`, { mode: 0o600 });
  await (await server.configure(idp.settings(secret)).init()).start();
  idp.serve(server.url);
});
after(async () => {
  await browser?.close();
  await server?.remove();
  await idp?.close();
});

/** @param {Page} page */
const goOn = (page) => page.getByRole("button", { name: "Continue with Brightloom ID" }).click();

/** @param {Page} page */
const clean = async (page) => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
};

/** Signs in with the provider, from the door to the start page. @param {Page} page */
const enter = async (page) => {
  await page.goto("/sign-in");
  await goOn(page);
  await arrive(page);
};

test("whoever has not connected their account is not recognised, whatever their address", async () => {
  await visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(401).allow(idp.url);
    idp.person = "ada";
    await page.goto("/sign-in");
    await shoot(page, "sso-door");
    await clean(page);
    await goOn(page);
    await page.getByText("This company account is not connected to anybody here").waitFor();
    await shoot(page, "sso-unknown");
    await clean(page);
    assert.equal(new URL(page.url()).origin, server.url);
  });
});

test("connected once, it signs in, and everything is in the log", async () => {
  await visit(browser, server, {}, async (visitor, page) => {
    visitor.allow(idp.url);
    idp.person = "mei";
    await page.goto("/sign-in");
    await signIn(page);
    await arrive(page);
    await page.goto("/settings/account");
    await page.getByRole("button", { name: "Connect Brightloom ID" }).click();
    await page.getByRole("button", { name: "Disconnect" }).waitFor();
    await shoot(page, "sso-account");
    await clean(page);
  });
  await visit(browser, server, {}, async (visitor, page) => {
    visitor.allow(idp.url);
    await enter(page);
    await page.goto("/ledger");
    const lines = await logLines(page);
    hasLine(lines, "signed in");
    hasLine(lines, "added a way to sign in");
  });
});

test("a provider whose word was changed on the way is not believed", async () => {
  await visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(401).allow(idp.url);
    const refused = async () => {
      await page.goto("/sign-in");
      await goOn(page);
      await page.getByText("cannot be trusted").waitFor();
    };
    // A token that the real provider signed, for another nonce: what somebody in between would replay.
    idp.meddle = (url) => url.replace(/nonce=[^&]+/, "nonce=of-another-sign-in");
    await refused();
    idp.meddle = (url) => url;
    // Sent back in the name of another provider (mix-up).
    idp.mislead = (url) => url.replace(/iss=[^&]+/, "iss=https%3A%2F%2Fevil.example");
    await refused();
    idp.mislead = (url) => url;
    await enter(page);
  });
});

test("the provider signs with another of its keys, and nobody notices", async () => {
  idp.rotate(server.url);
  await visit(browser, server, {}, async (visitor, page) => {
    visitor.allow(idp.url);
    await enter(page);
  });
});

test("signing out here leads on to the provider and back", async () => {
  await visit(browser, server, {}, async (visitor, page) => {
    visitor.allow(idp.url);
    await enter(page);
    await page.goto("/settings/account");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("button", { name: "Sign out here" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.equal(new URL(page.url()).origin, server.url);
  });
});

test("signed out at the provider, signed out here", async () => {
  await visit(browser, server, {}, async (visitor, page) => {
    visitor.allow(idp.url);
    await enter(page);
    const told = idp.told;
    await page.goto(`${idp.url}/session/end`);
    await page.getByRole("button", { name: "Sign out here" }).click();
    await page.getByText("You are out").waitFor();
    assert.equal(idp.told, told + 1, "the provider told us, and we took it");
    await page.goto("/contacts");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});
