//! The tools, as they are described to a model.

use serde_json::{Value as Json, json};

/// A record is named so in every tool.
const OBJECT: &str = "The name of an object, as describe_objects returns it: contact, company, deal …";

/// Returns every tool; those that propose only to whoever may.
pub(crate) fn all(proposes: bool) -> Vec<Json> {
    let mut tools = reading();
    if proposes {
        tools.extend(proposing());
    }
    tools
}

/// Tells whether a message calls a tool to look for something: by words, or by filters.
#[must_use]
pub fn looks_for(message: &Json) -> bool {
    let called = message.get("params").filter(|_| message.get("method").and_then(Json::as_str) == Some("tools/call"));
    let Some(called) = called else { return false };
    let filters = called.pointer("/arguments/filters").and_then(Json::as_array);
    called.get("name").and_then(Json::as_str) == Some("search") || filters.is_some_and(|filters| !filters.is_empty())
}

fn proposing() -> Vec<Json> {
    let fields = json!({"type": "object", "description":
        "Names of fields and what they shall hold, as get_record shows them but without from_outside; null takes a value away"});
    let why = json!({"type": "string", "maxLength": 500, "description":
        "Why, in one or two sentences for the person who decides: from which record or text you have it"});
    let object = json!({"type": "string", "description": OBJECT});
    let id = json!({"type": "string", "format": "uuid", "description": "The id of the record"});
    let tools = [
        tool(
            "propose_change",
            "Propose a change",
            "Proposes a change to a record. It changes nothing: the person behind your token sees it on the page Suggestions, and accepts or rejects it.",
            &json!({"object": object, "id": id, "fields": fields, "why": why}),
            &["object", "id", "fields", "why"],
        ),
        tool(
            "propose_new",
            "Propose a new record",
            "Proposes a new record, a note or a task about a contact for example. It makes nothing: the person behind your token sees it on the page Suggestions, and accepts or rejects it.",
            &json!({"object": object, "fields": fields, "why": why}),
            &["object", "fields", "why"],
        ),
    ];
    let writes = |mut tool: Json| {
        if let Some(hints) = tool.get_mut("annotations") {
            *hints = json!({"readOnlyHint": false, "destructiveHint": false, "idempotentHint": false, "openWorldHint": false});
        }
        tool
    };
    tools.into_iter().map(writes).collect()
}

fn reading() -> Vec<Json> {
    let id = json!({"type": "string", "format": "uuid", "description": "The id of the record"});
    let object = json!({"type": "string", "description": OBJECT});
    let filters = json!({"type": "array", "items": {"type": "string"}, "description":
        "Filters as column:operation:value, all of which hold, for example city:is:Lublin, amount:ge:1000, name:has:lind, owner:is:me"});
    let limit = |most: u32| json!({"type": "integer", "minimum": 1, "maximum": most});
    vec![
        tool(
            "describe_objects",
            "Objects and fields",
            "Returns the objects you may read, with their fields.",
            &json!({}),
            &[],
        ),
        tool(
            "search",
            "Search",
            "Finds records by words, names, addresses or numbers; the best first.",
            &json!({"query": {"type": "string"}, "objects": {"type": "array", "items": {"type": "string"}}, "limit": limit(20)}),
            &["query"],
        ),
        tool(
            "list_records",
            "List records",
            "Lists records of an object. Where there are more, next is what goes into after.",
            &json!({"object": object, "filters": filters, "sort": {"type": "string", "description":
                "A field that sorts, with - in front for the largest first"}, "limit": limit(50), "after": {"type": "string"}}),
            &["object"],
        ),
        tool(
            "count_records",
            "Count records",
            "Counts records of an object, and shows none.",
            &json!({"object": object, "filters": filters}),
            &["object"],
        ),
        tool(
            "get_record",
            "Open a record",
            "Returns one record.",
            &json!({"object": object, "id": id}),
            &["object", "id"],
        ),
        tool(
            "get_timeline",
            "Timeline of a record",
            "Returns what was done to a record, the newest first, with values before and after.",
            &json!({"object": object, "id": id, "limit": limit(50)}),
            &["object", "id"],
        ),
    ]
}

fn tool(name: &str, title: &str, about: &str, properties: &Json, required: &[&str]) -> Json {
    json!({
        "name": name,
        "title": title,
        "description": about,
        "inputSchema": {"type": "object", "properties": properties, "required": required, "additionalProperties": false},
        "outputSchema": {
            "type": "object",
            "properties": {"notice": {"type": "string"}, "data": {"type": "object"}},
            "required": ["notice", "data"],
        },
        "annotations": {"readOnlyHint": true, "destructiveHint": false, "idempotentHint": true, "openWorldHint": false},
    })
}
