//! Who is there already, and what cells link to: asked once for a whole batch.

use std::collections::{HashMap, HashSet};

use authz::Read;
use db::{Blind, ReadTx};
use intake::{Draft, Naming};
use kernel::{FieldName, SubjectId, Uuid};
use sea_query::{Alias, Expr, ExprTrait as _, Query};

use crate::Records;
use crate::fault::RecordFault;
use crate::object::{Field, Kind, Object};
use crate::value::{Value, parse_text};
use vault::IndexKeys;

/// What the index knows the values of a row by, by field.
pub(super) type Blinds = Vec<(FieldName, Vec<Blind>)>;

/// Returns what the index knows a draft's values by.
pub(super) fn blinds(keys: &IndexKeys, object: &Object, draft: &Draft) -> Blinds {
    Records::blinds(keys, object, |field| draft.values.get(field))
}

fn token(blinds: &Blinds, field: &FieldName) -> Option<Blind> {
    blinds.iter().find(|(name, _)| name == field).and_then(|(_, tokens)| tokens.first()).copied()
}

/// The tokens by which a row is taken for a record that is there, the surest first. Two people may share a phone, so a
/// number counts only where nothing surer is given, and only together with the name.
pub(super) fn keys(object: &Object, blinds: &Blinds) -> Vec<(FieldName, Blind, Option<Blind>)> {
    let weak = |field: &&Field| field.kind == Kind::Phone;
    let found = |field: &Field| Some((field.name.clone(), token(blinds, &field.name)?));
    let strong: Vec<_> = object
        .unique_fields()
        .filter(|f| !weak(f))
        .filter_map(found)
        .map(|(field, token)| (field, token, None))
        .collect();
    if !strong.is_empty() {
        return strong;
    }
    let Some(title) = token(blinds, &object.title) else { return Vec::new() };
    object.unique_fields().filter(weak).filter_map(found).map(|(field, token)| (field, token, Some(title))).collect()
}

/// Records by the tokens of one field.
type Holders = HashMap<Blind, Vec<Uuid>>;

fn holders(tx: &ReadTx<'_>, mut tokens: Vec<Blind>) -> Result<Holders, RecordFault> {
    tokens.sort_unstable();
    tokens.dedup();
    let mut holders = Holders::new();
    if !tokens.is_empty() {
        for (token, id) in tx.blind_find(&tokens)? {
            holders.entry(token).or_default().push(id);
        }
    }
    for ids in holders.values_mut() {
        ids.sort_unstable();
    }
    Ok(holders)
}

/// Returns for each row the record it is, and by which field, if it is there. A record that the actor may not see is not
/// there: what the rows come to would say who is a customer of somebody else.
pub(super) fn matches(
    tx: &ReadTx<'_>,
    object: &Object,
    rows: &[&Blinds],
) -> Result<Vec<Option<(FieldName, Uuid)>>, RecordFault> {
    let keys: Vec<_> = rows.iter().map(|blinds| self::keys(object, blinds)).collect();
    let mut by_field: HashMap<FieldName, Holders> = HashMap::new();
    let wanted = |field: &FieldName| {
        keys.iter().flatten().filter(|(name, ..)| name == field).map(|(_, token, _)| *token).collect()
    };
    for field in object.unique_fields() {
        let mut holders = holders(tx, wanted(&field.name))?;
        if let Some(seen) = seen(tx, object, &holders)? {
            holders.values_mut().for_each(|ids| ids.retain(|id| seen.contains(id)));
        }
        by_field.insert(field.name.clone(), holders);
    }
    let titles = keys.iter().flatten().filter_map(|(_, _, title)| *title).collect();
    let titled = holders(tx, titles)?;
    let one = |keys: &Vec<(FieldName, Blind, Option<Blind>)>| {
        keys.iter().find_map(|(field, token, title)| {
            let ids = by_field.get(field)?.get(token)?;
            let called_so =
                |id: &&Uuid| title.is_none_or(|title| titled.get(&title).is_some_and(|ids| ids.contains(id)));
            ids.iter().find(called_so).map(|id| (field.clone(), *id))
        })
    };
    Ok(keys.iter().map(one).collect())
}

