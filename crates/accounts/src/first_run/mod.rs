//! First run: a one-time link, and what it makes.
//!
//! There is no default account and no installer that anybody on the network could reach first (OWASP ASVS 5.0 V6.3.2): the
//! link is printed to the terminal of whoever started the program, and only its hash is stored.
//!
//! The first person is alone, so they hold three roles: administrator, to invite the others; manager, to work; and auditor, to
//! see the ledger, their own lines included. That is the one time anybody gives themselves rights: from then on nobody
//! changes their own roles, and a second administrator can take apart what the first start had to join.

mod act;
mod model;
mod store;

pub use model::{Founder, Workspace};
