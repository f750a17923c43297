//! What a feature says about what takes a second person.

use std::time::Duration;

use authz::{Approved, Cx, Rule};
use db::{ReadTx, WriteTx};

use crate::{ApprovalFault, Terms};

/// How long a request waits, where its rule says nothing else.
pub const LASTS: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// Something that takes a second person.
pub trait Approvable: Send + Sync + 'static {
    /// Returns the name of the rule.
    fn rule(&self) -> Rule;

    /// Returns how long a request waits for somebody.
    fn lasts(&self) -> Duration {
        LASTS
    }

    /// Tells whether somebody may go ahead alone, with an alarm and a review afterwards.
    fn may_be_done_alone(&self) -> bool {
        false
    }

    /// Tells whether a person has the right to what they ask for. Asked when they do, and again before it is carried out; `cx` is that
    /// person as they are at that moment.
    ///
    /// # Errors
    /// [`ApprovalFault`]: why not.
    fn may_ask(&self, tx: &ReadTx<'_>, cx: &Cx, terms: &Terms) -> Result<(), ApprovalFault>;

    /// Tells whether a person may agree to it, and therefore see it. That it is not who asked is not for the rule to say.
    fn may_approve(&self, cx: &Cx, terms: &Terms) -> bool;

    /// Does it. Runs in the name of whoever asked, in the transaction that uses the agreement up: what this writes happens
    /// exactly once, or not at all.
    ///
    /// # Errors
    /// [`ApprovalFault`]; nothing has happened then, and the request has failed.
    fn carry_out(&self, tx: &mut WriteTx<'_>, approved: &Approved, terms: &Terms) -> Result<(), ApprovalFault>;

    /// Is told that it was done, when that is committed.
    fn carried(&self, terms: &Terms) {
        let _ = terms;
    }
}
