//! Records that changed, compared with what shares something with them.
//!
//! Each of them is opened once, for the tokens of its values and the spellings of its name. Who shares one of them is known by the
//! tokens alone; to tell what is nearly the same, the newest are opened that have the same name, or work in the same company. Nothing
//! but numbers comes out.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::Arc;

use db::{Bare, BlindToken, ReadTx};
use kernel::{RecordId, Uuid};
use records::object::Kind;
use records::{Field, Object, RecordFault, Records, Value, Values};
use search::{normals, slips};

use crate::by::{employer, known_by, recognised};
use crate::store::Pair;
use crate::why::Why;

/// Records that are opened at a stroke.
const SKETCHED: usize = 4_000;
/// Records of one value that are thought of: more of them are no hint any more.
const SHARERS: usize = 20;
/// People of one company whose names are compared.
const COLLEAGUES: u64 = 500;

/// Who holds a value, or works in a company.
type Holders<K = BlindToken> = HashMap<K, Vec<Uuid>>;

/// Who of those who changed belongs to which company.
pub(crate) type Companies = Holders<Uuid>;

/// The forms of each of some records, told by their hashes.
pub(crate) type Forms = HashMap<Uuid, Vec<u64>>;

/// The forms that are known, and how those of others are made.
type Forming<'f> = (&'f Forms, &'f dyn Fn(&Values) -> Vec<u64>);

/// What one record holds, as far as it may leave it.
enum Held {
    /// The token of a value, in the field of such a number.
    Value(usize, BlindToken),
    /// Whom it works for.
    Company(Uuid),
    /// A form of its name in that company.
    Spelling(u64),
}

// Tokens under the keys of the vault, an id, and hashes under a key that goes with the comparing.
impl Bare for Held {}

/// What comparing by shared values found.
pub(crate) struct Sharing {
    pub(crate) pairs: BTreeSet<Pair>,
    /// In which companies names are to be compared.
    pub(crate) companies: Companies,
    /// The spellings of those who changed.
    pub(crate) spelled: Forms,
}

/// Records of one object that changed.
pub(crate) struct Comparing<'c> {
    records: &'c Records,
    tx: &'c ReadTx<'c>,
    object: &'c Arc<Object>,
    changed: &'c BTreeSet<Uuid>,
    /// What spellings are told by: the same for all that are compared with each other.
    hashed: &'c RandomState,
    pairs: BTreeSet<Pair>,
}

impl<'c> Comparing<'c> {
    pub(crate) const fn new(
        records: &'c Records,
        tx: &'c ReadTx<'c>,
        object: &'c Arc<Object>,
        changed: &'c BTreeSet<Uuid>,
        hashed: &'c RandomState,
    ) -> Self {
        Self { records, tx, object, changed, hashed, pairs: BTreeSet::new() }
    }

    /// Finds the pairs they belong to by what they share, and the companies in which names are to be compared.
    pub(crate) fn sharing(mut self) -> Result<Sharing, RecordFault> {
        let title = title(self.object);
        let named = |field: &Field| title.is_some_and(|title| title.name == field.name);
        let fields: Vec<&Field> = self.object.fields.iter().filter(|field| named(field) || recognised(field)).collect();
        let (known, companies, spelled) = self.known(&fields)?;
        for (field, changed) in fields.into_iter().zip(known) {
            let tokens: Vec<BlindToken> = changed.keys().copied().collect();
            let newest = grouped(self.tx.newest_sharing(&tokens, SHARERS as u64)?);
            if named(field) {
                self.compare_addresses(field, (&changed, &newest))?;
                if let Some(at) = employer(self.object) {
                    self.pair_colleagues(at, &tokens)?;
                }
                continue;
            }
            let why = Why::Field(field.name.to_string());
            for (token, holders) in &newest {
                self.pairs.extend(changed.get(token).into_iter().flat_map(|changed| paired(&why, changed, holders)));
            }
        }
        Ok(Sharing { pairs: self.pairs, companies, spelled })
    }

    /// Finds those of some companies whose names are nearly the same; how those are spelled who changed is known.
    pub(crate) fn spelling(mut self, companies: &Companies, spelled: &Forms) -> Result<BTreeSet<Pair>, RecordFault> {
        if let Some(fields) = title(self.object).zip(employer(self.object)) {
            self.compare_names(fields, companies, spelled)?;
        }
        Ok(self.pairs)
    }

