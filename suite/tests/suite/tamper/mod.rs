//! Somebody with the database file changes it: the ledger says where, and a seal that was moved does not open.

mod keys;
mod ledger;
mod random;
mod rights;
mod rows;
mod seals;
mod sweep;
