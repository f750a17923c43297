// A Custos of its own for one test file: the real program, a folder that nobody else uses, a port that was free.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";

/** The folder of the whole project. */
export const root = path.resolve(import.meta.dirname, "../..");

/** Set for long runs: larger inputs. */
export const long = process.env.CUSTOS_TEST_LONG === "1";

const target = process.env.CARGO_TARGET_DIR ?? path.join(homedir(), ".cache/custos/target");
export const program = process.env.CUSTOS_TEST_PROGRAM ?? path.join(target, "debug/custos");

/** How long anything may take before a test gives up on it. */
const PATIENCE = 60_000;

/** The person every workspace of these tests begins with. */
export const founder = {
  name: "Ada Quill",
  email: "ada@brightloom.example",
  password: "wrasse-topaz-inkwell-41",
  workspace: "Brightloom",
};

/**
 * What a command came to.
 * @typedef {{ code: number | null, stdout: string, stderr: string }} Ended
 */

/** Runs the program once and waits for its end. @param {string[]} words @param {Record<string, string>} [env] @returns {Promise<Ended>} */
export const run = (words, env = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, words, { env: { ...clean(), ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });

/** The environment without settings of whoever runs the tests. */
const clean = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CUSTOS_")));

/** A folder, a port, and the program that serves there. */
export class Server {
  /** @type {import("node:child_process").ChildProcess | null} */
  #child = null;
  #said = "";
  #folder = mkdtempSync(path.join(tmpdir(), "custos-e2e-"));
  /** Where pages are; known once it was started. */
  url = "";
  /** Options that every command gets: where the data lies. @type {string[]} */
  #place;

  /** @param {string} [database] a PostgreSQL database, instead of the embedded one */
  constructor(database) {
    this.#place = ["--data", this.data, ...(database ? ["--database", database] : [])];
  }

  /** The folder with everything that is stored. */
  get data() {
    return path.join(this.#folder, "data");
  }

  /** A folder for files of the test itself; it goes away with the server. */
  get scratch() {
    return this.#folder;
  }

  /** Everything the program printed since it was started last. */
  get said() {
    return this.#said;
  }

  /** Gives every command a configuration file. @param {string} text */
  configure(text) {
    const file = path.join(this.#folder, "custos.toml");
    writeFileSync(file, text);
    this.#place.push("--config", file);
    return this;
  }

  /** Makes the workspace and its first person without a browser. */
  async init() {
    const password = path.join(this.#folder, "password");
    writeFileSync(password, founder.password, { mode: 0o600 });
    const { name, email, workspace } = founder;
    const words = ["--admin-email", email, "--admin-name", name, "--workspace", workspace, "--password-file", password];
    await this.must("init", ...words);
    // Most journeys are about what comes after a dangerous act was confirmed.
    await this.must("policy", "set", "--danger", "single", "--minutes", "720");
    return this;
  }

  /** Runs another command on the same folder. @param {...string} words */
  command(...words) {
    return run([...words, ...this.#place]);
  }

  /** The same, for commands that have to succeed; returns what was printed. @param {...string} words */
  async must(...words) {
    const ended = await this.command(...words);
    if (ended.code !== 0) throw new Error(`custos ${words.join(" ")}: ${ended.code}\n${ended.stdout}${ended.stderr}`);
    return ended.stdout;
  }

  /** Starts serving and waits until the program says where. The port stays the same when it is started again. */
  async start() {
    const port = this.url ? new URL(this.url).port : "0";
    const child = spawn(program, ["serve", ...this.#place, "--listen", `127.0.0.1:${port}`], {
      // All of a test comes from one machine and often one person: what it asks in all would be a flood.
      env: { ...clean(), CUSTOS_REQUESTS_PER_MINUTE: "1000000" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#said = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk) => (this.#said += chunk));
    child.stderr?.setEncoding("utf8").on("data", (chunk) => (this.#said += chunk));
    this.url = await this.#hear(/answers at (http:\/\/[^\s/]+)/);
    return this;
  }

  /** The one-time link that is printed when nobody can sign in yet. */
  async firstLink() {
    const link = await this.#hear(/(http:\/\/\S+\/setup\/\S+)/);
    return this.here(link);
  }

  /** Invites somebody from the command line while the server runs. @param {string} email @param {string} name @param {string} [role] */
  async invite(email, name, role = "agent") {
    const printed = await this.must("user", "invite", "--email", email, "--name", name, "--role", role);
    return this.here(printed.trim());
  }

  /** Brings a file in from the command line. @param {string} object @param {string} file */
  import(object, file) {
    return this.must("import", file, "--object", object, "--as", founder.email);
  }

  /** The same page on the address of this server. @param {string} link */
  here(link) {
    const { pathname, search } = new URL(link);
    return this.url + pathname + search;
  }

  /** Asks it to end and waits for that; returns the exit code. */
  async stop() {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return child?.exitCode ?? 0;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGTERM");
    return ended;
  }

  /** Ends it and removes its folder. */
  async remove() {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Waits until the program has printed something. @param {RegExp} pattern @returns {Promise<string>} */
  #hear(pattern) {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(this.#said);
        if (found) settle(() => resolve(found[1] ?? ""));
      };
      const gone = () => settle(() => reject(new Error(`custos ended early:\n${this.#said}`)));
      const late = setTimeout(() => settle(() => reject(new Error(`custos did not print ${pattern}`))), PATIENCE);
      /** @param {() => void} act */
      const settle = (act) => {
        clearTimeout(late);
        child?.stdout?.off("data", look);
        child?.off("close", gone);
        act();
      };
      child?.stdout?.on("data", look);
      child?.once("close", gone);
      look();
    });
  }
}

/** Starts a server whose workspace is set up. @param {string} [database] */
export const serve = async (database) => (await new Server(database).init()).start();
