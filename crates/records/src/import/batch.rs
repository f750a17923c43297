//! One step of an import: everything it does is one transaction.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use authz::{Create, Facts, Update};
use db::{Blind, DbFault, WriteTx};
use intake::{Counts, Draft, Policy, Wrong, import_object, store};
use kernel::{FieldName, RecordId, SubjectId, TeamId, Timestamp, UploadId, UserId, Uuid};
use ledger::{Line, verbs};
use sea_query::{Alias, Expr, ExprTrait as _};
use tabular::Mark;

use super::act::People;
use super::resolve::{self, Blinds};
use crate::Records;
use crate::fault::RecordFault;
use crate::handle::Findable;
use crate::object::Object;
use crate::record::model::Head;
use crate::record::{Altered, Change, Record, SealedRecord, store as rows};
use crate::value::Value;
use objects::change::rules;
use vault::IndexKeys;

/// A row on its way into the database.
pub(super) struct Prepared {
    pub(super) id: RecordId,
    pub(super) draft: Draft,
    pub(super) blinds: Blinds,
    /// The record, sealed ahead, if its key was known ahead; with its words.
    pub(super) ready: Option<(Record, Vec<u64>)>,
}

/// The rows of one step.
pub(super) struct Batch {
    pub(super) id: UploadId,
    pub(super) object: Arc<Object>,
    pub(super) policy: Policy,
    pub(super) make_missing: bool,
    pub(super) people: People,
    pub(super) importer: UserId,
    pub(super) span: (Mark, Mark),
    /// What the tokens of the rows were made with.
    pub(super) keys: IndexKeys,
    pub(super) rows: Vec<Prepared>,
    pub(super) wrong: Vec<Wrong>,
}

/// Rows sorted by what becomes of them.
#[derive(Default)]
struct Sorted {
    fresh: Vec<Prepared>,
    keys: HashMap<(FieldName, Blind, Option<Blind>), usize>,
    known: BTreeMap<Uuid, Prepared>,
}

impl Records {
    /// Stores a step and moves the mark, or does nothing at all.
    pub(super) fn apply(&self, tx: &mut WriteTx<'_>, mut batch: Batch) -> Result<Counts, RecordFault> {
        self.may_import(tx, &batch.object.name)?;
        self.renew_tokens(tx, &mut batch)?;
        let mut counts = Counts::default();
        let mut sorted = sort(tx, &mut batch, &mut counts)?;
        self.link(tx, &mut batch, &mut sorted)?;
        counts.created += self.insert_fresh(tx, &batch, std::mem::take(&mut sorted.fresh))?;
        self.renew_known(tx, &batch, sorted.known, &mut counts)?;
        counts.wrong = batch.wrong.len() as u64;
        store::wrong(tx, batch.id, &batch.wrong)?;
        let rows = format!("{}-{}", batch.span.0.rows + 1, batch.span.1.rows);
        tx.note(Line::done(verbs::IMPORT, import_object().clone()).about(batch.id).fact("rows", rows));
        if !store::advance(tx, batch.id, batch.span, counts)? {
            return Err(DbFault::Stale.into());
        }
        Ok(counts)
    }

    /// Makes the tokens anew if the key of the index was changed since they were made.
    fn renew_tokens(&self, tx: &WriteTx<'_>, batch: &mut Batch) -> Result<(), RecordFault> {
        let keys = self.index_keys(tx)?;
        if keys.is_same(&batch.keys) {
            return Ok(());
        }
        for row in &mut batch.rows {
            row.blinds = resolve::blinds(&keys, &batch.object, &row.draft);
            if let Some((record, words)) = &mut row.ready {
                *words = Self::word_tokens(&keys, record);
            }
        }
        batch.keys = keys;
        Ok(())
    }

    /// Makes a record of a draft. Links to other records are set later; what is sealed does not depend on them.
    pub(super) fn drafted(
        &self,
        object: &Arc<Object>,
        (id, draft): (RecordId, &Draft),
        subject: Option<SubjectId>,
        now: Timestamp,
    ) -> Result<Record, RecordFault> {
        let head = Head {
            id,
            owner: None,
            team: None,
            created_at: now,
            updated_at: now,
            version: 0,
            deleted_at: None,
            subject,
        };
        let mut values = rules::defaults(object, now);
        for (field, value) in draft.values.iter() {
            values.set(field.clone(), Some(value.clone()));
        }
        rules::stamp(object, &mut values, now);
        let masked = draft.masked.iter().map(|(field, value)| (field.clone(), Some(value.clone()))).collect();
        self.sealed(
            Record::new(Arc::clone(object), Arc::clone(object), (head, self.vault.marker().clone())),
            &Altered { values, masked, ..Altered::default() },
        )
    }

