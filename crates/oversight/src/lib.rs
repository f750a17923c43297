//! Auditors and security officers are made by two people: whoever could make one alone could make a friend the only one who looks.
//!
//! - [`terms`]: exactly what a second person agrees to: who, which roles they have and which they are to have.
//! - [`SecondPerson`]: the rule. `accounts` answers `Denied::NeedsApproval` without it.
//!
//! A company with one administrator goes ahead alone, with an alarm and a review that stays open.
//!
//! **Invariant:** nobody agrees to a role of their own.

use std::collections::BTreeSet;

use accounts::{Accounts, RULE};
use approvals::{Approvable, ApprovalFault, Terms};
use authz::{Approved, Cx, Grant, Read, Role, Rule};
use db::{ReadTx, WriteTx};
use kernel::UserId;

const PERSON: &str = "person";
const HELD: &str = "held";
const ROLES: &str = "roles";

/// Spells roles in one order.
fn words(roles: &[Role]) -> BTreeSet<String> {
    roles.iter().map(|role| role.code().into_owned()).collect()
}

/// Says what is asked.
#[must_use]
pub fn terms(user: UserId, held: &[Role], wanted: &[Role]) -> Terms {
    let (held, wanted) = (words(held), words(wanted));
    let terms = Terms::new().person(PERSON, user).words(HELD, held.iter().map(String::as_str));
    terms.words(ROLES, wanted.iter().map(String::as_str))
}

/// What a second person agrees to when somebody is to keep watch over others.
pub struct SecondPerson(Accounts);

impl SecondPerson {
    /// Takes the handle.
    #[must_use]
    pub const fn new(accounts: Accounts) -> Self {
        Self(accounts)
    }
}

fn asked(terms: &Terms) -> Result<(UserId, Vec<Role>), ApprovalFault> {
    let user = terms.person_of(PERSON).ok_or(ApprovalFault::Void)?;
    let roles = terms.words_of(ROLES).into_iter().map(|word| Role::parse(word).ok_or(ApprovalFault::Void));
    Ok((user, roles.collect::<Result<_, _>>()?))
}

impl Approvable for SecondPerson {
    fn rule(&self) -> Rule {
        RULE
    }

    fn may_be_done_alone(&self) -> bool {
        true
    }

    /// Only whoever gives roles learns which somebody has. Other roles than those that stand in the terms void them: what was agreed to is a change, not a state.
    fn may_ask(&self, tx: &ReadTx<'_>, cx: &Cx, terms: &Terms) -> Result<(), ApprovalFault> {
        let (user, wanted) = asked(terms)?;
        let held = self.0.roles_held(tx, user)?;
        let same = self::terms(user, &held, &wanted) == *terms;
        let watches = wanted.iter().any(|role| role.watches() && !held.contains(role));
        if same && watches && cx.person() != Some(user) { Ok(()) } else { Err(ApprovalFault::Void) }
    }

    /// Whoever gives roles, and whoever watches over the workspace; not whose roles they are.
    fn may_approve(&self, cx: &Cx, terms: &Terms) -> bool {
        let may = cx.may::<Grant>("user") || (cx.may::<Read>("ledger") && cx.may::<Read>("user"));
        may && cx.person() != terms.person_of(PERSON)
    }

    fn carry_out(&self, tx: &mut WriteTx<'_>, approved: &Approved, terms: &Terms) -> Result<(), ApprovalFault> {
        let (user, roles) = asked(terms)?;
        Ok(self.0.change_roles_in(tx, user, roles, Some(approved))?)
    }

    fn carried(&self, terms: &Terms) {
        if let Some(user) = terms.person_of(PERSON) {
            self.0.forget(user);
        }
    }
}
