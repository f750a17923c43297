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

test("the API does what its description says", { skip: !tool && "schemathesis is not there: cargo xtask test installs it where there is Python" }, async (t) => {
  const server = await serve();
  t.after(() => server.remove());
  const token = (await server.must("token", "create", "--user", founder.email, "--expires", "1d")).trim();
  const authorization = `Bearer ${token}`;
  const description = `${server.url}/api/v1/openapi.json`;
  assert.equal((await fetch(description)).status, 401, "a company's objects are its own business");
  const answer = await fetch(description, { headers: { authorization } });
  assert.equal(answer.status, 200);
  const file = path.join(server.scratch, "openapi.json");
  writeFileSync(file, await answer.text());
  writeFileSync(path.join(server.scratch, "schemathesis.toml"), SETTINGS);
  const words = ["run", file, "--url", server.url, "--header", `Authorization: ${authorization}`, "--seed", "7"];
  words.push("--max-examples", long ? "200" : "15", "--exclude-checks", UNSAYABLE, "--workers", "2");
  const { code, said } = await run(words, server.scratch);
  assert.equal(code, 0, short(said));
  t.diagnostic(said.match(/\d+ generated[^\n]*/)?.[0] ?? "no summary");
});