    /// Stores rows that are new, and makes them findable.
    fn insert_fresh(&self, tx: &mut WriteTx<'_>, batch: &Batch, fresh: Vec<Prepared>) -> Result<u64, RecordFault> {
        let object = &batch.object;
        let subjects = self.subjects_of(tx, object, &fresh)?;
        let mut records = Vec::with_capacity(fresh.len());
        let mut findable: Vec<Findable> = Vec::with_capacity(fresh.len());
        let mut teams = Teams::default();
        for row in fresh {
            let (mut record, words) = match row.ready {
                Some(ready) => ready,
                None => {
                    let about = object
                        .about
                        .as_ref()
                        .and_then(|name| row.draft.values.get(name.as_str()))
                        .and_then(Value::as_link);
                    let subject = match about {
                        Some(link) => subjects.get(&link.uuid()).copied().flatten(),
                        None if object.subject => Some(self.vault.new_subject()?),
                        None => None,
                    };
                    let record = self.drafted(object, (row.id, &row.draft), subject, tx.now())?;
                    let words = Self::word_tokens(&batch.keys, &record);
                    (record, words)
                }
            };
            for (field, value) in row.draft.values.iter().filter(|(_, value)| value.as_link().is_some()) {
                record.values.set(field.clone(), Some(value.clone()));
            }
            let owner = row.draft.owner.as_deref().and_then(|name| batch.people.find(name));
            findable.push((row.id.uuid(), words, row.blinds));
            records.push(owned(tx, record, (owner.unwrap_or(batch.importer), batch.importer), &mut teams)?);
        }
        let count = records.len() as u64;
        self.insert_records(tx, object, records, findable, batch.id)?;
        Ok(count)
    }

    fn insert_records(
        &self,
        tx: &mut WriteTx<'_>,
        object: &Arc<Object>,
        mut records: Vec<(authz::Allowed<Create>, Record)>,
        findable: Vec<Findable>,
        import: UploadId,
    ) -> Result<(), RecordFault> {
        let ids: Vec<Uuid> = findable.iter().map(|(id, ..)| *id).collect();
        let line = Line::done(verbs::IMPORT, object.name.clone()).about_each(ids).fact("import", import.to_string());
        let mut ranked: Vec<&mut Record> = records.iter_mut().map(|(_, record)| record).collect();
        self.rank(tx, object, &mut ranked, |_| true)?;
        tx.insert_all(records, line)?;
        Ok(Self::make_findable(tx, &object.name, findable)?)
    }

    /// Returns the subjects of the people that rows are about.
    fn subjects_of(
        &self,
        tx: &WriteTx<'_>,
        object: &Object,
        rows: &[Prepared],
    ) -> Result<HashMap<Uuid, Option<SubjectId>>, RecordFault> {
        let Some(field) = object.about.as_ref().and_then(|name| object.field(name.as_str())) else {
            return Ok(HashMap::new());
        };
        let Some(target) = &field.link else { return Ok(HashMap::new()) };
        let link =
            |row: &Prepared| row.draft.values.get(field.name.as_str()).and_then(Value::as_link).map(RecordId::uuid);
        let ids: Vec<Uuid> = rows.iter().filter_map(link).collect();
        resolve::subjects(tx, &*self.object(target.as_str())?, &ids)
    }

    /// Sets the links of all rows; a row that links to nothing becomes a wrong one.
    fn link(&self, tx: &mut WriteTx<'_>, batch: &mut Batch, sorted: &mut Sorted) -> Result<(), RecordFault> {
        let object = Arc::clone(&batch.object);
        let mut known: HashMap<FieldName, HashMap<String, resolve::Found>> = HashMap::new();
        for field in object.fields.iter() {
            let Some(target) = &field.link else { continue };
            let target = self.object(target.as_str())?;
            let own =
                |row: &Prepared| row.draft.links.iter().filter(|n| n.field == field.name).cloned().collect::<Vec<_>>();
            let namings: Vec<_> = sorted.fresh.iter().chain(sorted.known.values()).flat_map(own).collect();
            let texts = resolve::texts(&object, &target, namings.iter());
            if texts.is_empty() {
                continue;
            }
            let mut found = resolve::named(self, tx, &target, &texts)?;
            self.make_missing(tx, batch, sorted, (&target, &texts), &mut found)?;
            known.insert(field.name.clone(), found);
        }
        let mut fresh = Vec::with_capacity(sorted.fresh.len());
        for row in std::mem::take(&mut sorted.fresh) {
            fresh.extend(linked(row, &known, &mut batch.wrong));
        }
        sorted.fresh = fresh;
        let rows = std::mem::take(&mut sorted.known).into_iter();
        sorted.known = rows.filter_map(|(id, row)| Some((id, linked(row, &known, &mut batch.wrong)?))).collect();
        Ok(())
    }

