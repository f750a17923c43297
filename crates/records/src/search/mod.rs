//! Finding records by what is sealed.
//!
//! The index holds keyed, truncated tokens of words, of their beginnings, of Han characters and pairs, and of pinyin; blind
//! tokens stand for whole values. Neither says anything without the key. A search asks the index for candidates, opens
//! them, checks that they match in truth, and ranks them. It asks in the order of how well a way to be found can match, and
//! stops where nothing better is to come. What is found by what says the crate `search`.

mod act;
mod anew;
mod holding;

pub use anew::Anew;
pub use search::{Question, TERMS};
pub(crate) use search::{normals, terms};
