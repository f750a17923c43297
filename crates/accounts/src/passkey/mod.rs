//! Passkeys: signing in with a key that never leaves its device and answers no other site (WebAuthn Level 3).
//!
//! - `proofs::passkey`: questions and judgements. `proofs::Site`: the site a passkey is bound to.
//! - `model`: what is kept of a passkey, sealed, and what its person sees of it.
//! - `rules`: what becomes of one by its use, its name, and whether it may go.
//! - `add`, `enter`, `keep`: adding one; signing in with one, without a user name; the list, names, removal.
//!
//! A question is taken out before its answer is judged and the judging happens outside any transaction, so that an answer
//! counts once, right or wrong, and a signature costs the database nothing.
//!
//! **Invariant:** a sign-in rests on a signature over our question, made for this origin and this name, by a key whose device
//! verified its person. Whatever is missing, the answer is the same; the ledger knows what it was.
//!
//! **A count that goes back** (§6.1.1) means that two devices hold one key. The sign-in is refused and the passkey suspended: it
//! stays in its person's list, marked, and opens nothing until it is removed and made anew. A password that stands alone
//! goes on working. Only the key itself can bring this about: the signature is checked first.

mod add;
mod enter;
mod keep;
mod model;
mod rules;

pub(crate) use add::{counts, waits};
pub use model::{PasskeyAnswer, PasskeyQuestion, PasskeyView};
pub use proofs::Site;
