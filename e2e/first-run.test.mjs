// The first hour: the printed link, the workspace, the first colleague, coming and going.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Visitor, launch, visit } from "./lib/browser.mjs";
import { Server, founder } from "./lib/server.mjs";
import { arrive, hasLine, logLines, signIn } from "./lib/steps.mjs";
import { shoot } from "./lib/shots.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
let link = "";

before(async () => {
  browser = await launch();
  server = await new Server().start();
  link = await server.firstLink();
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

test("a weak password is refused with a reason, and what was typed stays", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(422);
    await page.goto(link);
    await page.getByLabel("Name of your workspace").fill(founder.workspace);
    await page.getByLabel("Your name").fill(founder.name);
    await page.getByLabel("Email").fill(founder.email);
    await page.getByLabel("Password").fill("passwordpassword");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await page.getByText("This would be guessed soon").waitFor();
    assert.equal(await page.getByLabel("Name of your workspace").inputValue(), founder.workspace);
    assert.equal(await page.getByLabel("Email").inputValue(), founder.email);
    assert.equal(await page.getByLabel("Password").inputValue(), "");
    assert.equal(await page.getByLabel("Password").getAttribute("aria-invalid"), "true");
  }));

test("the printed link sets the workspace up, once", async () => {
  await visit(browser, server, {}, async (_, page) => {
    await page.goto(link);
    await shoot(page, "setup-en");
    await page.getByLabel("Name of your workspace").fill(founder.workspace);
    await page.getByLabel("Your name").fill(founder.name);
    await page.getByLabel("Email").fill(founder.email);
    await page.getByLabel("Password").fill(founder.password);
    await page.getByRole("button", { name: "Create workspace" }).click();
    await arrive(page);
    await page.getByRole("navigation", { name: "Menu" }).first().getByText(founder.workspace).waitFor();
  });
  await visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(404);
    const answer = await page.goto(link);
    assert.equal(answer?.status(), 404);
    await page.getByRole("heading", { name: "This link does not work any more" }).waitFor();
    assert.equal(await page.getByLabel("Password").count(), 0);
  });
});

test("after a restart no link is printed", async () => {
  assert.equal(await server.stop(), 0);
  await server.start();
  assert.doesNotMatch(server.said, /\/setup\//);
});

test("a wrong password is refused without saying what was wrong", () =>
  visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(401);
    for (const who of [{ password: "a-quite-different-phrase-7" }, { email: "nobody@brightloom.example" }]) {
      await page.goto("/sign-in");
      await signIn(page, who);
      await page.getByRole("alert").getByText("E-mail address or password is wrong").waitFor();
      assert.equal(await page.getByLabel("Email").inputValue(), who.email ?? founder.email);
      assert.equal(await page.getByLabel("Password").inputValue(), "");
    }
  }));

test("somebody signs in, is led to where they wanted to go, and signs out", () =>
  visit(browser, server, {}, async (visitor, page) => {
    await page.goto("/companies");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await shoot(page, "sign-in-en");
    await signIn(page);
    await page.getByRole("heading", { name: "Companies", level: 1 }).waitFor();
    const cookie = (await visitor.context.cookies()).find(({ name }) => name === "__Host-custos");
    assert.equal(cookie?.name, "__Host-custos");
    assert.ok(cookie?.httpOnly && cookie.secure && cookie.sameSite === "Lax");

    await page.goto("/settings/account");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("You are signed out.").waitFor();
    // By what is left the browser is known at the next sign-in; it opens nothing.
    assert.deepEqual((await visitor.context.cookies()).map(({ name }) => name), ["__Host-custos_device"]);
    await page.goto("/contacts");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goBack();
    assert.equal(await page.getByRole("heading", { name: "My account" }).count(), 0, "nothing is left in the browser");
  }));

test("nobody is led to another site after signing in", () =>
  visit(browser, server, {}, async (_, page) => {
    await page.goto(`/sign-in?next=${encodeURIComponent("//example.com/")}`);
    await signIn(page);
    await arrive(page);
    assert.equal(new URL(page.url()).origin, server.url);
  }));

test("an invitation from the command line is taken while the server runs, once", async () => {
  const invitation = await server.invite("noor@brightloom.example", "Noor Haddad");
  await visit(browser, server, {}, async (visitor, page) => {
    await page.goto(invitation);
    assert.equal(await page.getByLabel("Your name").inputValue(), "Noor Haddad");
    await page.getByText("noor@brightloom.example").waitFor();
    await page.getByLabel("Password").fill("lantern-orbit-thimble-29");
    await page.getByRole("button", { name: "Join workspace" }).click();
    await arrive(page);
    // What an agent may not do is not offered, and not there.
    assert.equal(await page.getByRole("link", { name: "Access log" }).count(), 0);
    assert.equal(await page.getByRole("link", { name: "People" }).count(), 0);
    visitor.expect(403, 404);
    for (const address of ["/ledger", "/settings/people", "/import"]) {
      const answer = await page.goto(address);
      assert.ok([403, 404].includes(answer?.status() ?? 0), `${address} answers ${answer?.status()}`);
    }
  });
  await visit(browser, server, {}, async (visitor, page) => {
    visitor.expect(404);
    await page.goto(invitation);
    await page.getByRole("heading", { name: "This link does not work any more" }).waitFor();
  });
});

test("the people page invites too, and shows the link once", () =>
  visit(browser, server, {}, async (_, page) => {
    // Nobody can have a passkey at this address: what the operator says then is enough.
    await server.must("policy", "set", "--danger", "single");
    await page.goto("/settings/people");
    await signIn(page);
    await page.getByLabel("Name").fill("Ivo Brandt");
    await page.getByLabel("Email").fill("ivo@brightloom.example");
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    const shown = await page.getByText(/\/join\//).innerText();
    assert.ok(shown.startsWith(`${server.url}/join/`), shown);
    await page.goto("/settings/people");
    assert.equal(await page.getByText(/\/join\//).count(), 0);
    await page.getByRole("row", { name: /Ivo Brandt/ }).getByText("Invited").waitFor();
  }));

test("a session that was ended elsewhere is over", async () => {
  const visitor = await Visitor.open(browser, server);
  try {
    const page = await visitor.page("/sign-in");
    await signIn(page);
    await arrive(page);
    await visit(browser, server, {}, async (_, other) => {
      await other.goto("/settings/account");
      await signIn(other);
      await other.getByRole("button", { name: "Sign out everywhere" }).click();
      await other.getByRole("heading", { name: "Sign in" }).waitFor();
    });
    await page.goto("/contacts");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    visitor.check();
  } finally {
    await visitor.close();
  }
});

test("all of this is in the access log", () =>
  visit(browser, server, {}, async (_, page) => {
    await page.goto("/ledger");
    await signIn(page);
    const lines = await logLines(page);
    hasLine(lines, founder.name, "signed in");
    hasLine(lines, founder.name, "signed out");
    hasLine(lines, "tried to sign in", "failed");
    hasLine(lines, "invited somebody");
    await page.goto("/ledger");
    hasLine(await logLines(page), founder.name, "opened the access log");
  }));
