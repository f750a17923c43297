//! One record.

use std::sync::Arc;

use authz::{Action, Create, Cx, Denied, Update};
use axum::extract::State;
use axum::response::Response;
use duplicates::Alike;
use http::{HeaderMap, StatusCode};
use httpkit::{Fields, Next, Pairs, Params, Refusal, Signed};
use kernel::RecordId;
use ledger::Line;
use maud::html;
use records::object::Default;
use records::{Change, FieldFault, Object, RecordFault, RecordRef, Why};

use super::{DeleteRecord, EditPage, ListPage, NewPage, NoteOn, RecordPage, RestoreRecord, RevealField, alike, form};
use crate::House;
use crate::house::{Place, html as answer, see_other};
use pages::edit::{self, ConflictView, EditView};
use pages::record::revealed;
use ui::text::{M, t};
use ui::{Names, plain};

pub(super) fn object_of(house: &House, cx: &Cx, plural: &str) -> Result<Arc<Object>, Refusal> {
    Ok(house.records.seen_by_plural(cx, plural)?)
}

/// Refuses a form to whoever may not send it; that leaves a line.
pub(super) async fn granted<A: Action>(house: &House, signed: &Signed, object: &Object) -> Result<(), Refusal> {
    if signed.cx.may::<A>(object.name.as_str()) {
        return Ok(());
    }
    let (name, denied) = (object.name.clone(), Denied::Forbidden(A::VERB));
    let refused = house.db.read(&signed.cx, move |tx| -> Result<(), Refusal> {
        tx.note_denial(Line::denied(A::VERB.name(), name, kernel::Fault::code(&denied)));
        Err(denied.into())
    });
    refused.await
}

/// Shows the form, for a new record or a stored one.
async fn show_form(
    house: &House,
    signed: &Signed,
    status: StatusCode,
    view: EditView<'_>,
) -> Result<Response, Refusal> {
    let here = format!("/{}", view.object.plural);
    let heading = view.object.label(signed.cx.lang()).to_owned();
    house
        .show_as(status, signed, Place { title: &heading, here: &here, script: Some("record.js") }, &edit::edit(&view))
        .await
}

pub(super) async fn new_page(
    State(house): State<House>,
    signed: Signed,
    at: NewPage,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    granted::<Create>(&house, &signed, &object).await?;
    let links: Vec<RecordRef> = query
        .iter()
        .filter_map(|(name, value)| {
            Some(RecordRef { object: object.field(name)?.link.clone()?, id: value.parse().ok()? })
        })
        .collect();
    let own = house.clone();
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> { Ok(own.records.titles_of(tx, links)?) });
    let titles = read.await?;
    let asked = query.iter().map(|(name, value)| {
        let title = value.parse::<RecordId>().ok().and_then(|id| titles.get(&id).cloned());
        (name.to_owned(), title.unwrap_or_else(|| value.to_owned()))
    });
    // What a new record holds by itself is in its form already; what the address says comes first.
    let usual = object.fields.iter().filter_map(|field| match &field.default {
        Some(Default::Value(value)) => Some((field.name.to_string(), value.to_input())),
        _ => None,
    });
    let base = format!("/{}", object.plural);
    let view = EditView {
        signed: &signed,
        object: &object,
        action: base.clone(),
        back: base,
        version: None,
        typed: asked.chain(usual).collect(),
        faults: &[],
        alike: &[],
        vacant: &[],
    };
    show_form(&house, &signed, StatusCode::OK, view).await
}

/// What came of a form for a new record.
enum Made {
    Record(RecordId),
    Alike(Vec<Alike>),
    Wrong(Vec<FieldFault>),
}

pub(super) async fn create(
    State(house): State<House>,
    signed: Signed,
    at: ListPage,
    Fields(pairs): Fields,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let (own, target, form) = (house.clone(), Arc::clone(&object), pairs.clone());
    let vacant = form::vacant(&object, |name| pairs.get(name).is_some_and(|text| !text.trim().is_empty()));
    let room = vacant.clone();
    let written = house.db.write(&signed.cx, move |tx| -> Result<Made, Refusal> {
        let records = &own.records;
        let change = match form::change(records, tx, &target, (&form, &room)) {
            Ok(change) => change,
            Err(RecordFault::Invalid(faults)) => return Ok(Made::Wrong(faults)),
            Err(fault) => return Err(fault.into()),
        };
        if form.get("anyway").is_none() {
            let (typed, company) = alike::typed(&target, &form);
            let alike = own.duplicates().alike(tx, target.name.as_str(), (&typed, &company), None)?;
            if !alike.is_empty() {
                return Ok(Made::Alike(alike));
            }
        }
        match records.create_record(tx, target.name.as_str(), change) {
            Ok(made) => Ok(Made::Record(made.record_id())),
            Err(RecordFault::Invalid(faults)) => Ok(Made::Wrong(faults)),
            Err(fault) => Err(fault.into()),
        }
    });
    let base = format!("/{}", object.plural);
    let (faults, alike) = match written.await? {
        Made::Record(id) => {
            let back = pairs.get("back").and_then(Next::parse);
            let made = format!("{base}/{id}?did=created");
            return Ok(see_other(back.as_ref().map_or(made.as_str(), Next::as_str)));
        }
        Made::Alike(alike) => (Vec::new(), alike),
        Made::Wrong(faults) => (faults, Vec::new()),
    };
    let view = EditView {
        signed: &signed,
        object: &object,
        action: base.clone(),
        back: base,
        version: None,
        typed: edit::typed(&pairs),
        faults: &faults,
        alike: &alike,
        vacant: &vacant,
    };
    let status = if alike.is_empty() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    show_form(&house, &signed, status, view).await
}

