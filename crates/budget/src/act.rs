//! What is done around the reading budget.

use std::sync::LazyLock;

use accounts::AccountFault;
use authz::{Configure, Cx, Denied, Facts, Grant, Read, Role, permit};
use db::budget::{self, Counted, Limits, Standing};
use db::{ReadTx, WriteTx};
use kernel::{Fault as _, ObjectName, Timestamp, UserId, Uuid};
use ledger::{Line, verbs};
use notices::{Kind, Notice};

use crate::rules::{self, LONGEST_REASON, PASS};
use crate::{Budget, BudgetFault};

/// Somebody went on past the soft limit; the verb of the line.
const PASSED: &str = "budget-pass";
/// Somebody was given more by a second person.
const RAISED: &str = "budget-raise";
/// Officers were told of somebody who was stopped.
const TOLD: &str = "budget-told";

fn name(word: &str) -> ObjectName {
    #[expect(clippy::expect_used, reason = "the words are constants, and every test of the budget reads them")]
    ObjectName::parse(word).expect("a name")
}

/// The name under which the ledger knows a person.
static USER: LazyLock<ObjectName> = LazyLock::new(|| name("user"));
/// The name under which it knows the settings.
static SETTING: LazyLock<ObjectName> = LazyLock::new(|| name("setting"));

/// What somebody has seen and may see.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    /// Counts and limits.
    pub standing: Standing,
    /// The present moment.
    pub now: Timestamp,
}

/// Somebody who saw people within the last day.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Who.
    pub user: UserId,
    /// How many.
    pub counted: Counted,
    /// How often a second person gave them more.
    pub raised: u64,
}

fn settings() -> Facts {
    Facts { object: SETTING.clone(), id: Uuid::nil(), owner: None, team: None }
}

fn person(user: UserId) -> Facts {
    Facts { object: USER.clone(), id: user.uuid(), owner: None, team: None }
}

fn deny(tx: &ReadTx<'_>, verb: &'static str, object: &ObjectName, denied: Denied) {
    tx.note_denial(Line::denied(verb, object.clone(), denied.code()));
}

/// Returns the person who acts at a browser; a program is nobody here.
fn at_browser(tx: &ReadTx<'_>, verb: &'static str) -> Result<UserId, BudgetFault> {
    let (Some(user), Some(_)) = (tx.cx().person(), tx.cx().session()) else {
        deny(tx, verb, &USER, Denied::Hidden);
        return Err(Denied::Hidden.into());
    };
    tx.cx().dare().inspect_err(|denied| deny(tx, verb, &USER, *denied))?;
    Ok(user)
}

fn go_on(tx: &mut WriteTx<'_>, reason: &str) -> Result<(), BudgetFault> {
    let user = at_browser(tx, PASSED)?;
    let reason = kernel::text::clean(reason, LONGEST_REASON).map_err(|_| BudgetFault::Reason)?;
    if reason.is_empty() {
        return Err(BudgetFault::Reason);
    }
    let counted = tx.standing(user, tx.cx().roles())?.counted;
    budget::pass_soft(tx, user, PASS)?;
    let line = Line::done(PASSED, USER.clone()).about(user).because(reason);
    tx.note(line.fact("hour", counted.hour.to_string()).fact("day", counted.day.to_string()));
    Ok(())
}

fn list(tx: &ReadTx<'_>) -> Result<Vec<(Role, Limits)>, BudgetFault> {
    let _ = permit::<Read>(tx.cx(), settings()).inspect_err(|denied| deny(tx, verbs::READ, &SETTING, *denied))?;
    tx.note(Line::done(verbs::READ, SETTING.clone()).fact("what", "role-budget"));
    let made = roles::names(tx)?;
    let built_in = Role::ALL.iter().copied().filter(|role| role.reads_records());
    let reading = built_in.chain(made.iter().map(|(role, _)| *role));
    Ok(reading.map(|role| budget::limits(tx, role).map(|limits| (role, limits))).collect::<Result<_, _>>()?)
}

fn change(tx: &mut WriteTx<'_>, wanted: &[(Role, Limits)]) -> Result<(), BudgetFault> {
    let _ =
        permit::<Configure>(tx.cx(), settings()).inspect_err(|denied| deny(tx, verbs::CONFIGURE, &SETTING, *denied))?;
    if !roles::exist(tx, &wanted.iter().map(|(role, _)| *role).collect::<Vec<_>>())? {
        return Err(BudgetFault::Limits);
    }
    for (role, limits) in wanted {
        // Whatever the caller made it of: only what is in order is written.
        let limits = rules::limits(limits.soft, limits.hard)?;
        if budget::limits(tx, *role)? == limits {
            continue;
        }
        budget::set_limits(tx, *role, limits)?;
        let line = Line::done(verbs::CONFIGURE, SETTING.clone()).fact("what", "role-budget").fact("role", role.code());
        let told = |counted: Counted| format!("{} {}", counted.hour, counted.day);
        tx.note(line.fact("soft", told(limits.soft)).fact("hard", told(limits.hard)));
    }
    Ok(())
}

