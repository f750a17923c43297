// Whatever people type is text and stays text: in names, companies, notes, files, addresses, and to scripts on the page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Visitor, launch, visit } from "./lib/browser.mjs";
import * as data from "./lib/data.mjs";
import { long, serve } from "./lib/server.mjs";
import { ask as askPalette, importFile, make, session } from "./lib/steps.mjs";
import { ask, inline } from "./lib/wire.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./lib/server.mjs").Server} */
let server;
/** @type {import("./lib/wire.mjs").State} */
let storageState;

const HIT = "window.__pwned=1";

/** What would run in each of the places a text can come to. */
const OWN = [
  `<script>${HIT}</script>`,
  `"><script>${HIT}</script>`,
  `'><img src=x onerror=${HIT}>`,
  `<img src=x onerror="${HIT}">`,
  `<svg onload=${HIT}>`,
  `<svg><animate onbegin=${HIT} attributeName=x dur=1s>`,
  `" autofocus onfocus="${HIT}" x="`,
  `' onmouseover='${HIT}`,
  `</title><script>${HIT}</script>`,
  `</textarea><script>${HIT}</script>`,
  `</option></select><img src=x onerror=${HIT}>`,
  `--><script>${HIT}</script><!--`,
  `javascript:${HIT}`,
  `<a href="javascript:${HIT}">press</a>`,
  `<iframe srcdoc="<script>parent.__pwned=1</script>"></iframe>`,
  `<object data="data:text/html,<script>${HIT}</script>">`,
  `<style>@import'//evil.example/x.css';</style>`,
  `<base href="//evil.example/">`,
  `<form action="//evil.example/"><button>Save</button></form>`,
  `<math><mtext></form><form><mglyph><style></math><img src onerror=${HIT}>`,
  `{{constructor.constructor('${HIT}')()}}`,
  "${" + HIT + "}",
  `=HYPERLINK("//evil.example","x")`,
  `Robert'); drop table r_contact;--`,
  `%3Cscript%3E${HIT}%3C/script%3E`,
  `&lt;script&gt;${HIT}&lt;/script&gt;`,
  `＜script＞${HIT}＜/script＞`,
  "\u202egnp.exe\u202c",
  `<script\u2028>${HIT}</script>`,
  `x{}y {0} %s %n`,
];

/** @type {string[]} */
const blns = data.beside("security/blns.json") ? JSON.parse(readFileSync(data.beside("security/blns.json") ?? "", "utf8")) : [];
const foreign = data
  .allBeside("security/payloads")
  .filter((file) => /XSS|SQL|CRLF/.test(file))
  .flatMap((file) => readFileSync(file, "utf8").split("\n"));
const others = [...new Set([...blns, ...foreign])].filter((text) => text.trim() && !/[\n\r]/.test(text));
/** Everything, or on short runs one of six besides our own. */
const payloads = [...OWN, ...others.filter((_, at) => long || at % 6 === 0)].map((text) => text.slice(0, 190));

before(async () => {
  browser = await launch();
  server = await serve();
  storageState = await session(browser, server);
  const note = (/** @type {number} */ at) => payloads[(at * 7 + 3) % payloads.length] ?? "";
  const companies = { header: ["name", "industry", "city", "about"], rows: payloads.map((text, at) => [text, note(at), note(at + 1), text]) };
  const contacts = {
    header: ["name", "title", "company", "source", "city", "tags", "notes", "email"],
    rows: payloads.map((text, at) => [text, text, text, note(at), note(at), note(at + 2), text, `a${at}@attack.example`]),
  };
  const deals = { header: ["name", "company", "product", "reason", "stage", "notes"], rows: payloads.map((text, at) => [text, text, note(at), text, "won", text]) };
  for (const [object, table] of Object.entries({ company: companies, contact: contacts, deal: deals })) {
    await server.import(object, data.keep(server.scratch, `${object}.csv`, table));
  }
});
after(async () => {
  await browser?.close();
  await server?.remove();
});

/** Fails if something of the text came to life on a page. @param {import("playwright-core").Page} page @param {string} where */
const calm = async (page, where) => {
  const [ran, evil] = await page.evaluate(() => [
    "__pwned" in globalThis,
    document.querySelectorAll("main script, iframe, object, base, style, [onerror], [onload], [onfocus], [onmouseover], a[href^='javascript:' i], form[action*='evil']").length,
  ]);
  assert.equal(ran, false, `something ran on ${where}`);
  assert.equal(evil, 0, `something lives on ${where}`);
};

test("lists, boards and records of hostile names are calm", (t) =>
  visit(browser, server, { storageState }, async (_, page) => {
    t.diagnostic(others.length ? `${payloads.length} texts, with those of blns and payload files` : `${payloads.length} texts; the lists beside the project are not present`);
    for (const plural of ["contacts", "companies", "deals"]) {
      let address = `/${plural}?as=list&limit=200`;
      for (let turn = 0; address && turn < 5; turn += 1) {
        await page.goto(address);
        await calm(page, address);
        assert.ok((await page.locator("tbody tr").count()) > 5, address);
        const next = page.locator(".pager a").last();
        address = (await next.count()) && /after=/.test((await next.getAttribute("href")) ?? "") ? ((await next.getAttribute("href")) ?? "") : "";
      }
    }
    await page.goto("/deals");
    await calm(page, "the board");
    await page.goto("/");
    await calm(page, "home");
    await page.goto("/ledger");
    await calm(page, "the log");
  }));

