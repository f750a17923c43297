//! Failures as pages.

use http::StatusCode;
use kernel::{Lang, RequestId};

/// What a page about a failure may say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The status.
    pub status: StatusCode,
    /// The key of the message in the catalogue.
    pub code: &'static str,
    /// The language.
    pub lang: Lang,
    /// The id under which the log has the cause; only where there is one, since a page about something hidden is the same
    /// bytes as one about something absent.
    pub request: Option<RequestId>,
    /// The page that was asked for, where it is there once the browser has signed.
    pub back: Option<String>,
}

/// Makes pages about failures. The surface with the pages implements it.
pub trait ErrorPage: Send + Sync {
    /// Returns the HTML of the page.
    fn page(&self, said: &Said) -> String;

    /// Returns what a failure is called in a language, for programs that show it to people; nothing where nobody gave it words.
    fn title(&self, _lang: Lang, _code: &str) -> Option<&'static str> {
        None
    }
}
