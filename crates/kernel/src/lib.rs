//! The words every other crate speaks: ids, time, chance, money, text and faults.
//!
//! Nothing here reads a clock, a file or a random device by itself except [`SystemClock`], the one door to the wall
//! clock. Everything that needs time or chance takes a [`Clock`] or a [`Chance`], so every test is deterministic.
//!
//! # How to add one more
//! A new kind of id is one line in `id.rs`; a new value type is a module with a private field, a `parse` that says what
//! is wrong, and a table test.

pub mod chance;
mod contact;
mod date;
mod fault;
mod id;
mod lang;
mod money;
mod name;
mod network;
pub mod text;
mod time;

pub use chance::{Chance, SeededChance};
pub use contact::{ContactFault, Email, Phone};
pub use date::Date;
pub use fault::{Class, Fault};
pub use id::{
    BindingId, ChallengeId, EntryId, FactorId, Id, IdFault, JobId, KeyId, NoticeId, RecordId, RequestId, RoleId,
    SessionId, SubjectId, TeamId, TokenId, UploadId, UserId, WorkspaceId,
};
pub use lang::Lang;
pub use money::{Currency, Money, MoneyFault};
pub use name::{FieldName, NameFault, ObjectName};
pub use network::{Network, NetworkFault};
pub use time::{Clock, FixedClock, SystemClock, Timestamp};
pub use uuid::Uuid;
