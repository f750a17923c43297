// What axe finds on a page.
import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";

/** WCAG 2.2 AA, and what axe calls good practice. */
export const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Holds a page to all of them. @param {import("playwright-core").Page} page */
export const clean = async (page) => {
  // What is still fading in has no contrast yet.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => Number(one.effect?.getComputedTiming().endTime) < 1_000).map((one) => one.finished)));
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
};
