//! Whoever is here already, told of while somebody is typed in.

use authz::Read;
use db::{Blind, Permitted, ReadTx};
use kernel::{FieldName, RecordId, Uuid};
use ledger::{Line, verbs};
use records::{Field, Object, Record, RecordFault, Records, Value, Values};
use sea_query::{Alias, Cond, Expr, ExprTrait as _, Query};

use vault::IndexKeys;

use crate::Duplicates;
use crate::by::{COMPANY, employer, known_by, recognised};

/// Records that are told of.
const TOLD: usize = 5;
/// Companies of one name that are thought of.
const NAMESAKES: u64 = 50;

/// A record that looks like another.
pub struct Alike {
    /// The field both have in common.
    pub field: FieldName,
    /// The record.
    pub record: Permitted<Record, Read>,
}

impl Duplicates {
    /// Returns records that may be the one that is typed, the surest first: with an address or number in common, or of the same name
    /// in the same company, which is typed as its name or its id; where an object knows no companies, of the same name. The one
    /// that is being changed is left out. A line is left even if there is nobody.
    ///
    /// Rows beyond the reach of whoever asks are dropped by the database, inside the one query that finds them: what else is asked,
    /// and what is opened, depends on what is typed and on what they may see.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn alike(
        &self,
        tx: &ReadTx<'_>,
        object: &str,
        (typed, company): (&Values, &str),
        except: Option<RecordId>,
    ) -> Result<Vec<Alike>, RecordFault> {
        let object = self.records.object(object)?;
        let seen = self.records.seen(tx.cx(), &object);
        let mut told: Vec<Uuid> = except.map(RecordId::uuid).into_iter().collect();
        let keys = self.records.index_keys(tx)?;
        let held = held(&keys, &object, seen.fields.iter().filter(|field| recognised(field)), typed);
        let mut alike: Vec<Alike> = Vec::new();
        if !held.is_empty() {
            let conditions = Cond::all().add(among(&held)).add(but(&told));
            let records = self.records.choose_records(tx, &object, (conditions, TOLD as u64), |_| ())?;
            alike.extend(records.into_iter().filter_map(|record| {
                let field =
                    held.iter().map(|(field, _)| field).find(|field| share(&keys, (&object, field), typed, &record))?;
                Some(Alike { field: field.clone(), record })
            }));
        }
        if let Some(named) = self.named(tx, &keys, (&object, &seen), (typed, company))? {
            told.extend(alike.iter().map(|alike| alike.record.record_id().uuid()));
            let conditions = Cond::all().add(named).add(but(&told));
            let room = TOLD.saturating_sub(alike.len()) as u64;
            let records = self.records.choose_records(tx, &object, (conditions, room), |_| ())?;
            alike.extend(records.into_iter().map(|record| Alike { field: object.title.clone(), record }));
        }
        if alike.is_empty() && typed.iter().next().is_some() {
            tx.note(Line::done(verbs::SEARCH, object.name.clone()));
        }
        Ok(alike)
    }

    /// Returns the condition that a record is called as typed, in the company that is typed. Without a company a name says little, and
    /// is not even looked up.
    fn named(
        &self,
        tx: &ReadTx<'_>,
        keys: &IndexKeys,
        (object, seen): (&Object, &Object),
        (typed, company): (&Values, &str),
    ) -> Result<Option<Cond>, RecordFault> {
        let Some(title) = known_by(seen).filter(|title| !recognised(title)) else { return Ok(None) };
        let held = held(keys, object, [title].into_iter(), typed);
        let (Some(at), false) = (employer(seen), held.is_empty()) else { return Ok(None) };
        let employers = self.companies(tx, keys, company)?;
        let fits = Expr::col(Alias::new(at.name.as_str())).is_in(employers.iter().copied());
        Ok((!employers.is_empty()).then(|| Cond::all().add(among(&held)).add(fits)))
    }

    /// Returns the companies of a name that the actor may see: a hint must not tell who works for one they may not.
    fn companies(&self, tx: &ReadTx<'_>, keys: &IndexKeys, name: &str) -> Result<Vec<Uuid>, RecordFault> {
        let company = self.records.object(COMPANY)?;
        let Ok(scope) = authz::scope::<Read>(tx.cx(), &company.name) else { return Ok(Vec::new()) };
        let mut select = Query::select();
        select.column(Alias::new("id")).from(filter::table(&company.name)).limit(NAMESAKES);
        select.and_where(Expr::col(Alias::new("deleted_at")).is_null());
        if let Ok(typed) = name.trim().parse::<RecordId>() {
            select.and_where(id().eq(typed.uuid()));
        } else {
            let seen = self.records.seen(tx.cx(), &company);
            let Some(title) = known_by(&seen) else { return Ok(Vec::new()) };
            let typed: Values = [(title.name.clone(), Value::Text(name.to_owned()))].into_iter().collect();
            let held = held(keys, &company, [title].into_iter(), &typed);
            if held.is_empty() {
                return Ok(Vec::new());
            }
            select.and_where(among(&held));
        }
        Ok(tx.tally(select, &scope, |row| row.get::<Uuid>(0))?)
    }
}

/// Returns what the index knows by what was typed.
fn held<'f>(
    keys: &IndexKeys,
    object: &Object,
    fields: impl Iterator<Item = &'f Field>,
    typed: &Values,
) -> Vec<(FieldName, Vec<Blind>)> {
    let known =
        |field: &Field| Some(Records::blind(keys, object, field.name.as_str(), typed.get(field.name.as_str())?));
    let held = fields.filter_map(|field| Some((field.name.clone(), known(field)?)));
    held.filter(|(_, values)| !values.is_empty()).collect()
}

/// Tells whether a record holds what was typed into a field.
fn share(keys: &IndexKeys, (object, field): (&Object, &FieldName), typed: &Values, record: &Record) -> bool {
    let known = |value: Option<&Value>| value.map(|value| Records::blind(keys, object, field.as_str(), value));
    let (one, other) = (known(typed.get(field.as_str())), known(record.value(field.as_str())));
    one.zip(other).is_some_and(|(one, other)| one.iter().any(|blind| other.contains(blind)))
}

fn id() -> Expr {
    Expr::col(Alias::new("id"))
}

/// Leaves out some. (A list without members has no type in PostgreSQL.)
fn but(told: &[Uuid]) -> Cond {
    Cond::all().add_option((!told.is_empty()).then(|| id().is_not_in(told.iter().copied())))
}

fn among(held: &[(FieldName, Vec<Blind>)]) -> Expr {
    id().in_subquery(db::holders(held.iter().flat_map(|(_, values)| values).flat_map(Blind::tokens)))
}