test("every own text can be read on its record, as it was typed", () =>
  visit(browser, server, { storageState }, async (visitor, page) => {
    await page.goto("/contacts?sort=created_at&limit=200");
    const links = await page.locator("tbody th a").evaluateAll((all) => all.map((a) => [a.getAttribute("href") ?? "", a.textContent ?? ""]));
    let seen = 0;
    for (const text of OWN.filter((_, at) => long || at % 2 === 0)) {
      const link = links.find(([, name]) => name?.includes(text.trim()));
      if (!link) continue;
      await page.goto(link[0] ?? "");
      await calm(page, text);
      assert.ok((await page.locator("h1").innerText()).includes(text.trim()), text);
      seen += 1;
      await page.goto(`${link[0]}/edit`);
      assert.equal((await page.getByLabel("Name", { exact: true }).inputValue()).trim(), text.trim());
      await calm(page, text);
    }
    assert.ok(seen >= (long ? 20 : 10), `${seen} were found`);
    visitor.check();
  }));

test("a record, a note and a search made of such texts in the browser", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    const [script = "", , , image = "", svg = ""] = OWN;
    await page.goto(await make(page, "contacts", { Name: `Ada ${script}`, "Job title": image, Notes: svg }));
    await page.getByPlaceholder(/Write a note/).fill(OWN.join("\n"));
    await page.getByRole("button", { name: "Save note" }).click();
    await page.locator("li.ev").filter({ hasText: "drop table" }).waitFor();
    await calm(page, "a record with a note");
    await page.goto("/notes");
    await calm(page, "notes");
    for (const text of [script, image, svg, `" onfocus=${HIT}`]) {
      await askPalette(page, text);
      await calm(page, "the palette");
      await page.keyboard.press("Escape");
    }
    const list = await askPalette(page, "ada scr");
    await list.getByText(script).first().waitFor();
    await calm(page, "what the palette found");
  }));

test("a hostile file: its name, its headers, its cells", () =>
  visit(browser, server, { storageState }, async (_, page) => {
    const header = ["name", `<img src=x onerror=${HIT}>`, `"><script>${HIT}</script>`];
    const file = data.keep(server.scratch, `<img src=x onerror=${HIT.replaceAll(".", "")}>.csv`, { header, rows: [["Zed Alpha", OWN[0] ?? "", OWN[3] ?? ""]] });
    await importFile(page, "Contacts", file, { onColumns: (p) => calm(p, "the columns"), onCheck: (p) => calm(p, "the check") });
    await calm(page, "the run");
    await page.goto("/import");
    await calm(page, "earlier imports");
  }));

test("no address makes the server stumble, and none comes back alive", async () => {
  const enter = (/** @type {string} */ text) => encodeURIComponent(text.isWellFormed?.() === false ? text.toWellFormed() : text);
  const places = (/** @type {string} */ text) => [
    `/search?q=${enter(text)}`,
    `/contacts?f=${enter(text)}`,
    `/contacts?f=name:is:${enter(text)}`,
    `/contacts?f=country:is:${enter(text)}&sort=${enter(text)}`,
    `/contacts?after=${enter(text)}&limit=${enter(text)}`,
    `/deals/new?name=${enter(text)}&stage=${enter(text)}`,
    `/contacts?did=${enter(text)}&at=${enter(text)}&n=${enter(text)}&ids=${enter(text)}`,
    `/contacts?field=${enter(text)}&op=is&value=${enter(text)}`,
    `/import?object=${enter(text)}`,
    `/sign-in?next=${enter(text)}&lang=${enter(text)}`,
    `/${enter(text)}/${enter(text)}`,
    `/a/${enter(text)}/core.js`,
    `/join/${enter(text)}`,
    `/ledger?before=${enter(text)}`,
    `/api/v1/contacts?f=${enter(text)}`,
  ];
  const stumbled = [];
  for (const [at, text] of payloads.entries()) {
    const all = places(text);
    // Our own texts go everywhere; of the others each goes to a few places in turn.
    const chosen = at < OWN.length || long ? all : [0, 1, 2].map((step) => all[(at + step * 5) % all.length] ?? "");
    for (const address of chosen) {
      const { status, headers, body } = await ask(server.url + address, { state: storageState });
      if (status >= 500) stumbled.push(`${status} ${address}`);
      if (headers.location && !/^\/(?!\/)/.test(headers.location)) stumbled.push(`leads away: ${address} -> ${headers.location}`);
      if (Object.keys(headers).some((name) => /crlf|evil/.test(name)) || headers["set-cookie"]?.some((line) => /crlf/.test(line))) stumbled.push(`header: ${address}`);
      if (/html/.test(headers["content-type"] ?? "")) stumbled.push(...inline(body.toString()).map((one) => `${one} ${address}`));
    }
  }
  assert.deepEqual(stumbled.slice(0, 20), []);
});

