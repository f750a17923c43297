//! Looking for pairs: what changed is compared with what shares a token with it, never everything with everything.
//!
//! The ledger says what changed. Of each record the program sees nothing but tokens under the keys of the vault; two records that
//! share one make a pair. Nobody is shown anything, and nobody counts as seen.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use db::{BlindToken, Db, DbFault, WriteTx, outbox};
use kernel::{ObjectName, Uuid};
use ledger::{Line, Outcome, verbs};
use records::object::Kind;
use records::{Field, Object, RecordFault, Value, Values};
use sea_query::{Alias, Cond, Expr, ExprTrait as _, Query};
use search::{normals, slips};
use vault::Vault;

use crate::Duplicates;
use crate::by::{employer, known_by, recognised};
use crate::store::{self, Pair};
use crate::why::Why;

/// Who reads the ledger.
const READER: &str = "duplicates";
/// Entries that are taken in one transaction.
const ENTRIES: u32 = 8;
/// Changed records that are compared at a stroke.
const CHANGED: usize = 100;
/// Records of one token that are thought of: more of them are no hint any more.
const SHARERS: i64 = 20;
/// Records of one name that are thought of.
const NAMESAKES: i64 = 50;
/// Records that are sketched for one stroke at most.
const SKETCHED: u64 = 4_000;
/// Transactions in one go.
const ROUNDS: usize = 500;
/// Verbs that change nothing of what a record holds.
const LOOKS: [&str; 7] =
    [verbs::READ, verbs::LIST, verbs::SEARCH, verbs::REVEAL, verbs::EXPORT, verbs::DOWNLOAD, verbs::SHARE];

impl Duplicates {
    /// Compares what changed since the last time. For a thread that may block; `cx` is the program's own.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn seek(&self, db: &Db, cx: &authz::Cx) -> Result<(), RecordFault> {
        for _ in 0..ROUNDS {
            let own = self.clone();
            let ready = move |tx: &db::ReadTx<'_>| -> Result<bool, RecordFault> {
                Ok(outbox::is_waiting(tx, READER)? && !own.records.index_keys(tx)?.is_changing())
            };
            if !db.read_now(cx, ready)? {
                return Ok(());
            }
            let own = self.clone();
            db.write_now(cx, move |tx| own.seek_some(tx))?;
        }
        Ok(())
    }

    /// Compares what the next entries of the ledger say changed.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn seek_some(&self, tx: &mut WriteTx<'_>) -> Result<(), RecordFault> {
        if self.records.index_keys(tx)?.is_changing() {
            // What shares a value does not share a token yet. What changed meanwhile waits in the ledger.
            return Ok(());
        }
        let mut changed: HashMap<ObjectName, BTreeSet<Uuid>> = HashMap::new();
        for entry in outbox::take(tx, READER, ENTRIES)? {
            let lines = entry.acts.iter().flat_map(|act| &act.lines);
            for line in lines.filter(|line| is_change(line)) {
                changed.entry(line.object.clone()).or_default().extend(&line.ids);
            }
        }
        for (object, ids) in changed {
            let Ok(object) = self.records.object(object.as_str()) else { continue };
            if Why::all_of(&object).is_empty() {
                continue;
            }
            let ids: Vec<Uuid> = ids.into_iter().collect();
            ids.chunks(CHANGED).try_for_each(|some| self.compare(tx, &object, some))?;
        }
        Ok(())
    }

    /// Finds the pairs of records that changed.
    fn compare(&self, tx: &mut WriteTx<'_>, object: &Arc<Object>, changed: &[Uuid]) -> Result<(), RecordFault> {
        let mut pairs: BTreeSet<Pair> = BTreeSet::new();
        for field in object.fields.iter().filter(|field| recognised(field)) {
            let why = Why::Field(field.name.to_string());
            for (one, other) in sharing(tx, object, (field, SHARERS), changed)? {
                pairs.extend(Pair::of(&why, one, other));
            }
        }
        if let Some(title) = known_by(object).filter(|title| !recognised(title)) {
            self.compare_sketches(tx, object, (title, changed), &mut pairs)?;
        }
        for id in changed {
            store::forget(tx, *id)?;
        }
        pairs.iter().try_for_each(|pair| store::keep(tx, &object.name, pair))?;
        Ok(())
    }

    /// Compares names: among records of the same name, and in the same companies.
    fn compare_sketches(
        &self,
        tx: &WriteTx<'_>,
        object: &Arc<Object>,
        (title, changed): (&Field, &[Uuid]),
        pairs: &mut BTreeSet<Pair>,
    ) -> Result<(), RecordFault> {
        let id = || Expr::col(Alias::new("id"));
        let mut namesakes: HashSet<Uuid> = changed.iter().copied().collect();
        namesakes.extend(sharing(tx, object, (title, NAMESAKES), changed)?.into_iter().map(|(_, other)| other));
        let mut any = Cond::any().add(id().is_in(namesakes));
        if let Some(at) = employer(object) {
            let col = || Expr::col(Alias::new(at.name.as_str()));
            let mut companies = Query::select();
            companies.column(Alias::new(at.name.as_str())).from(filter::table(&object.name));
            companies.and_where(id().is_in(changed.iter().copied())).and_where(col().is_not_null());
            any = any.add(col().in_subquery(companies));
        }
        let sketch = |vault: &Vault, values: &Values| sketch(vault, object, values);
        let sketched = self.records.sketch_records(tx, object, (any, SKETCHED), sketch)?;
        let mut by_token: HashMap<(u64, BlindToken), Vec<Uuid>> = HashMap::new();
        for (id, tokens) in sketched {
            for token in tokens {
                by_token.entry(token).or_default().push(id);
            }
        }
        let changed: HashSet<&Uuid> = changed.iter().collect();
        for ((kind, _), ids) in by_token {
            let Some(why) = KINDS.get(usize::try_from(kind).unwrap_or(usize::MAX)) else { continue };
            // The newest come first; of very many only those are thought of.
            let near = || ids.iter().take(usize::try_from(SHARERS).unwrap_or(usize::MAX));
            for one in ids.iter().filter(|id| changed.contains(id)) {
                pairs.extend(near().filter_map(|other| Pair::of(why, *one, *other)));
            }
        }
        drop_weaker(pairs);
        Ok(())
    }
}

