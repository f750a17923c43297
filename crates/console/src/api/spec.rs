//! What a page reads out of a description (OpenAPI 3.1). What is not there is empty: a page shows less, and never breaks.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The methods that operations have, in the order they are shown.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// A description.
pub(super) struct Spec<'a>(pub(super) &'a Value);

/// One operation.
pub(super) struct Operation<'a> {
    pub(super) id: &'a str,
    pub(super) method: String,
    pub(super) path: &'a str,
    pub(super) summary: &'a str,
    pub(super) about: &'a str,
    item: &'a Value,
    own: &'a Value,
}

/// One parameter.
pub(super) struct Parameter<'a> {
    pub(super) name: &'a str,
    pub(super) place: &'a str,
    pub(super) about: &'a str,
}

/// One member of an object.
pub(super) struct Property<'a> {
    pub(super) name: &'a str,
    pub(super) kind: Kind,
    pub(super) choices: Vec<&'a str>,
    pub(super) about: &'a str,
    pub(super) needed: bool,
    pub(super) read_only: bool,
    pub(super) sealed: bool,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
    Day,
    Moment,
    Id,
    Money,
    Several,
    Group,
    OneOf,
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn members<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value.get(name).and_then(Value::as_object).into_iter().flatten()
}

impl<'a> Spec<'a> {
    /// Returns the names of the parts.
    pub(super) fn parts(&self) -> Vec<&'a str> {
        list(self.0, "tags").iter().map(|tag| text(tag, "name")).collect()
    }

    /// Returns the operations of a part; those of no part where none is named.
    pub(super) fn operations(&self, part: Option<&str>) -> Vec<Operation<'a>> {
        let mut found = Vec::new();
        for (path, item) in members(self.0, "paths") {
            for method in METHODS {
                let Some(own) = item.get(method) else { continue };
                if list(own, "tags").first().and_then(Value::as_str) != part {
                    continue;
                }
                let (id, summary, about) = (text(own, "operationId"), text(own, "summary"), text(own, "description"));
                found.push(Operation { id, method: method.to_uppercase(), path, summary, about, item, own });
            }
        }
        // Lists and what makes something first, then one of them, then the rest.
        found.sort_by_key(|operation| (operation.path.matches('/').count(), operation.path.ends_with("/search")));
        found
    }

    /// Returns the parameters of an operation, those of its path first.
    pub(super) fn parameters(&self, operation: &Operation<'a>) -> Vec<Parameter<'a>> {
        let all = [operation.item, operation.own].into_iter().flat_map(|at| list(at, "parameters"));
        all.map(|one| Parameter { name: text(one, "name"), place: text(one, "in"), about: text(one, "description") })
            .collect()
    }

    /// Returns the members of an operation's body.
    pub(super) fn members(&self, operation: &Operation<'a>) -> Vec<Property<'a>> {
        self.body(operation).map_or_else(Vec::new, |body| self.properties(body))
    }

    /// Returns each answer of an operation: its status, and what it says.
    pub(super) fn answers(&self, operation: &Operation<'a>) -> Vec<(&'a str, &'a str)> {
        let told = members(operation.own, "responses");
        told.map(|(status, answer)| (status.as_str(), text(self.resolved(answer), "description"))).collect()
    }

    /// Returns the fields of an object, by its name.
    pub(super) fn fields(&self, object: &str) -> Vec<Property<'a>> {
        let Some(schemas) = self.0.pointer("/components/schemas") else { return Vec::new() };
        let of = |schema: &'a Value| schema.pointer("/properties/fields");
        let is = |schema: &Value| schema.pointer("/properties/object/const").and_then(Value::as_str) == Some(object);
        let Some((name, read)) = schemas.as_object().into_iter().flatten().find(|(_, schema)| is(schema)) else {
            return Vec::new();
        };
        let made: Vec<Property<'a>> =
            schemas.get(format!("{name}New")).and_then(of).map_or_else(Vec::new, |fields| self.properties(fields));
        let read = of(read).map_or_else(Vec::new, |fields| self.properties(fields));
        let finished = |property: Property<'a>| match made.iter().find(|made| made.name == property.name) {
            // What is written says more: a sealed field is answered by a sign only.
            Some(made) => Property { kind: made.kind, choices: made.choices.clone(), needed: made.needed, ..property },
            None => Property { read_only: true, ..property },
        };
        read.into_iter().map(finished).collect()
    }

    fn properties(&self, schema: &'a Value) -> Vec<Property<'a>> {
        let schema = self.resolved(schema);
        let needed: BTreeSet<&str> = list(schema, "required").iter().filter_map(Value::as_str).collect();
        let of = |(name, own): (&'a String, &'a Value)| {
            let (kind, choices) = self.kind(own);
            let sealed = text(own, "$ref").ends_with("/Sealed");
            let about = text(own, "description");
            Property { name, kind, choices, about, needed: needed.contains(name.as_str()), read_only: false, sealed }
        };
        members(schema, "properties").map(of).collect()
    }

    fn kind(&self, schema: &'a Value) -> (Kind, Vec<&'a str>) {
        if text(schema, "$ref").ends_with("/Money") {
            return (Kind::Money, Vec::new());
        }
        let schema = self.resolved(schema);
        if let Some(first) = list(schema, "anyOf").first() {
            return self.kind(first);
        }
        let choices: Vec<&str> = list(schema, "enum").iter().filter_map(Value::as_str).collect();
        // Of a list of types the first is the one; the other is nothing.
        let named = text(schema, "type");
        let named = if named.is_empty() {
            list(schema, "type").first().and_then(Value::as_str).unwrap_or_default()
        } else {
            named
        };
        let kind = match (named, text(schema, "format")) {
            _ if !choices.is_empty() => Kind::OneOf,
            ("integer" | "number", _) => Kind::Number,
            ("boolean", _) => Kind::Flag,
            ("array", _) => Kind::Several,
            ("object", _) => Kind::Group,
            (_, "date") => Kind::Day,
            (_, "date-time") => Kind::Moment,
            (_, "uuid") => Kind::Id,
            _ => Kind::Text,
        };
        (kind, choices)
    }

    fn body(&self, operation: &Operation<'a>) -> Option<&'a Value> {
        let media = operation.own.pointer("/requestBody/content")?.as_object()?.values().next()?;
        Some(self.resolved(media.get("schema")?))
    }

    /// Follows a reference.
    fn resolved(&self, value: &'a Value) -> &'a Value {
        let at = text(value, "$ref").strip_prefix('#');
        at.and_then(|at| self.0.pointer(at)).unwrap_or(value)
    }

    /// Spells a request that can be tried as it stands, but for the token and ids.
    pub(super) fn curl(&self, operation: &Operation<'a>, base: &str) -> String {
        let mut said = "curl".to_owned();
        if operation.method != "GET" {
            said += " -X ";
            said += &operation.method;
        }
        said += " -H \"Authorization: Bearer $TOKEN\"";
        if self.parameters(operation).iter().any(|parameter| parameter.name == "Idempotency-Key") {
            said += " \\\n     -H \"Idempotency-Key: $(uuidgen)\"";
        }
        if let Some(body) = self.body(operation) {
            let example = self.example(body, 0).to_string().replace('\'', "'\\''");
            said += " \\\n     -H \"Content-Type: application/json\" \\\n     -d '";
            said += &example;
            said += "'";
        }
        let path = operation.path.replace("{id}", "$ID");
        format!("{said} \\\n     \"{base}{path}\"")
    }

    /// Makes up a value: of an object what it needs, or else what is most easily said.
    fn example(&self, schema: &'a Value, depth: usize) -> Value {
        let (kind, choices) = self.kind(schema);
        let inner = self.resolved(schema);
        let whole = list(inner, "anyOf").first().map_or(inner, |first| self.resolved(first));
        let least = whole.get("default").or_else(|| whole.get("minimum")).and_then(Value::as_i64);
        match kind {
            Kind::OneOf => json!(choices.first()),
            Kind::Number => json!(least.unwrap_or(1)),
            Kind::Flag => json!(true),
            Kind::Day => json!("2026-12-01"),
            Kind::Moment => json!("2026-12-01T09:00:00Z"),
            Kind::Id => json!("00000000-0000-0000-0000-000000000000"),
            Kind::Money => json!({ "amount": "1250.50", "currency": "EUR" }),
            Kind::Text => json!("..."),
            // No description nests as deep as that; one that leads back to itself would.
            Kind::Several | Kind::Group if depth > 4 => Value::Null,
            Kind::Several => whole.get("items").map_or(json!([]), |items| json!([self.example(items, depth + 1)])),
            Kind::Group => Value::Object(self.group(whole, depth)),
        }
    }

    fn group(&self, schema: &'a Value, depth: usize) -> Map<String, Value> {
        let needed: Vec<&str> = list(schema, "required").iter().filter_map(Value::as_str).collect();
        let own: Vec<(&String, &Value)> = members(schema, "properties").collect();
        let easy = own
            .iter()
            .find(|(_, one)| one.get("default").is_some())
            .or_else(|| own.iter().find(|(_, one)| self.kind(one).0 == Kind::Text))
            .or_else(|| own.first());
        let named = own.iter().filter(|(name, _)| needed.contains(&name.as_str()));
        let chosen: Vec<_> = if needed.is_empty() { easy.into_iter().collect() } else { named.collect() };
        chosen.into_iter().map(|(name, one)| ((*name).clone(), self.example(one, depth + 1))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_leads_to_itself_breaks_nothing() {
        for document in
            [json!(null), json!({}), json!({ "paths": 5, "tags": {} }), json!({ "paths": { "/a": { "get": {} } } })]
        {
            let spec = Spec(&document);
            for operation in spec.operations(None) {
                assert_eq!(
                    spec.curl(&operation, "http://h"),
                    "curl -H \"Authorization: Bearer $TOKEN\" \\\n     \"http://h/a\""
                );
                assert!(spec.parameters(&operation).is_empty() && spec.answers(&operation).is_empty());
            }
            assert!(spec.fields("contact").is_empty() && spec.parts().is_empty());
        }
        let round = json!({
            "paths": { "/a": { "post": { "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/s" } } } } } } },
            "s": { "type": "object", "required": ["s"], "properties": { "s": { "$ref": "#/s" } } },
        });
        let spec = Spec(&round);
        assert!(spec.curl(&spec.operations(None)[0], "").contains("{\"s\":{\"s\":"));
    }

    #[test]
    fn what_a_request_holds_cannot_end_its_quotes() {
        let document = json!({
            "paths": { "/a": { "post": { "requestBody": { "content": { "application/json": { "schema": { "enum": ["it's"] } } } } } } },
        });
        let spec = Spec(&document);
        assert!(spec.curl(&spec.operations(None)[0], "").contains(r#"-d '"it'\''s"'"#));
    }
}
