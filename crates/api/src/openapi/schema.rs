//! What records look like (JSON Schema 2020-12, as OpenAPI 3.1 has it).

use records::object::Kind;
use records::{Field, Object};
use serde_json::{Map, Value, json};

use super::with;

/// Returns the name of an object in the document: `contact` is `Contact`.
pub(super) fn name(object: &Object) -> String {
    let parts = object.name.as_str().split('_').filter_map(|part| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    });
    parts.collect()
}

/// Returns what lists of an object sort by.
pub(super) fn sorts(object: &Object) -> Vec<String> {
    let own = object.fields.iter().filter(|field| field.sort).map(|field| field.name.as_str());
    own.chain(["created_at", "updated_at"]).flat_map(|name| [name.to_owned(), format!("-{name}")]).collect()
}

/// Describes the names of an object's fields.
pub(super) fn fields(object: &Object) -> Value {
    let names: Vec<_> = object.fields.iter().map(|field| field.name.as_str()).collect();
    json!({ "type": "array", "items": { "enum": names } })
}

/// Describes the filters of a list.
pub(super) fn filters() -> Value {
    json!({ "type": "array", "items": { "type": "string", "maxLength": 2000 }, "maxItems": 20 })
}

/// Describes how many records a page has.
pub(super) fn limit() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 })
}

/// Describes a list that is asked for by a body.
fn search(object: &Object) -> Value {
    let described = |schema: Value, what: &str| with(schema, "description", json!(what));
    object_of(
        json!({
            "filters": described(filters(), "Filters as lists take them, `field:operation:value`, all of which must hold."),
            "sort": { "enum": sorts(object), "description": "Falling with a minus." },
            "limit": limit(),
            "after": {
                "type": ["string", "null"], "minLength": 1, "maxLength": 1000,
                "description": "The `next` of the page before, with the same filters and sort.",
            },
            "fields": described(fields(object), "Only these fields are answered."),
        }),
        &[],
    )
}

/// Describes what a record links to, and what links to it.
fn links() -> Value {
    let text = json!({ "type": "string" });
    let (id, title) = (json!({ "type": "string", "format": "uuid" }), json!({ "type": ["string", "null"] }));
    let to = json!({ "field": text, "object": text, "id": id, "title": title });
    let one = object_of(json!({ "id": id, "title": title }), &["id", "title"]);
    let data = json!({ "type": "array", "items": one });
    let next = json!({ "type": ["string", "null"], "description": "Where the list of them goes on." });
    let from = json!({ "field": text, "object": text, "data": data, "next": next });
    let to = json!({ "type": "array", "items": object_of(to, &["field", "object", "id", "title"]) });
    let from = json!({ "type": "array", "items": object_of(from, &["field", "object", "data", "next"]) });
    object_of(json!({ "to": to, "from": from }), &["to", "from"])
}

/// Describes what all objects have in common.
pub(super) fn common() -> Map<String, Value> {
    let text = json!({ "type": "string" });
    let labels = json!({ "type": "object", "required": ["en", "zh"], "properties": { "en": text, "zh": text } });
    let flag = json!({ "type": "boolean" });
    let mut schemas = Map::new();
    let mut add = |name: &str, schema: Value| schemas.insert(name.to_owned(), schema);
    add("Labels", labels);
    add(
        "Money",
        object_of(
            json!({ "amount": money_amount(), "currency": { "type": "string", "pattern": "^[A-Z]{3}$" } }),
            &["amount", "currency"],
        ),
    );
    add("Links", links());
    add("Sealed", object_of(json!({ "sealed": { "const": true } }), &["sealed"]));
    add(
        "Problem",
        json!({
            "type": "object",
            "required": ["type", "title", "status", "code"],
            "properties": {
                "type": text, "title": text, "status": { "type": "integer" }, "code": text, "detail": text, "instance": text,
                "errors": { "type": "array", "items": {
                    "type": "object", "required": ["field", "code"], "properties": { "field": text, "code": text },
                } },
            },
        }),
    );
    let label = json!({ "$ref": "#/components/schemas/Labels" });
    let choice =
        json!({ "type": "object", "required": ["value", "labels"], "properties": { "value": text, "labels": label } });
    let field = json!({
        "type": "object",
        "required": ["name", "labels", "kind", "class", "required", "read_only", "sort"],
        "properties": {
            "name": text, "labels": label, "kind": text, "class": text, "required": flag, "read_only": flag, "sort": flag,
            "choices": { "type": "array", "items": choice }, "link": text,
        },
    });
    let described = json!({
        "type": "object",
        "required": ["object", "plural", "labels", "plurals", "fields"],
        "properties": {
            "object": text, "plural": text, "labels": label, "plurals": label,
            "fields": { "type": "array", "items": field },
        },
    });
    add("Objects", object_of(json!({ "data": { "type": "array", "items": described } }), &["data"]));
    schemas
}

