// What goes over the wire, byte for byte: no decompression, no cache, no redirects followed.
import http from "node:http";
import net from "node:net";

/** As the browser calls itself: which cookie counts depends on it. */
const AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/**
 * @typedef {{ status: number, headers: import("node:http").IncomingHttpHeaders, body: Buffer }} Answer
 * @typedef {Awaited<ReturnType<import("playwright-core").BrowserContext["storageState"]>>} State
 */

/**
 * Asks for an address.
 * @param {string} url
 * @param {{ method?: string, headers?: Record<string, string>, state?: State, body?: string }} [options]
 * @returns {Promise<Answer>}
 */
export const ask = (url, options = {}) =>
  new Promise((resolve, reject) => {
    const cookie = options.state?.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const headers = { "user-agent": AGENT, accept: "text/html,*/*", ...(cookie ? { cookie } : {}), ...options.headers };
    const request = http.request(url, { method: options.method ?? "GET", headers }, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on("error", reject);
    request.end(options.body);
  });

/** Sends bytes as they are and returns what comes back. @param {string} url @param {string} bytes @returns {Promise<string>} */
export const bare = (url, bytes) =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = net.connect(Number(port), hostname, () => socket.write(bytes));
    let said = "";
    socket.setEncoding("utf8").on("data", (chunk) => (said += chunk));
    socket.on("end", () => resolve(said));
    socket.on("error", reject);
  });

/** A start tag of a page as it was sent. @typedef {{ tag: string, attributes: Map<string, string> }} Tag */

/** Reads the start tags of a page. @param {string} html @returns {Tag[]} */
export const tags = (html) => {
  const found = [];
  for (const [, tag = "", rest = ""] of html.matchAll(/<([a-zA-Z][^\s/>]*)((?:[^"'>]|"[^"]*"|'[^']*')*)>/g)) {
    const attributes = new Map();
    for (const [, name = "", double, single, bare] of rest.matchAll(/([^\s"'=/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?/g)) {
      attributes.set(name.toLowerCase(), double ?? single ?? bare ?? "");
    }
    found.push({ tag: tag.toLowerCase(), attributes });
  }
  return found;
};

/** Finds what the policy of the pages would refuse: in a page of ours there is none of it. @param {string} html */
export const inline = (html) =>
  tags(html).flatMap(({ tag, attributes }) => {
    const wrong = [...attributes.keys()].filter((name) => name === "style" || name.startsWith("on")).map((name) => `<${tag} ${name}>`);
    if (tag === "style") wrong.push("<style>");
    if (tag === "script" && !attributes.get("src")) wrong.push("<script> without src");
    for (const name of ["href", "xlink:href", "src", "srcdoc", "action", "formaction", "data", "poster"]) {
      const value = attributes.get(name) ?? "";
      if (name === "srcdoc" ? value : /^\s*(javascript|data|vbscript):/i.test(value)) wrong.push(`<${tag} ${name}=${value.slice(0, 30)}>`);
    }
    return wrong;
  });

/**
 * Adds up what a page costs from when this is called.
 * @param {import("playwright-core").Page} page
 */
export const meter = async (page) => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.setCacheDisabled", { cacheDisabled: false });
  /** @type {Map<string, { url: string, bytes: number }>} */
  const requests = new Map();
  cdp.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (!requests.has(requestId)) requests.set(requestId, { url: request.url, bytes: 0 });
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const request = requests.get(requestId);
    if (request) request.bytes = encodedDataLength;
  });
  return {
    /** Bytes of all answers, or of those whose address fits. @param {RegExp} [pattern] */
    bytes: (pattern = /./) => [...requests.values()].filter(({ url }) => pattern.test(url)).reduce((sum, { bytes }) => sum + bytes, 0),
    list: () => [...requests.values()],
  };
};
