// Every page there is, in both languages and both themes: accessible, without anything inline, within its budget.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { RULES } from "./lib/axe.mjs";
import { Visitor, launch } from "./lib/browser.mjs";
import * as data from "./lib/data.mjs";
import { Server, founder, long, serve } from "./lib/server.mjs";
import { make, session } from "./lib/steps.mjs";
import { ask, bare, inline, meter, tags } from "./lib/wire.mjs";

/** @typedef {import("playwright-core").Page} Page */

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
  "manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** Words of the other language that belong where they are: names, units, keys. */
const ALLOWED = {
  zh: ["English", "Custos", "Ctrl", "Alt", "esc", "CSV", "UTF", "PIN", "HTTPS", "localhost", "JavaScript", "API", "Chrome", "custos ledger verify", "EUR", "MB"],
  en: ["中文", "简体中文"],
};

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Server} */
let server;
/** A server that nobody set up yet. @type {Server} */
let fresh;
/** @type {import("./lib/wire.mjs").State} */
let storageState;
/** Addresses of records made for this. @type {Record<"contact" | "company" | "deal" | "task" | "note" | "run" | "check" | "columns" | "join" | "setup", string>} */
const at = { contact: "", company: "", deal: "", task: "", note: "", run: "", check: "", columns: "", join: "", setup: "" };

/** People, firms and deals without Latin letters, so that a word in the wrong language stands out. */
const people = Array.from({ length: 60 }, (_, n) => [`王${"甲乙丙丁戊己庚辛壬癸"[n % 10]}${n}`, `${n}@${n}.example`, `+86 138 0013 ${8000 + n}`]);
const firms = Array.from({ length: 12 }, (_, n) => [`青山${n}`, String(2_000 + n)]);
const sales = Array.from({ length: 40 }, (_, n) => [`订单${n}`, `青山${n % 12}`, ["won", "lost", "qualified", "proposal"][n % 4] ?? "", String(1_000 + n)]);

before(async () => {
  browser = await launch();
  fresh = await new Server().start();
  at.setup = await fresh.firstLink();
  server = await serve();
  await server.import("company", data.keep(server.scratch, "firms.csv", { header: ["name", "employees"], rows: firms }));
  await server.import("contact", data.keep(server.scratch, "people.csv", { header: ["name", "email", "phone"], rows: people }));
  await server.import("deal", data.keep(server.scratch, "sales.csv", { header: ["name", "company", "stage", "amount"], rows: sales }));
  storageState = await session(browser, server);
  at.join = await server.invite("0@1.example", "李一");
  const visitor = await Visitor.open(browser, server, { storageState });
  const page = await visitor.page();
  at.company = await make(page, "companies", { Name: "远山", Website: "https://1.example" });
  at.contact = await make(page, "contacts", { Name: "陈二", Company: "远山", Email: "9@99.example", "National ID": "31129956715" });
  at.deal = await make(page, "deals", { Name: "大单", Company: "远山", Contact: "陈二", Amount: "12500", "Close date": "2026-01-15" });
  await server.import("task", data.keep(server.scratch, "tasks.csv", { header: ["title", "contact", "due"], rows: [["打电话", "陈二", "2026-01-20"]] }));
  await page.goto("/tasks");
  at.task = (await page.locator("tbody th a").first().getAttribute("href")) ?? "";
  await page.goto(at.contact);
  await page.getByPlaceholder(/Write a note/).fill("早上联系");
  await page.getByRole("button", { name: "Save note" }).click();
  await page.locator("li.ev").getByText("早上联系").waitFor();
  await page.goto("/notes");
  at.note = (await page.locator("tbody th a").first().getAttribute("href")) ?? "";
  await page.goto("/contacts?sort=created_at");
  await page.goto((await page.locator("tbody th a").first().getAttribute("href")) ?? "");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.locator("#toasts").getByText("Put into the bin").waitFor();
  await runs(page);
  visitor.check();
  await visitor.close();
});
after(async () => {
  await browser?.close();
  await server?.remove();
  await fresh?.remove();
});

/** Leaves imports behind at each of their steps. @param {Page} page */
const runs = async (page) => {
  const file = data.keep(server.scratch, "run.csv", { header: ["姓名", "邮箱"], rows: [["赵三", "3@3.example"], ["钱四", "不是邮箱"]] });
  const upload = async () => {
    await page.goto("/import");
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByRole("button", { name: "Check the file" }).waitFor();
    return new URL(page.url()).pathname;
  };
  at.columns = await upload();
  await upload();
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByRole("button", { name: "Import now" }).waitFor();
  at.check = new URL(page.url()).pathname;
  at.run = await upload();
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByRole("button", { name: "Import now" }).click();
  await page.getByText("Import finished").waitFor();
};

