//! What the operator says about the provider.

use std::collections::BTreeMap;

use authz::Role;
use crypto::Secret;

/// A company's identity provider and what its word is worth here.
pub struct Settings {
    /// What the button says after "Continue with".
    pub name: String,
    /// The issuer, exactly as the provider writes it.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// Our secret there; nothing for a public client, which PKCE protects alone.
    pub client_secret: Option<Secret<String>>,
    /// The claim that names groups or roles, if roles follow it.
    pub role_claim: Option<String>,
    /// What a value of that claim gives here.
    pub roles: BTreeMap<String, Vec<Role>>,
    /// Mail domains, in lower case, whose people may sign up by themselves; usually none.
    pub sign_up_domains: Vec<String>,
    /// What they are then, where no claim says it. Never administrator: the configuration refuses that.
    pub sign_up_roles: Vec<Role>,
    /// Words of `amr` or `acr` that mean two factors, besides `mfa`.
    pub multi: Vec<String>,
    /// Words of `amr` or `acr` that mean that no relay can take them; none unless the operator says so.
    pub resistant: Vec<String>,
}
