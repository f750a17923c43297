//! The pages.
//!
//! - [`House`]: what handlers work with. [`router`]: every page and what changes things. [`route::all`]: the list of routes.
//! - `page`: functions from views to markup. `ui`: components. `route`: handlers, one file a feature.
//! - [`text`], [`fault`]: every word, in both languages. [`mod@format`]: numbers, money, days.
//! - [`asset`]: styles, scripts, icons.
//!
//! **Invariant:** nothing is changed by GET. No markup is made of strings: `maud` escapes, and the page's policy forbids
//! inline script and style and every Trusted Types policy.
//!
//! # How to add one more
//! A page: a view and its function in `page/`, a route in `route/mod.rs`, a handler beside the others of its feature, its
//! words in `text.rs`. A component: `ui/`. A style: the file of its part in `assets/css`. A script: a module in `assets/js` of at
//! most 150 lines, named in `asset.rs`.

pub mod asset;
pub mod fault;
pub mod format;
mod house;
pub mod page;
pub mod route;
pub mod text;
pub mod ui;

pub use axum::Router;
pub use house::House;
pub use page::error::Errors;
pub use route::router;
