//! What operations answer.

use records::Object;
use serde_json::{Map, Value, json};

use super::{schema, with};

/// A status and what comes with it.
pub(super) type Answer = (String, Value);

/// Returns the answers of an operation: those of success, those `failures` that its own work brings about, and those that
/// every request may meet.
pub(super) fn answers<const N: usize>(failures: &[&str], good: [Answer; N]) -> Value {
    let mut all: Map<String, Value> = good.into_iter().collect();
    for problem in problem::ALL {
        if problem.everywhere || failures.contains(&problem.name) {
            all.insert(
                problem.status.to_owned(),
                json!({ "$ref": format!("#/components/responses/{}", problem.name) }),
            );
        }
    }
    Value::Object(all)
}

/// Answers with JSON.
pub(super) fn whole(status: &str, what: &str, schema: Value) -> Answer {
    (status.to_owned(), json!({ "description": what, "content": { "application/json": { "schema": schema } } }))
}

/// Answers with one record and its version.
pub(super) fn record(object: &Object, status: &str, what: &str) -> Answer {
    let (status, answer) =
        whole(status, what, json!({ "$ref": format!("#/components/schemas/{}", schema::name(object)) }));
    let mut headers = json!({ "ETag": { "description": "The version.", "schema": { "type": "string" } } });
    if status == "201" {
        let place = json!({ "description": "Where it lies.", "schema": { "type": "string" } });
        headers = with(headers, "Location", place);
    }
    (status, with(answer, "headers", headers))
}

/// Answers with one page of a list.
pub(super) fn page(object: &Object) -> Answer {
    let (status, answer) = found(object);
    (status, with(answer, "headers", json!({ "Link": link() })))
}

/// Describes the way to the next page.
pub(super) fn link() -> Value {
    json!({ "description": "The next page (RFC 8288), where there is one.", "schema": { "type": "string" } })
}

/// Answers with one page that no address leads on from.
pub(super) fn found(object: &Object) -> Answer {
    whole("200", "One page.", json!({ "$ref": format!("#/components/schemas/{}Page", schema::name(object)) }))
}

/// Failures: problems (RFC 9457).
pub(super) mod problem {
    use super::{Map, Value, json, with};

    /// One way to fail.
    pub(in crate::openapi) struct Problem {
        pub(super) name: &'static str,
        pub(super) status: &'static str,
        what: &'static str,
        /// Whether any request may meet it.
        pub(super) everywhere: bool,
    }

    const fn own(name: &'static str, status: &'static str, what: &'static str) -> Problem {
        Problem { name, status, what, everywhere: false }
    }

    const fn any(name: &'static str, status: &'static str, what: &'static str) -> Problem {
        Problem { name, status, what, everywhere: true }
    }

    pub(super) const ALL: &[Problem] = &[
        any("Malformed", "400", "The request cannot be read."),
        any("SignedOut", "401", "There is no token, or it is not good."),
        any("Forbidden", "403", "The owner of the token may not do this."),
        own("NotFound", "404", "It does not exist, or is hidden from the owner of the token."),
        any("TooSlow", "408", "The request took too long to arrive."),
        own("Conflict", "409", "Somebody else was faster, or a value is taken."),
        own("PreconditionFailed", "412", "It is not the version of `If-Match` any more."),
        own("TooLarge", "413", "The body is too large."),
        own("Unsupported", "415", "The body is of a kind that is not taken."),
        any("UnknownHost", "421", "The host is not one of this server's."),
        any("Invalid", "422", "What is asked can be read and not be done: each wrong member is named in `errors`."),
        any("TooMany", "429", "Too many requests; `Retry-After` says when to come back."),
        any("TooLong", "431", "The headers are too large."),
        any("Internal", "500", "Something broke; `instance` is what the log knows it by."),
        any("Unavailable", "503", "The database cannot be reached, or its disk is full."),
    ];

    /// Describes every failure.
    pub(in crate::openapi) fn all() -> Map<String, Value> {
        let described = ALL.iter().map(|problem| {
            let content =
                json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
            let described = json!({ "description": problem.what });
            // Headers that are too large are refused by the server's library, which says nothing about it.
            let whole = if problem.status == "431" { described } else { with(described, "content", content) };
            (problem.name.to_owned(), whole)
        });
        described.collect()
    }
}