    /// Opens what changed: who holds what in each of some fields, and where names are to be compared whom they work for and how they are
    /// spelled.
    fn known(&self, fields: &[&Field]) -> Result<(Vec<Holders>, Companies, Forms), RecordFault> {
        let keys = self.records.index_keys(self.tx)?;
        let named = title(self.object).zip(employer(self.object));
        let sketch = |values: &Values| {
            let mut held = Vec::new();
            for (nth, field) in fields.iter().enumerate() {
                let name = field.name.as_str();
                let blinds = values.get(name).map(|value| Records::blind(&keys, self.object, name, value));
                held.extend(blinds.into_iter().flatten().map(|blind| Held::Value(nth, blind.token)));
            }
            held.extend(named.and_then(|(_, at)| link(at, values)).map(|id| Held::Company(id.uuid())));
            held.extend(named.into_iter().flat_map(|fields| self.spelled(fields, values)).map(Held::Spelling));
            held
        };
        let (mut known, mut companies) = (vec![Holders::new(); fields.len()], Companies::new());
        let mut spelled = Forms::new();
        let ids: Vec<Uuid> = self.changed.iter().copied().collect();
        for (id, held) in self.sketched(&ids, sketch)? {
            for one in held {
                match one {
                    Held::Value(nth, token) => {
                        if let Some(holders) = known.get_mut(nth) {
                            holders.entry(token).or_default().push(id);
                        }
                    }
                    Held::Company(company) => companies.entry(company).or_default().push(id),
                    Held::Spelling(form) => spelled.entry(id).or_default().push(form),
                }
            }
        }
        Ok((known, companies, spelled))
    }

    /// Opens records, not too many at a stroke, and returns what `sketch` makes of each.
    fn sketched<B: Bare>(
        &self,
        ids: &[Uuid],
        sketch: impl Fn(&Values) -> Vec<B>,
    ) -> Result<Vec<(Uuid, Vec<B>)>, RecordFault> {
        let mut all = Vec::with_capacity(ids.len());
        for some in ids.chunks(SKETCHED) {
            all.extend(self.records.sketch_records(self.tx, self.object, some, &sketch)?);
        }
        Ok(all)
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
            let addresses: Vec<String> = emails.iter().filter_map(|field| normal(field, values)).collect();
            self.forms(&name, &addresses)
        };
        let pairs = self.meet(&Why::Address, among_newest(changed, newest), (&Forms::new(), &forms))?;
        self.pairs.extend(pairs);
        Ok(())
    }

    /// Pairs those who changed with the newest of the same name in the same company.
    fn pair_colleagues(&mut self, at: &Field, names: &[BlindToken]) -> Result<(), RecordFault> {
        let mut colleagues: HashMap<(BlindToken, Uuid), Vec<Uuid>> = HashMap::new();
        for (name, company, id) in self.tx.sharing_and_linking((&self.object.name, at.name.as_str()), names)? {
            colleagues.entry((name, company)).or_default().push(id);
        }
        colleagues.values().for_each(|ids| self.pair(&Why::Colleague, ids));
        Ok(())
    }

    /// Compares the names of those who changed with those of the newest of their company.
    fn compare_names(
        &mut self,
        (title, at): (&Field, &Field),
        changed: &Companies,
        known: &Forms,
    ) -> Result<(), RecordFault> {
        let companies: Vec<Uuid> = changed.keys().copied().collect();
        let newest = self.tx.newest_linking((&self.object.name, at.name.as_str()), &companies, COLLEAGUES)?;
        let forms = |values: &Values| self.spelled((title, at), values);
        let groups = among_newest(changed, &grouped(newest));
        let pairs = self.meet(&Why::Spelling, groups, (known, &forms))?;
        self.pairs.extend(pairs);
        Ok(())
    }

    /// The forms of a name in its company.
    fn spelled(&self, (title, at): (&Field, &Field), values: &Values) -> Vec<u64> {
        let named = normal(title, values).zip(link(at, values));
        named.map_or_else(Vec::new, |(name, company)| self.forms(&company.to_string(), &[name]))
    }

    /// Returns the hashes of the forms of texts, each once, rising; only of the same `beside` they meet.
    fn forms(&self, beside: &str, texts: &[String]) -> Vec<u64> {
        let mut form = format!("{beside}\n");
        let mut hashes = Vec::new();
        for [head, tail] in texts.iter().flat_map(|text| slips(text)) {
            form.truncate(beside.len() + 1);
            form.push_str(head);
            form.push_str(tail);
            hashes.push(self.hashed.hash_one(form.as_str()));
        }
        hashes.sort_unstable();
        hashes.dedup();
        hashes
    }

    /// Opens groups of records as far as their forms are not known, and pairs those of them who changed with the newest that share a form
    /// with them.
    fn meet(&self, why: &Why, groups: Vec<Vec<Uuid>>, forms: Forming<'_>) -> Result<Vec<Pair>, RecordFault> {
        let (mut pairs, mut stroke) = (Vec::new(), Vec::new());
        for group in groups.into_iter().filter(|group| group.len() > 1) {
            if stroke.len() + group.len() > SKETCHED {
                pairs.extend(self.meet_at_once(why, &std::mem::take(&mut stroke), forms)?);
            }
            stroke.extend(group);
        }
        pairs.extend(self.meet_at_once(why, &stroke, forms)?);
        Ok(pairs)
    }

    fn meet_at_once(&self, why: &Why, ids: &[Uuid], (known, forms): Forming<'_>) -> Result<Vec<Pair>, RecordFault> {
        let unknown: Vec<Uuid> = ids.iter().copied().filter(|id| !known.contains_key(id)).collect();
        let opened: Forms = self.sketched(&unknown, forms)?.into_iter().collect();
        let of = |id: &Uuid| known.get(id).or_else(|| opened.get(id));
        // The newest first: ids are made in the order of time.
        let newest: BTreeSet<Reverse<Uuid>> = ids.iter().copied().map(Reverse).collect();
        let mut sharing: HashMap<u64, Vec<Uuid>> = HashMap::new();
        for Reverse(id) in newest {
            of(&id).into_iter().flatten().for_each(|form| sharing.entry(*form).or_default().push(id));
        }
        // A name that is the same is not one that is nearly the same as well.
        let same = |pair: &Pair| *why == Why::Spelling && of(&pair.one) == of(&pair.other);
        Ok(sharing.values().flat_map(|ids| self.among(why, ids)).filter(|pair| !same(pair)).collect())
    }

    fn pair(&mut self, why: &Why, ids: &[Uuid]) {
        let pairs = self.among(why, ids);
        self.pairs.extend(pairs);
    }

    /// Pairs those of some records who changed with the first of them: of very many only the newest are thought of.
    fn among(&self, why: &Why, ids: &[Uuid]) -> Vec<Pair> {
        if ids.len() < 2 {
            return Vec::new();
        }
        let changed: Vec<Uuid> = ids.iter().copied().filter(|id| self.changed.contains(id)).collect();
        paired(why, &changed, ids.get(..SHARERS).unwrap_or(ids))
    }
}

