//! Secrets in free text: found when it is written, and judged by the rules of the workspace.

use std::collections::BTreeSet;

use db::ReadTx;
use policy::Objection;
use scanner::Kind as Secret;

use crate::fault::RecordFault;
use crate::object::Object;
use crate::value::{FieldFault, Value, Why};
use objects::change::{Altered, Altering};

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
        let why = match policy::objection(&rules, found.iter().copied(), keep) {
            Some(Objection::Barred(kind)) => Why::Barred(kind),
            Some(Objection::Warned(kind)) => Why::Secret(kind),
            None => {
                kept.extend(found);
                continue;
            }
        };
        faults.push(FieldFault { field: altering.field.to_string(), why });
    }
    if faults.is_empty() { Ok(kept) } else { Err(faults.into()) }
}

fn fresh(altering: &Altering) -> Vec<Secret> {
    let [before, after] = [&altering.before, &altering.after].map(|value| value.as_ref().and_then(Value::as_text));
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let new = |finding: &scanner::Finding| !before.contains(finding.of(after));
    scanner::find(after).into_iter().filter(new).map(|finding| finding.kind).collect()
}
