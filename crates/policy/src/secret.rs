//! What becomes of secrets that somebody writes into free text: for each kind, a rule.

use std::collections::BTreeSet;

use authz::{Configure, Read, permit};
use db::{Bare, DbFault, ReadTx, WriteTx};
use ledger::{Line, verbs};
use scanner::Kind;

use crate::PolicyFault;
use crate::act::{deny, facts, setting};

/// What becomes of a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecretRule {
    /// Whoever writes it is told, and keeps it if they mean it.
    #[default]
    Warn,
    /// It is not taken.
    Refuse,
    /// It is taken like anything else.
    Allow,
}

impl SecretRule {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Warn, Self::Refuse, Self::Allow];

    /// Returns the word by which forms and the database name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Refuse => "refuse",
            Self::Allow => "allow",
        }
    }

    /// Takes such a word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.code() == code)
    }
}

/// A row of `secret_rule`.
struct Row(String, String);

// What a workspace lets people write is nobody's data.
impl Bare for Row {}

/// Returns the rule of each kind.
///
/// # Errors
/// [`DbFault`].
pub fn secrets(tx: &ReadTx<'_>) -> Result<Vec<(Kind, SecretRule)>, DbFault> {
    let rows = tx.bare("select kind, rule from secret_rule", &[], |row| Ok(Row(row.get(0)?, row.get(1)?)))?;
    let rule = |kind: Kind| {
        let set = rows.iter().find(|row| row.0 == kind.code()).map(|row| SecretRule::parse(&row.1));
        // A word nobody knows was not written here: the strictest rule, not the usual one.
        set.map_or(SecretRule::default(), |rule| rule.unwrap_or(SecretRule::Refuse))
    };
    Ok(Kind::ALL.into_iter().map(|kind| (kind, rule(kind))).collect())
}

/// Why a text is not taken as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It holds what the rules refuse.
    Barred(Kind),
    /// It holds what the rules warn of, and nobody said that it is meant.
    Warned(Kind),
}

/// Judges what was found in a text; `keep` says that it is meant. A refusal weighs more than a warning.
#[must_use]
pub fn objection(
    rules: &[(Kind, SecretRule)],
    found: impl IntoIterator<Item = Kind> + Clone,
    keep: bool,
) -> Option<Objection> {
    let ruled = |rule: SecretRule| found.clone().into_iter().find(|kind| rules.contains(&(*kind, rule)));
    let warned = || ruled(SecretRule::Warn).filter(|_| !keep).map(Objection::Warned);
    ruled(SecretRule::Refuse).map(Objection::Barred).or_else(warned)
}

/// Says on a line what was kept because it was meant, and nothing of it itself.
#[must_use]
pub fn holding(kept: &BTreeSet<Kind>, line: Line) -> Line {
    if kept.is_empty() {
        return line;
    }
    line.fact("holds", kept.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(","))
}

/// Lists the rules for whoever may read the settings.
///
/// # Errors
/// [`PolicyFault::Denied`].
pub fn list_secrets(tx: &ReadTx<'_>) -> Result<Vec<(Kind, SecretRule)>, PolicyFault> {
    let _ = permit::<Read>(tx.cx(), facts()).inspect_err(|denied| deny(tx, verbs::READ, *denied))?;
    tx.note(Line::done(verbs::READ, setting()).fact("what", "secret-rule"));
    Ok(secrets(tx)?)
}

/// Changes rules; a kind that is not named keeps its own.
///
/// # Errors
/// [`PolicyFault::Denied`] without the right to configure, or without a fresh proof.
pub fn change_secrets(tx: &mut WriteTx<'_>, wanted: &[(Kind, SecretRule)]) -> Result<(), PolicyFault> {
    let _ = permit::<Configure>(tx.cx(), facts()).inspect_err(|denied| deny(tx, verbs::CONFIGURE, *denied))?;
    let known = secrets(tx)?;
    let changed: Vec<_> = wanted.iter().filter(|wanted| !known.contains(wanted)).collect();
    if changed.is_empty() {
        tx.note(Line::done(verbs::READ, setting()).fact("what", "secret-rule"));
    }
    for (kind, rule) in changed {
        tx.run(
            "insert into secret_rule (kind, rule) values (?1, ?2) on conflict (kind) do update set rule = excluded.rule",
            &[kind.code().into(), rule.code().into()],
        )?;
        let line = Line::done(verbs::CONFIGURE, setting()).fact("what", "secret-rule");
        tx.note(line.fact("kind", kind.code()).fact("rule", rule.code()));
    }
    Ok(())
}
