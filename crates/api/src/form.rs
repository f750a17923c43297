//! What enters: the body of a new or changed record.

use axum::extract::{FromRequest, Request};
use httpkit::{Json, Refusal};
use records::Change;
use serde_json::{Map, Value};

/// The member of a body that holds the fields.
const FIELDS: &str = "fields";

/// `{"fields": {...}}`, and nothing else. The fields themselves are judged by the use case, which knows the object.
pub(crate) struct RecordForm(pub(crate) Change);

impl<S: Send + Sync> FromRequest<S> for RecordForm {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        // Not a derived struct: that would take `[{...}]` for an object, too, and name only the first stranger.
        let Json(members) = Json::<Map<String, Value>>::from_request(request, state).await?;
        change(members).map(Self)
    }
}

/// Takes the members of a body.
///
/// # Errors
/// [`Refusal`] that names each member nobody knows, and `fields` if it is missing or no object.
fn change(mut members: Map<String, Value>) -> Result<Change, Refusal> {
    let fields = members.remove(FIELDS);
    let refusal = Refusal::invalid("invalid");
    let mut refusal = members.into_iter().fold(refusal, |refusal, (name, _)| refusal.wrong(name, "unknown-member"));
    match fields {
        Some(Value::Object(fields)) if refusal.wrongs().is_empty() => return Ok(Change::from_json(fields)),
        Some(Value::Object(_)) => {}
        Some(_) => refusal = refusal.wrong(FIELDS, "wrong-type"),
        None => refusal = refusal.wrong(FIELDS, "required"),
    }
    Err(refusal)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_is_its_fields_and_every_other_member_is_named() {
        let judged = |body: Value| match change(body.as_object().unwrap().clone()) {
            Ok(change) => Ok(change.fields().map(str::to_owned).collect::<Vec<_>>()),
            Err(refusal) => Err(refusal.wrongs().iter().map(|w| (w.field.clone(), w.code.clone())).collect::<Vec<_>>()),
        };
        let wrong =
            |pairs: &[(&str, &str)]| Err(pairs.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect());
        assert_eq!(judged(json!({ "fields": { "b": 1, "a": null } })), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(judged(json!({ "fields": {} })), Ok(vec![]));
        assert_eq!(judged(json!({})), wrong(&[("fields", "required")]));
        assert_eq!(judged(json!({ "fields": [] })), wrong(&[("fields", "wrong-type")]));
        assert_eq!(judged(json!({ "fields": null })), wrong(&[("fields", "wrong-type")]));
        let strangers = json!({ "fields": {}, "version": 1, "owner_id": "x" });
        assert_eq!(judged(strangers), wrong(&[("owner_id", "unknown-member"), ("version", "unknown-member")]));
    }
}
