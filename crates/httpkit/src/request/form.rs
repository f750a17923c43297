//! Forms, typed and as they were typed.

use std::fmt;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderValue, Method, header};
use serde::de::DeserializeOwned;

use super::{body, cross_site};
use crate::Refusal;

/// The fields of a form or query in order, as they were sent: what a page shows again when something was wrong.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

/// Shows names only: a form may hold a password or a customer.
impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(key, _)| key)).finish()
    }
}

impl Pairs {
    /// Reads `application/x-www-form-urlencoded` (WHATWG URL §5.1).
    ///
    /// # Errors
    /// [`Refusal`] if it is not text in UTF-8: guessing would store something else than was typed.
    pub fn parse(encoded: &[u8]) -> Result<Self, Refusal> {
        let pieces = encoded.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty());
        let pairs = pieces.map(|piece| {
            let mut halves = piece.splitn(2, |byte| *byte == b'=');
            let mut half = || decode(halves.next().unwrap_or_default());
            Some((half()?, half()?))
        });
        pairs.collect::<Option<_>>().map(Self).ok_or_else(|| Refusal::malformed("encoding"))
    }

    /// Returns the first value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Returns every value of a name.
    pub fn all<'p>(&'p self, name: &str) -> impl Iterator<Item = &'p str> {
        self.iter().filter(move |(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Returns name and value of every field, in order. The token against cross-site requests is not among them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.0.iter().filter(|(key, _)| key != cross_site::FIELD);
        fields.map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Returns the token against cross-site requests.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == cross_site::FIELD).map(|(_, value)| value.as_str())
    }
}

/// Decodes `+` and `%XX`; a `%` that begins no byte stands for itself.
fn decode(encoded: &[u8]) -> Option<String> {
    let mut plain = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'+', _) => plain.push(b' '),
            (b'%', [high, low, tail @ ..]) => match (nibble(*high), nibble(*low)) {
                (Some(high), Some(low)) => {
                    plain.push(high << 4 | low);
                    rest = tail;
                }
                _ => plain.push(b'%'),
            },
            (other, _) => plain.push(*other),
        }
    }
    String::from_utf8(plain).ok()
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Takes a form's body whole.
async fn encoded(request: Request) -> Result<Bytes, Refusal> {
    let kind = body::media_type(request.headers());
    let bytes = body::whole(request).await?;
    // A button without fields sends neither a body nor its type.
    if kind == body::FORM || bytes.is_empty() { Ok(bytes) } else { Err(Refusal::unsupported_media()) }
}

/// A form of any shape, as it was typed.
#[derive(Clone, Debug)]
pub struct Fields(pub Pairs);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        Pairs::parse(&encoded(request).await?).map(Self)
    }
}

/// A form of a known shape, and what was typed into it.
#[derive(Clone, Debug)]
pub struct Form<T> {
    /// The form.
    pub value: T,
    /// What was typed, for showing it again.
    pub pairs: Pairs,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = encoded(request).await?;
        let pairs = Pairs::parse(&bytes)?;
        let mut again = Request::new(Body::from(bytes));
        *again.method_mut() = Method::POST;
        again.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(body::FORM));
        let form = axum::extract::Form::<T>::from_request(again, state).await;
        let form = form.map_err(|_| Refusal::malformed("form"))?;
        Ok(Self { value: form.0, pairs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let pairs = Pairs::parse(text.as_bytes()).unwrap();
        pairs.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn what_was_typed_comes_back_as_it_was() {
        for (text, expected) in [
            ("", &[][..]),
            ("a=1&b=2&a=3", &[("a", "1"), ("b", "2"), ("a", "3")]),
            ("a+b=c%20d&e=%E7%8E%8B&csrf=secret", &[("a b", "c d"), ("e", "王")]),
            ("a&=b&&c==", &[("a", ""), ("", "b"), ("c", "=")]),
            ("a=%&b=%2&c=%zz&d=100%25", &[("a", "%"), ("b", "%2"), ("c", "%zz"), ("d", "100%")]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            assert_eq!(pairs(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_text_is_refused_instead_of_guessed() {
        assert!(Pairs::parse(b"a=%FF").is_err());
        assert!(Pairs::parse(b"a=\xff").is_err());
    }

    #[test]
    fn a_log_line_never_shows_what_was_typed() {
        let shown = format!("{:?}", Pairs::parse(b"password=hunter2").unwrap());
        assert!(shown.contains("password") && !shown.contains("hunter2"), "{shown}");
    }

    #[tokio::test]
    async fn a_form_is_read_by_shape_and_kept_as_typed() {
        #[derive(Debug, serde::Deserialize)]
        struct SignIn {
            email: String,
        }
        let request = |kind: &str, body: &str| {
            Request::builder().method("POST").header("content-type", kind).body(Body::from(body.to_owned())).unwrap()
        };
        let form = Form::<SignIn>::from_request(request(body::FORM, "email=a%40b&x=1"), &()).await.unwrap();
        assert_eq!((form.value.email.as_str(), form.pairs.get("x")), ("a@b", Some("1")));
        let with_charset = request("Application/X-WWW-Form-Urlencoded; charset=UTF-8", "email=a");
        assert!(Form::<SignIn>::from_request(with_charset, &()).await.is_ok());
        for (kind, text, status) in
            [("text/plain", "email=a", 415), (body::FORM, "mail=a", 400), (body::FORM, "email=%ff", 400)]
        {
            let refusal = Form::<SignIn>::from_request(request(kind, text), &()).await.unwrap_err();
            assert_eq!(refusal.status().as_u16(), status, "{kind} {text}");
        }
    }
}