/** What a page is, and what is done on it before it is looked at. @typedef {{ name: string, url: () => string, status?: number, open?: (page: Page) => Promise<unknown>, door?: boolean }} Entry */

const csrfOf = (/** @type {Page} */ page) => page.locator("input[name=csrf]").first().inputValue();

/** Sends a form as the page of another answer. @param {Page} page @param {string} action @param {Record<string, string>} fields */
const post = async (page, action, fields) => {
  const csrf = await csrfOf(page);
  const loaded = page.waitForEvent("load");
  await page.evaluate(
    ([to, pairs]) => {
      const form = document.createElement("form");
      form.method = "post";
      form.action = /** @type {string} */ (to);
      for (const [name, value] of Object.entries(/** @type {Record<string, string>} */ (pairs))) {
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = name;
        input.value = value;
        form.append(input);
      }
      document.body.append(form);
      form.submit();
    },
    /** @type {const} */ ([action, { csrf, ...fields }]),
  );
  await loaded;
};

/** @type {Entry[]} */
const PAGES = [
  { name: "sign-in", url: () => "/sign-in", door: true },
  { name: "signed out", url: () => "/sign-in?out=1", door: true },
  { name: "join", url: () => at.join, door: true },
  { name: "a spent link", url: () => "/join/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", door: true, status: 404 },
  { name: "set-up", url: () => at.setup, door: true },
  { name: "not found", url: () => "/contacts/01a21387-2280-728e-97a1-370db0be5abe", status: 404 },
  { name: "home", url: () => "/" },
  { name: "contacts", url: () => "/contacts" },
  { name: "contacts, second page", url: () => "/contacts", open: (page) => page.locator(".pager a").last().click().then(() => page.waitForURL(/after=/)) },
  { name: "contacts, filter menu", url: () => "/contacts?limit=10&f=stage:is:lead", open: (page) => page.locator('[popovertarget="filter-menu"]').click() },
  { name: "contacts, sort menu", url: () => "/contacts?limit=10", open: (page) => page.locator('[popovertarget="sort-menu"]').click() },
  { name: "contacts, some selected", url: () => "/contacts?limit=10", open: (page) => page.locator("#all").check() },
  { name: "nothing matches", url: () => "/contacts?f=stage:is:former" },
  { name: "bin", url: () => "/contacts?bin=1" },
  { name: "empty bin", url: () => "/companies?bin=1" },
  { name: "companies", url: () => "/companies" },
  { name: "board", url: () => "/deals" },
  { name: "board, menu of a card", url: () => "/deals", open: (page) => page.locator(".deal [popovertarget]").first().click() },
  { name: "deals", url: () => "/deals?as=list" },
  { name: "tasks", url: () => "/tasks" },
  { name: "notes", url: () => "/notes" },
  { name: "contact", url: () => at.contact },
  { name: "contact, its log", url: () => `${at.contact}?tab=access` },
  { name: "contact, more menu", url: () => at.contact, open: (page) => page.locator('[popovertarget="more-menu"]').click() },
  { name: "contact, editing in place", url: () => at.contact, open: (page) => page.locator("[data-field=title] [data-open-edit]").press("Enter") },
  { name: "company", url: () => at.company },
  { name: "deal", url: () => at.deal },
  { name: "task", url: () => at.task },
  { name: "note", url: () => at.note },
  { name: "new contact", url: () => "/contacts/new" },
  { name: "new deal", url: () => "/deals/new?stage=proposal" },
  { name: "new task", url: () => "/tasks/new" },
  { name: "edit contact", url: () => `${at.contact}/edit` },
  { name: "refused form", url: () => "/contacts/new", status: 422, open: (page) => post(page, "/contacts", { name: "", email: "x", phone: "y" }) },
  { name: "duplicate", url: () => "/contacts/new", status: 409, open: (page) => post(page, "/contacts", { name: "陈二", email: "9@99.example" }) },
  { name: "conflict", url: () => `${at.contact}/edit`, status: 409, open: (page) => post(page, at.contact, { version: "0", title: "经理", company: "远山" }) },
  { name: "search", url: () => "/search?q=陈" },
  { name: "search without a find", url: () => "/search?q=鑫鑫鑫" },
  { name: "palette", url: () => "/contacts?limit=10", open: (page) => page.keyboard.press("Control+k").then(() => page.locator("#palette-list [role=option]").first().waitFor()) },
  { name: "keys", url: () => "/contacts?limit=10", open: (page) => page.keyboard.press("?").then(() => page.locator("#keys-sheet").waitFor()) },
  { name: "import", url: () => "/import" },
  { name: "import, columns", url: () => at.columns },
  { name: "import, check", url: () => at.check },
  { name: "import, done", url: () => at.run },
  { name: "access log", url: () => "/ledger" },
  { name: "people", url: () => "/settings/people" },
  { name: "account", url: () => "/settings/account" },
  { name: "a first passkey", url: () => "/settings/account/passkeys" },
];

