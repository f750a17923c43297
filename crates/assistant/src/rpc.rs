//! Messages (JSON-RPC 2.0, as the Model Context Protocol uses it: one at a time).

use serde_json::{Map, Value as Json, json};

/// The version that is spoken where none was agreed on.
pub const LATEST: &str = "2025-11-25";
/// All that are spoken: to us they differ in nothing.
pub const VERSIONS: [&str; 3] = ["2025-03-26", "2025-06-18", LATEST];

/// Tells whether a version of the protocol is spoken.
#[must_use]
pub fn is_spoken(version: &str) -> bool {
    VERSIONS.contains(&version)
}

/// What goes back.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// An answer, or what is wrong with the question.
    Answer(Json),
    /// Nothing: it was told, and not asked.
    Taken,
    /// It is no message.
    Malformed(Json),
}

impl Reply {
    /// Answers the question with an id.
    pub(crate) fn of(id: Json, result: Result<Json, RpcError>) -> Self {
        Self::Answer(match result {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err(error) => error.of(&id),
        })
    }
}

/// Why there is no answer (JSON-RPC 2.0 §5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RpcError {
    code: i64,
    message: String,
}

impl RpcError {
    /// There is no such method.
    pub(crate) const METHOD: Self = Self { code: -32601, message: String::new() };

    pub(crate) fn parameters(message: impl Into<String>) -> Self {
        Self { code: -32602, message: message.into() }
    }

    fn request(message: &str) -> Self {
        Self { code: -32600, message: message.to_owned() }
    }

    /// Returns the message that says so.
    pub(crate) fn of(&self, id: &Json) -> Json {
        let message = if *self == Self::METHOD { "no such method" } else { self.message.as_str() };
        json!({"jsonrpc": "2.0", "id": id, "error": {"code": self.code, "message": message}})
    }
}

/// A message.
#[derive(Debug, PartialEq)]
pub(crate) enum Message {
    /// Something is asked.
    Request { id: Json, method: String, params: Map<String, Json> },
    /// Something is told: a notification, or the answer to a question that we never ask.
    Notice,
}

/// Takes a message apart.
pub(crate) fn parse(json: Json) -> Result<Message, RpcError> {
    let Json::Object(mut message) = json else { return Err(RpcError::request("not one message")) };
    if message.get("jsonrpc").and_then(Json::as_str) != Some("2.0") {
        return Err(RpcError::request("not JSON-RPC 2.0"));
    }
    let (id, params) = (message.remove("id"), message.remove("params"));
    let method = match message.remove("method") {
        Some(Json::String(method)) => method,
        Some(_) => return Err(RpcError::request("the method is no text")),
        None if message.contains_key("result") || message.contains_key("error") => return Ok(Message::Notice),
        None => return Err(RpcError::request("no method")),
    };
    let params = match params {
        None => Map::new(),
        Some(Json::Object(params)) => params,
        Some(_) => return Err(RpcError::request("the parameters are no object")),
    };
    match id {
        None => Ok(Message::Notice),
        Some(id) if id.is_string() || id.is_i64() || id.is_u64() => Ok(Message::Request { id, method, params }),
        Some(_) => Err(RpcError::request("the id is neither text nor a whole number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Message, RpcError> {
        parse(serde_json::from_str(body).unwrap())
    }

    #[test]
    fn what_is_no_message_is_told_so() {
        for body in [
            "null",
            "1",
            "\"x\"",
            "[]",
            r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
            "{}",
            r#"{"id":1,"method":"ping"}"#,
            r#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#,
            r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":7}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#,
        ] {
            assert_eq!(read(body).unwrap_err().code, -32600, "{body}");
        }
    }

    #[test]
    fn what_is_asked_is_told_from_what_is_told() {
        let asked = read(r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#).unwrap();
        assert_eq!(asked, Message::Request { id: json!("a"), method: "ping".to_owned(), params: Map::new() });
        for told in [
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"search"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#,
        ] {
            assert_eq!(read(told), Ok(Message::Notice), "{told}");
        }
    }
}
