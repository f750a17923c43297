//! Codes on paper, for when the app or the key is lost (NIST SP 800-63B-4 §3.1.2): ten, shown once, each good once.

mod act;

pub(crate) use act::{drop_unless_asked_for, issue_first, left, spend, spend_hash};