/** Runs axe and returns what it found, in lines that lead to the place. @param {Page} page @param {(builder: AxeBuilder) => AxeBuilder} choose */
const axe = async (page, choose) => {
  // Half-way through a fade the colours are nobody's.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  const { violations } = await choose(new AxeBuilder({ page })).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 4).map((node) => `${id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`));
};
const everything = (/** @type {AxeBuilder} */ builder) => builder.withTags(RULES);
/** What a theme can change. */
const colours = (/** @type {AxeBuilder} */ builder) => builder.withRules(["color-contrast", "link-in-text-block"]);
/** What a language can change. */
const labels = (/** @type {AxeBuilder} */ builder) => builder.withRules(["html-has-lang", "html-lang-valid", "valid-lang", "label", "button-name", "link-name", "select-name", "label-content-name-mismatch"]);

/** What the browser tells a screen reader that has no name but needs one. @param {Page} page */
const nameless = async (page) => {
  const cdp = await page.context().newCDPSession(page);
  const { nodes } = await cdp.send("Accessibility.getFullAXTree");
  const named = ["button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "option", "menuitem", "tab", "dialog", "image", "progressbar"];
  await cdp.detach();
  return nodes
    .filter(({ ignored, role, name }) => !ignored && named.includes(role?.value) && !String(name?.value ?? "").trim())
    .map(({ role, properties }) => `${role?.value} ${JSON.stringify(properties?.slice(0, 2) ?? [])}`);
};

/** Every text a person meets: what is written, and what is read out. @param {Page} page */
const words = (page) =>
  page.evaluate(() => {
    const texts = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    // Initials in avatars and the like are drawings, not words.
    // What a search found is marked within its text: the text is read as one.
    while (walker.nextNode()) {
      const near = walker.currentNode.parentElement?.closest("[aria-hidden=true], noscript, mark");
      const marked = near?.localName === "mark" ? near.parentElement : walker.currentNode.parentElement?.querySelector(":scope > mark") && walker.currentNode.parentElement;
      if (marked) texts.push(marked.textContent ?? "");
      else if (!near) texts.push(walker.currentNode.textContent ?? "");
    }
    for (const element of document.querySelectorAll("*")) {
      for (const name of ["aria-label", "placeholder", "title", "alt"]) texts.push(element.getAttribute(name) ?? "");
      for (const name of element.getAttributeNames()) if (name.startsWith("data-say-") || name === "data-done") texts.push((element.getAttribute(name) ?? "").replace("{}", ""));
    }
    return texts.map((text) => text.trim()).filter(Boolean);
  });

const stored = [...people.flat(), ...firms.flat(), ...sales.flat(), "远山", "陈二", "大单", "打电话", "早上联系", "李一", "赵三", "钱四", "不是邮箱", "姓名", "邮箱", "经理", "鑫鑫鑫"];

/** Texts that are in the other language. @param {string[]} texts @param {"en" | "zh"} lang */
const strays = (texts, lang) => {
  const known = [...stored, ...Object.values(founder), ...ALLOWED[lang], ...founder.name.split(" ")].sort((a, b) => b.length - a.length);
  const foreign = lang === "zh" ? /[A-Za-z]{3,}/ : /\p{Script=Han}/u;
  return texts.filter((text) => {
    let rest = text.replaceAll(/\S+@\S+|https?:\S+|[0-9a-f-]{32,}/g, " ");
    for (const word of known) rest = rest.replaceAll(word, " ");
    return foreign.test(rest);
  });
};

for (const lang of /** @type {const} */ (["zh", "en"])) {
  const tag = lang === "zh" ? "zh-Hans" : "en";
  const locale = lang === "zh" ? "zh-CN" : "en-US";

  describe(lang === "zh" ? "in Chinese" : "in English", () => {
    /** @type {{ person: Visitor, stranger: Visitor, founder: Visitor }} */
    let visitors;

    before(async () => {
      const open = (/** @type {Server} */ where, options = {}) => Visitor.open(browser, where, { locale, reducedMotion: "reduce", ...options });
      visitors = { person: await open(server, { storageState }), stranger: await open(server), founder: await open(fresh) };
      const page = await visitors.person.page("/settings/account");
      await page.locator("#lang").selectOption(lang);
      await page.locator("form[action='/preferences'] .btn.primary").click();
      await page.locator(`html[lang="${tag}"]`).waitFor({ state: "attached" });
      await page.close();
    });
    after(() => Promise.all(Object.values(visitors ?? {}).map((visitor) => visitor.close())));

    for (const entry of PAGES) {
      test(`page: ${entry.name}`, async () => {
        const visitor = entry.name === "set-up" ? visitors.founder : entry.door ? visitors.stranger : visitors.person;
        const complaints = visitor.expect(entry.status ?? 200).wrong.length;
        const page = await visitor.page();
        try {
          const answer = await page.goto(entry.url());
          if (!entry.open) assert.equal(answer?.status(), entry.status ?? 200);
          const sent = (await answer?.text()) ?? "";
          await entry.open?.(page);
          assert.equal(tags(sent).find((one) => one.tag === "html")?.attributes.get("lang"), tag);
          assert.match(await page.title(), /\S+ · \S+/);
          /** @type {string[]} */
          const wrong = [];
          const say = (/** @type {string} */ what, /** @type {string[]} */ found) => wrong.push(...found.map((one) => `${what}: ${one}`));
          say("inline", [...inline(sent), ...inline(await page.content())]);
          say("axe, light", await axe(page, lang === "en" || long ? everything : labels));
          if (lang === "en" || long) {
            await page.emulateMedia({ colorScheme: "dark" });
            say("axe, dark", await axe(page, long ? everything : colours));
          }
          say("no name", await nameless(page));
          const texts = await words(page);
          say("other language", strays(texts, lang));
          say("placeholder", texts.filter((text) => /\{\}|undefined|\bnull\b|\[object|This is not accepted|无法接受 \(/.test(text)));
          say("complaint", visitor.wrong.slice(complaints));
          assert.deepEqual([...new Set(wrong)], []);
        } finally {
          await page.close();
        }
      });
    }
  });
}

describe("budgets", () => {
  test("a cold list of 50 rows costs at most 50 KB and 1,300 nodes", async (t) => {
    const visitor = await Visitor.open(browser, server, { storageState });
    const page = await visitor.page();
    const cost = await meter(page);
    await page.goto("/contacts", { waitUntil: "networkidle" });
    assert.equal(await page.locator("tbody tr").count(), 50);
    const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
    const list = cost.list();
    t.diagnostic(`${cost.bytes()} bytes in ${list.length} requests, ${cost.bytes(/\.js$/)} of scripts; ${nodes} elements`);
    for (const { url, bytes } of list) t.diagnostic(`  ${bytes} ${new URL(url).pathname}`);
    await visitor.close();
    assert.ok(nodes <= 1_300, `${nodes} nodes`);
    assert.ok(cost.bytes() <= 50_000, `${cost.bytes()} bytes`);
  });

  test("scripts are at most 15 KB on any page", async () => {
    const visitor = await Visitor.open(browser, server, { storageState });
    const heavy = [];
    for (const address of ["/", "/contacts", "/deals", at.contact, "/import", "/search"]) {
      const page = await visitor.page();
      const cost = await meter(page);
      await (await page.context().newCDPSession(page)).send("Network.clearBrowserCache");
      await page.goto(address, { waitUntil: "networkidle" });
      const bytes = cost.bytes(/\.js$/);
      assert.ok(bytes > 0, `${address} loads scripts`);
      if (bytes > 15_000) heavy.push(`${address}: ${bytes}`);
      await page.close();
    }
    await visitor.close();
    assert.deepEqual(heavy, []);
  });

  test("all scripts together are at most 30 KB, all styles at most 14 KB, compressed", async (t) => {
    const { scripts, styles } = await assets();
    const weigh = async (/** @type {Set<string>} */ addresses) => {
      let sum = 0;
      for (const address of addresses) {
        const answer = await ask(server.url + address, { headers: { "accept-encoding": "br" } });
        assert.equal(answer.headers["content-encoding"], "br", address);
        sum += answer.body.length;
      }
      return sum;
    };
    const [js, css] = [await weigh(scripts), await weigh(styles)];
    t.diagnostic(`scripts ${js} bytes in ${scripts.size} files, styles ${css}`);
    assert.ok(scripts.size >= 5, "every script was found");
    assert.ok(js <= 30_000, `scripts ${js}`);
    assert.ok(css <= 14_000, `styles ${css}`);
  });
});

/** Finds every script and style: those that pages name, and what they import. */
const assets = async () => {
  const scripts = new Set();
  const styles = new Set();
  for (const entry of PAGES.filter(({ name, open }) => name !== "set-up" && !open)) {
    const url = entry.url();
    const answer = await ask(url.startsWith("http") ? url : server.url + encodeURI(url), { state: storageState });
    for (const { tag, attributes } of tags(answer.body.toString())) {
      if (tag === "script") scripts.add(attributes.get("src"));
      if (tag === "link" && attributes.get("rel") === "stylesheet") styles.add(attributes.get("href"));
    }
  }
  for (const address of scripts) {
    const source = (await ask(server.url + address)).body.toString();
    for (const [, name = ""] of source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+\.js)"/g)) scripts.add(new URL(name, server.url + address).pathname);
  }
  return { scripts, styles };
};

describe("headers", () => {
  const every = { "x-content-type-options": "nosniff", "x-frame-options": "DENY", "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin" };

  test("pages carry the policy, say nothing to other sites, and are kept nowhere", async () => {
    const addresses = ["/sign-in", "/", "/contacts", at.contact, "/nothing/of/this/kind", "/contacts/new", "/ledger"];
    for (const address of addresses) {
      const { headers } = await ask(server.url + address, { state: storageState });
      assert.equal(headers["content-security-policy"], POLICY, address);
      assert.match(String(headers["referrer-policy"]), /^(no-referrer|same-origin)$/, address);
      assert.equal(headers["cache-control"], "no-store", address);
      for (const [name, value] of Object.entries(every)) assert.equal(headers[name], value, `${address} ${name}`);
      assert.ok(headers["permissions-policy"], address);
      assert.equal(headers.server, undefined, address);
    }
  });

  test("redirects, refusals and other methods carry them too", async () => {
    const asked = [
      await ask(`${server.url}/contacts`),
      await ask(`${server.url}/contacts`, { method: "POST", state: storageState, headers: { "sec-fetch-site": "cross-site", "content-type": "application/x-www-form-urlencoded" }, body: "name=x" }),
      await ask(`${server.url}/contacts`, { method: "DELETE", state: storageState }),
      await ask(`${server.url}/a/0000000000000000/core.js`),
    ];
    assert.deepEqual(asked.map(({ status }) => status), [303, 403, 405, 404]);
    for (const { headers, status } of asked) {
      assert.equal(headers["content-security-policy"], POLICY, String(status));
      assert.equal(headers["cache-control"], "no-store", String(status));
      assert.equal(headers["x-content-type-options"], "nosniff", String(status));
    }
  });

  test("assets may be kept for ever, and come with their type", async () => {
    const { scripts, styles } = await assets();
    for (const address of [...scripts, ...styles]) {
      const { headers, status } = await ask(server.url + address);
      assert.equal(status, 200, address);
      assert.equal(headers["cache-control"], "public, max-age=31536000, immutable", address);
      assert.match(headers["content-type"] ?? "", /^text\/(javascript|css); charset=utf-8$/, address);
      assert.equal(headers["x-content-type-options"], "nosniff", address);
    }
  });

  test("another host's name, or no name, is not answered", async () => {
    for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "x"]) {
      const { status, headers } = await ask(`${server.url}/sign-in`, { headers: { host } });
      assert.ok(status >= 400 && status < 500, `${host}: ${status}`);
      assert.equal(headers["content-security-policy"], POLICY, host);
    }
    for (const line of ["", "Host: \r\n", "Host: a\r\nHost: b\r\n"]) {
      assert.match(await bare(server.url, `GET /sign-in HTTP/1.1\r\n${line}Connection: close\r\n\r\n`), /^HTTP\/1.1 4\d\d/, line);
    }
  });

  test("signing out tells the browser to forget", async () => {
    const own = await session(browser, server);
    const page = await ask(`${server.url}/settings/account`, { state: own });
    const csrf = tags(page.body.toString()).find(({ attributes }) => attributes.get("name") === "csrf")?.attributes.get("value") ?? "";
    const { headers, status } = await ask(`${server.url}/sign-out`, {
      method: "POST",
      state: own,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `csrf=${csrf}`,
    });
    assert.equal(status, 303);
    assert.match(headers["clear-site-data"]?.toString() ?? "", /"cache"/);
    assert.match(headers["set-cookie"]?.[0] ?? "", /^__Host-custos=; .*Max-Age=0/);
  });
});
