//! The rows that a token is kept to: `contact:stage:is:lead`, an object and a condition in the language of lists.

use std::collections::BTreeMap;

use accounts::AccountFault;
use authz::{Area, Charter, Condition, FieldRule, Rights};
use db::DbFault;
use filter::kept;
use identity::input::Findings;
use kernel::{ObjectName, UserId};
use objects::object::{Object, Objects};

/// More conditions than this nobody keeps in mind.
const MOST: usize = 40;

/// Takes what was typed, one condition a line: in the order of their objects, each once.
pub(crate) fn check(typed: &[String]) -> Result<Vec<String>, &'static str> {
    let mut rows: Vec<String> =
        typed.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
    rows.sort_unstable();
    rows.dedup();
    let spelled = |text: &String| split(text).is_some() && text.chars().count() <= 300;
    if rows.len() > MOST || !rows.iter().all(spelled) { Err(NOT_A_ROW) } else { Ok(rows) }
}

const NOT_A_ROW: &str = "not-a-token-row";

fn split(text: &str) -> Option<(ObjectName, &str)> {
    let (object, condition) = text.split_once(':')?;
    let object = ObjectName::parse(object).ok()?;
    (Area::of(object.as_str()) == Area::Records).then_some((object, condition))
}

/// Refuses conditions that cannot be asked, or are about what the owner does not see: which rows a token finds would say what a
/// field holds.
pub(crate) fn known(
    rows: &[String],
    objects: Option<&Objects>,
    owner: &Charter,
    me: UserId,
) -> Result<(), AccountFault> {
    if grouped(rows).iter().all(|(object, texts)| conditions(object, texts, objects, owner, me).is_some()) {
        return Ok(());
    }
    let mut findings = Findings::default();
    let _: Option<()> = findings.add("rows", NOT_A_ROW);
    Err(findings.fault())
}

/// Narrows rights to rows. A condition that can no longer be asked lets nothing through: left out, it would let through everything.
pub(crate) fn narrowed(
    rights: Rights,
    rows: &[String],
    objects: Option<&Objects>,
    (owner, me): (&Charter, UserId),
) -> Result<Rights, DbFault> {
    if rows.iter().any(|text| split(text).is_none()) {
        return Err(DbFault::Mismatch);
    }
    Ok(grouped(rows).into_iter().fold(rights, |rights, (object, texts)| {
        let conditions = conditions(&object, &texts, objects, owner, me);
        rights.only(object, conditions.unwrap_or_else(|| vec![Condition::nothing()]))
    }))
}

fn grouped(rows: &[String]) -> BTreeMap<ObjectName, Vec<&str>> {
    let mut grouped: BTreeMap<ObjectName, Vec<&str>> = BTreeMap::new();
    for (object, condition) in rows.iter().filter_map(|text| split(text)) {
        grouped.entry(object).or_default().push(condition);
    }
    grouped
}

fn conditions(
    name: &ObjectName,
    texts: &[&str],
    objects: Option<&Objects>,
    owner: &Charter,
    me: UserId,
) -> Option<Vec<Condition>> {
    let objects = objects?;
    let object = objects.get(name.as_str())?;
    let covered = |field: &str| owner.field(name.as_str(), field).is_some_and(FieldRule::covers);
    let seen: Object = object.seen(|field| (!covered(field.name.as_str())).then(|| field.clone()));
    kept(&seen, objects.currency(), texts.iter().copied(), me).ok()
}
