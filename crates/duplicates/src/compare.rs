//! Records that changed, compared with what shares something with them.
//!
//! Each of them is opened once for the tokens of its values; of the others only those are opened that have its name, or work where it
//! does. Nothing but numbers comes out of what is opened.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use db::{BlindToken, ReadTx};
use kernel::{RecordId, Uuid};
use records::object::Kind;
use records::{Field, Object, RecordFault, Records, Value, Values};
use sea_query::{Alias, Cond, Expr, ExprTrait as _};
use search::{normals, slips};

use crate::by::{employer, known_by, recognised};
use crate::store::Pair;
use crate::why::Why;

/// Records that are opened at a stroke, and at most of one company or name.
const SKETCHED: usize = 4_000;
/// Companies whose people are opened at a stroke, unless they are too many.
const COMPANIES: usize = 100;
/// Records of one value that are thought of: more of them are no hint any more.
const SHARERS: usize = 20;

/// What a form of a record stands for.
const KINDS: [Why; 3] = [Why::Colleague, Why::Address, Why::Spelling];
const COLLEAGUE: u64 = 0;
const ADDRESS: u64 = 1;
const SPELLING: u64 = 2;

/// Who holds a value.
type Holders = HashMap<BlindToken, Vec<Uuid>>;

/// Records of one object that changed.
pub(crate) struct Comparing<'c> {
    records: &'c Records,
    tx: &'c ReadTx<'c>,
    object: &'c Arc<Object>,
    changed: &'c BTreeSet<Uuid>,
    pairs: BTreeSet<Pair>,
}

impl<'c> Comparing<'c> {
    pub(crate) const fn new(
        records: &'c Records,
        tx: &'c ReadTx<'c>,
        object: &'c Arc<Object>,
        changed: &'c BTreeSet<Uuid>,
    ) -> Self {
        Self { records, tx, object, changed, pairs: BTreeSet::new() }
    }

    /// Finds the pairs they belong to.
    pub(crate) fn pairs(mut self) -> Result<BTreeSet<Pair>, RecordFault> {
        let title = known_by(self.object).filter(|title| !recognised(title));
        let named = |field: &Field| title.is_some_and(|title| title.name == field.name);
        let fields: Vec<&Field> = self.object.fields.iter().filter(|field| named(field) || recognised(field)).collect();
        let (known, companies) = self.known(&fields)?;
        for (field, changed) in fields.into_iter().zip(known) {
            let tokens: Vec<BlindToken> = changed.keys().copied().collect();
            let mut newest = Holders::new();
            for (token, id) in self.tx.blind_newest(&tokens, SHARERS as u64)? {
                newest.entry(token).or_default().push(id);
            }
            if named(field) {
                self.compare_addresses(field, (&changed, &newest))?;
                continue;
            }
            let why = Why::Field(field.name.to_string());
            for (token, holders) in &newest {
                self.pairs.extend(changed.get(token).into_iter().flat_map(|changed| paired(&why, changed, holders)));
            }
        }
        if let Some((title, at)) = title.zip(employer(self.object)) {
            companies.chunks(COMPANIES).try_for_each(|some| self.compare_colleagues((title, at), some))?;
        }
        drop_weaker(&mut self.pairs);
        Ok(self.pairs)
    }

    /// Opens what changed: who holds what in each of some fields, and whom they work for.
    fn known(&self, fields: &[&Field]) -> Result<(Vec<Holders>, Vec<Uuid>), RecordFault> {
        let keys = self.records.index_keys(self.tx)?;
        let at = employer(self.object);
        let company = fields.len() as u64;
        let sketch = |values: &Values| {
            let mut held: Vec<(u64, BlindToken)> = Vec::new();
            for (field, nth) in fields.iter().zip(0..) {
                let name = field.name.as_str();
                let blinds = values.get(name).map(|value| Records::blind(&keys, self.object, name, value));
                held.extend(blinds.into_iter().flatten().map(|blind| (nth, blind.token)));
            }
            held.extend(at.and_then(|at| link(at, values)).map(|id| (company, id.to_bytes())));
            held
        };
        let mut known = vec![Holders::new(); fields.len()];
        let mut companies = BTreeSet::new();
        let ids: Vec<Uuid> = self.changed.iter().copied().collect();
        for some in ids.chunks(SKETCHED) {
            let conditions = (Cond::any().add(among("id", some)), SKETCHED as u64);
            for (id, held) in self.records.sketch_records(self.tx, self.object, conditions, sketch)? {
                for (nth, token) in held {
                    match usize::try_from(nth).ok().and_then(|nth| known.get_mut(nth)) {
                        Some(holders) => holders.entry(token).or_default().push(id),
                        None => _ = companies.insert(Uuid::from_bytes(token)),
                    }
                }
            }
        }
        Ok((known, companies.into_iter().collect()))
    }

