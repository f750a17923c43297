//! Files on records.

use records::Object;
use serde_json::{Map, Value, json};

use super::answer::{answers, whole};
use super::schema::object_of;
use super::{operation, with};

/// Describes the operations on the files of an object's records.
pub(super) fn paths(object: &Object) -> [(String, Value); 2] {
    let id = |name: &str, what: &str| {
        let schema = json!({ "type": "string", "format": "uuid" });
        json!({ "name": name, "in": "path", "required": true, "schema": schema, "description": what })
    };
    let record = id("id", "The record's id.");
    let all = json!({ "parameters": [record], "get": list(object), "post": attach(object) });
    let file = id("file", "The file's id.");
    let one = json!({ "parameters": [record, file], "get": fetch(object), "delete": remove(object) });
    let base = format!("/api/v1/{}/{{id}}/attachments", object.plural);
    [(base.clone(), all), (format!("{base}/{{file}}"), one)]
}

fn list(object: &Object) -> Value {
    let page = json!({ "$ref": "#/components/schemas/FilePage" });
    let responses = answers(&["NotFound"], [whole("200", "Every file of the record.", page)]);
    operation(object, "listFilesOf", "The files of one", responses)
}

fn attach(object: &Object) -> Value {
    let file = json!({ "$ref": "#/components/schemas/File" });
    let (status, made) = whole("201", "The new file.", file);
    let place = json!({ "description": "Where it lies.", "schema": { "type": "string" } });
    let made = (status, with(made, "headers", json!({ "Location": place })));
    let failures = &["Malformed", "Forbidden", "NotFound", "Conflict", "TooLarge", "Unsupported", "Invalid"];
    let operation = operation(object, "addFileTo", "Add a file to one", answers(failures, [made]));
    let parameters = json!([
        {
            "name": "name", "in": "query", "required": true,
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
            "description": "What it is called. It is made safe, and ends in what the file is.",
        },
        {
            "name": "keep_secrets", "in": "query", "schema": { "type": "boolean" },
            "description": "Whether a secret that stands in a text is meant to stand there.",
        },
    ]);
    let body = json!({
        "required": true,
        "content": { "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } },
    });
    with(with(operation, "parameters", parameters), "requestBody", body)
}

fn fetch(object: &Object) -> Value {
    let content = json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } });
    let name = json!({ "description": "What it is called (RFC 6266).", "schema": { "type": "string" } });
    let whole = json!({ "description": "The file.", "content": content, "headers": { "Content-Disposition": name } });
    operation(object, "readFileOf", "A file of one", answers(&["NotFound"], [("200".to_owned(), whole)]))
}

fn remove(object: &Object) -> Value {
    let gone = ("204".to_owned(), json!({ "description": "It is removed, and can be taken back on the pages." }));
    let failures = &["Forbidden", "NotFound"];
    operation(object, "removeFileOf", "Remove a file of one", answers(failures, [gone]))
}

/// Describes what is answered.
pub(super) fn schemas() -> Map<String, Value> {
    let or_null = |schema: Value| json!({ "anyOf": [schema, { "type": "null" }] });
    let kinds: Vec<&str> = attachments::Kind::ALL.iter().map(|kind| kind.code()).collect();
    let file = object_of(
        json!({
            "id": { "type": "string", "format": "uuid" },
            "name": or_null(json!({ "type": "string" })),
            "kind": or_null(json!({ "enum": kinds })),
            "bytes": { "type": "integer" },
            "attached_by": { "type": "string", "format": "uuid" },
            "attached_at": { "type": "string", "format": "date-time" },
        }),
        &["id", "name", "kind", "bytes", "attached_by", "attached_at"],
    );
    let page = object_of(
        json!({ "data": { "type": "array", "items": { "$ref": "#/components/schemas/File" } }, "next": { "type": "null" } }),
        &["data", "next"],
    );
    [("File".to_owned(), file), ("FilePage".to_owned(), page)].into_iter().collect()
}