fn readers(tx: &ReadTx<'_>) -> Result<Vec<Reader>, BudgetFault> {
    let _ = permit::<Read>(tx.cx(), settings()).inspect_err(|denied| deny(tx, verbs::READ, &SETTING, *denied))?;
    let readers = tx.readers()?;
    tx.note(Line::done(verbs::READ, SETTING.clone()).fact("what", "readers"));
    Ok(readers.into_iter().map(|(user, counted, raised)| Reader { user, counted, raised }).collect())
}

impl Budget {
    /// Returns what the person who acts has seen, and what they may.
    ///
    /// # Errors
    /// [`BudgetFault::Denied`] if nobody acts.
    pub async fn own(&self, cx: &Cx) -> Result<Own, BudgetFault> {
        let reading = self.db.read(cx, |tx| -> Result<_, BudgetFault> {
            let user = tx.cx().person().ok_or(Denied::Hidden)?;
            Ok(Own { standing: tx.standing(user, tx.cx().roles())?, now: tx.now() })
        });
        reading.await
    }

    /// Lets the person who acts past the soft limit for [`PASS`], with a reason.
    ///
    /// # Errors
    /// [`BudgetFault::Denied`] without a fresh proof, or for a program; [`BudgetFault::Reason`].
    pub async fn go_on(&self, cx: &Cx, reason: String) -> Result<(), BudgetFault> {
        self.db.write(cx, move |tx| go_on(tx, &reason)).await
    }

    /// Lists the limits of every role that sees records.
    ///
    /// # Errors
    /// [`BudgetFault::Denied`] without the right to read settings.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<(Role, Limits)>, BudgetFault> {
        self.db.read(cx, list).await
    }

    /// Changes the limits of roles; a role that is not named stays as it is.
    ///
    /// # Errors
    /// [`BudgetFault::Denied`] without the right to configure, or without a fresh proof; [`BudgetFault::Limits`].
    pub async fn change(&self, cx: &Cx, wanted: Vec<(Role, Limits)>) -> Result<(), BudgetFault> {
        self.db.write(cx, move |tx| change(tx, &wanted)).await
    }

    /// Lists who saw people within the last day, most first.
    ///
    /// # Errors
    /// [`BudgetFault::Denied`] without the right to read settings.
    pub async fn readers(&self, cx: &Cx) -> Result<Vec<Reader>, BudgetFault> {
        self.db.read(cx, readers).await
    }

    /// Gives somebody else their hard limit once more for a day, and tells them.
    ///
    /// # Errors
    /// [`BudgetFault::Denied`] without the right to give rights, without a fresh proof, or for a program;
    /// [`BudgetFault::OnOneself`].
    pub async fn raise(&self, cx: &Cx, user: UserId) -> Result<(), BudgetFault> {
        let its = self.clone();
        self.db.write(cx, move |tx| its.raise_in(tx, user)).await
    }

    fn raise_in(&self, tx: &mut WriteTx<'_>, user: UserId) -> Result<(), BudgetFault> {
        let _ = permit::<Grant>(tx.cx(), person(user)).inspect_err(|denied| deny(tx, RAISED, &USER, *denied))?;
        let by = at_browser(tx, RAISED)?;
        if by == user {
            tx.note_denial(Line::denied(RAISED, USER.clone(), BudgetFault::OnOneself.code()).about(user));
            return Err(BudgetFault::OnOneself);
        }
        let active = self.accounts.holders(tx, Role::ALL)?;
        let (_, subject) = active.into_iter().find(|(known, _)| *known == user).ok_or(AccountFault::NobodyThere)?;
        budget::pass_hard(tx, user)?;
        tx.note(Line::done(RAISED, USER.clone()).about(user));
        notices::tell(tx, &self.vault, user, subject, &Notice::new(Kind::BudgetRaised))?;
        Ok(())
    }

    /// Tells security officers and administrators of everybody who was stopped at the hard limit since the last time; of the same
    /// person once an hour. For a schedule.
    ///
    /// # Errors
    /// [`BudgetFault`] of the database or of the notices.
    pub async fn tell(&self, cx: &Cx) -> Result<(), BudgetFault> {
        if self.db.read(cx, budget::has_struck).await? {
            let its = self.clone();
            self.db.write(cx, move |tx| its.tell_in(tx)).await?;
        }
        Ok(())
    }

    fn tell_in(&self, tx: &mut WriteTx<'_>) -> Result<(), BudgetFault> {
        for stopped in budget::take_struck(tx)? {
            for (officer, subject) in self.accounts.holders(tx, &[Role::SecurityOfficer, Role::Administrator])? {
                if officer != stopped {
                    let notice = Notice::new(Kind::BudgetSpent).about(stopped);
                    notices::tell(tx, &self.vault, officer, subject, &notice)?;
                }
            }
            tx.note(Line::done(TOLD, USER.clone()).about(stopped));
        }
        Ok(())
    }

    /// Removes what is too old to count, and returns how much. For a daily job.
    ///
    /// # Errors
    /// [`BudgetFault::Db`].
    pub async fn tidy(&self, cx: &Cx) -> Result<u64, BudgetFault> {
        Ok(self.db.write(cx, budget::forget_old).await?)
    }
}
