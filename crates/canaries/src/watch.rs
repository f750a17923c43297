//! Reading in the ledger who touched a canary.

use std::time::Duration;

use authz::{Cx, Role};
use db::WriteTx;
use kernel::{SubjectId, UserId, Uuid};
use ledger::{Act, ActorRef, Line, Outcome, verbs};
use notices::{Kind, Notice};

use crate::model::{self, Kept, Touch};
use crate::{Canaries, CanaryFault, store};

/// Somebody touched one, and officers were told; the verb of the line.
const TOUCHED: &str = "canary-touched";
/// The same person in the same way is told of so often.
const QUIET: Duration = Duration::from_secs(60 * 60);

/// Tells whether a line that speaks of a canary is an alarm. Whoever leafs through lists or searches on pages meets one without
/// wanting to; records get another owner together. Everything else, and a program that lists, is one.
fn is_alarm(act: &Act, line: &Line) -> bool {
    let program = matches!(act.actor, ActorRef::Token { .. });
    let met = [verbs::LIST, verbs::SEARCH].contains(&line.verb.as_ref()) && !program;
    let own = act.actor == ActorRef::System;
    line.outcome == Outcome::Done && !met && !own && line.verb != verbs::ASSIGN
}

fn touches(acts: &[Act], contact: Uuid) -> Vec<Touch> {
    let mut found: Vec<Touch> = Vec::new();
    for act in acts {
        for line in act.lines.iter().filter(|line| line.ids.contains(&contact) && is_alarm(act, line)) {
            let program = matches!(act.actor, ActorRef::Token { .. });
            found.push(Touch { user: act.actor.user(), verb: line.verb.to_string(), program, at: act.at });
        }
    }
    found
}

impl Canaries {
    /// Looks at what was done with canaries since the last time, and tells security officers who touched one. For a schedule.
    ///
    /// # Errors
    /// [`CanaryFault`] of the machine.
    pub async fn watch(&self, cx: &Cx) -> Result<(), CanaryFault> {
        let its = self.clone();
        let looking = self.db.read(cx, move |tx| -> Result<_, CanaryFault> {
            let mut moved = false;
            for kept in store::all(tx)? {
                moved |= sequence::is_spoken_of(tx, kept.contact(&its.vault)?.uuid(), kept.place)?;
            }
            Ok(moved)
        });
        if looking.await? {
            let its = self.clone();
            self.db.write(cx, move |tx| its.watch_in(tx)).await?;
        }
        Ok(())
    }

    fn watch_in(&self, tx: &mut WriteTx<'_>) -> Result<(), CanaryFault> {
        let size = sequence::size(tx)?;
        for kept in store::all(tx)? {
            let contact = kept.contact(&self.vault)?.uuid();
            if !sequence::is_spoken_of(tx, contact, kept.place)? || !store::advance(tx, &kept, size)? {
                continue;
            }
            let acts = sequence::acts_about(tx, contact, kept.place..size)?;
            for touch in touches(&acts, contact) {
                self.alarm(tx, &kept, &touch)?;
            }
        }
        Ok(())
    }

    fn alarm(&self, tx: &mut WriteTx<'_>, kept: &Kept, touch: &Touch) -> Result<(), CanaryFault> {
        if store::is_told(tx, kept.id, touch, touch.at.minus(QUIET))? {
            return Ok(());
        }
        store::touch(tx, kept.id, touch)?;
        let notice = Notice::new(Kind::CanaryTouched).what(touch.verb.as_str());
        let notice = touch.user.map_or(notice.clone(), |user| notice.about(user));
        for (officer, subject) in self.officers(tx, touch.user)? {
            notices::tell(tx, &self.vault, officer, subject, &notice)?;
        }
        let line = Line::done(TOUCHED, model::object()).about(kept.id).fact("how", touch.verb.as_str());
        tx.note(touch.user.map_or(line.clone(), |user| line.fact("who", user.to_string())));
        Ok(())
    }

    /// Returns who is told: security officers, or where there is no other than who did it, administrators too.
    fn officers(&self, tx: &WriteTx<'_>, by: Option<UserId>) -> Result<Vec<(UserId, SubjectId)>, CanaryFault> {
        let others = |found: &[(UserId, SubjectId)]| found.iter().any(|(officer, _)| Some(*officer) != by);
        let officers = self.accounts.holders(tx, &[Role::SecurityOfficer])?;
        if others(&officers) {
            return Ok(officers);
        }
        Ok(self.accounts.guardians(tx)?)
    }
}
