// Steps that several journeys have in common. They go by what people see: roles, labels, words.
import assert from "node:assert/strict";
import { founder } from "./server.mjs";
import { Visitor } from "./browser.mjs";

/**
 * @typedef {import("playwright-core").Page} Page
 * @typedef {import("playwright-core").Locator} Locator
 * @typedef {import("playwright-core").Browser} Browser
 * @typedef {import("./server.mjs").Server} Server
 */

/** Fills the sign-in page in and sends it. @param {Page} page @param {{ email?: string, password?: string }} [who] */
export const signIn = async (page, who = {}) => {
  await page.getByLabel("Email").fill(who.email ?? founder.email);
  await page.getByLabel("Password").fill(who.password ?? founder.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
};

/** Waits for the start page; whoever is new may be offered a passkey on the way, and puts that off. @param {Page} page */
export const arrive = async (page) => {
  const home = page.getByRole("heading", { name: "Home", level: 1 });
  const later = page.getByRole("link", { name: "Not now" });
  await home.or(later).first().waitFor();
  if (await later.isVisible()) await later.click();
  await home.waitFor();
};

/**
 * Signs somebody in once and returns what their browser holds then, for contexts of the tests that follow. A key cannot be
 * handed on, so this browser keeps none, and the session is tied to none.
 * @param {Browser} browser @param {Server} server @param {{ email?: string, password?: string }} [who]
 */
export const session = async (browser, server, who = {}) => {
  const visitor = await keyless(await Visitor.open(browser, server));
  try {
    const page = await visitor.page("/sign-in");
    await signIn(page, who);
    await arrive(page);
    visitor.check();
    return await visitor.context.storageState();
  } finally {
    await visitor.close();
  }
};

/** Takes from a browser where it could keep a key. @param {Visitor} visitor */
export const keyless = async (visitor) => {
  await visitor.context.addInitScript(() => Object.defineProperty(globalThis, "indexedDB", { value: undefined }));
  return visitor;
};

/**
 * Takes an invitation and returns what the browser holds then.
 * @param {Browser} browser @param {Server} server @param {string} link @param {string} password
 */
export const join = async (browser, server, link, password) => {
  const visitor = await keyless(await Visitor.open(browser, server));
  try {
    const page = await visitor.page(link);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Join workspace" }).click();
    await arrive(page);
    visitor.check();
    return await visitor.context.storageState();
  } finally {
    await visitor.close();
  }
};

/** The figure of a tile. @param {Page} page @param {string} name */
export const figure = async (page, name) => {
  const tile = page.locator(".stat").filter({ has: page.locator(".k", { hasText: new RegExp(`^${name}$`) }) });
  return (await tile.locator(".v").innerText()).trim();
};

/** A whole number as pages write it. @param {number} n */
export const written = (n) => n.toLocaleString("en-US");

/**
 * Goes through the pages of an import and returns what the check page promised and what came of it.
 * @param {Page} page @param {string} label the name of the object in the plural @param {string} file
 * @param {{ make?: boolean, onColumns?: (page: Page) => Promise<void>, onCheck?: (page: Page) => Promise<void> }} [options]
 */
export const importFile = async (page, label, file, options = {}) => {
  await page.goto("/import");
  await page.getByLabel("What is in the file?").selectOption({ label });
  await page.locator("input[type=file]").setInputFiles(file);
  const check = page.getByRole("button", { name: "Check the file" });
  await check.waitFor();
  if (options.make !== undefined) await page.getByLabel("Create companies that are missing").setChecked(options.make);
  await options.onColumns?.(page);
  await check.click();
  const start = page.getByRole("button", { name: "Import now" });
  await start.waitFor();
  await options.onCheck?.(page);
  const promised = {
    rows: await figure(page, "Rows"),
    fresh: await figure(page, "New"),
    known: await figure(page, "Already here"),
    wrong: await figure(page, "Wrong"),
  };
  await start.click();
  await page.getByText("Import finished").waitFor({ timeout: 120_000 });
  const came = { fresh: await figure(page, "New"), wrong: await figure(page, "Wrong") };
  return { promised, came };
};

/** Waits until a page says that it has saved. @param {Page} page */
export const saved = async (page) => {
  await page.locator("#toasts").getByText("Saved").first().waitFor();
};

/** A field in the panel of a record's page. @param {Page} page @param {string} name */
export const field = (page, name) => page.locator(`[data-field="${name}"]`);

/** Turns a field of a record's page into its control; an empty field may be behind a line that says how many there are. @param {Page} page @param {string} name @param {string} label */
export const openField = async (page, name, label) => {
  const button = page.getByRole("button", { name: new RegExp(`^(Edit|Add) ${label}$`) });
  if (!(await field(page, name).isVisible())) await page.getByText(/\d+ empty fields?/).click();
  await field(page, name).hover();
  await button.click();
  return field(page, name).getByLabel(label, { exact: true });
};

/** Changes a field where it stands, by pointer. @param {Page} page @param {string} name @param {string} label @param {string} value */
export const changeInPlace = async (page, name, label, value) => {
  const control = await openField(page, name, label);
  await control.fill(value);
  await control.press("Enter");
  await saved(page);
};

/** Makes a record through its form and returns its address. @param {Page} page @param {string} plural @param {Record<string, string>} values by label @param {string} [save] what the button is called */
export const make = async (page, plural, values, save = "Save") => {
  await page.goto(`/${plural}/new`);
  const form = page.locator("main form").filter({ has: page.getByRole("button", { name: save, exact: true }) });
  for (const [label, value] of Object.entries(values)) {
    const control = form.getByLabel(label, { exact: true }).first();
    if ((await control.evaluate((element) => element.tagName)) === "SELECT") await control.selectOption({ label: value });
    else await control.fill(value);
  }
  await form.getByRole("button", { name: save, exact: true }).click();
  const refused = page.locator("main").getByRole("alert").first();
  const made = page.waitForURL(new RegExp(`/${plural}/[0-9a-f-]{36}`));
  await Promise.race([made, refused.waitFor().then(async () => assert.fail(`refused: ${await page.locator("main").innerText()}`), () => made)]);
  return new URL(page.url()).pathname;
};

/** Opens the palette, types, and waits for an answer to exactly that. @param {Page} page @param {string} text */
export const ask = async (page, text) => {
  await page.keyboard.press("Control+k");
  const input = page.getByRole("combobox", { name: "Search" });
  await input.waitFor();
  const answered = page.waitForResponse((response) => {
    const url = new URL(response.url());
    return url.pathname === "/search" && url.searchParams.get("q") === text.trim();
  });
  await input.fill(text);
  await answered;
  return page.locator("#palette-list");
};

/** Returns the first lines of the log of a page, each as its cells. @param {Page} page */
export const logLines = async (page) => {
  const rows = page.locator("main table tbody tr");
  await rows.first().waitFor();
  return rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent?.trim() ?? "")));
};

/** Asserts that a text is in one of the lines. @param {string[][]} lines @param {...string} parts */
export const hasLine = (lines, ...parts) => {
  const found = lines.some((line) => parts.every((part) => line.join(" | ").includes(part)));
  assert.ok(found, `no line with ${parts.join(" and ")} in\n${lines.map((line) => line.join(" | ")).join("\n")}`);
};
