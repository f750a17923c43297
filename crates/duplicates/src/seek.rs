//! Looking for pairs: what changed is compared with what shares a token with it, never everything with everything.
//!
//! The ledger says what changed. Of each record the program sees nothing but tokens under the keys of the vault; two records that
//! share one make a pair. Nobody is shown anything, and nobody counts as seen.

use std::collections::{BTreeMap, BTreeSet};

use db::{Db, ReadTx, WriteTx, outbox};
use kernel::{ObjectName, Uuid};
use ledger::{Line, Outcome, verbs};
use records::RecordFault;

use crate::Duplicates;
use crate::compare::Comparing;
use crate::store::{self, Pair};
use crate::why::Why;

/// Who reads the ledger.
const READER: &str = "duplicates";
/// Entries that are read at once.
const ENTRIES: u32 = 8;
/// Entries of one go at most.
const MOST_ENTRIES: u64 = 256;
/// Changed records after which a go takes no further entry: a company that many of them belong to is opened once for all.
const CHANGED: usize = 40_000;
/// Goes without a pause.
const ROUNDS: usize = 500;
/// Verbs that change nothing of what a record holds.
const LOOKS: [&str; 7] =
    [verbs::READ, verbs::LIST, verbs::SEARCH, verbs::REVEAL, verbs::EXPORT, verbs::DOWNLOAD, verbs::SHARE];

/// What entries of the ledger led to.
struct Found {
    /// Behind which place the entries begin, and where they end.
    span: (u64, u64),
    /// The records that changed, and the pairs they belong to now.
    objects: Vec<(ObjectName, BTreeSet<Uuid>, BTreeSet<Pair>)>,
}

impl Duplicates {
    /// Compares what changed since the last time. For a thread that may block; `cx` is the program's own.
    ///
    /// It is compared beside everybody who writes; only what is found is written, in a short transaction of its own. What changes
    /// between the two has an entry further on.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn seek(&self, db: &Db, cx: &authz::Cx) -> Result<(), RecordFault> {
        for _ in 0..ROUNDS {
            let own = self.clone();
            let Some(found) = db.read_now(cx, move |tx| own.look(tx))? else { return Ok(()) };
            db.write_now(cx, move |tx| keep(tx, &found))?;
        }
        Ok(())
    }

    /// Finds the pairs of what the next entries of the ledger say changed; nothing where there are none.
    fn look(&self, tx: &ReadTx<'_>) -> Result<Option<Found>, RecordFault> {
        // While the index is made anew, what shares a value does not share a token yet. What changes meanwhile waits in the ledger.
        if !outbox::is_waiting(tx, READER)? || self.records.index_keys(tx)?.is_changing() {
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
        let mut objects = Vec::new();
        for (name, ids) in changed {
            let Ok(object) = self.records.object(name.as_str()) else { continue };
            if !Why::all_of(&object).is_empty() {
                let pairs = Comparing::new(&self.records, tx, &object, &ids).pairs()?;
                objects.push((name, ids, pairs));
            }
        }
        Ok(Some(Found { span: (from, to), objects }))
    }
}

/// Writes down what was found, unless another node was faster.
fn keep(tx: &mut WriteTx<'_>, found: &Found) -> Result<(), RecordFault> {
    if outbox::skip(tx, READER, found.span.0, found.span.1)? {
        for (object, changed, pairs) in &found.objects {
            changed.iter().try_for_each(|id| store::forget(tx, *id))?;
            pairs.iter().try_for_each(|pair| store::keep(tx, object, pair))?;
        }
    }
    Ok(())
}

fn is_change(line: &Line) -> bool {
    line.outcome == Outcome::Done && !LOOKS.contains(&line.verb.as_ref())
}
