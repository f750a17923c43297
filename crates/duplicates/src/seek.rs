//! Looking for pairs: what changed is compared with what shares a token with it, never everything with everything.
//!
//! The ledger says what changed. Of each record the program sees nothing but tokens under the keys of the vault; two records that
//! share one make a pair. Nobody is shown anything, and nobody counts as seen.
//!
//! It is compared beside everybody who writes, in strokes that are short: whoever reads for long keeps the database from taking its
//! log in. What changes between two strokes has an entry further on. Only at the end of a go is it written that it was done, so that one that was
//! broken off is done again.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::RandomState;
use std::sync::Arc;
use std::time::Duration;

use db::{Db, ReadTx, WriteTx};
use kernel::{ObjectName, Timestamp, Uuid};
use ledger::{Line, Outcome, verbs};
use records::{Object, RecordFault};
use sequence::outbox;

use crate::Duplicates;
use crate::compare::{Companies, Comparing, Forms};
use crate::store::{self, Pair};
use crate::why::Why;

/// Who reads the ledger.
const READER: &str = "duplicates";
/// Beside it stands when somebody last wrote in a go; nothing when none is going on.
const GOING: &str = "duplicates:go";
/// Whoever is silent for so long in a go is gone, and another node begins it anew. A stroke takes a second or two.
const SILENT: Duration = Duration::from_secs(60);
/// Entries that are read at once.
const ENTRIES: u32 = 8;
/// Entries of one go at most.
const MOST_ENTRIES: u64 = 512;
/// Changed records after which a go takes no further entry: names are compared in a company once for all of a go.
const CHANGED: usize = 200_000;
/// Changed records of one stroke.
pub(crate) const STROKE: usize = 4_000;
/// Companies of one stroke.
pub(crate) const COMPANIES: usize = 100;
/// Verbs that change nothing of what a record holds.
const LOOKS: [&str; 7] =
    [verbs::READ, verbs::LIST, verbs::SEARCH, verbs::REVEAL, verbs::EXPORT, verbs::DOWNLOAD, verbs::SHARE];

/// What entries of the ledger say changed.
struct Going {
    /// Behind which place the entries begin, and where they end.
    span: (u64, u64),
    /// Whether there may be more.
    full: bool,
    /// When somebody last wrote in a go that was not ended.
    held: u64,
    changed: Vec<(Arc<Object>, BTreeSet<Uuid>)>,
}

impl Going {
    /// Tells whether it is no more than a stroke.
    fn is_short(&self, stroke: usize) -> bool {
        self.changed.iter().map(|(_, ids)| ids.len()).sum::<usize>() <= stroke
    }
}

/// A go through what changed.
struct Go<'g> {
    own: &'g Duplicates,
    db: &'g Db,
    cx: &'g authz::Cx,
    /// Behind which place it begins, and where it ends.
    span: (u64, u64),
    /// When something was last written in it. Whoever finds something else there has been taken for gone.
    held: Cell<u64>,
    /// What spellings are told by in it.
    hashed: RandomState,
    /// Tells whether to leave off.
    left: &'g dyn Fn() -> bool,
}

impl Duplicates {
    /// Compares what changed since the last time. For a thread that may block; `cx` is the program's own. Where much changed, it leaves off
    /// when `left` says so, and begins that go again another time. While rows of a file are taken it waits for their end, or until
    /// there is enough for a go.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn seek(&self, db: &Db, cx: &authz::Cx, left: &dyn Fn() -> bool) -> Result<(), RecordFault> {
        loop {
            let own = self.clone();
            let Some(going) = db.read_now(cx, move |tx| own.going(tx))? else { return Ok(()) };
            let (never, short) = (|| false, going.is_short(self.strokes.0));
            let left = if short { &never } else { left };
            let (span, held, hashed) = (going.span, Cell::new(going.held), RandomState::new());
            let go = Go { own: self, db, cx, span, held, hashed, left };
            let through = go.through(&going.changed)?;
            if !go.ends(through)? || !going.full {
                return Ok(());
            }
        }
    }

    /// Reads what changed by the next entries of the ledger; nothing where there are none.
    fn going(&self, tx: &ReadTx<'_>) -> Result<Option<Going>, RecordFault> {
        // While the index is made anew, what shares a value does not share a token yet. What changes meanwhile waits in the ledger.
        let waiting = outbox::waiting(tx, READER)?;
        if waiting == 0 || self.records.index_keys(tx)?.is_changing() {
            return Ok(None);
        }
        if waiting < MOST_ENTRIES && self.records.is_importing(tx)? {
            return Ok(None);
        }
        let held = outbox::place(tx, GOING)?;
        if held != 0 && silent(tx.now(), held) < SILENT {
            return Ok(None);
        }
        let from = outbox::place(tx, READER)?;
        let (mut to, mut many) = (from, 0);
        let mut changed: BTreeMap<ObjectName, BTreeSet<Uuid>> = BTreeMap::new();
        while many < CHANGED && to - from < MOST_ENTRIES {
            let entries = outbox::look(tx, to, ENTRIES)?;
            let Some(last) = entries.last() else { break };
            to = last.position + 1;
            let lines = entries.iter().flat_map(|entry| &entry.acts).flat_map(|act| &act.lines);
            for line in lines.filter(|line| is_change(line)) {
                many += line.ids.len();
                changed.entry(line.object.clone()).or_default().extend(&line.ids);
            }
        }
        let known = |(name, ids): (ObjectName, BTreeSet<Uuid>)| {
            let object = self.records.object(name.as_str()).ok()?;
            (!Why::all_of(&object).is_empty()).then_some((object, ids))
        };
        let full = many >= CHANGED || to - from >= MOST_ENTRIES;
        Ok(Some(Going { span: (from, to), full, held, changed: changed.into_iter().filter_map(known).collect() }))
    }
}

