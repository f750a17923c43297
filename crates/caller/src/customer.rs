//! With a customer, who has no account here: they type the code they hear into the company's own page.
//!
//! It proves the company to the customer, and not the customer to the company: whoever hears the code can type it.

use accounts::AccountFault;
use authz::Cx;
use kernel::Fault as _;
use ledger::Line;
use records::RecordRef;

use crate::act::{BEGIN, VERIFY, call, fresh};
use crate::model::{CheckId, Side};
use crate::{Caller, CallerFault, code, rule, store};

/// The name under which a customer's code is found.
const CODE: &str = "caller.code";
/// The name under which a network's questions are counted.
const NETWORK: &str = "caller.network";

impl Caller {
    /// Begins a check with a customer whose record the person who acts may read.
    ///
    /// # Errors
    /// [`CallerFault::Record`] (hidden) if they may not.
    pub async fn begin_with_customer(&self, cx: &Cx, contact: RecordRef) -> Result<CheckId, CallerFault> {
        let own = cx.session().and(cx.person()).ok_or(AccountFault::SignedOut)?;
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

    /// Says whether somebody of the company reads this code to a customer at this moment. It is taken once.
    ///
    /// # Errors
    /// [`CallerFault::Wrong`] whatever is wrong: mistyped, used, over, made up; [`CallerFault::TooMany`].
    pub async fn confirm(&self, cx: &Cx, typed: &str) -> Result<(), CallerFault> {
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
            Ok(Ok(()))
        });
        confirming.await?
    }
}
