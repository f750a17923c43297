//! What a session is, and whom it stands for.

use std::sync::Arc;
use std::time::Duration;

use authz::{Assurance, Cx, Level, Role};
use binding::{Bound, Cookie, DeviceKey, Place, Purpose, Shown, Span, Tie};
use crypto::Secret;
use db::{Bare, DbFault, Row};
use kernel::{ChallengeId, SessionId, Timestamp, UserId, text};
use ledger::{Origin, Via};
use vault::Vault;

use crate::AccountFault;
use crate::person::{Account, Preferences};

/// A session just started. This is the only time its cookie is seen.
pub struct NewSession {
    /// Whose it is.
    pub user: UserId,
    /// The session.
    pub id: SessionId,
    /// The value of the cookie: 64 characters that need no escaping.
    pub cookie: Secret<String>,
    /// When it ends however much it is used.
    pub until: Timestamp,
    /// The question that the browser answers with a key of its own, if it keeps such; nothing in a session that goes on.
    pub offer: Option<ChallengeId>,
    /// What the browser is to hold for a year, so that it is known at the next sign-in; nothing if that stays as it is.
    pub device: Option<Secret<String>>,
}

/// The person behind a request, as the shell of every page shows them to themselves.
#[derive(Clone)]
pub struct SignedUser {
    /// The id.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// What the avatar shows.
    pub initials: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// How the person likes to work.
    pub preferences: Preferences,
}

/// A request whose session was recognised.
#[derive(Clone)]
pub struct Signed {
    /// Who acts.
    pub cx: Cx,
    /// The person.
    pub user: Arc<SignedUser>,
    /// What the forms of this session carry against cross-site requests.
    pub csrf: String,
    /// How long the browser need not sign; nothing if the session is tied to none.
    pub fresh: Option<Duration>,
}

/// What a browser signs to show that a session is its own.
pub struct DeviceQuestion {
    /// The session.
    pub session: SessionId,
    /// The question; good once, for a minute.
    pub challenge: ChallengeId,
    /// The key the session is tied to, as the browser spells it: another one need not try.
    pub key: String,
}

/// A browser's answer.
pub struct DeviceAnswer {
    /// What it was asked for: `refresh` or `act`.
    pub purpose: Purpose,
    /// The question.
    pub challenge: ChallengeId,
    /// The signature, in base64url.
    pub signature: String,
}

/// Makes of a row what the person's own pages show.
pub(crate) fn signed_user(account: &Account, vault: &Vault) -> Result<SignedUser, AccountFault> {
    let profile = account.profile(vault)?;
    Ok(SignedUser {
        id: account.id,
        initials: text::initials(&profile.name),
        preferences: profile.preferences(),
        name: profile.name,
        email: profile.email,
        roles: account.roles.clone(),
    })
}

/// One of a person's own sessions, for the list of their devices.
#[derive(Clone)]
pub struct SessionView {
    /// The session.
    pub id: SessionId,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub seen_at: Timestamp,
    /// When it ends however much it is used.
    pub until: Timestamp,
    /// The family of the browser.
    pub agent: Option<String>,
    /// The network address it was started from.
    pub ip: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

// Handed to the session's own person only: the statement binds the actor's id.
impl Bare for SessionView {}

/// A row of `session` that has not been ended.
pub(crate) struct SessionRow {
    pub(crate) secret_hash: [u8; 32],
    pub(crate) user: UserId,
    pub(crate) seen_at: Timestamp,
    pub(crate) span: Span,
    pub(crate) assurance: Assurance,
    pub(crate) tie: Option<Tie>,
    pub(crate) place: Place,
}

// What a cookie is compared with; shown to nobody.
impl Bare for SessionRow {}

impl SessionRow {
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, DbFault> {
        let tie = tie(row)?;
        Ok(Self {
            secret_hash: row.get(0)?,
            user: row.get(1)?,
            seen_at: row.get(2)?,
            span: Span { idle_until: row.get(3)?, until: row.get(4)?, tied: tie.is_some() },
            assurance: Assurance { level: Level::parse(row.get(5)?).ok_or(DbFault::Shape(5))?, at: row.get(6)? },
            tie,
            place: Place { agent: row.get(14)?, ip: row.get::<Option<String>>(15)?.and_then(|ip| ip.parse().ok()) },
        })
    }

    /// Returns what was proved in the session, as it counts where a request comes from: nothing lately, if that is another
    /// browser in another network.
    pub(crate) fn assurance_from(&self, origin: &Origin) -> Assurance {
        let left = self.place.is_left_for(origin.agent.as_deref(), origin.ip);
        if left { Assurance { at: Timestamp::from_micros(0), ..self.assurance } } else { self.assurance }
    }

    /// Returns the tie if our page keeps a key in the browser: what signs for dangerous acts.
    pub(crate) fn page_key(&self) -> Option<&Tie> {
        self.tie.as_ref().filter(|tie| tie.key.is_some())
    }

    /// Says which of the session's secrets a cookie shows.
    pub(crate) fn shown(&self, vault: &Vault, cookie: &Cookie) -> Option<Shown> {
        let hash = vault.token_hash(cookie.secret.expose());
        if crypto::same(&self.secret_hash, &hash) {
            return Some(Shown::Present);
        }
        let tie = self.tie.as_ref()?;
        if tie.former.is_some_and(|former| crypto::same(&former, &hash)) {
            return Some(Shown::Former);
        }
        crypto::same(&tie.family, &vault.token_hash(cookie.family())).then_some(Shown::Old)
    }
}

/// The columns of a session's tie, behind those of the session.
fn tie(row: &Row<'_>) -> Result<Option<Tie>, DbFault> {
    let Some(family) = row.get(8)? else { return Ok(None) };
    Ok(Some(Tie {
        key: key(row, 7)?,
        bound: match (row.get(16)?, key(row, 17)?, row.get(18)?) {
            (Some(id), Some(key), Some(at)) => Some(Bound { id, key, at }),
            _ => None,
        },
        family,
        former: row.get(9)?,
        rotated_at: row.get(10)?,
        fresh_until: row.get(11)?,
        acted_at: row.get(12)?,
        asked_at: row.get(13)?,
    }))
}

fn key(row: &Row<'_>, at: usize) -> Result<Option<DeviceKey>, DbFault> {
    let key = row.get::<Option<Vec<u8>>>(at)?;
    key.map(|key| DeviceKey::from_bytes(&key).ok_or(DbFault::Shape(at))).transpose()
}

/// Returns the stored word for a door.
pub(crate) const fn via_code(via: Via) -> &'static str {
    match via {
        Via::Web => "web",
        Via::Api => "api",
        Via::Job => "job",
        Via::Command => "command",
    }
}
