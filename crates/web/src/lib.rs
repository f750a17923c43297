//! The routes of the pages.
//!
//! - [`House`]: what handlers work with. [`router`]: every page and what changes things. [`route::all`]: the list of routes.
//! - `route`: handlers, one file a feature. What they show is drawn by the crate `pages`, in the words of the crate `ui`.
//!
//! **Invariant:** nothing is changed by GET, but by the way back from the identity provider, which takes a value that it gave along
//! and what the browser holds, both once.
//!
//! # How to add one more
//! A page: a view and its function in `pages`, its address in `paths`, its place in `route/mod.rs`, a handler beside the others of its feature.

mod house;
pub mod route;

pub use axum::Router;
pub use house::{Describe, House};
pub use route::router;
