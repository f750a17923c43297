//! The part of the configuration about the company's identity provider.

use std::collections::BTreeMap;
use std::path::PathBuf;

use accounts::Accounts;
use anyhow::{Context as _, Result, bail, ensure};
use authz::Role;
use db::Db;
use outbound::{Limits, Outbound, Url};
use serde::Deserialize;
use sso::Sso;
use vault::Vault;

use crate::house::first_line;

/// The section `[sso]` of the configuration file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Provider {
    /// What the button says after "Continue with".
    pub(crate) name: String,
    /// The issuer, exactly as the provider writes it.
    pub(crate) issuer: String,
    client_id: String,
    /// A file with our secret there on its first line.
    client_secret_file: Option<PathBuf>,
    /// The claim that names groups, if roles follow it.
    role_claim: Option<String>,
    /// What each group gives here.
    #[serde(default)]
    roles: BTreeMap<String, Vec<String>>,
    /// Mail domains whose people may sign up by themselves.
    #[serde(default)]
    sign_up_domains: Vec<String>,
    /// What they are then, where no group says it.
    #[serde(default)]
    sign_up_roles: Vec<String>,
    /// Words of `amr` or `acr` that mean two factors, besides `mfa`.
    #[serde(default)]
    multi: Vec<String>,
    /// Words of `amr` or `acr` that mean a factor no relay can take.
    #[serde(default)]
    resistant: Vec<String>,
    /// Certificates (PEM) of an authority that is believed besides those of this machine.
    ca_file: Option<PathBuf>,
    /// Hosts of the provider that may lie in a private network, or on this machine.
    #[serde(default)]
    allow_private: Vec<String>,
}

impl Provider {
    /// Refuses what does not go together, before anything is opened.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    pub(crate) fn checked(self) -> Result<Self> {
        let url = Url::parse(&self.issuer).context("sso.issuer")?;
        ensure!(!self.issuer.contains('?'), "sso.issuer has a query, and an issuer has none");
        ensure!(
            url.is_secure() || !self.allow_private.is_empty(),
            "sso.issuer begins with http://: passwords would be proved in the clear. Only a provider on this very machine may, \
             and only if sso.allow_private names it"
        );
        ensure!(!self.name.trim().is_empty() && self.name.chars().count() <= 40, "sso.name has 1 to 40 characters");
        ensure!(!self.client_id.is_empty(), "sso.client_id is missing");
        let administrators = roles(&self.sign_up_roles)?.contains(&Role::Administrator);
        ensure!(!administrators, "sso.sign_up_roles: nobody signs up as administrator");
        match (&self.role_claim, self.roles.is_empty()) {
            (Some(_), true) => bail!("sso.role_claim is set, and sso.roles maps no group: nobody could sign in"),
            (None, false) => bail!("sso.roles maps groups, and sso.role_claim does not say which claim names them"),
            _ => {}
        }
        ensure!(
            self.sign_up_domains.is_empty() || self.role_claim.is_some() || !self.sign_up_roles.is_empty(),
            "sso.sign_up_domains lets people sign up, and neither sso.sign_up_roles nor sso.roles says what they are then"
        );
        for given in self.roles.values() {
            ensure!(!roles(given)?.is_empty(), "sso.roles: a group that gives no role");
        }
        Ok(self)
    }

    /// Sets up single sign-on; the provider is asked when somebody signs in.
    ///
    /// # Errors
    /// The secret or the certificates cannot be read.
    pub(crate) fn open(&self, db: &Db, vault: &Vault, accounts: &Accounts) -> Result<Sso> {
        let lower = |words: &[String]| words.iter().map(|word| word.to_lowercase()).collect::<Vec<_>>();
        let out = outbound::Settings {
            allow_private: lower(&self.allow_private),
            ca_file: self.ca_file.clone(),
            limits: Limits::default(),
        };
        let client_secret =
            self.client_secret_file.as_deref().map(first_line).transpose().context("sso.client_secret_file")?;
        if let Some(secret) = &client_secret {
            ensure!(!secret.expose().is_empty(), "sso.client_secret_file: the first line is empty");
        }
        let mapped = self.roles.iter().map(|(group, given)| Ok((group.clone(), roles(given)?)));
        let settings = sso::Settings {
            name: self.name.trim().to_owned(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret,
            role_claim: self.role_claim.clone(),
            roles: mapped.collect::<Result<_>>()?,
            sign_up_domains: lower(&self.sign_up_domains),
            sign_up_roles: roles(&self.sign_up_roles)?,
            multi: self.multi.clone(),
            resistant: self.resistant.clone(),
        };
        let outbound = Outbound::new(out).context("sso: the way out to the identity provider")?;
        Ok(Sso::new(db.clone(), vault.clone(), accounts.clone(), outbound, settings))
    }
}

fn roles(words: &[String]) -> Result<Vec<Role>> {
    words.iter().map(|word| Role::parse(word).with_context(|| format!("sso: {word} is no role"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: &str) -> Result<Provider> {
        let text = format!("name = \"ID\"\nissuer = \"https://id.example.com\"\nclient_id = \"custos\"\n{more}");
        toml::from_str::<Provider>(&text)?.checked()
    }

    #[test]
    fn what_does_not_go_together_is_refused_by_name() {
        assert!(read("").is_ok());
        assert!(read("role_claim = \"groups\"\nroles = { crm = [\"agent\"], boss = [\"administrator\"] }").is_ok());
        assert!(read("sign_up_domains = [\"example.org\"]\nsign_up_roles = [\"viewer\"]").is_ok());
        for (more, named) in [
            ("client_secret = \"in the file\"", "client_secret"),
            ("role_claim = \"groups\"", "role_claim"),
            ("roles = { crm = [\"agent\"] }", "role_claim"),
            ("role_claim = \"groups\"\nroles = { crm = [\"king\"] }", "king"),
            ("role_claim = \"groups\"\nroles = { crm = [] }", "no role"),
            ("sign_up_domains = [\"example.org\"]", "sign_up_roles"),
            ("sign_up_roles = [\"administrator\"]", "administrator"),
        ] {
            let refused = format!("{:#}", read(more).unwrap_err());
            assert!(refused.contains(named), "{more}: {refused}");
        }
    }

    #[test]
    fn the_clear_is_for_this_machine_only() {
        let http = |more: &str| {
            let text = format!("name = \"ID\"\nissuer = \"http://127.0.0.1:9\"\nclient_id = \"custos\"\n{more}");
            toml::from_str::<Provider>(&text).unwrap().checked()
        };
        assert!(http("").is_err());
        assert!(http("allow_private = [\"127.0.0.1\"]").is_ok());
    }
}
