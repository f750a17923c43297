//! The ledger lines a transaction has gathered so far.

use std::cell::{Cell, RefCell};

use authz::Cx;
use kernel::{ObjectName, SubjectId, Timestamp, UserId};
use ledger::{Act, Line};

use crate::budget::{Reader, Sights};

/// What is written of a transaction beside its own effect: its lines, and whom it showed.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) act: Option<Act>,
    pub(crate) sights: Sights,
}

impl Told {
    pub(crate) fn is_empty(&self) -> bool {
        self.act.is_none() && self.sights.is_empty()
    }
}

#[derive(Default)]
pub(crate) struct Pending {
    lines: RefCell<Vec<Line>>,
    denials: RefCell<Vec<Line>>,
    writes: Cell<u64>,
    /// The people behind the rows that were opened and are not counted yet, and the object of the first row.
    seen: RefCell<(Vec<SubjectId>, Option<ObjectName>)>,
    sights: RefCell<Sights>,
    /// Whether limits or passes were changed.
    allowed: Cell<bool>,
}

impl Pending {
    pub(crate) fn note(&self, line: Line) {
        self.lines.borrow_mut().push(line);
    }

    pub(crate) fn note_denial(&self, line: Line) {
        self.denials.borrow_mut().push(line);
    }

    /// Notes whose data a row holds that is about to be shown.
    pub(crate) fn saw(&self, person: Option<SubjectId>, object: &ObjectName) {
        let Some(person) = person else { return };
        let mut seen = self.seen.borrow_mut();
        seen.0.push(person);
        seen.1.get_or_insert_with(|| object.clone());
    }

    /// Takes whom the transaction saw since this was called the last time.
    pub(crate) fn take_seen(&self) -> (Vec<SubjectId>, Option<ObjectName>) {
        self.seen.take()
    }

    /// Adds people who were counted, to be written.
    pub(crate) fn add_sights(&self, by: Reader, people: Vec<SubjectId>) {
        if !people.is_empty() {
            self.sights.borrow_mut().people.push((by, people));
        }
    }

    /// Notes that somebody was stopped at the hard limit.
    pub(crate) fn strike(&self, by: UserId) {
        self.sights.borrow_mut().struck = Some(by);
    }

    /// Notes that limits or passes were changed.
    pub(crate) fn allow(&self) {
        self.allowed.set(true);
    }

    /// Tells whether they were.
    pub(crate) fn has_allowed(&self) -> bool {
        self.allowed.get()
    }

    pub(crate) fn wrote(&self) {
        self.writes.set(self.writes.get() + 1);
    }

    /// Tells whether something was written that no line speaks of.
    pub(crate) fn unledgered(&self) -> bool {
        self.writes.get() > 0 && self.lines.borrow().is_empty()
    }

    /// Returns what is told of a transaction that stands: its lines and its denials.
    pub(crate) fn kept(&self, cx: &Cx, at: Timestamp) -> Told {
        let mut lines = self.lines.take();
        lines.append(&mut self.denials.borrow_mut());
        Told { act: act(cx, at, lines), sights: self.sights.take() }
    }

    /// Returns what is told of a transaction that was rolled back: only the denials happened, and what was counted stays so.
    pub(crate) fn undone(&self, cx: &Cx, at: Timestamp) -> Told {
        self.lines.borrow_mut().clear();
        Told { act: act(cx, at, self.denials.take()), sights: self.sights.take() }
    }
}

fn act(cx: &Cx, at: Timestamp, lines: Vec<Line>) -> Option<Act> {
    if lines.is_empty() {
        return None;
    }
    Some(Act {
        at,
        actor: cx.actor(),
        session: cx.session(),
        request: cx.request(),
        origin: cx.origin().clone(),
        lines,
    })
}
