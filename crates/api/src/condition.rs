//! Versions on the wire: `ETag` says which one was answered, `If-Match` which one a change was made from.

use axum::extract::FromRequestParts;
use db::ReadTx;
use http::request::Parts;
use http::{StatusCode, header};
use httpkit::Refusal;
use kernel::{Class, Fault as _};
use records::{RecordFault, RecordRef, Records};

use crate::fault::ApiFault;

/// No stored record has this version.
const NEVER: i64 = 0;

/// Returns the entity tag of a version (RFC 9110 §8.8.3).
pub(crate) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// Which version a request insists on (RFC 9110 §13.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IfMatch {
    /// Whichever there is.
    Any,
    /// One of these. Tags that are no version of ours are left out: nothing matches them.
    OneOf(Vec<i64>),
}

impl IfMatch {
    /// Returns the version a use case shall insist on. Of several it is the one the record has now, if that is among them.
    ///
    /// # Errors
    /// What reading the record says.
    pub(crate) fn version(
        &self,
        records: &Records,
        tx: &ReadTx<'_>,
        at: &RecordRef,
    ) -> Result<Option<i64>, RecordFault> {
        Ok(match self {
            Self::Any => None,
            Self::OneOf(versions) => match versions.as_slice() {
                [] => Some(NEVER),
                [one] => Some(*one),
                several => {
                    Some(records.read_record(tx, at)?.current_version()).filter(|v| several.contains(v)).or(Some(NEVER))
                }
            },
        })
    }

    /// Turns the fault of a use case that insisted on the version into an answer: 412 says that the request's own condition
    /// did not hold, 409 that two changes met.
    pub(crate) fn judge(&self, fault: RecordFault) -> ApiFault {
        match (self, fault.class()) {
            (Self::OneOf(_), Class::Stale) => Refusal::new(StatusCode::PRECONDITION_FAILED, fault.code()).into(),
            _ => fault.into(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let lines: Vec<_> = parts
            .headers
            .get_all(header::IF_MATCH)
            .iter()
            .map(|line| String::from_utf8_lossy(line.as_bytes()))
            .collect();
        if lines.is_empty() {
            return Ok(Self::Any);
        }
        // Several lines are one list (RFC 9110 §5.3).
        parse(&lines.join(",")).ok_or_else(|| Refusal::malformed("If-Match header"))
    }
}

/// Optional white space (RFC 9110 §5.6.3).
const BLANK: [char; 2] = [' ', '\t'];

/// Reads `*` or a list of entity tags. Not split at commas: a tag may hold one.
fn parse(text: &str) -> Option<IfMatch> {
    let mut rest = text.trim_matches(BLANK);
    if rest == "*" {
        return Some(IfMatch::Any);
    }
    let (mut versions, mut any) = (Vec::new(), false);
    loop {
        // Empty elements are to be ignored (RFC 9110 §5.6.1.2).
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return any.then_some(IfMatch::OneOf(versions));
        }
        let weak = rest.strip_prefix("W/");
        let (tag, after) = weak.unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
        if tag.contains(|c: char| c <= ' ' || c == '\u{7f}') {
            return None;
        }
        // Weak tags never match here (RFC 9110 §8.8.3.2).
        versions.extend(version(tag).filter(|_| weak.is_none()));
        any = true;
        rest = after.trim_start_matches(BLANK);
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
}

/// Reads a version as [`etag`] spells it, and in no other way.
fn version(tag: &str) -> Option<i64> {
    tag.parse::<i64>().ok().filter(|version| version.to_string() == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_a_list_of_tags_or_a_star() {
        let of = |versions: &[i64]| Some(IfMatch::OneOf(versions.to_vec()));
        for (text, expected) in [
            ("*", Some(IfMatch::Any)),
            (" * ", Some(IfMatch::Any)),
            ("\"3\"", of(&[3])),
            (" \"3\" , \"4\",,\t\"5\" ,", of(&[3, 4, 5])),
            ("W/\"3\"", of(&[])),
            ("W/\"3\", \"4\"", of(&[4])),
            ("\"03\", \"+3\", \"abc\", \"\", \"a,b\", \"ä\"", of(&[])),
            ("\"99999999999999999999\"", of(&[])),
            ("", None),
            (" , ", None),
            ("3", None),
            ("\"3", None),
            ("\"3\" \"4\"", None),
            ("\"3\"4", None),
            ("\"a b\"", None),
            ("w/\"3\"", None),
            ("*, \"3\"", None),
            ("\"3\", *", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert_eq!(parse(&etag(7)), of(&[7]));
    }
}
