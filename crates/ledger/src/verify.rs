//! Reads the ledger from its first row and names every place that is not as the signed checkpoints say.
//!
//! Three things are compared: each row's id and body with its stored leaf; the tree over the leaves with the root of each
//! checkpoint; the number of rows with the size of the largest checkpoint. A body changed alone is named exactly, and
//! the next checkpoint then tells whether the body or the stored leaf is the false one. Whoever changes the leaf too is
//! caught by the next checkpoint, and whoever signs checkpoints anew with a stolen key, or removes the last ones, by
//! those that are kept outside: [`Verifier::against`] takes them in.
//!
//! **Invariant:** memory does not grow with the number of rows, however damaged they are.

mod finding;

use std::collections::BTreeMap;

use crypto::VerifyingKey;

pub use finding::{Finding, Part, Report, RowId};

use crate::{Checkpoint, Entry, Frontier, Hash, LedgerFault, LogName};

/// The most findings a report lists; more are counted.
pub const MAX_FINDINGS: usize = 1000;

/// A stored row as it is, column by column, whatever the columns hold.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// Its place in the tree, counted from zero.
    pub position: u64,
    /// The bytes of its id.
    pub id: &'r [u8],
    /// Its packed acts.
    pub body: &'r [u8],
    /// The leaf stored beside it.
    pub leaf: &'r [u8],
}

/// Takes the rows one by one, in the order of their positions, and reports at the end.
pub struct Verifier {
    /// The tree over leaves computed from ids and bodies.
    computed: Frontier,
    /// The tree over the stored leaves, from the first row on where the two differ.
    stored: Option<Frontier>,
    /// The checkpoints still ahead: roots by size. More than one root for a size is a finding.
    ahead: BTreeMap<u64, Vec<Hash>>,
    /// Those among them that were kept elsewhere.
    kept: BTreeMap<u64, Vec<Hash>>,
    /// The position that should come next.
    next: u64,
    /// The rows proven so far: the size of the last checkpoint that held.
    proven: u64,
    /// The size of the first checkpoint that did not hold.
    lost: Option<u64>,
    /// Whether one after it held all the same.
    forked: bool,
    /// The listed findings before this one belong to proven rows.
    settled: usize,
    covered: u64,
    report: Report,
}

impl Verifier {
    /// Starts with the signed checkpoints of the log `name`, in any order.
    pub fn new<T: AsRef<str>>(name: &LogName, key: &VerifyingKey, checkpoints: impl IntoIterator<Item = T>) -> Self {
        let mut verifier = Self {
            computed: Frontier::new(),
            stored: None,
            ahead: BTreeMap::new(),
            kept: BTreeMap::new(),
            next: 0,
            proven: 0,
            lost: None,
            forked: false,
            settled: 0,
            covered: 0,
            report: Report::default(),
        };
        for (index, signed) in checkpoints.into_iter().enumerate() {
            match Checkpoint::open(signed.as_ref(), name, key) {
                Ok(checkpoint) => verifier.expect(&checkpoint),
                Err(fault) => verifier.find(Finding::CheckpointRefused { index, fault }),
            }
        }
        verifier.settled = verifier.report.findings.len();
        verifier.compare();
        verifier
    }

    /// Takes in checkpoints that were kept elsewhere, before the first row: each has to hold, whatever the others say.
    ///
    /// They come from [`Checkpoint::open_all`], so that their signatures are known to be right.
    #[must_use]
    pub fn against(mut self, kept: impl IntoIterator<Item = Checkpoint>) -> Self {
        for checkpoint in kept {
            self.report.kept += 1;
            let roots = self.kept.entry(checkpoint.size()).or_default();
            if !roots.contains(checkpoint.root()) {
                roots.push(*checkpoint.root());
            }
            self.expect(&checkpoint);
        }
        self.settled = self.report.findings.len();
        self.compare();
        self
    }

    fn expect(&mut self, checkpoint: &Checkpoint) {
        let size = checkpoint.size();
        self.report.checkpoints += 1;
        self.covered = self.covered.max(size);
        let roots = self.ahead.entry(size).or_default();
        if roots.contains(checkpoint.root()) {
            return;
        }
        roots.push(*checkpoint.root());
        if roots.len() == 2 {
            self.find(Finding::CheckpointsDisagree { first: size, second: size });
        }
    }

