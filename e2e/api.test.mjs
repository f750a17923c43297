// The API against its own description: schemathesis makes requests out of it, right ones and wrong ones, and judges every answer.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import assert from "node:assert/strict";

import { founder, long, serve } from "./lib/server.mjs";

const tool = process.env.CUSTOS_TEST_SCHEMATHESIS;

/** What cannot be said in a schema, so that a right-looking request may still be refused: a link that leads nowhere, a date that
 * is no date, another version. */
const UNSAYABLE = "positive_data_acceptance";

/** The server's library refuses headers that are too large before anybody looks at them. */
const SETTINGS = `[checks]
negative_data_rejection.expected-statuses = ["4xx"]
`;

/** @param {string[]} words @param {string} folder @returns {Promise<{ code: number | null, said: string }>} */
const run = (words, folder) =>
  new Promise((resolve, reject) => {
    const child = spawn(tool ?? "", words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk) => (said += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, said }));
  });

/** A finding may hold a request of many kilobytes. @param {string} said */
const short = (said) => said.split("\n").map((line) => line.slice(0, 300)).join("\n").slice(-12_000);

/** Lets somebody join with a role, and makes them a token. @param {Awaited<ReturnType<typeof serve>>} server @param {string} name @param {string} role */
const join = async (server, name, role) => {
  const email = `${name.toLowerCase()}@example.org`;
  const link = (await server.must("user", "invite", "--email", email, "--name", name, "--role", role)).match(/\/join\/\S+/)?.[0] ?? "";
  const body = new URLSearchParams({ name, password: founder.password });
  const joined = await fetch(server.url + link, { method: "POST", body, redirect: "manual", headers: { origin: server.url } });
  assert.equal(joined.status, 303, await joined.text());
  const scopes = ["everything", "user:read", "role:read", "team:read", "token:read", "token:delete", "ledger:read"].flatMap((scope) => ["--scope", scope]);
  return (await server.must("token", "create", "--user", email, "--expires", "1d", ...scopes)).trim();
};

/** Asks as somebody. @param {string} url @param {string} token @param {RequestInit} [more] */
const ask = (url, token, more = {}) =>
  fetch(url, { ...more, headers: { authorization: `Bearer ${token}`, ...more.headers } });

/** Every record that somebody sees, with its version. @param {string} api @param {string} token @returns {Promise<Map<string, number>>} */
const everything = async (api, token) => {
  const seen = new Map();
  const index = await (await ask(api, token)).json();
  for (const { plural } of index.data) {
    for (let after = ""; after !== null; ) {
      const page = await (await ask(`${api}/${plural}?limit=200${after && `&after=${after}`}`, token)).json();
      for (const { id, version } of page.data) seen.set(`${plural}/${id}`, version);
      after = page.next ?? null;
    }
  }
  return seen;
};

test("the API does what its description says, whoever asks, and nobody reaches what is another's", { skip: !tool && "schemathesis is not there: cargo xtask test installs it where there is Python" }, async (t) => {
  const server = await serve();
  t.after(() => server.remove());
  const [first, second] = [await join(server, "Mona", "manager"), await join(server, "Anton", "agent")];
  const third = await join(server, "Ida", "administrator");
  const api = `${server.url}/api/v1`;
  const description = `${api}/openapi.json`;
  assert.equal((await fetch(description)).status, 401, "a company's objects are its own business");
  const answer = await ask(description, first);
  assert.equal(answer.status, 200);
  const file = path.join(server.scratch, "openapi.json");
  writeFileSync(file, await answer.text());
  writeFileSync(path.join(server.scratch, "schemathesis.toml"), SETTINGS);
  /** @param {string} token @param {string} seed @param {string[]} more */
  const play = async (token, seed, ...more) => {
    const words = ["run", file, "--url", server.url, "--header", `Authorization: Bearer ${token}`, "--seed", seed];
    words.push("--max-examples", long ? "200" : "15", "--exclude-checks", UNSAYABLE, ...more);
    // One at a time: its threads read each other's sources, which Python 3.11 does not bear.
    words.push("--workers", "1");
    // It would find its own token in the list, and end it.
    words.push("--exclude-operation-id", "endToken");
    const { code, said } = await run(words, server.scratch);
    assert.equal(code, 0, short(said));
    t.diagnostic(said.match(/\d+ generated[^\n]*/)?.[0] ?? "no summary");
  };
  await play(first, "7");
  await ask(`${api}/contacts`, first, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ fields: { name: "Kept from Anton" } }),
  });
  const theirs = await everything(api, first);
  assert.ok(theirs.size > 0, "the first one made records");
  // Another person with fewer rights plays the same game, knows every id, and tries each.
  await play(second, "8");
  for (const at of [...theirs.keys()].slice(0, 100)) {
    const body = JSON.stringify({ fields: {} });
    const changes = { method: "PATCH", body, headers: { "content-type": "application/json" } };
    for (const more of [{}, changes, { method: "DELETE" }]) {
      const refused = await ask(`${api}/${at}`, second, more);
      assert.equal(refused.status, 404, `${more.method ?? "GET"} ${at}`);
    }
  }
  // Who runs the system sees no record, and the people and roles that the others do not see.
  await play(third, "9", "--include-path-regex", "/(me|users|roles|teams|tokens|ledger)");
  const people = await (await ask(`${api}/users`, third)).json();
  assert.ok(people.data.length >= 4);
  for (const { id } of people.data) {
    for (const token of [first, second]) assert.equal((await ask(`${api}/users/${id}`, token)).status, 404);
  }
  const left = await everything(api, first);
  for (const [at, version] of theirs) assert.equal(left.get(at), version, `${at} is as it was`);
  const own = await everything(api, second);
  for (const at of own.keys()) assert.ok(!theirs.has(at), `${at} is another's`);
});
