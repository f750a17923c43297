//! What every HTTP surface shares: connections, the rules every request passes, extractors, typed routes, errors.
//!
//! - [`Listen`], [`Limits`]: the accept loop. Other machines are reached over TLS only; whoever is slow on purpose is
//!   closed, and when the house is full the connection that was silent longest leaves.
//! - [`protect`]: the one layer around a router, set up by [`Guard`]: request id, host check, method rules, cross-site
//!   check, panics, error pages, security headers, access log.
//! - [`Rates`]: how many requests are heard of one person and of one network; [`Searches`]: how many of them may look for something.
//! - [`Asked`]: what is known of every request before anybody is signed in.
//! - [`Signed`], [`Bearer`]: who asks, by cookie and by token; [`Held`]: a cookie on the way to be proved. [`Form`], [`Fields`], [`Query`], [`Params`], [`Json`]: what
//!   they say.
//! - [`routes!`]: routes are types; a path is written once, and links are made by formatting its type.
//! - [`health`](mod@health): whether the server lives and can work.
//! - [`Refusal`]: how a handler fails. Any [`Fault`](kernel::Fault) becomes one by `?`; one table gives it its status;
//!   [`ErrorPage`] and RFC 9457 give it its body.
//!
//! **Invariant:** whatever a handler does, the client of a failure learns a code and at most a request id. What is
//! hidden and what is absent are answered with the same bytes.
//!
//! **Invariant:** a request that changes something and is signed in by cookie comes from our own pages, or carries the
//! token of its session; [`Signed`] does not exist otherwise.
//!
//! # How to add one more
//! A header for every answer: `answer/header.rs`. A status: the table in `answer/refusal.rs`. A limit: a field of
//! [`Limits`]. A rule every request must pass: `protect.rs`, with a line in its order. A route: one entry in the `routes!`
//! of its surface, and the router's [`at`](Mount::at).

mod answer;
pub mod health;
mod protect;
mod rate;
mod request;
mod route;
mod serve;

pub use answer::cookie::{
    BOUND, BOUND_ATTRIBUTES, away_cookie, bound_cookie, device_cookie, end_session_cookie, presented, presented_away,
    presented_device, session_cookie,
};
pub use answer::file::{download, picture};
pub use answer::header::{CONTENT_SECURITY_POLICY, clear_site_data};
pub use answer::page::{ErrorPage, Said};
pub use answer::problem::{takes_html, waits_for_page};
pub use answer::refusal::{PROVE, Refusal, Wrong, status};
/// Named by what [`routes!`] writes.
#[doc(hidden)]
pub use axum;
pub use protect::{Guard, GuardSettings, protect};
pub use rate::{FIRST_DAY, PER_MINUTE, Rates, Searches};
pub use request::agent::Agent;
pub use request::asked::{Asked, Surface};
pub use request::bearer::Bearer;
pub use request::body::keep_form;
pub use request::cookie::cookie;
pub use request::form::{Fields, Form, Pairs};
pub use request::host::Hosts;
pub use request::json::Json;
pub use request::next::Next;
pub use request::peer::{Peer, Proxies};
pub use request::query::{Params, Query};
pub use request::signed::{Held, Signed};
pub use route::{Mount, Route, RouteInfo, Segment, Segments, fill, segment_url};
pub use serve::{Bound, Limits, Listen, Patience, ServeFault, base_url};
