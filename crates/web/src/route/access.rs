//! With whom a record is shared, why somebody sees it, and what somebody may do.

use accounts::AccountFault;
use authz::{Denied, Facts, Read, Rights, Share};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use httpkit::{Fields, Params, Refusal, Signed, status};
use kernel::{Fault as _, Timestamp, UserId};
use ledger::{Line, verbs};
use records::{RecordFault, RecordRef};
use roles::RoleFault;
use roles::share::{self, With};

use super::record::object_of;
use super::{PersonRights, ShareEnd, SharePage};
use crate::House;
use crate::house::{Place, see_other};
use console::access::{self, RightsView, SharingView};
use pages::auth::Refused;
use pages::record::title;

pub(super) async fn sharing(
    State(house): State<House>,
    signed: Signed,
    at: SharePage,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let who = query.get("who").and_then(|id| id.parse().ok());
    draw(&house, &signed, &at, who, (StatusCode::OK, &Refused::default())).await
}

async fn draw(
    house: &House,
    signed: &Signed,
    at: &SharePage,
    who: Option<UserId>,
    (status, refused): (StatusCode, &Refused),
) -> Result<Response, Refusal> {
    let object = object_of(house, &signed.cx, &at.plural)?;
    let record = RecordRef { object: object.name.clone(), id: at.id };
    let (own, id) = (house.clone(), at.id);
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let shown = own.records.read_record(tx, &record)?;
        // Whom it is shared with, and why, is for those who may share it.
        let _ = authz::decide::<Share>(tx.cx(), shown.facts().clone()).inspect_err(|denied| {
            let object = shown.facts().object.clone();
            tx.note_denial(Line::denied(authz::Verb::Share.name(), object, denied.code()).about(id));
        })?;
        let people = own.accounts.colleagues(tx)?;
        let why = match who.filter(|who| people.iter().any(|(id, _)| id == who)) {
            Some(who) => {
                let rights = own.accounts.rights_of(tx, who)?;
                Some((who, roles::why::why(tx, who, rights.roles(), shown.facts())?))
            }
            None => None,
        };
        let shares = share::of(tx, &shown)?;
        Ok((shown, shares, people, roles::team::list(tx)?, roles::names(tx)?, why))
    });
    let (shown, shares, people, teams, names, why) = read.await?;
    let (lang, base) = (signed.cx.lang(), format!("/{}/{}", at.plural, at.id));
    let title = title(lang, &shown);
    let view = SharingView {
        signed,
        object: &object,
        title: &title,
        base: &base,
        shares: &shares,
        people: &people,
        teams: &teams,
        why,
        names: &names,
        now: house.db.now(),
        refused,
    };
    let here = format!("/{}", at.plural);
    house.show_as(status, signed, Place { title: &title, here: &here, script: None }, &access::sharing(&view)).await
}

/// Reads with whom, and until the end of which day.
fn wanted(with: Option<&str>, until: Option<&str>) -> Option<(With, Timestamp)> {
    let with = match with?.split_once(':')? {
        ("person", id) => With::Person(id.parse().ok()?),
        ("team", id) => With::Team(id.parse().ok()?),
        _ => return None,
    };
    let until = Timestamp::parse_rfc3339(&format!("{}T23:59:59Z", until?))?;
    Some((with, until))
}

pub(super) async fn share(
    State(house): State<House>,
    signed: Signed,
    at: SharePage,
    Fields(form): Fields,
) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let record = RecordRef { object: object.name.clone(), id: at.id };
    let (wanted, change) = (wanted(form.get("with"), form.get("until")), form.get("change").is_some());
    let records = house.records.clone();
    let shared = house.db.write(&signed.cx, move |tx| match wanted {
        Some((with, until)) => records.share(tx, &record, with, change, until),
        // What is hidden answers so before anything is said about the form.
        None => records.may_share(tx, &record).and(Err(RoleFault::Share.into())),
    });
    match shared.await {
        Ok(()) => {
            house.accounts.forget_everybody();
            Ok(see_other(&at.to_string()))
        }
        Err(fault @ RecordFault::Role(RoleFault::Share)) => {
            let refused = Refused { code: Some(fault.code()), wrongs: Vec::new() };
            draw(&house, &signed, &at, None, (status(fault.class()), &refused)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

pub(super) async fn unshare(State(house): State<House>, signed: Signed, at: ShareEnd) -> Result<Response, Refusal> {
    let object = object_of(&house, &signed.cx, &at.plural)?;
    let record = RecordRef { object: object.name.clone(), id: at.id };
    let (records, id) = (house.records.clone(), at.share);
    house.db.write(&signed.cx, move |tx| records.unshare(tx, &record, id)).await?;
    house.accounts.forget_everybody();
    Ok(see_other(&SharePage { plural: at.plural, id: at.id }.to_string()))
}

pub(super) async fn own_rights(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    let rights = std::sync::Arc::clone(signed.cx.rights());
    show(&house, &signed, &rights, None).await
}

/// Shows Custos as somebody else sees it, without any customer's data; a line says who looked.
pub(super) async fn view_as(State(house): State<House>, signed: Signed, at: PersonRights) -> Result<Response, Refusal> {
    let own = house.accounts.clone();
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, AccountFault> {
        let user = kernel::ObjectName::parse("user").map_err(|_| Denied::Hidden)?;
        let facts = Facts { object: user.clone(), id: at.id.uuid(), owner: Some(at.id), team: None };
        let _ = authz::decide::<Read>(tx.cx(), facts).inspect_err(|denied| {
            tx.note_denial(Line::denied(verbs::READ, user.clone(), denied.code()).about(at.id));
        })?;
        let rights = own.rights_of(tx, at.id)?;
        let name = own.names_of(tx, &[at.id])?.remove(&at.id).map(|name| name.to_string());
        tx.note(Line::done(verbs::READ, user).about(at.id).fact("what", "view-as"));
        Ok((rights, name.unwrap_or_default()))
    });
    let (rights, name) = read.await?;
    show(&house, &signed, &rights, Some(&name)).await
}

async fn show(house: &House, signed: &Signed, rights: &Rights, whose: Option<&str>) -> Result<Response, Refusal> {
    let read = house.db.read(&signed.cx, |tx| Ok::<_, RoleFault>((roles::names(tx)?, roles::team::list(tx)?)));
    let (names, teams) = read.await?;
    let objects = house.records.objects();
    let view = RightsView { signed, whose, rights, objects, teams: &teams, names: &names };
    let here = if whose.is_some() { "/settings/people" } else { "/settings/account" };
    let title = ui::either(signed.cx.lang(), "Rights", "权限");
    house.show(signed, Place { title, here, script: None }, &access::rights(&view)).await
}