/// What a cell that names a record led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// This record.
    One(Uuid),
    /// Several people of that name: linking to the wrong one would seal the row under the wrong key.
    Several,
    /// Nobody.
    None,
}

/// Finds the records that cells name, by whatever may name one: `names` are texts of links to `target`.
pub(super) fn named(
    records: &Records,
    tx: &ReadTx<'_>,
    target: &Object,
    names: &[&str],
) -> Result<HashMap<String, Found>, RecordFault> {
    let mut found: HashMap<String, Found> = HashMap::new();
    if authz::scope::<Read>(tx.cx(), &target.name).is_err() {
        return Ok(found);
    }
    let index = records.index_keys(tx)?;
    let naming = |field: &&Field| (field.unique || field.known_by) && field.kind != Kind::Phone;
    for field in target.fields.iter().filter(naming) {
        let token = |text: &str| {
            let value = parse_text(field, text, records.objects().currency()).ok().flatten()?;
            Records::blind(&index, target, field.name.as_str(), &value).first().copied()
        };
        let tokens: Vec<(&str, Blind)> = names.iter().filter_map(|text| Some((*text, token(text)?))).collect();
        let holders = holders(tx, tokens.iter().map(|(_, token)| *token).collect())?;
        let seen = seen(tx, target, &holders)?;
        for (text, token) in tokens {
            let ids = holders.get(&token).map(Vec::as_slice).unwrap_or_default();
            let mut ids = ids.iter().filter(|id| seen.as_ref().is_none_or(|seen| seen.contains(id)));
            let outcome = match (ids.next(), ids.next()) {
                (None, _) => continue,
                (Some(_), Some(_)) if target.subject => Found::Several,
                (Some(id), _) => Found::One(*id),
            };
            found.entry(text.to_owned()).or_insert(outcome);
        }
    }
    Ok(found)
}

/// Returns which of some records the actor may see; nothing where that is all there are.
fn seen(tx: &ReadTx<'_>, object: &Object, holders: &Holders) -> Result<Option<HashSet<Uuid>>, RecordFault> {
    let mut seen = HashSet::new();
    let Ok(scope) = authz::scope::<Read>(tx.cx(), &object.name) else { return Ok(Some(seen)) };
    if scope.is_everything() {
        return Ok(None);
    }
    let ids: Vec<Uuid> = holders.values().flatten().copied().collect();
    for some in ids.chunks(1_000) {
        let mut select = Query::select();
        select
            .column(Alias::new("id"))
            .from(filter::table(&object.name))
            .and_where(Expr::col(Alias::new("id")).is_in(some.iter().copied()));
        seen.extend(tx.tally(select, &scope, |row| row.get::<Uuid>(0))?);
    }
    Ok(Some(seen))
}

/// Returns the subjects of records the actor may see, out of the bin.
pub(super) fn subjects(
    tx: &ReadTx<'_>,
    object: &Object,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Option<SubjectId>>, RecordFault> {
    let mut found = HashMap::new();
    let Ok(scope) = authz::scope::<Read>(tx.cx(), &object.name) else { return Ok(found) };
    for some in ids.chunks(1_000) {
        let mut select = Query::select();
        select
            .columns(["id", "subject_id"].map(Alias::new))
            .from(filter::table(&object.name))
            .and_where(Expr::col(Alias::new("id")).is_in(some.iter().copied()))
            .and_where(Expr::col(Alias::new("deleted_at")).is_null());
        found.extend(tx.tally(select, &scope, |row| Ok((row.get::<Uuid>(0)?, row.get::<Option<SubjectId>>(1)?)))?);
    }
    Ok(found)
}

/// Returns the texts of all cells that name a record of an object, each once.
pub(super) fn texts<'d>(object: &Object, target: &Object, links: impl Iterator<Item = &'d Naming>) -> Vec<&'d str> {
    let leads =
        |naming: &&Naming| object.field(naming.field.as_str()).and_then(|f| f.link.as_ref()) == Some(&target.name);
    let mut texts: Vec<&str> = links.filter(leads).map(|naming| naming.text.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// A link as a value.
pub(super) fn link(id: Uuid) -> Value {
    Value::Link(kernel::RecordId::from_uuid(id))
}
