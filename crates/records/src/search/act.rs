//! Searching.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use authz::Read;
use db::{Permitted, ReadTx};
use kernel::{ObjectName, Timestamp, Uuid};
use ledger::{Line, verbs};
use sea_query::{Alias, Expr, ExprTrait as _};

use super::{Question, Term};
use crate::Records;
use crate::fault::RecordFault;
use crate::object::Object;
use crate::record::{Record, seal, store};

/// Candidates looked at for each way of asking.
const CANDIDATES: u32 = 200;

impl Records {
    /// Returns the tokens of terms.
    pub(crate) fn keyed(&self, terms: &[Term]) -> Vec<u64> {
        let keyed = |term: &Term| {
            let (scope, word) = term.parts();
            self.vault.word_token(scope, word)
        };
        terms.iter().map(keyed).collect()
    }

    /// Finds records by words, names by their beginnings or by their sound, addresses and numbers by telling parts; the best
    /// first. Only those returned count as read.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn search(
        &self,
        tx: &ReadTx<'_>,
        text: &str,
        objects: &[ObjectName],
        limit: usize,
    ) -> Result<Vec<Permitted<Record, Read>>, RecordFault> {
        let Some(question) = Question::parse(text) else { return Ok(Vec::new()) };
        let mut candidates: HashMap<ObjectName, HashSet<Uuid>> = HashMap::new();
        let only = match objects {
            [one] => Some(one),
            _ => None,
        };
        for way in question.ways() {
            for (object, id) in tx.index_find(&self.keyed(&way), only, CANDIDATES)? {
                if objects.is_empty() || objects.contains(&object) {
                    candidates.entry(object).or_default().insert(id);
                }
            }
        }
        let mut found = Vec::new();
        for (name, ids) in candidates {
            if let (Some(object), Ok(scope)) = (self.objects().get(name.as_str()), authz::scope::<Read>(tx.cx(), &name))
            {
                let ids: Vec<Uuid> = ids.into_iter().collect();
                let seen = self.seen(tx.cx(), object);
                let best = |rows: Vec<Permitted<_, Read>>| self.best(&question, &seen, rows, limit);
                for some in ids.chunks(500) {
                    let mut select = store::select(object);
                    select.and_where(Expr::col(Alias::new("id")).is_in(some.iter().copied()));
                    select.and_where(Expr::col(Alias::new("deleted_at")).is_null());
                    found.extend(tx.pick(select, &scope, verbs::SEARCH, |row| store::read(object, row), best)?);
                }
            }
        }
        if found.is_empty() {
            self.note_nobody(tx, objects);
        }
        Ok(self.ranked(&question, found, limit))
    }

    /// Leaves a line about a search that found nothing, for each object that was searched.
    fn note_nobody(&self, tx: &ReadTx<'_>, objects: &[ObjectName]) {
        let asked = |name: &ObjectName| objects.is_empty() || objects.contains(name);
        for object in self.objects().iter().filter(|object| asked(&object.name)) {
            if authz::scope::<Read>(tx.cx(), &object.name).is_ok() {
                tx.note(Line::done(verbs::SEARCH, object.name.clone()));
            }
        }
    }

    /// Opens candidates of one object and keeps the best that match in truth.
    fn best(
        &self,
        question: &Question,
        seen: &Arc<Object>,
        rows: Vec<Permitted<crate::record::SealedRecord, Read>>,
        limit: usize,
    ) -> Result<Vec<Permitted<Record, Read>>, RecordFault> {
        let mut found = Vec::new();
        for row in rows {
            let record = row.turn(|sealed| seal::open(&self.vault, sealed, seen))?;
            if question.rank(seen, record.values()).is_some() {
                found.push(record);
            }
        }
        Ok(self.ranked(question, found, limit))
    }

    fn ranked(
        &self,
        question: &Question,
        mut found: Vec<Permitted<Record, Read>>,
        limit: usize,
    ) -> Vec<Permitted<Record, Read>> {
        let key = |record: &Permitted<Record, Read>| -> (Option<u8>, std::cmp::Reverse<Timestamp>) {
            let object = Arc::clone(record.definition());
            (question.rank(&object, record.values()), std::cmp::Reverse(record.updated_at()))
        };
        found.sort_by_cached_key(key);
        found.truncate(limit);
        found
    }
}
