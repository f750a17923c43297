//! The parameters of a URL. One that is misspelled must not quietly mean "everything", so strangers are refused.

use std::fmt::Write as _;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use http::request::Parts;
use httpkit::{Pairs, Params, Refusal, segment_url};
use kernel::Currency;
use records::{FilterFault, ListQuery, Object};

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

/// Refuses parameters that nobody knows.
pub(crate) fn known(pairs: &Pairs, allowed: &[(&str, bool)]) -> Result<(), Refusal> {
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

/// Which page of a list without filters: `limit` and `after`, as lists of records have them. The key is the id of the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// So many.
    pub(crate) most: u32,
    after: Option<String>,
}

/// So many are on a page where nothing is said, and at most.
const PAGE: (u32, u32) = (50, 200);
/// No id is longer, whatever it is spelled of.
const LONGEST_KEY: usize = 64;

impl Window {
    /// Returns the key of the one before the page.
    ///
    /// # Errors
    /// [`ApiFault`] that names the parameter if it is no key of this list.
    pub(crate) fn after<T: FromStr>(&self) -> Result<Option<T>, ApiFault> {
        let key = |text: &str| text.parse().ok().filter(|_| text.len() <= LONGEST_KEY).ok_or(FilterFault::Cursor);
        Ok(self.after.as_deref().map(key).transpose()?)
    }

    /// Returns the page of what is there as a whole, in the order of its keys.
    pub(crate) fn cut<T, K: Ord>(&self, mut all: Vec<T>, after: Option<&K>, key: impl Fn(&T) -> K) -> Vec<T> {
        all.retain(|one| after.is_none_or(|after| key(one) > *after));
        all.sort_by_key(key);
        all.truncate(self.most as usize);
        all
    }

    /// Returns the key of the next page: there may be one behind a full page.
    pub(crate) fn next<T>(&self, page: &[T], key: impl Fn(&T) -> String) -> Option<String> {
        page.last().filter(|_| page.len() >= self.most as usize).map(key)
    }

    /// Returns the link to the page behind a key.
    pub(crate) fn link(&self, at: &impl std::fmt::Display, key: &str) -> String {
        format!("<{at}?limit={}&after={}>; rel=\"next\"", self.most, segment_url(key))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Window {
    type Rejection = ApiFault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiFault> {
        let Params(pairs) = Params::from_request_parts(parts, state).await?;
        known(&pairs, &[("limit", false), ("after", false)])?;
        let most = pairs.get("limit").filter(|text| !text.is_empty()).map_or(Some(PAGE.0), |text| text.parse().ok());
        let most = most.filter(|most| (1..=PAGE.1).contains(most)).ok_or(FilterFault::Limit)?;
        Ok(Self { most, after: pairs.get("after").filter(|text| !text.is_empty()).map(str::to_owned) })
    }
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
