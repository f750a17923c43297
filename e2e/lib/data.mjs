// Data for the journeys: made up from a seed, or the real files beside the project where they are present.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./server.mjs";

const shared = path.join(root, "..", "shared", "data");

/** Finds a file that lies beside the project, not in it. @param {string} name */
export const beside = (name) => {
  const file = path.join(shared, name);
  return existsSync(file) ? file : null;
};

/** Lists the files of a folder beside the project. @param {string} name */
export const allBeside = (name) => {
  const folder = beside(name);
  return folder ? readdirSync(folder).sort().map((file) => path.join(folder, file)) : [];
};

/** Numbers from a seed, the same on every machine (mulberry32). @param {number} seed */
export const dice = (seed) => {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** A whole number below `most`. @param {number} most */
    below: (most) => Math.floor(next() * most),
    /** One of a list. @template T @param {readonly T[]} list @returns {T} */
    one: (list) => /** @type {T} */ (list[Math.floor(next() * list.length)]),
  };
};

/** A table: its header and its rows. @typedef {{ header: string[], rows: string[][] }} Table */

/** Reads CSV (RFC 4180). @param {string} text @returns {Table} */
export const readCsv = (text) => {
  const rows = [];
  let row = [];
  let cell = "";
  let quoted = false;
  const source = text.replace(/^\uFEFF/, "").replace(/\r\n/g, "\n");
  for (let at = 0; at < source.length; at += 1) {
    const sign = source[at];
    if (quoted && sign === '"' && source[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (sign === '"') quoted = !quoted;
    else if (sign === "," && !quoted) {
      row.push(cell);
      cell = "";
    } else if (sign === "\n" && !quoted) {
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else cell += sign;
  }
  if (cell || row.length) rows.push([...row, cell]);
  const [header = [], ...body] = rows;
  return { header, rows: body };
};

/** Reads a file of the kind. @param {string} file */
export const readTable = (file) => readCsv(readFileSync(file, "utf8"));

/** Writes CSV. @param {Table} table */
export const writeCsv = ({ header, rows }) => {
  const cell = (/** @type {string} */ text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${[header, ...rows].map((row) => row.map(cell).join(",")).join("\n")}\n`;
};

/** Writes a table into a folder and returns where. @param {string} folder @param {string} name @param {Table} table */
export const keep = (folder, name, table) => {
  const file = path.join(folder, name);
  writeFileSync(file, writeCsv(table));
  return file;
};

/** Returns the cells of one column. @param {Table} table @param {string} name */
export const column = (table, name) => {
  const at = table.header.indexOf(name);
  if (at < 0) throw new Error(`no column ${name} in ${table.header}`);
  return table.rows.map((row) => row[at] ?? "");
};

/** Counts how often each text occurs. @param {string[]} texts */
export const tally = (texts) => {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
};

const GIVEN = ["Odalys", "Thibault", "Marisol", "Eskil", "Ngozi", "Ruairi", "Saoirse", "Yusuf", "Ilse", "Dagny", "王", "李"];
const FAMILY = ["Varnhagen", "Okonjo", "Lindqvist", "Szymański", "Ferreira", "Oyelaran", "Haugland", "Brânză", "Castellan", "Mbeki"];
const FIRM = ["Quillfeather", "Morrowgate", "Tessaract", "Halvorsen", "Pinebarrow", "Zephyrline", "Copperleaf", "Ostrava"];
const FORM = ["Works", "Labs", "Logistics", "Foods", "Optics", "Systems"];
const FIELD = ["technology", "medical", "retail", "logistics", "finance"];
const CITY = ["Tromsø", "Ghent", "Porto", "Łódź", "Zürich", "杭州"];
const STAGE = ["Won", "Lost", "Engaging", "Prospecting"];

/** A two-digit number. @param {number} n */
const two = (n) => String(n).padStart(2, "0");

/** Invents companies in the layout of a CRM's export. @param {number} n @param {number} [seed] @returns {Table} */
export const companies = (n, seed = 7) => {
  const { one, below } = dice(seed);
  const rows = Array.from({ length: n }, (_, at) => [
    `${one(FIRM)} ${one(FORM)} ${at + 1}`,
    one(FIELD),
    String(1950 + below(70)),
    `${100 + below(9_000)}.${two(below(100))}`,
    String(10 + below(5_000)),
    one(["Norway", "Belgium", "Portugal"]),
  ]);
  return { header: ["account", "sector", "year_established", "revenue", "employees", "office_location"], rows };
};

/** Invents people. @param {number} n @param {number} [seed] @param {string[]} [firms] @returns {Table} */
export const contacts = (n, seed = 11, firms = []) => {
  const { one, below } = dice(seed);
  const rows = Array.from({ length: n }, (_, at) => {
    const [given, family] = [one(GIVEN), `${one(FAMILY)}${at % 3 ? "" : "-Roth"}`];
    return [
      `C${String(100_000 + at * 37)}`,
      given,
      family,
      firms.length ? one(firms) : "",
      one(CITY),
      `+4790${String(1_000_00 + at * 13).padStart(6, "0")}`,
      `${family.normalize("NFD").replace(/[^A-Za-z]/g, "").toLowerCase()}.${at}@mailbox-${below(20)}.example`,
      `Met at the fair in hall ${at}, likes quince marmalade`,
    ];
  });
  return { header: ["Customer Id", "First Name", "Last Name", "Company", "City", "Phone", "Email", "Notes"], rows };
};

/** Invents sales on their way, for companies by name. @param {number} n @param {string[]} firms @param {number} [seed] @returns {Table} */
export const deals = (n, firms, seed = 13) => {
  const { one, below } = dice(seed);
  const rows = Array.from({ length: n }, (_, at) => {
    const stage = one(STAGE);
    const closed = stage === "Won" || stage === "Lost";
    return [
      `OP${String(10_000 + at)}`,
      one(["GTXPro", "GTX Basic", "MG Special"]),
      below(8) ? one(firms) : "",
      stage,
      stage === "Prospecting" ? "" : `2026-0${1 + below(6)}-${two(1 + below(28))}`,
      closed ? `2026-0${7 + below(3)}-${two(1 + below(28))}` : "",
      stage === "Won" ? String(500 + below(9_000)) : closed ? "0" : "",
    ];
  });
  return {
    header: ["opportunity_id", "product", "account", "deal_stage", "engage_date", "close_date", "close_value"],
    rows,
  };
};
