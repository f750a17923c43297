//! Every use case, on both engines, in one test binary.
//!
//! - `policy_matrix`: who may do what, as a file whose changes are seen.
//! - `roles`: what a workspace makes of roles, teams and shares, through every way in.
//! - `routes`, `pages`: every address, asked by everybody; every page, looked at closely.
//! - `schema`: both engines hold the same tables, and take every statement of the program.
//! - `mass`: whoever sends more than a form asks for.
//! - `laws`, `sealed`, `tamper`: what the program promises, broken on purpose.
//! - `attack`: what somebody does who wants to be somebody else.
//! - `bad_input`, `files`: whatever people type and bring along.
//! - `account`: what people are told about their accounts.
//! - `secret`: keys, numbers of cards and the like in free text. `reveal`: why somebody opened a sensitive field.
//! - `approval`: what takes a second person.
//! - `keys`: keys in operation. `reindex`: the key of the index is changed. `reseal`: that of an object.
//! - `erasure`: somebody is erased, in every file.
//! - `export`: many records out. `canary`: what gives away whoever takes them.
//! - `attachment`: files on records.
//! - `webhook`: what others are told, and what they are not. `assistant`: what AI assistants may ask.
//! - `asvs`: which requirements of OWASP ASVS hold, and the tests that prove it.
//! - `concurrency`, `order`, `program`: many at once; the program itself, killed and misused.
//!
//! Files of expectations are written anew with `CUSTOS_BLESS=1`. Each test says in a line "Fails when" what has to be
//! switched off in the product for it to fail.
//!
//! # How to add one more
//! A use case: a function `async fn(App)` and its line in `on_both_engines!`. A route: an arm in `routes::cases`, without
//! which a test fails. A protection: what breaks it, in the file of its kind.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::string_slice,
    reason = "a test fails by panicking, and says what it skipped"
)]

mod account;
mod approval;
mod assistant;
mod asvs;
mod attachment;
mod attack;
mod bad_input;
mod caller;
mod canary;
mod concurrency;
mod erasure;
mod errand;
mod export;
mod files;
mod keys;
mod laws;
mod mass;
mod order;
mod oversight;
mod pages;
mod policy_matrix;
mod program;
mod reindex;
mod reseal;
mod reveal;
mod roles;
mod routes;
mod rows;
mod schema;
mod sealed;
mod secret;
mod sso;
mod stray;
mod suggestion;
mod support;
mod tamper;
mod webhook;