    /// Makes records that cells name and nobody has, if that is wanted. People are not made up.
    fn make_missing(
        &self,
        tx: &mut WriteTx<'_>,
        batch: &Batch,
        sorted: &Sorted,
        (target, texts): (&Arc<Object>, &[&str]),
        found: &mut HashMap<String, resolve::Found>,
    ) -> Result<(), RecordFault> {
        let mut made: HashMap<Blind, RecordId> = HashMap::new();
        let (mut records, mut findable) = (Vec::new(), Vec::new());
        for text in texts {
            if found.contains_key(*text) {
                continue;
            }
            let Some(draft) = named_draft(target, text) else { continue };
            let blinds = resolve::blinds(&batch.keys, target, &draft);
            let Some(token) = blinds.first().and_then(|(_, tokens)| tokens.first()).copied() else { continue };
            let same = (target.name == batch.object.name)
                .then(|| sorted.keys.get(&(target.title.clone(), token, None)).and_then(|at| sorted.fresh.get(*at)))
                .flatten();
            if let Some(row) = same {
                found.insert((*text).to_owned(), resolve::Found::One(row.id.uuid()));
            } else if let Some(id) = made.get(&token) {
                found.insert((*text).to_owned(), resolve::Found::One(id.uuid()));
            } else if batch.make_missing && !target.subject {
                let id: RecordId = tx.new_id();
                let record = self.drafted(target, (id, &draft), None, tx.now())?;
                findable.push((id.uuid(), Self::word_tokens(&batch.keys, &record), blinds));
                records.push(owned(tx, record, (batch.importer, batch.importer), &mut Teams::default())?);
                made.insert(token, id);
                found.insert((*text).to_owned(), resolve::Found::One(id.uuid()));
            }
        }
        if records.is_empty() { Ok(()) } else { self.insert_records(tx, target, records, findable, batch.id) }
    }

    /// Writes rows over records that are there, if that is wanted. A record that holds nothing but its name was made for a
    /// link, and is filled in any case.
    fn renew_known(
        &self,
        tx: &mut WriteTx<'_>,
        batch: &Batch,
        mut known: BTreeMap<Uuid, Prepared>,
        counts: &mut Counts,
    ) -> Result<(), RecordFault> {
        if known.is_empty() {
            return Ok(());
        }
        let object = &batch.object;
        let mut select = rows::select(object);
        select.and_where(Expr::col(Alias::new("id")).is_in(known.keys().copied()));
        let mut renewed = Vec::with_capacity(known.len());
        for guarded in tx.select(&select, |row| self.row(object, row))? {
            let Ok(permitted) = guarded.open_unseen::<Update>(tx) else {
                counts.skipped += 1;
                continue;
            };
            let record = permitted.turn(|sealed: SealedRecord| self.unseal(tx, sealed, object))?;
            let Some(row) = known.remove(&record.record_id().uuid()) else { continue };
            let bare = is_bare(&record);
            if batch.policy == Policy::Skip && !bare {
                counts.skipped += 1;
                continue;
            }
            let owner = row.draft.owner.as_deref().and_then(|name| batch.people.find(name));
            let mut altered = rules::alter(object, &record.values, change_of(row.draft), &self.terms(tx, object))?;
            altered.owner =
                owner.filter(|owner| bare && record.head.owner != Some(*owner) && may_own(tx, &record, *owner).is_ok());
            match (altered.is_nothing(), bare) {
                (true, _) => counts.skipped += 1,
                (false, true) => counts.created += 1,
                (false, false) => counts.updated += 1,
            }
            if !altered.is_nothing() {
                renewed.push((record, altered));
            }
        }
        self.await_orders(tx, object, |field| renewed.iter().any(|(_, altered)| altered.touches(&field.name)))?;
        for (record, altered) in renewed {
            let _renewed = self.write_altered(tx, record, &altered, verbs::UPDATE)?;
        }
        Ok(())
    }
}

/// The teams of owners, each looked up once.
#[derive(Default)]
struct Teams(HashMap<UserId, Option<TeamId>>);

impl Teams {
    fn of(&mut self, tx: &WriteTx<'_>, owner: UserId) -> Result<Option<TeamId>, DbFault> {
        if let Some(team) = self.0.get(&owner) {
            return Ok(*team);
        }
        let team = Records::team_of(tx, Some(owner))?;
        self.0.insert(owner, team);
        Ok(team)
    }
}