pub(super) async fn edit_page(State(house): State<House>, signed: Signed, at: EditPage) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    granted::<Update>(&house, &signed, &object).await?;
    let (own, record) = (house.clone(), RecordRef { object: object.name.clone(), id: at.id });
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let shown = own.records.read_record(tx, &record)?;
        let names = own.names(tx, [&*shown])?;
        Ok((shown, names))
    });
    let (shown, names) = read.await?;
    let base = format!("/{}/{}", object.plural, at.id);
    let view = EditView {
        signed: &signed,
        object: &object,
        action: base.clone(),
        back: base,
        version: Some(shown.current_version()),
        typed: edit::stored(&shown, &names),
        faults: &[],
        alike: &[],
        vacant: &[],
    };
    show_form(&house, &signed, StatusCode::OK, view).await
}

/// What came of a form for a stored record.
enum Changed {
    Done,
    Wrong(Vec<FieldFault>),
    Stale(Box<records::Conflict>, Names),
}

pub(super) async fn update(
    State(house): State<House>,
    signed: Signed,
    at: RecordPage,
    Fields(pairs): Fields,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let version: Option<i64> = pairs.get("version").and_then(|v| v.parse().ok());
    let (own, target, form) = (house.clone(), Arc::clone(&object), pairs.clone());
    let record = RecordRef { object: object.name.clone(), id: at.id };
    let written = house.db.write(&signed.cx, move |tx| -> Result<Changed, Refusal> {
        let vacant = match form.get("move") {
            Some(_) => form::vacant(&target, {
                let stored = own.records.read_record(tx, &record)?;
                move |name| stored.holds(name)
            }),
            None => Vec::new(),
        };
        let outcome = form::change(&own.records, tx, &target, (&form, &vacant))
            .and_then(|change| own.records.update_record(tx, &record, version, change));
        match outcome {
            Ok(_) => Ok(Changed::Done),
            Err(RecordFault::Invalid(faults)) => Ok(Changed::Wrong(faults)),
            Err(RecordFault::Stale(conflict)) => {
                let links = conflict.fields.iter().flat_map(|f| {
                    let field = target.field(f.field.as_str());
                    [&f.original, &f.current].map(|v| field.and_then(|field| ui::link_of(field, v.as_ref())))
                });
                let titles = own.records.titles_of(tx, links.flatten())?;
                let titles = titles.into_iter().map(|(id, title)| (id.uuid(), title)).collect();
                Ok(Changed::Stale(conflict, Names { titles, ..Names::default() }))
            }
            Err(fault) => Err(fault.into()),
        }
    });
    let base = format!("/{}/{}", object.plural, at.id);
    match written.await? {
        Changed::Done => {
            let back = pairs.get("back").and_then(Next::parse);
            Ok(see_other(back.as_ref().map_or(base.as_str(), Next::as_str)))
        }
        Changed::Wrong(faults) => {
            let (typed, vacant) = refill(&house, &signed, &object, at.id, &pairs).await?;
            let view = EditView {
                signed: &signed,
                object: &object,
                action: base.clone(),
                back: base,
                version,
                typed,
                faults: &faults,
                alike: &[],
                vacant: &vacant,
            };
            show_form(&house, &signed, StatusCode::UNPROCESSABLE_ENTITY, view).await
        }
        Changed::Stale(conflict, names) => {
            let body = edit::conflict(&ConflictView {
                signed: &signed,
                object: &object,
                base: &base,
                conflict: &conflict,
                names: &names,
                pairs: &pairs,
                now: house.db.now(),
            });
            let here = format!("/{}", object.plural);
            let place = Place { title: t(signed.cx.lang(), M::ConflictTitle), here: &here, script: Some("record.js") };
            house.show_as(StatusCode::CONFLICT, &signed, place, &body).await
        }
    }
}

