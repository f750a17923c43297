//! What is bound to a statement, and what the two engines spell differently.
//!
//! - [`Val`]: a value on its way into a statement of either engine.
//! - [`Engine`], [`ColumnType`]: which engine, and what it calls the types of columns.
//! - [`numbered`], [`with_limits`], [`for_each`]: a statement as PostgreSQL wants it.
//!
//! # How to add one more
//! A kind of value: a variant of [`Val`], with what each engine is given for it. A type of column: a variant of [`ColumnType`].

mod engine;
mod text;
mod val;

pub use engine::{ColumnType, Engine};
pub use text::{for_each, numbered, with_limits};
pub use val::Val;
