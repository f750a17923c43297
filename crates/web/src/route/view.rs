//! Showing one record.

use std::sync::Arc;

use attachments::Attachment;
use authz::Read;
use axum::extract::State;
use axum::response::Response;
use db::{Permitted, ReadTx};
use httpkit::{Pairs, Params, Refusal, Signed};
use kernel::{Timestamp, UserId};
use ledger::ActorRef;
use records::history::Events;
use records::list::{Beside, Related};
use records::{ListQuery, Object, Record, RecordRef};
use roles::share::{self, With};

use super::{RecordPage, form, record::object_of};
use crate::House;
use crate::house::Place;
use pages::record::{Facts, RecordView, record as draw, title};
use ui::{Names, link_of};

/// How many events a page shows at once.
const EVENTS: u32 = 30;
/// How many of each kind of related record.
const RELATED: u32 = 12;

/// What the page asks for.
struct Wanted {
    record: RecordRef,
    list: ListQuery,
    access: bool,
    before: Option<u64>,
}

/// What it gets.
struct Loaded {
    shown: Permitted<Record, Read>,
    related: Vec<Related>,
    events: Events,
    facts: Facts,
    beside: Beside,
    held: Option<Timestamp>,
    files: Vec<Attachment>,
    merged: Option<RecordRef>,
    shared: Vec<(String, Timestamp)>,
    names: Names,
}

pub(super) async fn show(
    State(house): State<House>,
    signed: Signed,
    at: RecordPage,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    // Lines of a second ago belong on the page too.
    sequence::settle(&house.db, &signed.cx).await?;
    let wanted = Wanted {
        record: RecordRef { object: object.name.clone(), id: at.id },
        list: list_of(&house, &object, &query),
        access: query.get("tab") == Some("access"),
        before: query.get("before").and_then(|b| b.parse().ok()),
    };
    let (list, older) = (wanted.list.clone(), wanted.before.is_some());
    let tab = if wanted.access { "access" } else { "overview" };
    let own = house.clone();
    let loaded = house.db.read(&signed.cx, move |tx| load(&own, tx, &wanted)).await?;
    let view = RecordView {
        signed: &signed,
        record: &loaded.shown,
        related: &loaded.related,
        events: &loaded.events,
        facts: &loaded.facts,
        shared: &loaded.shared,
        list: &list,
        beside: loaded.beside,
        objects: &house.records,
        names: &loaded.names,
        now: house.db.now(),
        older,
        tab,
        files: &loaded.files,
        held: loaded.held,
        merged: loaded.merged,
        flash: form::flash(signed.cx.lang(), &object, &query),
    };
    let here = format!("/{}", object.plural);
    let heading = title(signed.cx.lang(), &loaded.shown);
    house.show(&signed, Place { title: &heading, here: &here, script: Some("record.js") }, &draw(&view)).await
}

/// The list a record was opened from is in its address; one that cannot be read is the usual one.
fn list_of(house: &House, object: &Arc<Object>, query: &Pairs) -> ListQuery {
    let parameters = query.iter().filter(|(name, _)| matches!(*name, "f" | "sort" | "limit" | "bin"));
    ListQuery::parse(object, house.records.objects().currency(), parameters).unwrap_or_default()
}

fn load(house: &House, tx: &ReadTx<'_>, wanted: &Wanted) -> Result<Loaded, Refusal> {
    let records = &house.records;
    let shown = records.read_record(tx, &wanted.record)?;
    let related = if wanted.access { Vec::new() } else { records.related(tx, &wanted.record, RELATED)? };
    let events = if wanted.access {
        records.access_log(tx, &shown, wanted.before, EVENTS)?
    } else {
        records.timeline(tx, &shown, wanted.before, EVENTS)?
    };
    let facts = if wanted.access { Facts::default() } else { facts(house, tx, &wanted.record)? };
    let beside = records.beside(tx, &shown, &wanted.list)?;
    let rows = related.iter().flat_map(|r| &r.page.rows).chain(&facts.last).chain(&facts.next).map(|row| &**row);
    let mut names = house.names(tx, std::iter::once(&*shown).chain(rows))?;
    let actors: Vec<UserId> = events.events.iter().filter_map(|e| ActorRef::user(&e.actor)).collect();
    names.people.extend(house.people(tx, &actors)?);
    let changed = events.events.iter().flat_map(|e| &e.changes).filter_map(|c| {
        let field = shown.definition().field(c.field.as_str())?;
        Some([link_of(field, c.before.as_ref()), link_of(field, c.after.as_ref())])
    });
    let links: Vec<RecordRef> = changed.flatten().flatten().collect();
    names.titles.extend(records.titles_of(tx, links)?.into_iter().map(|(id, title)| (id.uuid(), title)));
    let shared = shared_with(house, tx, &shown)?;
    let merged = match shown.deleted_at() {
        Some(_) => house.duplicates().merged_into(tx, &wanted.record)?,
        None => None,
    };
    names.titles.extend(records.titles_of(tx, merged.clone())?.into_iter().map(|(id, title)| (id.uuid(), title)));
    let held = house.erasures.held_until(tx, wanted.record.id)?;
    let files = house.attachments.list_in(tx, &shown)?;
    Ok(Loaded { shown, shared, held, files, merged, related, events, facts, beside, names })
}

/// With whom it is shared, by name.
fn shared_with(
    house: &House,
    tx: &ReadTx<'_>,
    shown: &Permitted<Record, Read>,
) -> Result<Vec<(String, Timestamp)>, Refusal> {
    let shares = share::of(tx, shown)?;
    if shares.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<UserId> = shares.iter().filter_map(|share| share.with.person()).collect();
    let (people, teams) = (house.people(tx, &ids)?, roles::team::list(tx)?);
    let name = |with: With| match with {
        With::Person(id) => people.get(&id).cloned(),
        With::Team(id) => teams.iter().find(|team| team.id == id).map(|team| team.name.clone()),
    };
    Ok(shares.iter().filter_map(|share| Some((name(share.with)?, share.until))).collect())
}

/// What matters of a record: asked of the database, because the page itself holds only the newest of what is related.
fn facts(house: &House, tx: &ReadTx<'_>, record: &RecordRef) -> Result<Facts, Refusal> {
    let query = |object: &str, more: &[(&str, &str)]| -> Result<Option<ListQuery>, Refusal> {
        let object = house.records.seen_by_name(tx.cx(), object)?;
        let links = object.links_to(&record.object).next();
        let Some(field) = links.filter(|_| tx.cx().may::<Read>(object.name.as_str())) else { return Ok(None) };
        let about = format!("{}:is:{}", field.name, record.id);
        let parameters = std::iter::once(("f", about.as_str())).chain(more.iter().copied());
        let query = ListQuery::parse(&object, house.records.objects().currency(), parameters);
        // Where a field that is asked about is kept from whoever looks, there is no such list for them.
        Ok(query.ok())
    };
    let first = |object: &str, more: &[(&str, &str)]| -> Result<_, Refusal> {
        let Some(query) = query(object, more)? else { return Ok(None) };
        Ok(house.records.list_shown(tx, object, &query)?.rows.into_iter().next())
    };
    let deals = match query("deal", &[])? {
        Some(query) if house.records.seen_by_name(tx.cx(), "deal")?.board.is_some() => {
            house.records.totals(tx, "deal", &query)?
        }
        _ => Vec::new(),
    };
    Ok(Facts {
        deals,
        last: first("note", &[("sort", "-at"), ("limit", "1")])?,
        next: first("task", &[("f", "done:not:true"), ("sort", "due"), ("limit", "1")])?,
    })
}