    /// Takes the next row.
    pub fn row(&mut self, row: Row<'_>) {
        self.report.rows = self.report.rows.saturating_add(1);
        if row.position < self.next {
            self.find(Finding::RowRepeated { row: RowId::of(&row) });
            return;
        }
        if row.position > self.next {
            self.find(Finding::RowsMissing { first: self.next, last: row.position - 1 });
            // Trees cannot be carried over a gap: what comes due inside it fails, and so does all after it.
            self.next = row.position;
            self.compare();
        }
        self.next = row.position.saturating_add(1);
        self.append(&row);
        self.compare();
    }

    fn append(&mut self, row: &Row<'_>) {
        let leaf = Entry::leaf_of(row.id, row.body);
        let stored = <Hash>::try_from(row.leaf).ok();
        // The leaf does not tell where the id ends: with another length, bytes could move between id and body.
        let id_is_whole = row.id.len() == 16;
        if stored != Some(leaf) || !id_is_whole {
            let part = match stored {
                None => Part::Leaf,
                Some(_) if !id_is_whole => Part::Body,
                Some(_) => Part::Either,
            };
            self.find(Finding::RowDiffers { row: RowId::of(row), part });
            self.stored.get_or_insert_with(|| self.computed.clone());
        }
        if let Some(tree) = &mut self.stored {
            tree.append(stored.unwrap_or(leaf));
        }
        self.computed.append(leaf);
    }

    /// Compares the trees with the checkpoints that have come due.
    fn compare(&mut self) {
        while let Some(due) = self.ahead.first_entry().filter(|due| *due.key() <= self.next) {
            let (size, roots) = due.remove_entry();
            self.compare_kept(size);
            let holds = |tree: &Frontier| tree.size() == size && roots.contains(&tree.root());
            if holds(&self.computed) {
                self.stored = None;
                self.settle(size, Part::Leaf);
            } else if let Some(stored) = self.stored.take_if(|stored| holds(stored)) {
                self.computed = stored;
                self.settle(size, Part::Body);
            } else {
                self.lose(size);
            }
        }
    }

    /// Compares the trees with the checkpoints of a size that were kept elsewhere: none of them may be wrong.
    fn compare_kept(&mut self, size: u64) {
        let trees = [Some(&self.computed), self.stored.as_ref()];
        let right: Vec<Hash> =
            trees.into_iter().flatten().filter(|tree| tree.size() == size).map(Frontier::root).collect();
        let kept = self.kept.remove(&size).unwrap_or_default();
        for _ in kept.iter().filter(|root| !right.contains(root)) {
            self.find(Finding::KeptDiffers { size });
        }
    }

    /// Notes that the tree is right up to `size`, and so which `part` of the rows that differ is false.
    fn settle(&mut self, size: u64, part: Part) {
        if let Some(first) = self.lost {
            if !std::mem::replace(&mut self.forked, true) {
                self.find(Finding::CheckpointsDisagree { first, second: size });
            }
            return;
        }
        for finding in self.report.findings.iter_mut().skip(self.settled) {
            finding.settle(part);
        }
        self.settled = self.report.findings.len();
        self.proven = size;
    }

    /// Notes that the checkpoint at `size` does not hold; only the first one says where.
    fn lose(&mut self, size: u64) {
        if size == 0 {
            self.find(Finding::EmptyRootDiffers);
        } else if self.lost.is_none() {
            self.find(Finding::TreeDiffers { first: self.proven, last: size - 1 });
            self.lost = Some(size);
        }
    }

    /// Ends the reading.
    #[must_use]
    pub fn finish(mut self) -> Report {
        let rows = self.next;
        while let Some((size, roots)) = self.kept.pop_first() {
            roots.iter().for_each(|_| self.find(Finding::KeptBeyond { size, rows }));
        }
        if self.covered > self.next {
            self.find(Finding::CutOff { first: self.next, last: self.covered - 1 });
        }
        if let Some(lost) = self.lost.filter(|lost| *lost < self.next) {
            self.find(Finding::Unproven { first: lost, last: self.next - 1 });
        }
        self.report.proven = self.proven;
        self.report.uncovered = self.next.saturating_sub(self.covered);
        self.report
    }

    fn find(&mut self, finding: Finding) {
        if self.report.findings.len() < MAX_FINDINGS {
            self.report.findings.push(finding);
        } else {
            self.report.unlisted = self.report.unlisted.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests;
