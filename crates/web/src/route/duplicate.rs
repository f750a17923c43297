//! Records that look alike, in groups.

use authz::Read;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use duplicates::Mark;
use httpkit::{Fields, Mount as _, Pairs, Params, Refusal, Signed};
use kernel::RecordId;
use pages::duplicate::{self, GroupsView};

use super::{AlikeHint, DuplicatesPage, MergePage, MergeUndo, alike, merge, record};
use crate::House;
use crate::house::{Place, see_other};
use ui::Flash;
use ui::text::{L, t};

/// Puts the pages at their routes.
pub(super) fn doors() -> axum::Router<House> {
    axum::Router::new()
        .at::<AlikeHint>(post(alike::hint))
        .at::<DuplicatesPage>(get(show).post(decide))
        .at::<MergePage>(get(merge::show).post(merge::merge))
        .at::<MergeUndo>(post(merge::undo))
}

async fn show(
    State(house): State<House>,
    signed: Signed,
    at: DuplicatesPage,
    Params(query): Params,
) -> Result<Response, Refusal> {
    let object = record::object_of(&house, &signed.cx, &at.plural)?;
    record::granted::<Read>(&house, &signed, &object).await?;
    let after = query.get("after").and_then(|text| text.parse::<Mark>().ok());
    let (own, target) = (house.clone(), object.name.clone());
    let read = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let page = own.duplicates().groups(tx, target.as_str(), after)?;
        let names = own.names(tx, page.groups.iter().flat_map(|group| &group.records).map(|record| &**record))?;
        Ok((page, names))
    });
    let (page, names) = read.await?;
    let view = GroupsView {
        signed: &signed,
        object: &object,
        page: &page,
        names: &names,
        now: house.db.now(),
        flash: told(&signed, &at.plural, &query),
        onward: after.is_some(),
    };
    let here = format!("/{}", object.plural);
    let place = Place { title: t(signed.cx.lang(), L::Title), here: &here, script: None };
    house.show(&signed, place, &duplicate::groups(&view)).await
}

/// Says what was just done, with a button that takes it back.
fn told(signed: &Signed, plural: &str, query: &Pairs) -> Option<Flash> {
    query.get("did").filter(|did| *did == "apart")?;
    let ids = ids(query).into_iter().map(|id| ("id", id.to_string()));
    let undo = Some((format!("/{plural}/duplicates"), ids.chain([("apart", "0".to_owned())]).collect()));
    Some(Flash { text: t(signed.cx.lang(), L::ApartDone).to_owned(), undo })
}

pub(super) fn ids(pairs: &Pairs) -> Vec<RecordId> {
    let ids = pairs.iter().filter(|(name, _)| *name == "id").filter_map(|(_, id)| id.parse().ok());
    ids.take(duplicates::MOST_IN_GROUP + 1).collect()
}

async fn decide(
    State(house): State<House>,
    signed: Signed,
    at: DuplicatesPage,
    Fields(pairs): Fields,
) -> Result<Response, Refusal> {
    let object = record::object_of(&house, &signed.cx, &at.plural)?;
    let (own, target, ids) = (house.clone(), object.name.clone(), ids(&pairs));
    let apart = pairs.get("apart") == Some("1");
    let asked = ids.clone();
    let written = house.db.write(&signed.cx, move |tx| -> Result<(), Refusal> {
        Ok(own.duplicates().tell_apart(tx, target.as_str(), &asked, apart)?)
    });
    written.await?;
    let base = format!("/{}/duplicates", object.plural);
    if !apart {
        return Ok(see_other(&base));
    }
    let back: Vec<String> = ids.iter().map(|id| format!("&id={id}")).collect();
    Ok(see_other(&format!("{base}?did=apart{}", back.concat())))
}
