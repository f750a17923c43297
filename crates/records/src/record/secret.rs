//! Secrets in free text: found when it is written, and judged by the rules of the workspace.

use std::collections::BTreeSet;

use db::ReadTx;
use ledger::Line;
use policy::SecretRule;
use scanner::Kind as Secret;

use crate::fault::RecordFault;
use crate::object::Object;
use crate::value::{FieldFault, Value, Why};
use objects::change::{Altered, Altering};

/// Says on the line of a change what was kept because it was meant, and nothing of it itself.
pub(crate) fn on(kept: &BTreeSet<Secret>, line: Line) -> Line {
    if kept.is_empty() {
        return line;
    }
    line.fact("holds", kept.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(","))
}

/// Judges what a change writes into free text. What stood there before is not held against whoever changes something else.
pub(crate) fn judge(
    tx: &ReadTx<'_>,
    object: &Object,
    altered: &Altered,
    keep: bool,
) -> Result<BTreeSet<Secret>, RecordFault> {
    let written: Vec<(&Altering, Vec<Secret>)> = altered
        .changed
        .iter()
        .filter(|altering| object.field(altering.field.as_str()).is_some_and(|field| field.kind.is_free()))
        .map(|altering| (altering, fresh(altering)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    let mut kept = BTreeSet::new();
    if written.is_empty() {
        return Ok(kept);
    }
    let rules = policy::secrets(tx)?;
    let mut faults = Vec::new();
    for (altering, found) in written {
        let ruled = |rule: SecretRule| found.iter().copied().find(|kind| rules.contains(&(*kind, rule)));
        let why = match (ruled(SecretRule::Refuse), ruled(SecretRule::Warn)) {
            (Some(kind), _) => Some(Why::Barred(kind)),
            (None, Some(kind)) if !keep => Some(Why::Secret(kind)),
            (None, _) => None,
        };
        match why {
            Some(why) => faults.push(FieldFault { field: altering.field.to_string(), why }),
            None => kept.extend(found),
        }
    }
    if faults.is_empty() { Ok(kept) } else { Err(faults.into()) }
}

fn fresh(altering: &Altering) -> Vec<Secret> {
    let [before, after] = [&altering.before, &altering.after].map(|value| value.as_ref().and_then(Value::as_text));
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let new = |finding: &scanner::Finding| !before.contains(finding.of(after));
    scanner::find(after).into_iter().filter(new).map(|finding| finding.kind).collect()
}
