//! Routes are types: a path is written once, and links are made by formatting the route.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::routing::MethodRouter;
use http::request::Parts;
use kernel::{FieldName, Id, ObjectName};

use crate::Refusal;

/// A path with its parts, as a value. Made by [`routes!`](crate::routes).
pub trait Route: Sized {
    /// The pattern the router takes, `/{object}/{id}`.
    const PATH: &'static str;
    /// The methods it answers.
    const METHODS: &'static [&'static str];
    /// Whether nobody needs to be signed in.
    const PUBLIC: bool;

    /// Returns the path of this very value.
    fn to_url(&self) -> String;
}

/// What a list of routes says of one, for the tests that walk all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    /// The name of the type.
    pub name: &'static str,
    /// The pattern.
    pub path: &'static str,
    /// The methods it answers.
    pub methods: &'static [&'static str],
    /// Whether nobody needs to be signed in.
    pub public: bool,
}

/// Puts handlers at typed routes.
pub trait Mount<S> {
    /// Puts `handlers` at the route `R`.
    #[must_use]
    fn at<R: Route>(self, handlers: MethodRouter<S>) -> Self;
}

impl<S: Clone + Send + Sync + 'static> Mount<S> for Router<S> {
    fn at<R: Route>(self, handlers: MethodRouter<S>) -> Self {
        self.route(R::PATH, handlers)
    }
}

/// A part of a path. Each value has one spelling, so that each page has one address.
pub trait Segment: Sized {
    /// Reads the decoded part.
    fn read(text: &str) -> Option<Self>;
    /// Returns the part before encoding.
    fn spell(&self) -> String;
}

impl Segment for String {
    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
    fn spell(&self) -> String {
        self.clone()
    }
}

impl<K> Segment for Id<K> {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn spell(&self) -> String {
        self.to_string()
    }
}

impl Segment for ObjectName {
    fn read(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
    fn spell(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Segment for FieldName {
    fn read(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
    fn spell(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Segment for u64 {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number: &Self| number.to_string() == text)
    }
    fn spell(&self) -> String {
        self.to_string()
    }
}

/// Encodes text for one segment of a path or one value of a query (RFC 3986 §2.3): all but unreserved characters.
#[must_use]
pub fn segment_url(text: &str) -> String {
    let mut url = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

/// The parts of a matched path, by name. Used by [`routes!`](crate::routes).
pub struct Segments(RawPathParams);

impl Segments {
    /// Takes the parts of the path of a request.
    ///
    /// # Errors
    /// [`Refusal`] as not found: a path that is not text is the path of nothing.
    pub async fn of<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        RawPathParams::from_request_parts(parts, state).await.map(Self).map_err(|_| Refusal::not_found())
    }

    /// Reads one part.
    ///
    /// # Errors
    /// [`Refusal`] as not found, so that a malformed id looks like one that is not there.
    pub fn read<T: Segment>(&self, name: &str) -> Result<T, Refusal> {
        let found = self.0.iter().find(|(key, _)| *key == name);
        found.and_then(|(_, text)| T::read(text)).ok_or_else(Refusal::not_found)
    }
}

/// Declares the routes of a surface and the list `all()` of them.
///
/// ```
/// httpkit::routes! {
///     /// One record.
///     RecordPage { object: kernel::ObjectName, id: kernel::RecordId } => "/{object}/{id}", [GET POST];
///     /// Where people sign in.
///     SignInPage {} => "/sign-in", [GET POST], public;
/// }
/// use httpkit::Route as _;
/// assert_eq!(SignInPage {}.to_url(), "/sign-in");
/// assert_eq!(all().len(), 2);
/// ```
///
/// The part of a path that takes all the rest is written `{*name}`. A handler takes its route as an argument.
#[macro_export]
macro_rules! routes {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($part:ident : $kind:ty),* $(,)? } => $path:literal, [$($method:ident)+] $(, $public:ident)?;
    )+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $name {
                $(
                    #[doc = concat!("The part `", stringify!($part), "` of the path.")]
                    pub $part: $kind,
                )*
            }

            impl $crate::Route for $name {
                const PATH: &'static str = $path;
                const METHODS: &'static [&'static str] = &[$(stringify!($method)),+];
                const PUBLIC: bool = $crate::routes!(@public $($public)?);

                fn to_url(&self) -> ::std::string::String {
                    $crate::fill($path, &[$((stringify!($part), $crate::Segment::spell(&self.$part))),*])
                }
            }

            impl ::std::fmt::Display for $name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.write_str(&$crate::Route::to_url(self))
                }
            }

            impl<S: Send + Sync> $crate::axum::extract::FromRequestParts<S> for $name {
                type Rejection = $crate::Refusal;

                async fn from_request_parts(
                    parts: &mut $crate::axum::http::request::Parts,
                    state: &S,
                ) -> ::std::result::Result<Self, $crate::Refusal> {
                    let _segments = $crate::Segments::of(parts, state).await?;
                    Ok(Self { $($part: _segments.read(stringify!($part))?),* })
                }
            }
        )+

        /// Returns every route of this surface.
        #[must_use]
        pub const fn all() -> &'static [$crate::RouteInfo] {
            &[$($crate::RouteInfo {
                name: stringify!($name),
                path: <$name as $crate::Route>::PATH,
                methods: <$name as $crate::Route>::METHODS,
                public: <$name as $crate::Route>::PUBLIC,
            }),+]
        }
    };
    (@public) => { false };
    (@public public) => { true };
}

/// Fills the parts into a pattern. Used by [`routes!`](crate::routes).
#[must_use]
pub fn fill(pattern: &str, parts: &[(&str, String)]) -> String {
    let mut url = String::with_capacity(pattern.len() + 32);
    for (at, piece) in pattern.split('/').enumerate() {
        if at > 0 {
            url.push('/');
        }
        let name = piece.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let value = |name: &str| parts.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        match name {
            // What takes all the rest keeps its slashes.
            Some(name) if name.starts_with('*') => {
                let rest = value(name.trim_start_matches('*')).unwrap_or_default();
                let pieces: Vec<_> = rest.split('/').map(segment_url).collect();
                url.push_str(&pieces.join("/"));
            }
            Some(name) => url.push_str(&segment_url(value(name).unwrap_or_default())),
            None => url.push_str(piece),
        }
    }
    url
}
