//! The parameters of a URL. One that is misspelled must not quietly mean "everything", so strangers are refused.

use std::fmt::Write as _;

use axum::extract::FromRequestParts;
use http::request::Parts;
use httpkit::{Pairs, Params, Refusal, segment_url};
use kernel::Currency;
use records::{ListQuery, Object};

use crate::fault::ApiFault;
use crate::picked::{FIELDS, Picked};
use crate::route::RecordList;

/// The parameters of a list, and whether they may be given several times.
const OF_LISTS: [(&str, bool); 5] = [("f", true), ("sort", false), ("limit", false), ("after", false), (FIELDS, false)];

/// A URL without parameters.
pub(crate) struct NoQuery;

impl<S: Send + Sync> FromRequestParts<S> for NoQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Params(pairs) = Params::from_request_parts(parts, state).await?;
        known(&pairs, &[]).map(|()| Self)
    }
}

/// Takes the parameters of a list.
///
/// # Errors
/// [`ApiFault`] that names each parameter nobody knows, or the one that is wrong.
pub(crate) fn list(object: &Object, currency: Currency, pairs: &Pairs) -> Result<(ListQuery, Picked), ApiFault> {
    known(pairs, &OF_LISTS)?;
    Ok((ListQuery::parse(object, currency, pairs.iter())?, picked(object, pairs)?))
}

/// Takes the parameters of one record.
///
/// # Errors
/// [`ApiFault`] that names each parameter nobody knows, or the one that is wrong.
pub(crate) fn one(object: &Object, pairs: &Pairs) -> Result<Picked, ApiFault> {
    known(pairs, &[(FIELDS, false)])?;
    Ok(picked(object, pairs)?)
}

fn picked(object: &Object, pairs: &Pairs) -> Result<Picked, Refusal> {
    pairs.get(FIELDS).map_or_else(|| Ok(Picked::default()), |text| Picked::parse(object, text))
}

fn known(pairs: &Pairs, allowed: &[(&str, bool)]) -> Result<(), Refusal> {
    let mut seen = Vec::new();
    let mut refusal = Refusal::invalid("invalid");
    for (name, _) in pairs.iter() {
        match allowed.iter().find(|(known, _)| *known == name) {
            None => refusal = refusal.wrong(name, "unknown-parameter"),
            Some((_, false)) if seen.contains(&name) => refusal = refusal.wrong(name, "repeated"),
            Some(_) => seen.push(name),
        }
    }
    if refusal.wrongs().is_empty() { Ok(()) } else { Err(refusal) }
}

/// Returns the link to the page of a list behind `cursor` (RFC 8288 §3).
pub(crate) fn next_link(at: &RecordList, (query, picked): (&ListQuery, &Picked), cursor: &str) -> String {
    let mut url = format!("{at}?");
    let fields = picked.spelled().map(|names| (FIELDS, names));
    for (name, value) in query.parameters().into_iter().chain(fields) {
        let _ = write!(url, "{name}={}&", segment_url(&value));
    }
    format!("<{url}after={}>; rel=\"next\"", segment_url(cursor))
}
