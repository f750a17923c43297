//! What a token that holds means here.

use authz::{Assurance, Level, Role};
use kernel::{Email, Timestamp};

use crate::claims::Claims;
use crate::{Settings, SsoFault};

/// Returns how strongly the person proved who they are, and when. What the provider does not say is not assumed: without words
/// it was one factor, and without a time it was long ago.
pub(crate) fn assurance(settings: &Settings, claims: &Claims, now: Timestamp) -> Assurance {
    let words = [claims.words("amr"), claims.words("acr")].concat();
    let says = |known: &[String]| words.iter().any(|word| known.iter().any(|one| one == word));
    let level = if says(&settings.resistant) {
        Level::Resistant
    } else if says(&settings.multi) || claims.words("amr").contains(&"mfa") {
        Level::Multi
    } else {
        Level::Single
    };
    Assurance { level, at: claims.proved_at(now).unwrap_or(Timestamp::from_micros(0)) }
}

/// Returns the roles that the provider's groups give; nothing where roles do not follow it.
///
/// # Errors
/// [`SsoFault::NoRole`] where they do and give none.
pub(crate) fn roles(settings: &Settings, claims: &Claims) -> Result<Option<Vec<Role>>, SsoFault> {
    let Some(claim) = &settings.role_claim else { return Ok(None) };
    let given = claims.words(claim).into_iter().filter_map(|group| settings.roles.get(group));
    let mut roles: Vec<Role> = given.flatten().copied().collect();
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() { Err(SsoFault::NoRole) } else { Ok(Some(roles)) }
}

/// Somebody who may sign up.
pub(crate) struct NewPerson {
    pub(crate) name: String,
    pub(crate) email: Email,
    pub(crate) roles: Vec<Role>,
}

/// Returns whom to make an account for, if the operator lets people of their mail domain in and the provider says that the
/// address is theirs.
pub(crate) fn sign_up(settings: &Settings, claims: &Claims, roles: Option<&[Role]>) -> Option<NewPerson> {
    let email = Email::parse(claims.verified_email()?).ok()?;
    let folded = email.folded();
    let (_, domain) = folded.rsplit_once('@')?;
    if !settings.sign_up_domains.iter().any(|known| known == domain) {
        return None;
    }
    let roles = roles.map_or_else(|| settings.sign_up_roles.clone(), <[Role]>::to_vec);
    let clean = |text: &str| {
        kernel::text::clean(text, 120).ok().filter(|name| !name.is_empty() && !name.contains(['\n', '\t']))
    };
    let name = claims.line("name").and_then(clean).or_else(|| folded.split('@').next().and_then(clean))?;
    (!roles.is_empty()).then_some(NewPerson { name, email, roles })
}
