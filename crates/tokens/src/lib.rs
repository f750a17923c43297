//! Tokens for programs: 256 bits, shown once, with an end, and never more rights than their owner has at the moment.
//!
//! - [`Tokens`]: the handle. `act.rs`: making, listing, withdrawing. `activity.rs`: what one did. `apps.rs`: those that apps hold.
//!   `authenticate.rs`: from what a program presents to the
//!   context of its request. `rules.rs`: what a token may be; `rows.rs`: the rows it is kept to. `model.rs`, `store.rs`: the rows.
//!
//! **Invariant:** only a keyed hash of a token is stored. Whoever reads the database has no token.
//!
//! **Invariant:** a token that was withdrawn is refused at once by this process and within a second by every other. One whose
//! owner loses the account ends in the transaction that closes it (`accounts::token`).
//!
//! # How to add one more
//! A condition that a token is used under: a column of `api_token`, its question in `rules.rs`, asked in `authenticate.rs` of
//! every request, also of one that was recognised a moment ago.

mod act;
mod activity;
mod apps;
mod assistant;
mod authenticate;
mod fault;
mod model;
mod rows;
mod rules;
mod store;
mod tokens;
mod workspace;

pub use activity::{Activity, Deed};
pub use apps::Issue;
pub use authenticate::Presented;
pub use fault::TokenFault;
pub use model::{NewToken, Standing, TokenForm, TokenView};
pub use rules::{ASSISTANT, FIRST_DAY, PROPOSES, VERBS, fields_exist, scopes_of};
pub use tokens::Tokens;
pub use workspace::{EVERYTHING, OF_WORKSPACE, is_of_workspace};
