//! What AI assistants suggest, and what the person answers.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use console::suggestion::{self, SuggestionsView};
use db::ReadTx;
use http::StatusCode;
use httpkit::{Mount as _, Refusal, Signed, status};
use kernel::{Class, Fault as _, UserId};
use proposals::{Proposal, ProposalFault, Shown};
use records::{Object, RecordRef, Value};

use super::{SuggestionAccept, SuggestionReject, Suggestions};
use crate::House;
use crate::house::{Place, see_other};
use ui::text::{S, t};
use ui::{Names, link_of};

const HERE: &str = "/suggestions";

/// Puts the pages at their routes.
pub(super) fn doors() -> axum::Router<House> {
    axum::Router::new()
        .at::<Suggestions>(get(show))
        .at::<SuggestionAccept>(post(accept))
        .at::<SuggestionReject>(post(reject))
}

async fn show(State(house): State<House>, signed: Signed) -> Result<Response, Refusal> {
    draw(&house, &signed, (StatusCode::OK, None)).await
}

async fn draw(
    house: &House,
    signed: &Signed,
    (code, refused): (StatusCode, Option<&'static str>),
) -> Result<Response, Refusal> {
    let its = house.clone();
    let reading = house.db.read(&signed.cx, move |tx| -> Result<_, Refusal> {
        let waiting = its.proposals.list_in(tx)?;
        let names = named(&its, tx, &waiting)?;
        Ok((waiting, names))
    });
    let (waiting, names) = reading.await?;
    let tokens: HashMap<_, _> = if waiting.is_empty() {
        HashMap::new()
    } else {
        house.tokens.list(&signed.cx).await?.into_iter().map(|token| (token.id, token.label)).collect()
    };
    let view = SuggestionsView {
        signed,
        waiting: &waiting,
        tokens: &tokens,
        names: &names,
        records: &house.records,
        refused,
        now: house.db.now(),
    };
    let place = Place { title: t(signed.cx.lang(), S::Title), here: HERE, script: None };
    house.show_as(code, signed, place, &suggestion::suggestions(&view)).await
}

/// Finds out what the people and records are called that fields would lead to.
fn named(house: &House, tx: &ReadTx<'_>, waiting: &[Proposal]) -> Result<Names, Refusal> {
    let (mut links, mut people): (Vec<RecordRef>, Vec<UserId>) = (Vec::new(), Vec::new());
    for proposal in waiting {
        let Shown::Ready { changes, .. } = &proposal.shown else { continue };
        let object: std::sync::Arc<Object> = house.records.object(proposal.object.as_str())?;
        for change in changes {
            let Some(field) = object.field(change.field.as_str()) else { continue };
            for value in [&change.before, &change.after] {
                links.extend(link_of(field, value.as_ref()));
                people.extend(value.as_ref().and_then(|value| match value {
                    Value::User(id) => Some(*id),
                    _ => None,
                }));
            }
        }
    }
    let titles = house.records.titles_of(tx, links)?.into_iter().map(|(id, title)| (id.uuid(), title)).collect();
    Ok(Names { titles, people: house.people(tx, &people)? })
}

/// Goes back to what still waits, or says on that page why nothing was done.
async fn answered(house: &House, signed: &Signed, done: Result<(), ProposalFault>) -> Result<Response, Refusal> {
    match done {
        Ok(()) => Ok(see_other(HERE)),
        Err(fault) if matches!(fault.class(), Class::Conflict | Class::Invalid | Class::Forbidden) => {
            draw(house, signed, (status(fault.class()), Some(fault.code()))).await
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn accept(State(house): State<House>, signed: Signed, at: SuggestionAccept) -> Result<Response, Refusal> {
    let done = house.proposals.accept(&signed.cx, at.id).await;
    answered(&house, &signed, done.map(|_| ())).await
}

async fn reject(State(house): State<House>, signed: Signed, at: SuggestionReject) -> Result<Response, Refusal> {
    let done = house.proposals.reject(&signed.cx, at.id).await;
    answered(&house, &signed, done).await
}
