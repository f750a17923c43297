// What the tests of a file have in common: a browser, a server with a workspace of its own, and whoever set it up, signed in.
import { after, before } from "node:test";
import { launch } from "./browser.mjs";
import { serve } from "./server.mjs";
import { session } from "./steps.mjs";

/**
 * @typedef {object} House
 * @property {import("playwright-core").Browser} browser
 * @property {import("./server.mjs").Server} server
 * @property {Awaited<ReturnType<typeof session>>} storageState
 */

/** Starts a house before the tests of a file, and removes it behind them. It is there as soon as the first test runs. */
export const house = () => {
  const its = /** @type {House} */ ({});
  before(async () => {
    its.browser = await launch();
    its.server = await serve();
    its.storageState = await session(its.browser, its.server);
  });
  after(async () => {
    await its.browser?.close();
    await its.server?.remove();
  });
  return its;
};
