//! What forms of records have in common.

use db::ReadTx;
use httpkit::{Pairs, Refusal, Wrong};
use kernel::text::fold;
use kernel::{FieldName, Lang, RecordId};
use pages::edit;
use records::object::Kind;
use records::{Change, FieldFault, Object, RecordFault, RecordRef, Records, Why};

use ui::Flash;

/// Makes a change of a form's fields: only those the object has. A link may be typed as a name; a secret in a text may move to
/// one of the `vacant` fields.
pub(super) fn change(
    records: &Records,
    tx: &ReadTx<'_>,
    object: &Object,
    (pairs, vacant): (&Pairs, &[FieldName]),
) -> Result<Change, RecordFault> {
    let mut change = Change::new();
    if pairs.get("keep_secrets").is_some() {
        change = change.keeping_secrets();
    }
    let mut faults = Vec::new();
    for (name, text) in moved(object, tx.cx().lang(), (pairs, vacant)) {
        let (name, text) = (name.as_str(), text.as_str());
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

/// Returns the masked fields that whoever acts may write and a record does not hold.
pub(super) fn vacant(object: &Object, holds: impl Fn(&str) -> bool) -> Vec<FieldName> {
    let empty = |field: &&records::Field| field.is_masked() && field.is_written() && !holds(field.name.as_str());
    object.fields.iter().filter(empty).map(|field| field.name.clone()).collect()
}

/// Returns what a form holds, after the first secret in a text was moved to a masked field where somebody asked for that.
fn moved(object: &Object, lang: Lang, (pairs, vacant): (&Pairs, &[FieldName])) -> Vec<(String, String)> {
    let mut typed: Vec<(String, String)> = edit::typed(pairs);
    let asked = pairs.get("move").and_then(|asked| asked.split_once(':'));
    let fields = asked.and_then(|(from, to)| Some((object.field(from)?, object.field(to)?)));
    let Some((from, to)) = fields.filter(|(from, to)| !from.is_masked() && vacant.contains(&to.name)) else {
        return typed;
    };
    let name = from.name.as_str();
    let Some((_, text)) = typed.iter_mut().find(|(known, _)| known == name) else { return typed };
    let Some(found) = scanner::find(text).first().copied() else { return typed };
    let secret = found.of(text).to_owned();
    text.replace_range(found.from..found.to, &format!("[{}]", to.label(lang)));
    typed.retain(|(known, _)| known != to.name.as_str());
    typed.push((to.name.to_string(), secret));
    typed
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

/// Returns how a form spells a link: by the title if that leads back there, by the id if it leads to somebody else.
pub(super) fn spelled(records: &Records, tx: &ReadTx<'_>, at: RecordRef) -> Result<String, RecordFault> {
    let (object, id) = (at.object.clone(), at.id);
    let title = records.titles_of(tx, [at])?.remove(&id).unwrap_or_default();
    let leads = named(records, tx, &object, &title)? == Some(id);
    Ok(if leads { title } else { id.to_string() })
}

/// Reads what a page before this one did out of its address.
pub(super) fn flash(lang: kernel::Lang, object: &Object, query: &Pairs) -> Option<Flash> {
    use ui::text::{M, t};
    let undo = |act: &str, at: &str| Some((format!("/{}/{at}/{act}", object.plural), Vec::new()));
    let at = query.get("at").filter(|at| at.parse::<RecordId>().is_ok());
    match (query.get("did")?, at) {
        ("deleted", Some(at)) => Some(Flash { text: t(lang, M::DoneDeleted).to_owned(), undo: undo("restore", at) }),
        ("created", _) => Some(Flash { text: t(lang, M::DoneCreated).to_owned(), undo: None }),
        ("merged", Some(at)) => {
            let fields = vec![("request", at.to_owned()), ("ids", query.get("ids").unwrap_or_default().to_owned())];
            let text = t(lang, ui::text::L::Merged).to_owned();
            Some(Flash { text, undo: Some((format!("/{}/unmerge", object.plural), fields)) })
        }
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