impl Go<'_> {
    /// Goes through what changed, stroke by stroke; false if it is left off.
    fn through(&self, changed: &[(Arc<Object>, BTreeSet<Uuid>)]) -> Result<bool, RecordFault> {
        for (object, ids) in changed {
            let ids: Vec<Uuid> = ids.iter().copied().collect();
            for some in ids.chunks(self.own.strokes.0) {
                let some = some.to_vec();
                let forget = move |tx: &mut WriteTx<'_>| some.iter().try_for_each(|id| store::forget(tx, *id));
                if !self.write(forget)? {
                    return Ok(false);
                }
            }
            let (mut companies, mut spelled) = (Companies::new(), Forms::new());
            for some in ids.chunks(self.own.strokes.0) {
                let of = some.iter().copied().collect();
                let Some(found) = self.compare(object, of, |comparing| comparing.sharing())? else {
                    return Ok(false);
                };
                let at = found.companies.into_iter();
                at.for_each(|(company, ids)| companies.entry(company).or_default().extend(ids));
                spelled.extend(found.spelled);
                if !self.keep(object, found.pairs)? {
                    return Ok(false);
                }
            }
            if !self.spelling(object, companies, Arc::new(spelled))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Compares the names of those who changed in their companies.
    fn spelling(&self, object: &Arc<Object>, companies: Companies, spelled: Arc<Forms>) -> Result<bool, RecordFault> {
        let mut rest = companies.into_iter().peekable();
        while rest.peek().is_some() {
            let some: Companies = rest.by_ref().take(self.own.strokes.1).collect();
            let (of, spelled) = (some.values().flatten().copied().collect(), Arc::clone(&spelled));
            let spelling = move |comparing: Comparing<'_>| comparing.spelling(&some, &spelled);
            let Some(pairs) = self.compare(object, of, spelling)? else { return Ok(false) };
            if !self.keep(object, pairs)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Compares some of what changed; nothing if it is left off, or the index is being made anew by now.
    fn compare<T: Send + 'static>(
        &self,
        object: &Arc<Object>,
        changed: BTreeSet<Uuid>,
        compare: impl FnOnce(Comparing<'_>) -> Result<T, RecordFault> + Send + 'static,
    ) -> Result<Option<T>, RecordFault> {
        if (self.left)() {
            return Ok(None);
        }
        let (own, object, hashed) = (self.own.clone(), Arc::clone(object), self.hashed.clone());
        self.db.read_now(self.cx, move |tx| {
            if own.records.index_keys(tx)?.is_changing() {
                return Ok(None);
            }
            compare(Comparing::new(&own.records, tx, &object, &changed, &hashed)).map(Some)
        })
    }

    /// Keeps pairs; where there are none, says now and then that somebody is at it.
    fn keep(&self, object: &Arc<Object>, pairs: BTreeSet<Pair>) -> Result<bool, RecordFault> {
        if pairs.is_empty() && silent(self.db.now(), self.held.get()) < SILENT / 4 {
            return Ok(true);
        }
        let name = object.name.clone();
        self.write(move |tx| pairs.iter().try_for_each(|pair| store::keep(tx, &name, pair)))
    }

    /// Writes something, unless another node is at it; false then.
    fn write(
        &self,
        write: impl FnOnce(&mut WriteTx<'_>) -> Result<(), db::DbFault> + Send + 'static,
    ) -> Result<bool, RecordFault> {
        let held = self.held.get();
        let written = self.db.step_now(self.cx, move |tx| -> Result<_, RecordFault> {
            let now = u64::try_from(tx.now().micros()).unwrap_or(1);
            let ours = outbox::skip(tx, GOING, held, now)?;
            if ours {
                write(tx)?;
            }
            Ok(ours.then_some(now))
        })?;
        self.held.set(written.unwrap_or(held));
        Ok(written.is_some())
    }

    /// Ends the go, and writes that everything before its end was compared if it went through; false if it is to be done again, or
    /// another node was faster.
    fn ends(&self, through: bool) -> Result<bool, RecordFault> {
        let (held, (from, to)) = (self.held.get(), self.span);
        self.db.write_now(self.cx, move |tx| {
            let ours = outbox::skip(tx, GOING, held, 0)?;
            Ok(ours && through && outbox::skip(tx, READER, from, to)?)
        })
    }
}

/// Returns for how long nobody has written in a go.
fn silent(now: Timestamp, held: u64) -> Duration {
    now.since(Timestamp::from_micros(i64::try_from(held).unwrap_or(i64::MAX)))
}

fn is_change(line: &Line) -> bool {
    line.outcome == Outcome::Done && !LOOKS.contains(&line.verb.as_ref())
}