test("hostile addresses opened in the browser run nothing", () =>
  visit(browser, server, { storageState }, async (visitor, page) => {
    visitor.expect(404, 422, 400);
    for (const text of OWN.filter((_, at) => long || at % 3 === 0)) {
      for (const address of [`/search?q=${encodeURIComponent(text)}`, `/contacts?f=city:is:${encodeURIComponent(text)}`, `/contacts/${encodeURIComponent(text)}`]) {
        await page.goto(address);
        await calm(page, address);
      }
    }
  }));

test("a script that got onto the page could not make HTML, code or requests to elsewhere", async () => {
  const visitor = await Visitor.open(browser, server, { storageState });
  try {
    const page = await visitor.page("/contacts");
    const done = await page.evaluate(async (hit) => {
      const html = `<img src=x onerror="${hit}">`;
      const box = document.createElement("div");
      document.body.append(box);
      const script = () => document.createElement("script");
      const any = /** @type {any} */ (globalThis);
      /** @type {Record<string, () => unknown>} */
      const ways = {
        innerHTML: () => (box.innerHTML = html),
        outerHTML: () => (box.outerHTML = html),
        insertAdjacentHTML: () => box.insertAdjacentHTML("beforeend", html),
        setHTMLUnsafe: () => /** @type {any} */ (box).setHTMLUnsafe(html),
        "document.write": () => document.write(html),
        "DOMParser": () => new DOMParser().parseFromString(html, "text/html"),
        "parseHTMLUnsafe": () => any.Document.parseHTMLUnsafe(html),
        createContextualFragment: () => document.createRange().createContextualFragment(html),
        srcdoc: () => Object.assign(document.createElement("iframe"), { srcdoc: html }),
        eval: () => (0, eval)(hit),
        Function: () => new Function(hit)(),
        setTimeout: () => setTimeout(/** @type {any} */ (hit), 0),
        createPolicy: () => any.trustedTypes.createPolicy("x", { createHTML: (/** @type {string} */ text) => text }),
        "default policy": () => any.trustedTypes.createPolicy("default", { createHTML: (/** @type {string} */ text) => text }),
        "script.src": () => Object.assign(script(), { src: "/a/x.js" }),
        "script.text": () => Object.assign(script(), { text: hit }),
        "script.textContent": () => Object.assign(script(), { textContent: hit }),
        "on attribute": () => box.setAttribute("onclick", hit),
        Worker: () => new Worker(/** @type {any} */ ("data:text/javascript,1")),
      };
      /** @type {string[]} */
      const open = [];
      // What a debugger calls is let through; what the page itself calls later is not.
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (const [name, way] of Object.entries(ways)) {
        try {
          way();
          open.push(name);
        } catch {
          // Refused, as it should be.
        }
      }
      const refused = (/** @type {Promise<unknown>} */ asked) => asked.then(() => false, () => true);
      if (!(await refused(fetch("http://127.0.0.1:9/steal")))) open.push("fetch");
      if (!(await refused(import(/** @type {any} */ ("data:text/javascript,export default 1"))))) open.push("import");
      const image = new Image();
      const shown = new Promise((resolve) => {
        image.onload = () => resolve(true);
        image.onerror = () => resolve(false);
      });
      image.src = "http://127.0.0.1:9/steal.png";
      if (await shown) open.push("image");
      box.setAttribute("style", "position:fixed");
      if (getComputedStyle(box).position === "fixed") open.push("style attribute");
      // By nodes alone an inline script can be built; it must not run.
      const built = script();
      try {
        built.append(document.createTextNode(hit));
        document.body.append(built);
      } catch {
        // Refused already.
      }
      return { open, pwned: "__pwned" in globalThis };
    }, HIT);
    assert.deepEqual(done, { open: [], pwned: false });
    assert.ok(visitor.wrong.some((line) => line.startsWith("policy:")), "and the browser says so");
  } finally {
    await visitor.close();
  }
});

test("another site can neither send our forms nor read or frame our pages", async () => {
  const post = (/** @type {Record<string, string>} */ headers) =>
    ask(`${server.url}/contacts`, {
      method: "POST",
      state: storageState,
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: "name=Foreign+Made",
    });
  assert.equal((await post({ "sec-fetch-site": "cross-site" })).status, 403);
  assert.equal((await post({ "sec-fetch-site": "same-site" })).status, 403);
  assert.equal((await post({ origin: "http://evil.example" })).status, 403);
  assert.equal((await post({ origin: "null" })).status, 403);
  assert.equal((await post({})).status, 403, "an old browser needs the token");
  const found = await ask(`${server.url}/search?q=foreign`, { state: storageState });
  assert.ok(!found.body.toString().includes("Foreign Made"));
  const page = await ask(`${server.url}/contacts`, { state: storageState, headers: { origin: "http://evil.example" } });
  assert.equal(page.headers["access-control-allow-origin"], undefined);
});
