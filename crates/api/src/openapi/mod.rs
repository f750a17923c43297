//! The document that describes the API to programs (OpenAPI 3.1), made of the object definitions.
//!
//! - `schema.rs`: what records and fields look like, as they are answered and as they are written.
//! - `answer.rs`: what an operation answers, failures included.
//! - `file.rs`: files on records.
//! - `workspace.rs`: what is no record.
//!
//! **Invariant:** it holds every route of [`route::all`](crate::route::all) and no other; a test compares the two.
//!
//! # How to add one more
//! A route: its operation in `paths`. A status an operation answers with: `answer.rs`.

mod answer;
mod file;
mod schema;
mod workspace;

use std::sync::Arc;

use authz::Cx;
use records::{Object, Records};
use serde_json::{Map, Value, json};

use self::answer::{answers, found, page, problem, record, whole};

/// Describes everything under `/api/v1` as whoever asks sees it: a field that is hidden from them is not there.
#[must_use]
pub fn describe(records: &Records, cx: &Cx) -> Value {
    document(&seen(records, cx))
}

/// Returns every object as whoever asks sees it.
pub(crate) fn seen(records: &Records, cx: &Cx) -> Vec<Arc<Object>> {
    records.objects().iter().map(|object| records.seen(cx, object)).collect()
}

/// Describes everything, with these objects.
fn document(objects: &[Arc<Object>]) -> Value {
    let mut paths = Map::new();
    paths.insert("/api/v1".to_owned(), json!({ "get": index() }));
    paths.insert("/api/v1/openapi.json".to_owned(), json!({ "get": own() }));
    paths.extend(workspace::paths());
    let mut schemas = schema::common();
    schemas.extend(workspace::schemas());
    schemas.extend(file::schemas());
    for object in objects.iter() {
        paths.insert(format!("/api/v1/{}", object.plural), json!({ "get": list(object), "post": create(object) }));
        paths.insert(format!("/api/v1/{}/search", object.plural), json!({ "post": search(object) }));
        let one = json!({
            "parameters": [id_of_record()],
            "get": show(object), "patch": update(object), "delete": delete(object),
        });
        paths.insert(format!("/api/v1/{}/{{id}}", object.plural), one);
        let links = json!({ "parameters": [id_of_record()], "get": links(object) });
        paths.insert(format!("/api/v1/{}/{{id}}/links", object.plural), links);
        paths.extend(file::paths(object));
        schemas.extend(schema::of(object));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Custos",
            "version": "1",
            "description": "Records of the workspace, with the rights that the token's owner has at the moment of the request. \
                What is hidden from the owner is answered like what does not exist.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "tags": objects.iter().map(|object| object.plurals.en.as_str()).chain(["Workspace"])
            .map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": problem::all(),
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "A token of a person, RFC 6750." },
            },
        },
    })
}

/// Adds a member.
fn with(mut object: Value, name: &str, member: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), member);
    }
    object
}

fn index() -> Value {
    json!({
        "operationId": "listObjects",
        "summary": "The objects there are, their fields and choices",
        "responses": answers(&[], [whole("200", "Every object.", json!({ "$ref": "#/components/schemas/Objects" }))]),
    })
}

fn own() -> Value {
    json!({
        "operationId": "describe",
        "summary": "This document",
        "responses": answers(&[], [whole("200", "An OpenAPI 3.1 document.", json!({ "type": "object" }))]),
    })
}

/// Starts an operation on an object.
fn operation(object: &Object, verb: &str, summary: &str, responses: Value) -> Value {
    let name = schema::name(object);
    json!({
        "operationId": format!("{verb}{name}"),
        "summary": summary,
        "tags": [object.plurals.en],
        "responses": responses,
    })
}

fn list(object: &Object) -> Value {
    let responses = answers(&["Invalid"], [page(object)]);
    let operation = operation(object, "list", "Many, page by page", responses);
    let parameters = json!([
        {
            "name": "f", "in": "query", "style": "form", "explode": true,
            "schema": schema::filters(),
            "description": "A filter as the pages spell it, `field:operation:value`, for example `stage:is:lead`. Several must all hold.",
        },
        { "name": "sort", "in": "query", "schema": { "enum": schema::sorts(object) }, "description": "Falling with a minus." },
        { "name": "limit", "in": "query", "schema": schema::limit() },
        {
            "name": "after", "in": "query", "schema": { "type": "string", "maxLength": 1000 },
            "description": "The `next` of the page before, with the same filters and sort.",
        },
        picked(object),
    ]);
    with(operation, "parameters", parameters)
}

fn search(object: &Object) -> Value {
    let responses =
        answers(&["Malformed", "Forbidden", "NotFound", "TooLarge", "Unsupported", "Invalid"], [found(object)]);
    let operation = operation(object, "search", "Many, looked for by a body, which no address holds", responses);
    with(operation, "requestBody", body(object, "Search"))
}