    /// Compares the addresses of those who changed with those of the newest of their name.
    fn compare_addresses(&mut self, title: &Field, (changed, newest): (&Holders, &Holders)) -> Result<(), RecordFault> {
        let emails = |field: &&Field| field.kind == Kind::Email && !field.is_masked();
        let emails: Vec<&Field> = self.object.fields.iter().filter(emails).collect();
        if emails.is_empty() {
            return Ok(());
        }
        let forms = |values: &Values| {
            let Some(name) = normal(title, values) else { return Vec::new() };
            let slips = emails.iter().filter_map(|field| normal(field, values)).flat_map(|address| slips(&address));
            slips.map(|form| (ADDRESS, format!("{name}\n{form}"))).collect()
        };
        let mut stroke: Vec<Uuid> = Vec::new();
        for (token, changed) in changed {
            let mut namesakes: BTreeSet<Uuid> = newest.get(token).into_iter().flatten().copied().collect();
            namesakes.extend(changed.iter().take(SKETCHED));
            if namesakes.len() > 1 {
                if stroke.len() + namesakes.len() > SKETCHED {
                    self.meet(among("id", &std::mem::take(&mut stroke)), &forms)?;
                }
                stroke.extend(namesakes);
            }
        }
        self.meet(among("id", &stroke), &forms).map(|_| ())
    }

    /// Compares the names of those who work for some companies.
    fn compare_colleagues(&mut self, (title, at): (&Field, &Field), companies: &[Uuid]) -> Result<(), RecordFault> {
        let forms = |values: &Values| {
            let Some((name, company)) = normal(title, values).zip(link(at, values)) else { return Vec::new() };
            let near = slips(&name).into_iter().map(|form| (SPELLING, format!("{company} {form}")));
            near.chain([(COLLEAGUE, format!("{company} {name}"))]).collect()
        };
        let opened = self.meet(among(at.name.as_str(), companies), &forms)?;
        if opened < SKETCHED || companies.len() < 2 {
            return Ok(());
        }
        // They are too many to be opened at once.
        let (some, others) = companies.split_at(companies.len() / 2);
        self.compare_colleagues((title, at), some)?;
        self.compare_colleagues((title, at), others)
    }

    /// Pairs those who changed with the newest that share a form with them, among the newest that meet a condition. Returns how many
    /// were opened.
    fn meet(&mut self, among: Expr, forms: &dyn Fn(&Values) -> Vec<(u64, String)>) -> Result<usize, RecordFault> {
        // A form is told by its hash under a key that goes with this call.
        let hashed = RandomState::new();
        let sketch = |values: &Values| -> Vec<(u64, u64)> {
            forms(values).into_iter().map(|(kind, form)| (kind, hashed.hash_one(form))).collect()
        };
        let conditions = (Cond::any().add(among), SKETCHED as u64);
        let sketched = self.records.sketch_records(self.tx, self.object, conditions, sketch)?;
        let opened = sketched.len();
        let mut sharing: HashMap<(u64, u64), Vec<Uuid>> = HashMap::new();
        for (id, forms) in sketched {
            forms.into_iter().for_each(|form| sharing.entry(form).or_default().push(id));
        }
        for ((kind, _), ids) in sharing.into_iter().filter(|(_, ids)| ids.len() > 1) {
            let Some(why) = usize::try_from(kind).ok().and_then(|kind| KINDS.get(kind)) else { continue };
            let changed: Vec<Uuid> = ids.iter().copied().filter(|id| self.changed.contains(id)).collect();
            // The newest come first; of very many only those are thought of.
            self.pairs.extend(paired(why, &changed, ids.get(..SHARERS).unwrap_or(&ids)));
        }
        Ok(opened)
    }
}

/// Pairs each of some with each of others.
fn paired(why: &Why, some: &[Uuid], others: &[Uuid]) -> Vec<Pair> {
    some.iter().flat_map(|one| others.iter().filter_map(|other| Pair::of(why, *one, *other))).collect()
}

/// A name that is the same is not one that is nearly the same as well.
fn drop_weaker(pairs: &mut BTreeSet<Pair>) {
    let same: HashSet<(Uuid, Uuid)> =
        pairs.iter().filter(|pair| pair.why == Why::Colleague).map(|pair| (pair.one, pair.other)).collect();
    pairs.retain(|pair| pair.why != Why::Spelling || !same.contains(&(pair.one, pair.other)));
}

fn normal(field: &Field, values: &Values) -> Option<String> {
    normals(field, values.get(field.name.as_str())?).into_iter().next()
}

fn link(field: &Field, values: &Values) -> Option<RecordId> {
    values.get(field.name.as_str()).and_then(Value::as_link)
}

/// One of some ids. (A list without members has no type in PostgreSQL.)
fn among(column: &str, ids: &[Uuid]) -> Expr {
    let column = Expr::col(Alias::new(column));
    if ids.is_empty() { column.is_null() } else { column.is_in(ids.iter().copied()) }
}
