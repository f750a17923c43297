//! Pages of the console: the own account's neighbours, people, rules, providers. Functions from views to markup,
//! like those of `pages`, whose frame and parts they use.
//!
//! # How to add one more
//! A view and a function that draws it in a module of its feature, out of the components of `ui`.

pub mod access;
pub mod api;
pub mod app;
pub mod budget;
pub mod call;
pub mod canary;
pub mod erasure;
pub mod integrity;
pub mod key;
pub mod oversight;
pub mod policy;
pub mod rescue;
pub mod role;
pub mod settings;
pub mod sso;
pub mod suggestion;
pub mod token;
pub mod webhook;
