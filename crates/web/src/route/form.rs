//! What forms of records have in common.

use db::ReadTx;
use httpkit::{Pairs, Refusal, Wrong};
use kernel::RecordId;
use kernel::text::fold;
use records::object::Kind;
use records::{Change, FieldFault, Object, RecordFault, Records, Why};

use ui::Flash;

/// Makes a change of a form's fields: only those the object has. A link may be typed as a name.
pub(super) fn change(
    records: &Records,
    tx: &ReadTx<'_>,
    object: &Object,
    pairs: &Pairs,
) -> Result<Change, RecordFault> {
    let mut change = Change::new();
    let mut faults = Vec::new();
    for (name, text) in pairs.iter() {
        let Some(field) = object.field(name) else { continue };
        let by_name = field
            .link
            .as_ref()
            .filter(|_| field.kind == Kind::Link && !text.trim().is_empty() && text.parse::<RecordId>().is_err());
        match by_name {
            None => change = change.text(name, text),
            Some(target) => match named(records, tx, target, text)? {
                Some(id) => change = change.text(name, id.to_string()),
                None => faults.push(FieldFault { field: name.to_owned(), why: Why::Link }),
            },
        }
    }
    if faults.is_empty() { Ok(change) } else { Err(RecordFault::Invalid(faults)) }
}

/// Finds the record of an object that is called so.
fn named(
    records: &Records,
    tx: &ReadTx<'_>,
    object: &kernel::ObjectName,
    text: &str,
) -> Result<Option<RecordId>, RecordFault> {
    let found = records.search(tx, text, std::slice::from_ref(object), 20)?;
    let wanted = fold(text.trim());
    Ok(found.iter().find(|record| fold(record.title()) == wanted).map(|record| record.record_id()))
}

/// Reads what a page before this one did out of its address.
pub(super) fn flash(lang: kernel::Lang, object: &Object, query: &Pairs) -> Option<Flash> {
    use ui::text::{M, t};
    let undo = |act: &str, at: &str| Some((format!("/{}/{at}/{act}", object.plural), Vec::new()));
    let at = query.get("at").filter(|at| at.parse::<RecordId>().is_ok());
    match (query.get("did")?, at) {
        ("deleted", Some(at)) => Some(Flash { text: t(lang, M::DoneDeleted).to_owned(), undo: undo("restore", at) }),
        ("created", _) => Some(Flash { text: t(lang, M::DoneCreated).to_owned(), undo: None }),
        ("restored", _) => Some(Flash { text: t(lang, M::DoneRestored).to_owned(), undo: None }),
        ("bulk-deleted" | "bulk-assigned", Some(at)) => {
            let fields = vec![("request", at.to_owned()), ("ids", query.get("ids").unwrap_or_default().to_owned())];
            let n = query.get("n").and_then(|n| n.parse().ok()).unwrap_or(0);
            let text = format!("{}: {}", ui::text::count(lang, n), t(lang, M::DoneSaved));
            Some(Flash { text, undo: Some((format!("/{}/undo", object.plural), fields)) })
        }
        _ => None,
    }
}

/// Makes a refusal that names the fields that are wrong.
pub(super) fn refusal(fault: RecordFault) -> Refusal {
    let wrongs: Vec<Wrong> = match &fault {
        RecordFault::Invalid(faults) => {
            faults.iter().map(|f| Wrong { field: f.field.clone(), code: f.why.code().to_owned() }).collect()
        }
        _ => Vec::new(),
    };
    wrongs.into_iter().fold(Refusal::from(fault), |refusal, wrong| refusal.wrong(wrong.field, wrong.code))
}
