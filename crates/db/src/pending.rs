//! The ledger lines a transaction has gathered so far.

use std::cell::{Cell, RefCell};

use authz::Cx;
use kernel::Timestamp;
use ledger::{Act, Line};

#[derive(Default)]
pub(crate) struct Pending {
    lines: RefCell<Vec<Line>>,
    denials: RefCell<Vec<Line>>,
    writes: Cell<u64>,
}

impl Pending {
    pub(crate) fn note(&self, line: Line) {
        self.lines.borrow_mut().push(line);
    }

    pub(crate) fn note_denial(&self, line: Line) {
        self.denials.borrow_mut().push(line);
    }

    pub(crate) fn wrote(&self) {
        self.writes.set(self.writes.get() + 1);
    }

    /// Tells whether something was written that no line speaks of.
    pub(crate) fn unledgered(&self) -> bool {
        self.writes.get() > 0 && self.lines.borrow().is_empty()
    }

    /// Returns the act of a transaction that stands: its lines and its denials.
    pub(crate) fn kept(&self, cx: &Cx, at: Timestamp) -> Option<Act> {
        let mut lines = self.lines.take();
        lines.append(&mut self.denials.borrow_mut());
        act(cx, at, lines)
    }

    /// Returns the act of a transaction that was rolled back: only the denials happened.
    pub(crate) fn undone(&self, cx: &Cx, at: Timestamp) -> Option<Act> {
        self.lines.borrow_mut().clear();
        act(cx, at, self.denials.take())
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