/// A form of one field was refused: the whole form shows the stored values, and what was typed over them; and which masked
/// fields hold nothing.
async fn refill(
    house: &House,
    signed: &Signed,
    object: &Arc<Object>,
    id: RecordId,
    pairs: &Pairs,
) -> Result<(Vec<(String, String)>, Vec<kernel::FieldName>), Refusal> {
    let (own, target, record) = (house.clone(), Arc::clone(object), RecordRef { object: object.name.clone(), id });
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let shown = own.records.read_record(tx, &record)?;
        let names = own.names(tx, [&*shown])?;
        Ok((edit::stored(&shown, &names), form::vacant(&target, |name| shown.holds(name))))
    });
    let mut typed = edit::typed(pairs);
    let (stored, vacant) = read.await?;
    for (name, value) in stored {
        if pairs.get(&name).is_none() {
            typed.push((name, value));
        }
    }
    Ok((typed, vacant))
}

pub(super) async fn delete(
    State(house): State<House>,
    signed: Signed,
    at: DeleteRecord,
    Fields(pairs): Fields,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let version = pairs.get("version").and_then(|v| v.parse().ok());
    let (records, record) = (house.records.clone(), RecordRef { object: object.name.clone(), id: at.id });
    house
        .db
        .write(&signed.cx, move |tx| -> Result<_, Refusal> { Ok(records.delete_record(tx, &record, version)?) })
        .await?;
    Ok(see_other(&format!("/{}?as=list&did=deleted&at={}", object.plural, at.id)))
}

pub(super) async fn restore(
    State(house): State<House>,
    signed: Signed,
    at: RestoreRecord,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let (records, record) = (house.records.clone(), RecordRef { object: object.name.clone(), id: at.id });
    house
        .db
        .write(&signed.cx, move |tx| -> Result<_, Refusal> { Ok(records.restore_record(tx, &record).map(|_| ())?) })
        .await?;
    Ok(see_other(&format!("/{}/{}?did=restored", object.plural, at.id)))
}

pub(super) async fn note(
    State(house): State<House>,
    signed: Signed,
    at: NoteOn,
    Fields(pairs): Fields,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let text = pairs.get("text").unwrap_or_default().to_owned();
    let kind = pairs.get("kind").unwrap_or("note").to_owned();
    let (records, field, id) = (house.records.clone(), object.name.to_string(), at.id);
    let (record, typed) = (RecordRef { object: object.name.clone(), id }, text.clone());
    let written = house.db.write(&signed.cx, move |tx| -> Result<_, Refusal> {
        // Whoever cannot see the record cannot write about it either.
        let _about = records.read_record(tx, &record).map_err(form::refusal)?;
        let change = Change::new().text("text", typed).text("kind", kind).text(field, id.to_string());
        match records.create_record(tx, "note", change) {
            Ok(_) => Ok(Vec::new()),
            Err(RecordFault::Invalid(faults)) if faults.iter().any(|fault| matches!(fault.why, Why::Secret(_))) => {
                Ok(faults)
            }
            Err(fault) => Err(form::refusal(fault)),
        }
    });
    let base = format!("/{}/{}", object.plural, at.id);
    let faults = written.await?;
    if faults.is_empty() {
        let back = pairs.get("back").and_then(Next::parse);
        return Ok(see_other(back.as_ref().map_or(base.as_str(), Next::as_str)));
    }
    // There is more room in the whole form, and the way back leads here.
    let note = object_of(&house, &signed.cx, "notes")?;
    let mut typed = edit::typed(&pairs);
    let (records, about) = (house.records.clone(), RecordRef { object: object.name.clone(), id });
    let read = house.db.read(&signed.cx, move |tx| Ok::<_, Refusal>(form::spelled(&records, tx, about)?));
    typed.push((object.name.to_string(), read.await?));
    // Where the form named another way back, that one stands before this.
    typed.push(("back".to_owned(), base.clone()));
    let action = format!("/{}", note.plural);
    let (faults, alike, vacant) = (&faults, &[], &[]);
    let view =
        EditView { signed: &signed, object: &note, action, back: base, version: None, typed, faults, alike, vacant };
    show_form(&house, &signed, StatusCode::UNPROCESSABLE_ENTITY, view).await
}

pub(super) async fn reveal(
    State(house): State<House>,
    signed: Signed,
    headers: HeaderMap,
    at: RevealField,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let own = form.get("why").filter(|why| !why.trim().is_empty());
    let why = own.or_else(|| form.get("reason")).unwrap_or_default().to_owned();
    let lang = signed.cx.lang();
    let (records, record) = (house.records.clone(), RecordRef { object: object.name.clone(), id: at.id });
    let name = at.field.clone();
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        Ok(records.reveal_field(tx, &record, name.as_str(), &why)?)
    });
    let value = read.await?;
    let field = object.field(at.field.as_str()).ok_or_else(Refusal::not_found)?;
    let text = value.map(|v| plain(lang, field, &v, &Names::default(), house.db.now())).unwrap_or_default();
    if headers.contains_key("x-fragment") {
        return Ok(answer(&html! { main { span data-revealed { (text) } } }));
    }
    let (here, back) = (format!("/{}", object.plural), format!("/{}/{}", object.plural, at.id));
    let body = revealed(lang, field, &text, &back);
    house.show(&signed, Place { title: field.label(lang), here: &here, script: None }, &body).await
}