/// The parameter that says which fields are answered.
fn picked(object: &Object) -> Value {
    json!({
        "name": "fields", "in": "query", "style": "form", "explode": false, "schema": schema::fields(object),
        "description": "Only these fields are answered, `name,stage`.",
    })
}

fn create(object: &Object) -> Value {
    let responses = answers(
        &["Malformed", "Forbidden", "NotFound", "TooLarge", "Unsupported", "Invalid", "Conflict"],
        [record(object, "201", "The new record.")],
    );
    let operation = operation(object, "create", "Make one", responses);
    with(with(operation, "parameters", json!([idempotency_key()])), "requestBody", body(object, "New"))
}

fn show(object: &Object) -> Value {
    let responses = answers(&["NotFound"], [record(object, "200", "The record.")]);
    with(operation(object, "read", "One", responses), "parameters", json!([picked(object)]))
}

fn id_of_record() -> Value {
    json!({
        "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" },
        "description": "The record's id.",
    })
}

fn links(object: &Object) -> Value {
    let both = whole("200", "Both ways.", json!({ "$ref": "#/components/schemas/Links" }));
    operation(object, "listLinksOf", "What it links to, and what links to it", answers(&["NotFound"], [both]))
}

fn update(object: &Object) -> Value {
    let failures =
        &["Malformed", "Forbidden", "NotFound", "Conflict", "PreconditionFailed", "TooLarge", "Unsupported", "Invalid"];
    let responses = answers(failures, [record(object, "200", "The record as it is now.")]);
    let operation = operation(object, "change", "Change fields; those that are not named stay", responses);
    with(with(operation, "parameters", json!([if_match()])), "requestBody", body(object, "Change"))
}

fn delete(object: &Object) -> Value {
    let gone = ("204".to_owned(), json!({ "description": "It lies in the bin." }));
    let failures = &["Malformed", "Forbidden", "NotFound", "Conflict", "PreconditionFailed"];
    let operation = operation(object, "delete", "Put one into the bin", answers(failures, [gone]));
    with(operation, "parameters", json!([if_match()]))
}

fn body(object: &Object, what: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{}{what}", schema::name(object)) });
    json!({ "required": true, "content": { "application/json": { "schema": schema } } })
}

fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header",
        "schema": { "type": "string", "pattern": r#"^([!#-~][!-~]{0,254}|"([ !#-\[\]-~]|\\["\\]){1,255}")$"# },
        "description": "A name for this request, never used for another. Sent again within a day, it is done once: what it made is \
            answered as it is now, 404 if it is gone or hidden since. Another body under the same name is refused (`key-reused`).",
    })
}

fn if_match() -> Value {
    json!({
        "name": "If-Match", "in": "header", "schema": { "type": "string", "pattern": "^(\\*|\"[0-9]{1,18}\")$" },
        "description": "The `ETag` of the version it is made from (RFC 9110 §13.1.1): done to that version or not at all.",
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kernel::Currency;
    use records::Objects;

    use super::*;

    fn standard() -> Vec<Arc<Object>> {
        Objects::standard(Currency::EUR).unwrap().iter().cloned().collect()
    }

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let objects = standard();
        let document = document(&objects);
        let described: BTreeSet<(String, String)> =
            document["paths"].as_object().unwrap().iter().flat_map(methods).collect();
        let plurals: Vec<_> = objects.iter().map(|object| object.plural.clone()).collect();
        // The door for assistants describes itself, in a language of its own.
        let routed: BTreeSet<(String, String)> = crate::route::all()
            .iter()
            .filter(|route| route.path.starts_with("/api/"))
            .flat_map(|route| route.methods.iter().map(|method| (route.path.to_owned(), method.to_lowercase())))
            .flat_map(|(path, method)| {
                let one = if path.contains("{plural}") { plurals.as_slice() } else { &plurals[..1] };
                one.iter().map(move |plural| (path.replace("{plural}", plural), method.clone())).collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(described, routed);
    }

    fn methods((path, item): (&String, &Value)) -> Vec<(String, String)> {
        let known = ["get", "post", "put", "patch", "delete"];
        item.as_object()
            .unwrap()
            .keys()
            .filter(|key| known.contains(&key.as_str()))
            .map(|key| (path.clone(), key.clone()))
            .collect()
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
        let document = document(&standard());
        let (mut references, mut names) = (Vec::new(), Vec::new());
        walk(&document, &mut references, &mut names);
        assert!(references.len() > 100, "{}", references.len());
        for reference in references {
            assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
        }
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
    }

    fn walk(value: &Value, references: &mut Vec<String>, names: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                references.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                names.extend(members.get("operationId").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| walk(value, references, names));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, references, names)),
            _ => {}
        }
    }
}
