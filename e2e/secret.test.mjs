// Secrets in free text: pointed out before they are stored, moved where they are covered, and judged by rules that two languages show.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clean } from "./lib/axe.mjs";
import { visit } from "./lib/browser.mjs";
import { house } from "./lib/house.mjs";
import { shoot } from "./lib/shots.mjs";
import { field } from "./lib/steps.mjs";

/** A number that passes for one of a card: nobody has it. */
const CARD = "4000888888888885";

const its = house();

/** Returns the number whose last digit is its check digit (ISO/IEC 7812-1). @param {string} number */
const checked = (number) => {
  const sum = [...number.slice(0, -1)].reverse().reduce((all, digit, at) => {
    const doubled = Number(digit) * (at % 2 ? 1 : 2);
    return all + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return number.slice(0, -1) + String((10 - (sum % 10)) % 10);
};
const card = checked(CARD);

test("a card in a text is pointed out, and moves to a field where it is covered", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (visitor, page) => {
    visitor.expect(422);
    await page.goto("/contacts/new");
    await page.getByLabel("Name", { exact: true }).fill("Mina Holt");
    await page.getByLabel("Notes", { exact: true }).fill(`pays with ${card} from now on`);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const told = page.getByRole("alert").filter({ hasText: "A secret where many can read it" });
    await told.waitFor();
    assert.ok((await page.getByLabel("Notes", { exact: true }).inputValue()).includes(card), "what was typed stays");
    await clean(page);
    await shoot(page, "secret-found-en");
    await told.getByRole("button", { name: /National ID/ }).click();
    await page.waitForURL(/\/contacts\/[0-9a-f-]{36}/);
    assert.ok(!(await page.content()).includes(card));
    await field(page, "national_id").getByRole("button", { name: "Reveal National ID" }).waitFor();
    await shoot(page, "secret-moved-en");
  }));

test("the rules about secrets are on a page, and what is refused comes in nowhere", () =>
  visit(its.browser, its.server, { storageState: its.storageState }, async (visitor, page) => {
    visitor.expect(422);
    await page.goto("/settings/policy");
    const rule = page.getByRole("combobox", { name: /card/i });
    await rule.scrollIntoViewIfNeeded();
    await clean(page);
    await shoot(page, "secret-rules-en");
    await rule.selectOption({ index: 1 });
    await page.locator("form").filter({ has: rule }).getByRole("button", { name: "Save" }).click();
    await page.locator("#toasts").getByText("Saved").waitFor();
    await page.getByRole("button", { name: "中文" }).filter({ visible: true }).click();
    await page.getByRole("link", { name: "首页" }).first().waitFor();
    await page.goto("/settings/policy");
    await page.locator("select[name='secret.card']").scrollIntoViewIfNeeded();
    await clean(page);
    await shoot(page, "secret-rules-zh");
    await page.goto("/contacts/new");
    await page.getByLabel("姓名", { exact: true }).fill("林晓");
    await page.getByLabel("备注", { exact: true }).fill(`卡号 ${card}`);
    await page.getByRole("button", { name: "保存", exact: true }).click();
    await page.getByRole("alert").first().waitFor();
    assert.equal(await page.locator("input[name=keep_secrets]").count(), 0, "there is no way round it");
    await clean(page);
    await shoot(page, "secret-refused-zh");
  }));
