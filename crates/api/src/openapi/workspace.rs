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
}

const THINGS: [Thing; 3] = [
    Thing { plural: "users", name: "User", what: "people who may sign in, or might", id: uuid },
    Thing { plural: "roles", name: "Role", what: "roles and what each grants", id: word },
    Thing { plural: "teams", name: "Team", what: "teams", id: uuid },
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
        let one = json!({
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": (thing.id)(), "description": "Its id." }],
            "get": one(thing),
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

fn one(thing: &Thing) -> Value {
    json!({
        "operationId": format!("read{}", thing.name),
        "summary": format!("One of the {}", thing.what),
        "description": "Only for a token that names it.",
        "tags": ["Workspace"],
        "responses": answers(&["NotFound"], [whole("200", "It.", reference(thing.name))]),
    })
}

/// Describes what they answer.
pub(super) fn schemas() -> Map<String, Value> {
    let mut schemas = Map::new();
    for thing in &THINGS {
        let data = json!({ "type": "array", "maxItems": 200, "items": reference(thing.name) });
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
    schemas.insert("Me".to_owned(), me());
    schemas
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
        "scopes": or_null(list_of(text())), "fields": list_of(text()), "networks": list_of(text()), "bound": { "type": "boolean" },
    });
    let may = json!({
        "object": text(), "action": text(), "reach": { "enum": ["own", "team", "branch", "all", null] },
    });
    let me = json!({
        "user": object_of(json!({ "id": uuid(), "name": text() }), &["id", "name"]),
        "token": object_of(token, &["id", "created_at", "expires_at", "scopes", "fields", "networks", "bound"]),
        "may": list_of(object_of(may, &["object", "action", "reach"])),
        "people": object_of(json!({ "hour": seen, "day": seen }), &["hour", "day"]),
    });
    object_of(me, &["user", "token", "may", "people"])
}
