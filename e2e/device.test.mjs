// Sessions are tied to the browser they were started in: what a copy of the cookie is worth elsewhere, and that its owner notices nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Visitor, launch } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { shoot } from "./lib/shots.mjs";
import { arrive, keyless, signIn } from "./lib/steps.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;

before(async () => {
  browser = await launch();
  server = await serve();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** Somebody who is signed in with a key. */
const owner = async () => {
  const visitor = await Visitor.open(browser, server);
  const page = await visitor.page("/sign-in");
  await signIn(page);
  await arrive(page);
  return { visitor, page };
};

/** @param {Visitor} visitor */
const cookie = async (visitor) => {
  const found = (await visitor.context.cookies()).find((one) => one.name === "__Host-custos");
  assert.ok(found);
  return found;
};

/** Signs, as the script does every few minutes. @param {import("playwright-core").Page} page @returns {Promise<boolean>} */
const sign = (page) =>
  page.evaluate(async () => {
    const script = /** @type {HTMLScriptElement} */ (document.querySelector("script[src$='shell.js']"));
    const { prove } = await import(script.src.replace("shell.js", "device.js"));
    return prove();
  });

/** Signs twice, so that the cookie from before is long gone; returns that. @param {Visitor} visitor @param {import("playwright-core").Page} page */
const old = async (visitor, page) => {
  const before = await cookie(visitor);
  assert.equal(await sign(page), true);
  assert.equal(await sign(page), true);
  assert.notEqual((await cookie(visitor)).value, before.value);
  return before;
};

test("a sign-in makes a key that does not leave the browser", async () => {
  const { visitor, page } = await owner();
  assert.match((await page.locator("body").getAttribute("data-fresh")) ?? "", /^(300|29\d)$/);
  const kept = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("custos", 1);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const asking = opening.result.transaction("device").objectStore("device").get("key");
          asking.onsuccess = () => resolve([asking.result.privateKey.extractable, asking.result.privateKey.usages]);
        };
      }),
  );
  assert.deepEqual(kept, [false, ["sign"]]);
  visitor.check();
  await visitor.close();
});

test("a copied cookie opens nothing in another browser once its owner's has signed", async () => {
  const { visitor, page } = await owner();
  const copied = await old(visitor, page);
  const thief = await Visitor.open(browser, server);
  thief.expect(401);
  await thief.context.addCookies([copied]);
  const theirs = await thief.page("/contacts");
  await theirs.getByRole("heading", { name: "This browser could not be recognised" }).waitFor();
  await shoot(theirs, "device-unsigned");
  assert.equal(await theirs.getByRole("link", { name: "Sign in" }).getAttribute("href"), "/sign-in?next=%2Fcontacts");
  await page.goto("/contacts");
  await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();
  thief.check();
  visitor.check();
  await thief.close();
  await visitor.close();
});

test("without scripts the page says to sign in again", async () => {
  const { visitor, page } = await owner();
  const copied = await old(visitor, page);
  const plain = await Visitor.open(browser, server, { javaScriptEnabled: false });
  plain.expect(401);
  await plain.context.addCookies([copied]);
  const theirs = await plain.page("/");
  await theirs.getByText("Sign in again to go on").waitFor();
  await shoot(theirs, "device-signing");
  await theirs.getByRole("link", { name: "Sign in" }).click();
  await signIn(theirs);
  await arrive(theirs);
  assert.equal(await theirs.locator("body").getAttribute("data-fresh"), null);
  await plain.close();
  await visitor.close();
});

