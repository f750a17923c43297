//! The handle, and one request.

use std::time::Duration;

use authz::Cx;
use db::{Db, DbFault, WriteTx};
use kernel::Uuid;
use ledger::ActorRef;
use vault::Vault;

use crate::{RepeatFault, RepeatKey, store};

/// For so long what a key made is found by it.
pub const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Knows which requests are the same. Cheap to clone.
#[derive(Clone)]
pub struct Repeats(Vault);

impl Repeats {
    /// Takes the vault, whose keys the hashes need.
    #[must_use]
    pub fn new(vault: Vault) -> Self {
        Self(vault)
    }

    /// Names a request: by its key and whoever asks, and by what is asked of `place` in `said`.
    ///
    /// The hashes are keyed: a short name or number of a telephone, and a key such as `contact-7`, are soon guessed otherwise.
    #[must_use]
    pub fn asked(&self, cx: &Cx, key: &RepeatKey, place: &str, said: &str) -> Asked {
        // No key holds a line break, nor does a place.
        let own = format!("{}\n{}", principal(cx.actor()), key.as_str());
        let request = self.0.blind("idempotency request", &format!("{own}\n{place}\n{said}"));
        Asked { key: self.0.blind("idempotency key", &own), request }
    }

    /// Forgets keys that are too old, and returns how many.
    ///
    /// # Errors
    /// [`DbFault`] of the engine.
    pub async fn tidy(&self, db: &Db, cx: &Cx) -> Result<u64, DbFault> {
        db.write(cx, |tx| store::forget(tx, tx.now().minus(KEPT))).await
    }
}

/// Whose keys these are: two tokens of one person know nothing of one another.
fn principal(actor: ActorRef) -> String {
    match actor {
        ActorRef::Token { token, .. } => format!("token {token}"),
        ActorRef::Job { job, .. } => format!("job {job}"),
        ActorRef::User(user) => format!("user {user}"),
        ActorRef::Operator => "operator".to_owned(),
        ActorRef::Nobody => "nobody".to_owned(),
        ActorRef::System => "system".to_owned(),
    }
}

/// A request under a key.
#[derive(Clone, Debug)]
pub struct Asked {
    pub(crate) key: [u8; 16],
    pub(crate) request: [u8; 16],
}

impl Asked {
    /// Makes something, unless this request made it before: then it is found again by its id.
    ///
    /// # Errors
    /// [`RepeatFault::Reused`] if the key came with another request; what `make` and `find` say.
    pub fn once<T, E: From<RepeatFault>>(
        &self,
        tx: &mut WriteTx<'_>,
        make: impl FnOnce(&mut WriteTx<'_>) -> Result<(Uuid, T), E>,
        find: impl FnOnce(&mut WriteTx<'_>, Uuid) -> Result<T, E>,
    ) -> Result<T, E> {
        if store::take(tx, self, tx.now().minus(KEPT)).map_err(RepeatFault::from)? {
            let (id, made) = make(tx)?;
            store::made(tx, self, id).map_err(RepeatFault::from)?;
            return Ok(made);
        }
        let (request, made) = store::find(tx, self).map_err(RepeatFault::from)?;
        if request != self.request {
            return Err(RepeatFault::Reused.into());
        }
        find(tx, made)
    }
}