/// Describes one object: as it is answered, a page of it, and what makes and changes one.
pub(super) fn of(object: &Object) -> Map<String, Value> {
    let name = name(object);
    let reference = |what: &str| json!({ "$ref": format!("#/components/schemas/{name}{what}") });
    let moment = json!({ "type": "string", "format": "date-time" });
    let id = json!({ "type": "string", "format": "uuid" });
    let answered: Map<String, Value> =
        object.fields.iter().map(|field| (field.name.to_string(), read(field))).collect();
    let writable = || object.fields.iter().filter(|field| field.stamps.is_none() && !field.locked);
    let written: Map<String, Value> = writable().map(|field| (field.name.to_string(), write(field))).collect();
    let required: Vec<&str> = writable()
        .filter(|field| field.required && field.default.is_none() && field.made_of.is_empty())
        .map(|field| field.name.as_str())
        .collect();
    let record = object_of(
        json!({
            "id": id, "object": { "const": object.name.as_str() }, "version": { "type": "integer", "minimum": 1 },
            "created_at": moment, "updated_at": moment,
            "owner_id": { "type": ["string", "null"], "format": "uuid" },
            "fields": object_of(Value::Object(answered), &[]),
        }),
        &["id", "object", "version", "created_at", "updated_at", "owner_id", "fields"],
    );
    let page = object_of(
        json!({ "data": { "type": "array", "maxItems": 200, "items": reference("") }, "next": { "type": ["string", "null"] } }),
        &["data", "next"],
    );
    let fields = |required: &[&str]| object_of(Value::Object(written.clone()), required);
    let mut schemas = Map::new();
    let about = "What looks like a key, a password or the number of a card in free text is meant to stay there.";
    let keep = json!({ "type": "boolean", "description": about });
    let body = |fields: Value| object_of(json!({ "fields": fields, "keep_secrets": keep }), &["fields"]);
    schemas.insert(format!("{name}New"), body(fields(&required)));
    schemas.insert(format!("{name}Change"), body(fields(&[])));
    schemas.insert(format!("{name}Page"), page);
    schemas.insert(format!("{name}Search"), search(object));
    schemas.insert(name, record);
    schemas
}

/// Describes an object with these members and no others.
pub(super) fn object_of(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn money_amount() -> Value {
    json!({ "type": "string", "pattern": "^-?[0-9]{1,16}(\\.[0-9]{1,4})?$", "description": "A decimal number as text." })
}

/// Describes a field as it is answered.
fn read(field: &Field) -> Value {
    let schema = if field.is_masked() { json!({ "$ref": "#/components/schemas/Sealed" }) } else { value(field) };
    with(schema, "description", json!(field.labels.en))
}

/// Describes a field as it is written: `null` takes the value away.
fn write(field: &Field) -> Value {
    let schema = json!({ "anyOf": [value(field), { "type": "null" }], "description": field.labels.en });
    if field.is_masked() { with(schema, "writeOnly", json!(true)) } else { schema }
}

fn value(field: &Field) -> Value {
    let (least, most) = field.range;
    match field.kind {
        Kind::PersonName | Kind::Text | Kind::LongText | Kind::Email | Kind::Phone | Kind::Url => {
            json!({ "type": "string", "maxLength": field.max })
        }
        Kind::Number => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Money => json!({ "$ref": "#/components/schemas/Money" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Time => json!({ "type": "string", "format": "date-time" }),
        Kind::Choice => {
            json!({ "enum": field.choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>() })
        }
        Kind::Tags => json!({
            "type": "array", "maxItems": records::value::MOST_TAGS, "items": { "type": "string", "maxLength": field.max },
        }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Link | Kind::User => json!({ "type": "string", "format": "uuid" }),
    }
}