test("the owner's browser signs and goes on, on a page and in it", async () => {
  const { visitor, page } = await owner();
  visitor.expect(401);
  const before = await old(visitor, page);
  await visitor.context.addCookies([before]);
  await page.goto("/companies");
  await page.getByRole("heading", { name: "Companies", level: 1 }).waitFor();
  assert.notEqual((await cookie(visitor)).value, before.value);
  await visitor.context.addCookies([before]);
  await page.getByRole("link", { name: "Tasks" }).first().click();
  await page.getByRole("heading", { name: "Tasks", level: 1 }).waitFor();
  // A form that is swapped in is sent again by itself.
  await page.goto("/contacts/new");
  await visitor.context.addCookies([before]);
  const form = page.locator("main form").filter({ has: page.getByRole("button", { name: "Save", exact: true }) });
  await form.getByLabel("Name", { exact: true }).first().fill("Ines Falk");
  await form.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(/\/contacts\/[0-9a-f-]{36}/);
  visitor.check();
  await visitor.close();
});

test("a dangerous act is signed for before it is asked, and a copied cookie does none", async () => {
  const { visitor, page } = await owner();
  visitor.expect(403);
  const copied = await cookie(visitor);
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => {
    if (request.method() === "POST") asked.push(`${new URL(request.url()).pathname} ${request.postData()?.match(/purpose=(\w+)/)?.[1] ?? ""}`);
  });
  await page.goto("/settings/people");
  const form = page.locator("form[action='/settings/people']");
  await form.getByLabel("Name").fill("Ines Falk");
  await form.getByLabel("Email").fill("ines@brightloom.example");
  const sent = page.waitForResponse((answer) => answer.url().endsWith("/settings/people") && answer.request().method() === "POST");
  await form.getByRole("button").last().click();
  assert.equal((await sent).headers()["x-prove"], undefined);
  assert.deepEqual(asked, ["/device/ask act", "/device/prove act", "/settings/people "]);
  const thief = await Visitor.open(browser, server);
  await thief.context.addCookies([copied]);
  const answer = await thief.context.request.post("/settings/people", {
    headers: { origin: server.url },
    form: { name: "Eve", email: "eve@brightloom.example", roles: "viewer" },
  });
  assert.deepEqual([answer.status(), answer.headers()["x-prove"]], [403, "act"]);
  await thief.close();
  await visitor.close();
});

test("a form that the browser sends by itself waits for the signature and goes on", async () => {
  const { visitor, page } = await owner();
  visitor.expect(403);
  await page.goto("/settings/people");
  const form = page.locator("form[action='/settings/people']");
  await form.getByLabel("Name").fill("Quinn & Söhne");
  await form.getByLabel("Email").fill("quinn@brightloom.example");
  // No script sees this.
  await form.evaluate((form) => HTMLFormElement.prototype.submit.call(form));
  await page.getByText("/join/").waitFor();
  await page.getByText("Quinn & Söhne").waitFor();
  visitor.check();
  await visitor.close();
});

test("two tabs sign one after the other and both go on", async () => {
  const { visitor, page } = await owner();
  const other = await visitor.page("/contacts");
  assert.deepEqual(await Promise.all([sign(page), sign(other)]), [true, true]);
  for (const tab of [page, other]) {
    await tab.goto("/companies");
    await tab.getByRole("heading", { name: "Companies", level: 1 }).waitFor();
  }
  visitor.check();
  await visitor.close();
});

test("a browser whose key was wiped signs in again, and a new key is made", async () => {
  const { visitor, page } = await owner();
  visitor.expect(401);
  const before = await old(visitor, page);
  await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const wiping = indexedDB.deleteDatabase("custos");
        wiping.onsuccess = resolve;
        wiping.onerror = reject;
        wiping.onblocked = reject;
      }),
  );
  await visitor.context.addCookies([before]);
  await page.goto("/contacts");
  await page.getByRole("link", { name: "Sign in" }).click();
  await signIn(page);
  await page.getByRole("heading", { name: "Contacts", level: 1 }).waitFor();
  assert.equal(await sign(page), true);
  visitor.check();
  await visitor.close();
});

test("a browser that can keep no key signs in all the same", async () => {
  const visitor = await keyless(await Visitor.open(browser, server));
  const page = await visitor.page("/sign-in");
  await signIn(page);
  await arrive(page);
  assert.equal(await page.locator("body").getAttribute("data-fresh"), null);
  visitor.check();
  await visitor.close();
});
