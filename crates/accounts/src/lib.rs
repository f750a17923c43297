//! Who may sign in, and as whom: the only place that mints a `Cx` for people; `tokens` does for programs.
//!
//! - [`Accounts`]: the handle. Everything the pages, the API and the commands ask of this crate is a method of it.
//! - `first_run`: the one-time link of the first start, and what it makes: the workspace and its first person.
//! - `sign_in`: password and link, throttled; every refusal looks and costs the same.
//! - `session`: started, tied to a browser, recognised by its cookie, renewed at a rise of rights, ended.
//! - `token`: whom a program acts for, and that its tokens end with their account.
//! - `person`: profile, roles, state, preferences; names for owner columns.
//! - `invite`: a link by which a person joins.
//! - `factor`: what people prove who they are with beside a password, as sealed rows; questions that wait for an answer.
//! - `passkey`: signing in with a key that never leaves its device and answers no other site.
//! - `totp`, `recovery`: codes of an app, codes on paper. `second_step`: where they are asked for.
//! - `vouch`: the door for a company's own identity provider, behind which `sso` stands.
//! - `step_up`: proving again who one is, before dangerous acts; what is asked of whom is kept by the crate `policy`.
//! - `password`: the hashing, which happens on blocking threads and never inside a transaction.
//! - `afresh`: what the crates above need to let somebody in who lost every way.
//! - `link`: one-time links, which the others use.
//!
//! **Invariant:** no secret is stored. A password is an Argon2id hash, every other secret a keyed hash, and each is shown
//! once, to the one it was made for. Nothing here locks anybody out for good.
//!
//! **Invariant:** whoever loses a right loses it at once: sessions and tokens end in the transaction that takes it, and the
//! memory of recognised sessions is a second long.
//!
//! # How to add one more
//! A use case: a function over the transaction in the `act.rs` of its module, its SQL in `store.rs`, its decision in
//! `rules.rs`, and a method of [`Accounts`] beside it. A way to sign in: end in `session::act::start`, like the others. A
//! column of a person's profile: a field with the next number in `identity::Profile`. A fault: a variant of `identity::AccountFault`.

mod accounts;
mod afresh;
mod factor;
mod first_run;
mod invite;
mod link;
mod passkey;
mod password;
mod person;
mod recovery;
mod second_step;
mod session;
mod sign_in;
mod step_up;
mod token;
mod totp;
mod vouch;

pub use accounts::Accounts;
pub use factor::Kind as FactorKind;
pub use first_run::{Founder, Workspace};
pub use identity::{AccountFault, Step, Wrong};
pub(crate) use identity::{input, object};
pub use invite::{Invitation, Joining};
pub use link::{LinkView, NewLink, Purpose};
pub use passkey::{PasskeyAnswer, PasskeyQuestion, PasskeyView, Site};
pub use passwords::{Breached, BreachedFault, LONGEST, SHORTEST, SHORTEST_OF_TWO, build_breached};
pub use person::act::RULE;
pub use person::{Person, Preferences, Standing, State, Theme};
pub use second_step::{CodeSignIn, FactorsView};
pub use session::{BoundAnswer, BoundNext, DeviceAnswer, DeviceQuestion, NewSession, SessionView, Signed, SignedUser};
pub use sign_in::SignIn;
pub use step_up::Ways;
pub use token::Owner;
pub use totp::{Enrolment, TotpOffer};
pub use vouch::{Entered, Vouched};