/// Gives a record an owner the actor may make records for.
fn owned(
    tx: &WriteTx<'_>,
    mut record: Record,
    (owner, importer): (UserId, UserId),
    teams: &mut Teams,
) -> Result<(authz::Allowed<Create>, Record), RecordFault> {
    let (owner, proof) = match may_own(tx, &record, owner) {
        Ok(proof) => (owner, proof),
        Err(_) => (importer, may_own(tx, &record, importer)?),
    };
    record.head.owner = Some(owner);
    record.head.team = teams.of(tx, owner)?;
    Ok((proof, record))
}

/// Asks whether the actor may make a record in somebody's name.
fn may_own(tx: &WriteTx<'_>, record: &Record, owner: UserId) -> Result<authz::Allowed<Create>, authz::Denied> {
    let object = record.object.name.clone();
    authz::permit::<Create>(tx.cx(), Facts { object, id: record.head.id.uuid(), owner: Some(owner), team: None })
}

/// Sorts rows into new ones and ones that are there, by one question for each unique field.
fn sort(tx: &WriteTx<'_>, batch: &mut Batch, counts: &mut Counts) -> Result<Sorted, RecordFault> {
    let blinds: Vec<&Blinds> = batch.rows.iter().map(|row| &row.blinds).collect();
    let found = resolve::matches(tx, &batch.object, &blinds)?;
    let mut sorted = Sorted::default();
    for (row, found) in std::mem::take(&mut batch.rows).into_iter().zip(found) {
        let keys = resolve::keys(&batch.object, &row.blinds);
        let same = match &found {
            Some((_, id)) => sorted.known.get_mut(id),
            None => keys.iter().find_map(|key| sorted.keys.get(key)).and_then(|at| sorted.fresh.get_mut(*at)),
        };
        match (same, found, batch.policy) {
            // The file says it twice.
            (Some(_), _, Policy::Skip) => counts.skipped += 1,
            (Some(former), _, Policy::Update) => {
                merge(former, row);
                counts.updated += 1;
            }
            (None, Some((_, id)), _) => {
                sorted.known.insert(id, row);
            }
            (None, None, _) => {
                let at = sorted.fresh.len();
                sorted.keys.extend(keys.into_iter().map(|key| (key, at)));
                sorted.fresh.push(row);
            }
        }
    }
    Ok(sorted)
}

/// Writes a later row over an earlier one that is not stored yet.
fn merge(former: &mut Prepared, later: Prepared) {
    for (field, value) in later.draft.values {
        former.draft.values.set(field, Some(value));
    }
    former.draft.masked.extend(later.draft.masked);
    former.draft.links.extend(later.draft.links);
    for (field, tokens) in later.blinds {
        former.blinds.retain(|(name, _)| *name != field);
        former.blinds.push((field, tokens));
    }
    former.ready = None;
}

/// Turns a row's names into links, or the row into a wrong one.
fn linked(
    mut row: Prepared,
    known: &HashMap<FieldName, HashMap<String, resolve::Found>>,
    wrong: &mut Vec<Wrong>,
) -> Option<Prepared> {
    let mut faults = Vec::new();
    for naming in std::mem::take(&mut row.draft.links) {
        let found = known.get(&naming.field).and_then(|found| found.get(&naming.text)).copied();
        match found.unwrap_or(resolve::Found::None) {
            resolve::Found::One(id) => row.draft.values.set(naming.field, Some(resolve::link(id))),
            resolve::Found::Several => faults.push((Some(naming.column), "link-ambiguous")),
            resolve::Found::None => faults.push((Some(naming.column), crate::Why::Link.code())),
        }
    }
    if faults.is_empty() {
        return Some(row);
    }
    wrong.push(Wrong { number: row.draft.number, line: row.draft.line, faults });
    None
}

/// A draft of a record of which only the name is known.
fn named_draft(target: &Object, text: &str) -> Option<Draft> {
    let title = target.title_field()?;
    let value = crate::value::parse_text(title, text, kernel::Currency::USD).ok().flatten()?;
    let mut draft = Draft::default();
    draft.values.set(title.name.clone(), Some(value));
    Some(draft)
}

fn is_bare(record: &Record) -> bool {
    let defaults = rules::defaults(&record.object, record.created_at());
    let given = |(field, value): (&FieldName, &Value)| {
        *field != record.object.title && defaults.get(field.as_str()) != Some(value)
    };
    record.masked.is_empty() && !record.values.iter().any(given)
}

fn change_of(draft: Draft) -> Change {
    let given = draft.values.into_iter().chain(draft.masked);
    given.fold(Change::new(), |change, (field, value)| change.set(field.as_str(), Some(value)))
}
