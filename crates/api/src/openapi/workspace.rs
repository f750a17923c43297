//! What is no record: people, roles, teams, and whoever asks.

use serde_json::{Map, Value, json};

use super::answer::{answers, link, whole};
use super::schema::{limit, object_of};
use super::with;

/// Something of the workspace, and how it is described.
struct Thing {
    plural: &'static str,
    /// The name of its schema.
    name: &'static str,
    what: &'static str,
    id: fn() -> Value,
    /// What is done with one.
    one: Option<One>,
}

/// Describes a method and its operation.
type One = fn(&Thing) -> (&'static str, Value);

const THINGS: [Thing; 5] = [
    Thing { plural: "users", name: "User", what: "people who may sign in, or might", id: uuid, one: Some(read) },
    Thing { plural: "roles", name: "Role", what: "roles and what each grants", id: word, one: Some(read) },
    Thing { plural: "teams", name: "Team", what: "teams", id: uuid, one: Some(read) },
    Thing { plural: "tokens", name: "Token", what: "tokens of the token's owner", id: uuid, one: Some(end) },
    Thing { plural: "ledger", name: "Event", what: "events of the access log", id: uuid, one: None },
];

fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn word() -> Value {
    json!({ "type": "string", "maxLength": 64 })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

fn list_of(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Describes the operations.
pub(super) fn paths() -> Map<String, Value> {
    let mut paths = Map::new();
    let me = json!({
        "operationId": "readMe",
        "summary": "Whom the token acts for, what it may, and how much",
        "tags": ["Workspace"],
        "responses": answers(&[], [whole("200", "Whoever asks.", reference("Me"))]),
    });
    paths.insert("/api/v1/me".to_owned(), json!({ "get": me }));
    for thing in &THINGS {
        paths.insert(format!("/api/v1/{}", thing.plural), json!({ "get": list(thing) }));
        let Some((method, operation)) = thing.one.map(|one| one(thing)) else { continue };
        let one = json!({
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": (thing.id)(), "description": "Its id." }],
            method: operation,
        });
        paths.insert(format!("/api/v1/{}/{{id}}", thing.plural), one);
    }
    paths
}

fn list(thing: &Thing) -> Value {
    let (status, page) = whole("200", "One page.", reference(&format!("{}Page", thing.name)));
    let page = (status, with(page, "headers", json!({ "Link": link() })));
    json!({
        "operationId": format!("list{}s", thing.name),
        "summary": format!("The {}, page by page", thing.what),
        "description": "Only for a token that names it.",
        "tags": ["Workspace"],
        "parameters": [
            { "name": "limit", "in": "query", "schema": limit() },
            {
                "name": "after", "in": "query", "schema": { "type": "string", "maxLength": 64 },
                "description": "The `next` of the page before.",
            },
        ],
        "responses": answers(&["Invalid"], [page]),
    })
}

fn end(_: &Thing) -> (&'static str, Value) {
    let ended = ("204".to_owned(), json!({ "description": "It has ended." }));
    let operation = json!({
        "operationId": "endToken",
        "summary": "End one of the owner's tokens",
        "description": "Each token may end itself; another one only a token that names it.",
        "tags": ["Workspace"],
        "responses": answers(&["NotFound"], [ended]),
    });
    ("delete", operation)
}

fn read(thing: &Thing) -> (&'static str, Value) {
    let operation = json!({
        "operationId": format!("read{}", thing.name),
        "summary": format!("One of the {}", thing.what),
        "description": "Only for a token that names it.",
        "tags": ["Workspace"],
        "responses": answers(&["NotFound"], [whole("200", "It.", reference(thing.name))]),
    });
    ("get", operation)
}

/// Describes what they answer.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas = Map::new();
    for thing in &THINGS {
        let data = list_of(reference(thing.name));
        let page = json!({ "data": data, "next": { "type": ["string", "null"] } });
        schemas.insert(format!("{}Page", thing.name), object_of(page, &["data", "next"]));
    }
    let user = json!({
        "id": uuid(), "name": text(), "email": text(), "state": { "enum": ["invited", "active", "disabled"] },
        "roles": list_of(text()), "team_id": or_null(uuid()), "created_at": moment(),
    });
    let required = ["id", "name", "email", "state", "roles", "team_id", "created_at"];
    schemas.insert("User".to_owned(), object_of(user, &required));
    schemas.insert("Role".to_owned(), role());
    let team = json!({ "id": uuid(), "name": text(), "parent_id": or_null(uuid()) });
    schemas.insert("Team".to_owned(), object_of(team, &["id", "name", "parent_id"]));
    schemas.insert("Token".to_owned(), token());
    schemas.insert("Event".to_owned(), event());
    schemas.insert("Me".to_owned(), me());
    schemas
}

/// Describes what has all of these members and no others.
fn all_of(members: Value) -> Value {
    let names: Vec<String> = members.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    object_of(members, &names)
}

fn token() -> Value {
    all_of(json!({
        "id": uuid(), "label": text(), "purpose": text(), "hint": text(),
        "standing": { "enum": ["good", "ended", "expired", "unused"] },
        "created_at": moment(), "expires_at": moment(), "used_at": or_null(moment()), "used_from": or_null(text()),
        "ended_at": or_null(moment()), "scopes": or_null(list_of(text())), "fields": list_of(text()), "rows": list_of(text()),
        "networks": list_of(text()), "bound": { "type": "boolean" }, "app_id": or_null(uuid()),
    }))
}

fn event() -> Value {
    let actor = json!({
        "kind": { "enum": ["user", "token", "job", "operator", "system", "nobody"] },
        "user_id": or_null(uuid()), "token_id": or_null(uuid()),
    });
    all_of(json!({
        "position": { "type": "integer", "minimum": 0 }, "entry_id": uuid(), "at": moment(), "actor": all_of(actor),
        "via": { "enum": ["web", "api", "job", "command"] }, "ip": or_null(text()), "request_id": uuid(),
        "verb": text(), "object": text(), "ids": list_of(uuid()), "fields": list_of(text()),
        "outcome": { "enum": ["done", "denied", "failed"] }, "code": or_null(text()), "reason": or_null(text()),
    }))
}

fn role() -> Value {
    let reach = json!({ "enum": ["none", "own", "team", "branch", "all"] });
    let grant = json!({
        "area": { "enum": ["records", "people", "ledger", "settings", "watch"] },
        "object": { "type": ["string", "null"], "description": "Nothing means every object of the area that is not named by itself." },
        "action": text(), "reach": reach,
    });
    let rule = json!({ "object": text(), "field": text(), "rule": { "enum": ["read_only", "masked", "hidden"] } });
    let role = json!({
        "id": word(), "name": { "type": ["string", "null"], "description": "Nothing of one that is built in." },
        "built_in": { "type": "boolean" }, "holders": { "type": "integer", "minimum": 0 },
        "grants": list_of(object_of(grant, &["area", "object", "action", "reach"])),
        "fields": list_of(object_of(rule, &["object", "field", "rule"])),
    });
    object_of(role, &["id", "name", "built_in", "holders", "grants", "fields"])
}

fn me() -> Value {
    let count = json!({ "type": "integer", "minimum": 0 });
    let seen = object_of(json!({ "seen": count, "soft": count, "hard": count }), &["seen", "soft", "hard"]);
    let token = json!({
        "id": uuid(), "created_at": moment(), "expires_at": moment(),
        "scopes": or_null(list_of(text())), "fields": list_of(text()), "rows": list_of(text()),
        "networks": list_of(text()), "bound": { "type": "boolean" },
    });
    let may = json!({
        "object": text(), "action": text(), "reach": { "enum": ["own", "team", "branch", "all", null] },
    });
    let me = json!({
        "user": object_of(json!({ "id": uuid(), "name": text() }), &["id", "name"]),
        "token": object_of(token, &["id", "created_at", "expires_at", "scopes", "fields", "rows", "networks", "bound"]),
        "may": list_of(object_of(may, &["object", "action", "reach"])),
        "people": object_of(json!({ "hour": seen, "day": seen }), &["hour", "day"]),
    });
    object_of(me, &["user", "token", "may", "people"])
}
