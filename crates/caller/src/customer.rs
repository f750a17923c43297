//! With a customer, who has no account here: they type the code they hear into the company's own page.
//!
//! What they hear proves the company to the customer, and not the customer to the company: whoever hears the code can type it. So
//! their page shows them another one, to be read back. Whoever reads that is at the other end of this very call; and if the colleague
//! dialled a number that was in the record before, that is who the record is about. Of a call that comes in it proves nothing: somebody
//! in between can pass codes on.

use accounts::AccountFault;
use authz::Cx;
use db::WriteTx;
use kernel::{Fault as _, ObjectName, UserId};
use ledger::Line;
use records::RecordRef;

use crate::act::{BEGIN, VERIFY, call, fresh};
use crate::model::{Answered, Check, CheckId, Side};
use crate::{Caller, CallerFault, code, rule, store};

/// The name under which a customer's code is found.
const CODE: &str = "caller.code";
/// The name under which a network's questions are counted.
const NETWORK: &str = "caller.network";

/// A customer was recognised: they read a code back from the number in their record.
const KNOWN: &str = "caller-known";
/// Somebody read a code back in a call that proves nobody.
const HEARD: &str = "caller-heard";

/// The object that customers are.
#[expect(clippy::expect_used, reason = "the word is a constant")]
fn record() -> ObjectName {
    ObjectName::parse("contact").expect("a name")
}

impl Caller {
    /// Begins a check with a customer whose record the person who acts may read.
    ///
    /// # Errors
    /// [`CallerFault::Record`] (hidden) if they may not.
    pub async fn begin_with_customer(&self, cx: &Cx, contact: RecordRef) -> Result<CheckId, CallerFault> {
        let own = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        let caller = self.clone();
        let beginning = self.db().write(cx, move |tx| -> Result<_, CallerFault> {
            let record = caller.records().read_record(tx, &contact)?;
            let check = fresh(tx, own, None, Some(contact.id));
            let code = code::of(caller.vault(), check.id, Side::Customer);
            store::insert(tx, &check, Some(caller.vault().blind(CODE, &code)))?;
            tx.note(Line::done(BEGIN, call()).about(check.id).about(own).about(record.record_id()));
            Ok(check.id)
        });
        beginning.await
    }

    /// Says whether somebody of the company reads this code to a customer at this moment, and returns what the customer reads back.
    /// It is taken once.
    ///
    /// # Errors
    /// [`CallerFault::Wrong`] whatever is wrong: mistyped, used, over, made up; [`CallerFault::TooMany`].
    pub async fn confirm(&self, cx: &Cx, typed: &str) -> Result<String, CallerFault> {
        let (caller, typed) = (self.clone(), code::typed(typed));
        let confirming = self.db().write(cx, move |tx| -> Result<_, CallerFault> {
            let (most, span) = rule::ASKED;
            let network = tx.cx().origin().ip.map_or_else(String::new, |ip| proofs::tries::network(ip).to_string());
            let before = tx.now().minus(span);
            let (since, tries) = store::ask(tx, caller.vault().blind(NETWORK, &network), before)?;
            if tries > most {
                let wait = since.plus(span).since(tx.now());
                tx.note(Line::denied(VERIFY, call(), "too-many-tries"));
                return Ok(Err(CallerFault::TooMany(wait)));
            }
            let Some(check) = store::confirm(tx, caller.vault().blind(CODE, &typed))? else {
                tx.note(Line::failed(VERIFY, call(), CallerFault::Wrong.code()));
                return Ok(Err(CallerFault::Wrong));
            };
            let line = Line::done(VERIFY, call()).about(check.id).about(check.starter);
            tx.note(line.about_each(check.contact.map(|id| id.uuid())).fact("by", "customer"));
            Ok(Ok(code::spell(&code::of(caller.vault(), check.id, Side::Back))))
        });
        confirming.await?
    }

    /// Takes the code that a customer read back, with whether the colleague dialled the number in the record. A wrong one is
    /// counted; the third ends the check.
    ///
    /// # Errors
    /// [`CallerFault::Hidden`] if the check is not one of theirs with a customer; [`CallerFault::Over`] if it is over, was answered, or
    /// the customer has not typed the first code yet.
    pub async fn answer_customer(
        &self,
        cx: &Cx,
        id: CheckId,
        (typed, dialled): (&str, bool),
    ) -> Result<Answered, CallerFault> {
        let own = cx.at_browser().ok_or(AccountFault::SignedOut)?;
        let (caller, typed) = (self.clone(), code::typed(typed));
        // As between colleagues: what is wrong is a value, so that its count stands.
        let answering = self.db().write(cx, move |tx| caller.judge_customer(tx, (own, id), (&typed, dialled)));
        answering.await?
    }

    fn judge_customer(
        &self,
        tx: &mut WriteTx<'_>,
        (own, id): (UserId, CheckId),
        (typed, dialled): (&str, bool),
    ) -> Result<Result<Answered, CallerFault>, CallerFault> {
        let found = store::find(tx, own, id)?.filter(|check| check.side(own) == Some(Side::Customer));
        let counted = match found {
            Some(_) => store::count(tx, id, Side::Customer)?,
            None => None,
        };
        let Some(counted) = counted else {
            tx.note(Line::denied(VERIFY, call(), CallerFault::Hidden.code()).about(id));
            return Ok(Err(CallerFault::Hidden));
        };
        let before = Check { tries: (counted.tries.0 - 1, counted.tries.1), ..counted.clone() };
        let line = |line: Line| line.about(id).about(own).about_each(counted.contact.map(|id| id.uuid()));
        if !rule::may_answer(&before, Side::Customer, tx.now()) {
            tx.note(line(Line::failed(VERIFY, call(), CallerFault::Over.code())));
            return Ok(Err(CallerFault::Over));
        }
        if crypto::same(code::of(self.vault(), id, Side::Back).as_bytes(), typed.as_bytes()) {
            store::done(tx, id, Side::Customer)?;
            store::dialled(tx, id, dialled)?;
            tx.note(line(Line::done(VERIFY, call())));
            // The record's own history says it too.
            if let Some(contact) = counted.contact {
                tx.note(Line::done(if dialled { KNOWN } else { HEARD }, record()).about(contact));
            }
            return Ok(Ok(Answered::Right));
        }
        tx.note(line(Line::failed(VERIFY, call(), CallerFault::Wrong.code())));
        Ok(Ok(Answered::Wrong(rule::left(&counted, Side::Customer))))
    }
}
