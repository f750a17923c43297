// Files on a record: dropped or chosen, shown small, fetched, removed and taken back; without script too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateSync, crc32 } from "node:zlib";
import { clean } from "./lib/axe.mjs";
import { visit } from "./lib/browser.mjs";
import { house } from "./lib/house.mjs";
import { shoot } from "./lib/shots.mjs";
import { make } from "./lib/steps.mjs";

const its = house();

/** A picture of many colours. @param {number} width @param {number} height */
const picture = (width, height) => {
  const part = (/** @type {string} */ type, /** @type {Buffer} */ data) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const box = Buffer.alloc(8);
    box.writeUInt32BE(data.length, 0);
    box.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([box.subarray(0, 4), named, box.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = (/** @type {number} */ y) => Buffer.from([0, ...Array.from({ length: width * 3 }, (_, x) => (x * 2 + y * 3) % 256)]);
  const rows = Buffer.concat(Array.from({ length: height }, (_, y) => row(y)));
  const parts = [part("IHDR", head), part("IDAT", deflateSync(rows)), part("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
};

const PHOTO = { name: "Site visit.png", mimeType: "image/png", buffer: picture(900, 600) };
const OFFER = { name: "报价 2026.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\nan offer\n") };
const PAGE = { name: "offer.html", mimeType: "application/pdf", buffer: Buffer.from("<html><script>alert(1)</script></html>") };

test("files are dropped on a record, fetched whole, removed and taken back", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (visitor, page) => {
    visitor.expect(415, 422);
    const contact = await make(page, "contacts", { Name: "Nadia Brink" });
    const files = page.locator("main section").filter({ has: page.getByRole("heading", { name: /^Files/ }) });
    await files.getByLabel("Drop files here or choose them").setInputFiles([PHOTO, OFFER]);
    await files.getByRole("link", { name: /报价 2026.pdf/ }).waitFor();
    assert.equal(new URL(page.url()).pathname, contact, "the record stays where it is");
    const small = files.locator("img");
    await page.waitForFunction((image) => /** @type {any} */ (image)?.naturalWidth > 0, await small.elementHandle());
    assert.equal(await small.evaluate((image) => /** @type {any} */ (image).naturalWidth), 480);
    await shoot(page, "files-record");
    await clean(page);
    for (const file of [PHOTO, OFFER]) {
      const [download] = await Promise.all([page.waitForEvent("download"), files.getByRole("link", { name: file.name }).click()]);
      assert.equal(download.suggestedFilename(), file.name);
      assert.deepEqual(readFileSync(await download.path()), file.buffer);
    }
    // What is refused is said, and nothing of it is there.
    await files.getByLabel("Drop files here or choose them").setInputFiles([PAGE]);
    await page.getByText("This kind of file is not taken").waitFor();
    await shoot(page, "files-refused");
    await page.goto(`${contact}/files`);
    await clean(page);
    await page.getByRole("button", { name: "Remove Site visit.png" }).click();
    await page.locator("#toasts").getByText("File removed").waitFor();
    assert.equal(await page.getByRole("link", { name: /Site visit.png/ }).count(), 0);
    await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
    await page.getByRole("link", { name: /Site visit.png/ }).waitFor();
    await shoot(page, "files-page");
    await page.goto(contact);
    const line = page.locator("ol.tl");
    for (const said of ["added a file to", "downloaded a file of", "removed a file from", "took back a removed file of"]) {
      await line.getByText(said).first().waitFor();
    }
  }));

test("a secret in a text is pointed out, and kept by whoever means it", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (visitor, page) => {
    visitor.expect(422);
    const contact = await make(page, "contacts", { Name: "Olga Fenn" });
    const key = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n") };
    await page.goto(`${contact}/files`);
    await page.getByLabel("Drop files here or choose them").setInputFiles([key]);
    await page.getByRole("alert").getByText("The file holds a secret").waitFor();
    await shoot(page, "files-secret");
    await page.getByLabel("It is meant to stand in the file").check();
    await page.getByLabel("Drop files here or choose them").setInputFiles([key]);
    await page.getByRole("link", { name: /notes.txt/ }).waitFor();
  }));

test("without script a button sends files", () =>
  visit(its.browser, its.server, { storageState: its.storageState, javaScriptEnabled: false }, async (_, page) => {
    await page.goto("/contacts?as=list");
    await page.locator("tbody th a").first().click();
    const contact = new URL(page.url()).pathname;
    await page.goto(`${contact}/files`);
    await page.getByLabel("Drop files here or choose them").setInputFiles([OFFER]);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText("File added").waitFor();
    await page.getByRole("link", { name: /报价 2026.pdf/ }).first().waitFor();
  }));

test("files in Chinese", () =>
  visit(its.browser, its.server, { storageState: its.storageState, locale: "zh-CN" }, async (_, page) => {
    await page.goto("/contacts?as=list");
    const contact = (await page.locator("tbody th a", { hasText: "Nadia Brink" }).getAttribute("href")) ?? "";
    await page.goto(contact);
    await shoot(page, "files-record-zh");
    await page.goto(`${contact.split("?")[0]}/files`);
    await page.getByText("文件加密保存").waitFor();
    await shoot(page, "files-page-zh");
  }));
