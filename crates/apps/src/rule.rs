//! An app takes a second person before anybody can agree to it.

use approvals::{Approvable, ApprovalFault, Terms};
use authz::{Approved, Configure, Cx, Denied, Facts, Read, Rule, permit};
use db::{ReadTx, WriteTx};
use kernel::{Fault as _, Uuid};
use ledger::Line;

use crate::model::{self, AppId};
use crate::{AppFault, Apps, rules, store};

/// The name of the rule.
pub const RULE: Rule = Rule::named("app");
/// An app was registered; the verb of the line.
const REGISTER: &str = "app-register";

/// What a second person agrees to when an app is registered.
pub struct SecondPerson(Apps);

impl SecondPerson {
    /// Takes the handle.
    #[must_use]
    pub const fn new(apps: Apps) -> Self {
        Self(apps)
    }
}

pub(crate) fn facts(id: Uuid) -> Facts {
    Facts { object: model::object(), id, owner: None, team: None }
}

/// Whoever sets the workspace up, and whoever watches over it.
pub(crate) fn watches(cx: &Cx) -> bool {
    cx.may::<Configure>("app") || cx.may::<Read>("canary")
}

impl Approvable for SecondPerson {
    fn rule(&self) -> Rule {
        RULE
    }

    fn may_ask(&self, tx: &ReadTx<'_>, cx: &Cx, terms: &Terms) -> Result<(), ApprovalFault> {
        if !cx.may::<Configure>("app") {
            let denied = Denied::Forbidden(authz::Verb::Configure);
            tx.note_denial(Line::denied(REGISTER, model::object(), denied.code()));
            return Err(denied.into());
        }
        Ok(rules::of_terms(terms).map(|_| ())?)
    }

    fn may_approve(&self, cx: &Cx, _: &Terms) -> bool {
        watches(cx)
    }

    fn carry_out(&self, tx: &mut WriteTx<'_>, approved: &Approved, terms: &Terms) -> Result<(), ApprovalFault> {
        let id: AppId = tx.new_id();
        let denied = |denied: &Denied| tx.note_denial(Line::denied(REGISTER, model::object(), denied.code()));
        let _ = permit::<Configure>(tx.cx(), facts(id.uuid())).inspect_err(denied)?;
        let by = tx.cx().person().ok_or(ApprovalFault::Void)?;
        let agreed = rules::of_terms(terms)?;
        let sealed = model::seal(&self.0.vault, id, &agreed)?;
        store::insert(tx, id, sealed, (by, approved.by())).map_err(AppFault::from)?;
        tx.note(Line::done(REGISTER, model::object()).about(id).fact("scopes", agreed.scopes.join(" ")));
        Ok(())
    }
}
