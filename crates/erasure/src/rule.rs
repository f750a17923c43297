//! Erasing somebody takes a second person.

use approvals::{Approvable, ApprovalFault, Terms};
use authz::{Approved, Cx, Erase, Grant, Read, Rule};
use db::{ReadTx, WriteTx};
use kernel::{ObjectName, RecordId};
use records::RecordRef;

use crate::Erasures;

/// The name of the rule.
pub const RULE: Rule = Rule::named("erase");

/// What a second person agrees to when somebody is to be erased.
pub struct SecondPerson(Erasures);

impl SecondPerson {
    /// Takes the handle.
    #[must_use]
    pub const fn new(erasures: Erasures) -> Self {
        Self(erasures)
    }
}

fn asked(terms: &Terms) -> Result<(RecordRef, &str), ApprovalFault> {
    let object = terms.text_of("object").and_then(|name| ObjectName::parse(name).ok());
    let id = terms.id_of("record").map(RecordId::from_uuid);
    let (object, id) = object.zip(id).ok_or(ApprovalFault::Void)?;
    Ok((RecordRef { object, id }, terms.text_of("basis").ok_or(ApprovalFault::Void)?))
}

impl Approvable for SecondPerson {
    fn rule(&self) -> Rule {
        RULE
    }

    fn may_be_done_alone(&self) -> bool {
        true
    }

    /// What goes must still be what was agreed to: a note that came in between voids it.
    fn may_ask(&self, tx: &ReadTx<'_>, _: &Cx, terms: &Terms) -> Result<(), ApprovalFault> {
        let (at, basis) = asked(terms)?;
        if self.0.terms_in(tx, &at, basis)? == *terms { Ok(()) } else { Err(ApprovalFault::Void) }
    }

    /// Whoever could erase them too, and whoever watches over the workspace: they see the terms, and no record.
    fn may_approve(&self, cx: &Cx, terms: &Terms) -> bool {
        let object = terms.text_of("object").unwrap_or_default();
        cx.may::<Erase>(object) || cx.may::<Grant>("user") || (cx.may::<Read>("ledger") && cx.may::<Read>("user"))
    }

    fn carry_out(&self, tx: &mut WriteTx<'_>, approved: &Approved, terms: &Terms) -> Result<(), ApprovalFault> {
        let (at, basis) = asked(terms)?;
        Ok(self.0.begin(tx, (&at, basis), approved).map(|_| ())?)
    }
}
