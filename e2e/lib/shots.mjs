// Pictures of pages, only where somebody asks for them: CUSTOS_TEST_SHOTS=folder.
import { mkdirSync } from "node:fs";
import path from "node:path";

const folder = process.env.CUSTOS_TEST_SHOTS;

/** The sizes that pictures are taken in. */
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

/** Tells whether pictures are wanted. */
export const wanted = Boolean(folder);

/** Waits until nothing changes by itself any more. @param {import("playwright-core").Page} page */
const still = (page) =>
  page.evaluate(async () => {
    const moving = () =>
      document.getAnimations().filter((one) => one.playState === "running" && Number(one.effect?.getComputedTiming().endTime) < 1_000);
    for (let all = moving(); all.length > 0; all = moving()) await Promise.allSettled(all.map((one) => one.finished));
  });

/**
 * Takes the page in both sizes and both themes.
 * @param {import("playwright-core").Page} page @param {string} name
 */
export const shoot = async (page, name) => {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const before = page.viewportSize();
  for (const [size, box] of Object.entries(SIZES)) {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      await page.setViewportSize(box);
      // What moves would be caught half way, and so would a colour that still changes.
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.waitForTimeout(60);
      await still(page);
      await page.screenshot({ path: path.join(folder, `${name}-${size}-${colorScheme}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
  if (before) await page.setViewportSize(before);
};
