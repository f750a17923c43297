//! What the CRM keeps: definitions of objects, and values of their fields. Pure: no database, no keys, no clock.
//!
//! - [`object`]: objects and fields, read from definitions; the standard ones lie in `standard/*.toml`.
//! - [`value`]: values of fields, parsed at the border, stored compactly.
//!
//! Everything above is written once, over definitions: tables, forms, lists, search, import, API.
//!
//! # How to add one more
//! An object or a field of one: `standard/*.toml`. A kind of field: a variant of [`object::Kind`], and what the compiler then
//! asks for: how it is parsed (`value/parse.rs`), stored (`value/code.rs`) and spoken in JSON (`value/json.rs`).

pub mod change;
pub mod object;
pub mod value;
