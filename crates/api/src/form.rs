//! What enters: the body of a new or changed record, and that of a search.

use axum::extract::{FromRequest, Request};
use httpkit::{Json, Refusal};
use kernel::Currency;
use records::{Change, ListQuery, Object};
use serde_json::{Map, Value};

use crate::fault::ApiFault;
use crate::picked::Picked;

/// The member of a body that holds the fields.
const FIELDS: &str = "fields";
/// The member by which a program says that what looks like a secret is meant to stand where it stands.
const KEEP: &str = "keep_secrets";

/// `{"fields": {...}, "keep_secrets": true}`, of which the second may be left out, and nothing else. The fields themselves are judged by the use case, which knows the object.
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
pub(crate) fn change(mut members: Map<String, Value>) -> Result<Change, Refusal> {
    let (fields, keep) = (members.remove(FIELDS), members.remove(KEEP));
    let refusal = Refusal::invalid("invalid");
    let mut refusal = members.into_iter().fold(refusal, |refusal, (name, _)| refusal.wrong(name, "unknown-member"));
    if !matches!(keep, None | Some(Value::Bool(_))) {
        refusal = refusal.wrong(KEEP, "wrong-type");
    }
    match fields {
        Some(Value::Object(fields)) if refusal.wrongs().is_empty() => {
            let change = Change::from_json(fields);
            return Ok(if keep == Some(Value::Bool(true)) { change.keeping_secrets() } else { change });
        }
        Some(Value::Object(_)) => {}
        Some(_) => refusal = refusal.wrong(FIELDS, "wrong-type"),
        None => refusal = refusal.wrong(FIELDS, "required"),
    }
    Err(refusal)
}

/// `{"filters": [...], "sort": ..., "limit": ..., "after": ..., "fields": [...]}`, each of which may be left out: a list whose
/// parameters no address holds.
pub(crate) struct SearchForm {
    parameters: Vec<(&'static str, String)>,
    fields: Option<Vec<String>>,
}

impl<S: Send + Sync> FromRequest<S> for SearchForm {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let Json(members) = Json::<Map<String, Value>>::from_request(request, state).await?;
        search(members)
    }
}

impl SearchForm {
    /// Returns what it asks for.
    ///
    /// # Errors
    /// [`ApiFault`] that names the member that is wrong.
    pub(crate) fn judge(&self, object: &Object, currency: Currency) -> Result<(ListQuery, Picked), ApiFault> {
        let pairs = self.parameters.iter().map(|(name, text)| (*name, text.as_str()));
        let query = ListQuery::parse(object, currency, pairs).map_err(|fault| ApiFault::in_body(&fault))?;
        let picked = self.fields.as_ref().map(|names| Picked::of(object, names.iter().map(String::as_str)));
        Ok((query, picked.transpose()?.unwrap_or_default()))
    }
}

/// Takes the members of a search.
///
/// # Errors
/// [`Refusal`] that names each member nobody knows, and each that is of another type.
fn search(members: Map<String, Value>) -> Result<SearchForm, Refusal> {
    let (mut form, mut refusal) = (SearchForm { parameters: Vec::new(), fields: None }, Refusal::invalid("invalid"));
    for (name, value) in members {
        let pairs = match (name.as_str(), value) {
            ("filters", Value::Array(items)) => {
                texts(items).map(|all| all.into_iter().map(|text| ("f", text)).collect())
            }
            // In a list of parameters nothing is what was not said; here it is said.
            ("sort", Value::String(text)) if !text.is_empty() => Some(vec![("sort", text)]),
            ("after", Value::String(text)) if !text.is_empty() => Some(vec![("after", text)]),
            // The `next` of the last page, sent back.
            ("after", Value::Null) => Some(Vec::new()),
            ("limit", Value::Number(number)) if number.is_u64() || number.is_i64() => {
                Some(vec![("limit", number.to_string())])
            }
            (FIELDS, Value::Array(items)) => {
                form.fields = texts(items);
                form.fields.is_some().then(Vec::new)
            }
            ("filters" | "sort" | "after" | "limit" | FIELDS, _) => None,
            _ => {
                refusal = refusal.wrong(name, "unknown-member");
                continue;
            }
        };
        match pairs {
            Some(pairs) => form.parameters.extend(pairs),
            None => refusal = refusal.wrong(name, "wrong-type"),
        }
    }
    if refusal.wrongs().is_empty() { Ok(form) } else { Err(refusal) }
}

/// Takes texts, and nothing else.
fn texts(items: Vec<Value>) -> Option<Vec<String>> {
    let text = |item| if let Value::String(text) = item { Some(text) } else { None };
    items.into_iter().map(text).collect()
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

    #[test]
    fn a_search_is_the_parameters_of_a_list_and_every_other_member_is_named() {
        let judged = |body: Value| match search(body.as_object().unwrap().clone()) {
            Ok(form) => Ok((form.parameters, form.fields)),
            Err(refusal) => Err(refusal.wrongs().iter().map(|w| (w.field.clone(), w.code.clone())).collect::<Vec<_>>()),
        };
        let all = json!({ "filters": ["a:is:b", "c:empty"], "sort": "-d", "limit": 5, "after": "x", "fields": ["e"] });
        let pairs = [("after", "x"), ("f", "a:is:b"), ("f", "c:empty"), ("limit", "5"), ("sort", "-d")];
        let pairs: Vec<_> = pairs.map(|(name, text)| (name, text.to_owned())).into();
        assert_eq!(judged(all), Ok((pairs, Some(vec!["e".to_owned()]))));
        assert_eq!(judged(json!({ "after": null })), Ok((vec![], None)));
        assert_eq!(judged(json!({ "fields": [] })), Ok((vec![], Some(vec![]))));
        for (name, value) in [
            ("filters", json!("a:is:b")),
            ("filters", json!(["a:is:b", 1])),
            ("filters", json!(null)),
            ("sort", json!("")),
            ("sort", json!(["name"])),
            ("after", json!("")),
            ("limit", json!("5")),
            ("limit", json!(1.5)),
            ("limit", json!(true)),
            ("fields", json!({ "name": 1 })),
            ("fields", json!("name")),
        ] {
            let refused = judged(json!({ name: value })).unwrap_err();
            assert_eq!(refused, [(name.to_owned(), "wrong-type".to_owned())], "{value}");
        }
        for stranger in ["f", "bin", "filter", "object"] {
            let refused = judged(json!({ stranger: [] })).unwrap_err();
            assert_eq!(refused, [(stranger.to_owned(), "unknown-member".to_owned())]);
        }
    }
}
