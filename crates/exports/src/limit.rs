//! How many rows somebody takes out in a day before it takes a second person: a setting of the workspace. Fewer is said by whoever
//! changes settings; more takes a second person itself, or the setting would be the way around what it sets.

use approvals::{Approvable, ApprovalFault, Terms};
use authz::{Approved, Configure, Cx, Denied, Facts, Read, Rule, permit};
use db::{DbFault, EXPORTS, ReadTx, WriteTx};
use kernel::{Fault as _, ObjectName, Uuid};
use ledger::{Line, verbs};

use crate::{ExportFault, Exports};

/// The name of the rule.
pub const LIMIT_RULE: Rule = Rule::named("export-limit");
/// Above so many rows in a day it takes a second person, where nobody has set another number.
pub const THRESHOLD: i64 = 500;
/// No workspace lets anybody take out more alone.
pub const MOST_ALONE: i64 = 10_000;

const BEFORE: &str = "before";
const ROWS: &str = "rows";

fn facts() -> Facts {
    #[expect(clippy::expect_used, reason = "the word is a constant, and every change in the tests reads it")]
    let object = ObjectName::parse("setting").expect("a name");
    Facts { object, id: Uuid::nil(), owner: None, team: None }
}

fn line(verb: &'static str) -> Line {
    Line::done(verb, facts().object).fact("what", LIMIT_RULE.name())
}

fn deny(tx: &ReadTx<'_>, verb: &'static str, denied: Denied) {
    tx.note_denial(Line::denied(verb, facts().object, denied.code()));
}

/// Returns the number that holds at this moment.
pub(crate) fn threshold(tx: &ReadTx<'_>) -> Result<i64, DbFault> {
    tx.believe_whole(&EXPORTS)?;
    let set = tx.bare_one("select rows_alone from export_limit where id = 1", &[], |row| row.get::<i64>(0))?;
    Ok(set.unwrap_or(THRESHOLD))
}

/// Says what is asked: from which number to which.
fn terms(before: i64, rows: i64) -> Terms {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    Terms::new().count(BEFORE, count(before)).count(ROWS, count(rows))
}

fn asked(terms: &Terms) -> Result<i64, ApprovalFault> {
    terms.count_of(ROWS).and_then(|rows| i64::try_from(rows).ok()).ok_or(ApprovalFault::Void)
}

fn set(tx: &mut WriteTx<'_>, rows: i64, approved: Option<&Approved>) -> Result<(), ExportFault> {
    let _ = permit::<Configure>(tx.cx(), facts()).inspect_err(|denied| deny(tx, verbs::CONFIGURE, *denied))?;
    if !(1..=MOST_ALONE).contains(&rows) {
        return Err(ExportFault::Limit);
    }
    let before = threshold(tx)?;
    if rows == before {
        tx.note(line(verbs::READ));
        return Ok(());
    }
    if rows > before && approved.is_none_or(|approved| approved.rule() != LIMIT_RULE) {
        let denied = Denied::NeedsApproval(LIMIT_RULE);
        deny(tx, verbs::CONFIGURE, denied);
        return Err(denied.into());
    }
    let sql = "insert into export_limit (id, rows_alone) values (1, ?1) \
               on conflict (id) do update set rows_alone = excluded.rows_alone";
    tx.mark_whole_over(&EXPORTS, |tx| tx.run(sql, &[rows.into()]))?;
    tx.note(line(verbs::CONFIGURE).fact(BEFORE, before.to_string()).fact(ROWS, rows.to_string()));
    Ok(())
}

impl Exports {
    /// Returns how many rows a day need nobody else.
    ///
    /// # Errors
    /// Denied to whoever may not read settings.
    pub async fn limit(&self, cx: &Cx) -> Result<i64, ExportFault> {
        let reading = self.db.read(cx, |tx| -> Result<_, ExportFault> {
            let _ = permit::<Read>(tx.cx(), facts()).inspect_err(|denied| deny(tx, verbs::READ, *denied))?;
            tx.note(line(verbs::READ));
            Ok(threshold(tx)?)
        });
        reading.await
    }

    /// Says how many they are from now on.
    ///
    /// # Errors
    /// `Denied::NeedsApproval` for more than before; denied without the right or a fresh proof; [`ExportFault::Limit`].
    pub async fn change_limit(&self, cx: &Cx, rows: i64) -> Result<(), ExportFault> {
        self.db.write(cx, move |tx| set(tx, rows, None)).await
    }

    /// Returns exactly what a second person would agree to.
    ///
    /// # Errors
    /// As [`limit`](Self::limit).
    pub async fn limit_terms(&self, cx: &Cx, rows: i64) -> Result<Terms, ExportFault> {
        Ok(terms(self.limit(cx).await?, rows))
    }
}

/// What a second person agrees to when more rows are to go alone.
pub struct LimitSecondPerson;

impl Approvable for LimitSecondPerson {
    fn rule(&self) -> Rule {
        LIMIT_RULE
    }

    fn may_be_done_alone(&self) -> bool {
        true
    }

    /// Another number than the one in the terms voids them: what was agreed to is a change, not a state.
    fn may_ask(&self, tx: &ReadTx<'_>, cx: &Cx, terms: &Terms) -> Result<(), ApprovalFault> {
        let (before, rows) = (threshold(tx)?, asked(terms)?);
        if !cx.may::<Configure>("setting") {
            return Err(Denied::Forbidden(authz::Verb::Configure).into());
        }
        let same = self::terms(before, rows) == *terms;
        if same && rows > before && rows <= MOST_ALONE { Ok(()) } else { Err(ApprovalFault::Void) }
    }

    /// Whoever changes settings, and whoever watches over the workspace.
    fn may_approve(&self, cx: &Cx, _: &Terms) -> bool {
        cx.may::<Configure>("setting") || (cx.may::<Read>("ledger") && cx.may::<Read>("user"))
    }

    fn carry_out(&self, tx: &mut WriteTx<'_>, approved: &Approved, terms: &Terms) -> Result<(), ApprovalFault> {
        Ok(set(tx, asked(terms)?, Some(approved))?)
    }
}