/// What tokens of a sketch stand for.
const KINDS: [Why; 3] = [Why::Colleague, Why::Address, Why::Spelling];

/// A name that is the same is not one that is nearly the same as well.
fn drop_weaker(pairs: &mut BTreeSet<Pair>) {
    let same: HashSet<(Uuid, Uuid)> =
        pairs.iter().filter(|pair| pair.why == Why::Colleague).map(|pair| (pair.one, pair.other)).collect();
    pairs.retain(|pair| pair.why != Why::Spelling || !same.contains(&(pair.one, pair.other)));
}

/// Makes the tokens of a record by which its name is compared.
fn sketch(vault: &Vault, object: &Object, values: &Values) -> Vec<(u64, BlindToken)> {
    let normal = |field: &Field| normals(field, values.get(field.name.as_str())?).into_iter().next();
    let Some(name) = known_by(object).and_then(normal) else { return Vec::new() };
    let token = |kind: usize, text: &str| {
        let scope = format!("{}.duplicate.{kind}", object.name);
        (kind as u64, vault.blind(&scope, text))
    };
    let mut tokens = Vec::new();
    let company = employer(object).and_then(|field| values.get(field.name.as_str())).and_then(Value::as_link);
    if let Some(company) = company {
        tokens.push(token(0, &format!("{company} {name}")));
        tokens.extend(slips(&name).iter().map(|form| token(2, &format!("{company} {form}"))));
    }
    for field in object.fields.iter().filter(|field| field.kind == Kind::Email && !field.is_masked()) {
        for form in normal(field).iter().flat_map(|address| slips(address)) {
            tokens.push(token(1, &format!("{name}\n{form}")));
        }
    }
    tokens
}

/// Returns who shares a value of a field with whom, the changed one first.
fn sharing(
    tx: &WriteTx<'_>,
    object: &Object,
    (field, most): (&Field, i64),
    changed: &[Uuid],
) -> Result<Vec<(Uuid, Uuid)>, DbFault> {
    let mut known: HashMap<BlindToken, Vec<Uuid>> = HashMap::new();
    let mut shared = Vec::new();
    for id in changed {
        for token in store::tokens(tx, *id, field.name.as_str())? {
            let holders = match known.entry(token) {
                Entry::Occupied(held) => held.into_mut(),
                Entry::Vacant(room) => {
                    room.insert(store::holders(tx, (&object.name, field.name.as_str()), token, most)?)
                }
            };
            shared.extend(holders.iter().map(|other| (*id, *other)));
        }
    }
    Ok(shared)
}

fn is_change(line: &Line) -> bool {
    line.outcome == Outcome::Done && !LOOKS.contains(&line.verb.as_ref())
}
