//! Every route of the API.

mod attachment;
mod index;
mod ledger;
mod links;
mod list;
mod mcp;
mod me;
mod openapi;
mod own;
mod record;
mod workspace;

use attachments::AttachmentId;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, delete, get, post};
use httpkit::{Mount as _, Refusal};
use kernel::{RecordId, TeamId, TokenId, UserId};

use crate::House;

httpkit::routes! {
    /// What there is: objects, their fields and choices.
    ApiIndex {} => "/api/v1", [GET];
    /// What all of it looks like (OpenAPI 3.1).
    ApiDescription {} => "/api/v1/openapi.json", [GET];
    /// Whom the token acts for, what it may, and how much.
    ApiMe {} => "/api/v1/me", [GET];
    /// The people who may sign in.
    UserList {} => "/api/v1/users", [GET];
    /// One of them.
    OneUser { id: UserId } => "/api/v1/users/{id}", [GET];
    /// The roles.
    RoleList {} => "/api/v1/roles", [GET];
    /// One of them.
    OneRole { id: String } => "/api/v1/roles/{id}", [GET];
    /// The teams.
    TeamList {} => "/api/v1/teams", [GET];
    /// One of them.
    OneTeam { id: TeamId } => "/api/v1/teams/{id}", [GET];
    /// The tokens of whoever the program acts for.
    TokenList {} => "/api/v1/tokens", [GET];
    /// One of them, which ends.
    OneToken { id: TokenId } => "/api/v1/tokens/{id}", [DELETE];
    /// The access log.
    LedgerList {} => "/api/v1/ledger", [GET];
    /// The records of an object, and making one.
    RecordList { plural: String } => "/api/v1/{plural}", [GET POST];
    /// The records of an object that are looked for, by a body.
    RecordSearch { plural: String } => "/api/v1/{plural}/search", [POST];
    /// One record.
    OneRecord { plural: String, id: RecordId } => "/api/v1/{plural}/{id}", [GET PATCH DELETE];
    /// What it links to, and what links to it.
    RecordLinks { plural: String, id: RecordId } => "/api/v1/{plural}/{id}/links", [GET];
    /// The files of a record, and adding one.
    FileList { plural: String, id: RecordId } => "/api/v1/{plural}/{id}/attachments", [GET POST];
    /// One of them.
    OneFile { plural: String, id: RecordId, file: AttachmentId } => "/api/v1/{plural}/{id}/attachments/{file}", [GET DELETE];
    /// What AI assistants ask (Model Context Protocol).
    AssistantDoor {} => "/mcp", [POST];
}

/// Puts every handler at its route. Everything under `/api` belongs to this router, also beside another one whose patterns
/// (`/{plural}/{id}`) would take `/api/v2` for a page.
pub fn router(house: House) -> Router {
    workspace_doors()
        .at::<ApiIndex>(get(index::show))
        .at::<ApiDescription>(get(openapi::show))
        .at::<AssistantDoor>(post(mcp::answer))
        .at::<RecordList>(get(list::show).post(record::create))
        .at::<RecordSearch>(post(list::search))
        .at::<OneRecord>(get(record::show).patch(record::update).delete(record::delete))
        .at::<RecordLinks>(get(links::show))
        .merge(files())
        .route("/api", any(absent))
        .route("/api/", any(absent))
        .route("/api/{*rest}", any(absent))
        .with_state(house)
}

/// Files on records.
fn files() -> Router<House> {
    let bodies = DefaultBodyLimit::max(attachment::MOST);
    Router::new()
        .at::<FileList>(get(attachment::list).post(attachment::attach).layer(bodies))
        .at::<OneFile>(get(attachment::fetch).delete(attachment::remove))
}

/// What is no record. Its words in addresses come before the plurals of objects.
fn workspace_doors() -> Router<House> {
    Router::new()
        .at::<ApiMe>(get(me::show))
        .at::<UserList>(get(workspace::users))
        .at::<OneUser>(get(workspace::user))
        .at::<RoleList>(get(workspace::roles))
        .at::<OneRole>(get(workspace::role))
        .at::<TeamList>(get(workspace::teams))
        .at::<OneTeam>(get(workspace::team))
        .at::<TokenList>(get(own::tokens))
        .at::<OneToken>(delete(own::end))
        .at::<LedgerList>(get(ledger::show))
}

/// Says that nothing is there.
async fn absent() -> Refusal {
    Refusal::not_found()
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use records::Objects;

    /// Fails when: an object is called like something of the workspace, whose address would hide its records.
    #[test]
    fn no_object_is_called_like_something_of_the_workspace() {
        let objects = Objects::standard(Currency::EUR).unwrap();
        let words = super::all().iter().filter_map(|route| route.path.strip_prefix("/api/v1/")?.split('/').next());
        let fixed: Vec<_> = words.filter(|word| !word.starts_with('{')).collect();
        assert!(fixed.contains(&"users") && fixed.contains(&"me"));
        assert!(objects.iter().all(|object| !fixed.contains(&object.plural.as_str())));
    }
}