/// Puts those who changed among the newest that they have something in common with, not too many at once.
fn among_newest<K: Eq + Hash>(changed: &Holders<K>, newest: &Holders<K>) -> Vec<Vec<Uuid>> {
    let among = |(key, changed): (&K, &Vec<Uuid>)| {
        let newest = newest.get(key).map(Vec::as_slice).unwrap_or_default();
        let all = |some: &[Uuid]| some.iter().chain(newest).copied().collect::<BTreeSet<Uuid>>().into_iter().collect();
        changed.chunks(SKETCHED / 2).map(all).collect::<Vec<Vec<Uuid>>>()
    };
    changed.iter().flat_map(among).collect()
}

/// Gathers what belongs to the same.
fn grouped<K: Eq + Hash>(pairs: Vec<(K, Uuid)>) -> Holders<K> {
    let mut all: Holders<K> = HashMap::new();
    pairs.into_iter().for_each(|(key, id)| all.entry(key).or_default().push(id));
    all
}

/// Pairs each of some with each of others.
fn paired(why: &Why, some: &[Uuid], others: &[Uuid]) -> Vec<Pair> {
    some.iter().flat_map(|one| others.iter().filter_map(|other| Pair::of(why, *one, *other))).collect()
}

/// The field by which somebody is known, where its value alone tells nobody apart.
fn title(object: &Object) -> Option<&Field> {
    known_by(object).filter(|title| !recognised(title))
}

fn normal(field: &Field, values: &Values) -> Option<String> {
    normals(field, values.get(field.name.as_str())?).into_iter().next()
}

fn link(field: &Field, values: &Values) -> Option<RecordId> {
    values.get(field.name.as_str()).and_then(Value::as_link)
}
