//! An export above the threshold takes a second person.

use approvals::{Approvable, ApprovalFault, Terms};
use authz::{Approved, Cx, Denied, Export, Grant, Read, Rule, Verb};
use db::{ReadTx, WriteTx};

use crate::model::{ExportId, State};
use crate::{Exports, store};

/// The name of the rule.
pub const RULE: Rule = Rule::named("export");

/// What a second person agrees to when somebody takes out many records.
pub struct SecondPerson(Exports);

impl SecondPerson {
    /// Takes the handle.
    #[must_use]
    pub const fn new(exports: Exports) -> Self {
        Self(exports)
    }
}

fn id_of(terms: &Terms) -> Result<ExportId, ApprovalFault> {
    terms.id_of("export").map(ExportId::from_uuid).ok_or(ApprovalFault::Void)
}

impl Approvable for SecondPerson {
    fn rule(&self) -> Rule {
        RULE
    }

    fn may_be_done_alone(&self) -> bool {
        true
    }

    fn may_ask(&self, tx: &ReadTx<'_>, cx: &Cx, terms: &Terms) -> Result<(), ApprovalFault> {
        let run = store::find(tx, id_of(terms)?)?.filter(|run| cx.person() == Some(run.user)).ok_or(Denied::Hidden)?;
        if !cx.may::<Export>(run.object.as_str()) {
            return Err(Denied::Forbidden(Verb::Export).into());
        }
        let same = self.0.terms_of(&run)? == *terms;
        if same && run.state == State::Planned { Ok(()) } else { Err(ApprovalFault::Void) }
    }

    /// Whoever could take them out too, and whoever watches over the workspace: they see the terms, and no record.
    fn may_approve(&self, cx: &Cx, terms: &Terms) -> bool {
        let object = terms.text_of("object").unwrap_or_default();
        cx.may::<Export>(object) || cx.may::<Grant>("user") || (cx.may::<Read>("ledger") && cx.may::<Read>("user"))
    }

    fn carry_out(&self, tx: &mut WriteTx<'_>, approved: &Approved, terms: &Terms) -> Result<(), ApprovalFault> {
        Ok(self.0.start_in(tx, id_of(terms)?, Some(approved))?)
    }
}
