//! The configuration: defaults, then the file, then `CUSTOS_*` variables and the command line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use outbound::{Limits, Outbound};
use serde::Deserialize;

use crate::cli::{Common, Serve};
use crate::provider::Provider;

/// The folder used when none is named.
const DATA: &str = "custos-data";
/// The address used when none is named: this machine only.
const LISTEN: &str = "127.0.0.1:8080";

/// How many days backups of the keyring are kept where nothing is said.
const KEYRING_BACKUP_DAYS: u16 = 30;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The configuration file. Unknown keys are refused, so that a misspelt protection is not silently off.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    database: Option<String>,
    database_root_cert: Option<PathBuf>,
    listen: Option<SocketAddr>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    #[serde(default)]
    hosts: Vec<String>,
    /// A file with the passphrase the root key is made from, instead of a key file.
    passphrase_file: Option<PathBuf>,
    /// The token that holds the root key, instead of a key file.
    pkcs11: Option<Pkcs11>,
    /// A file that `custos passwords build` made: no password of it is taken.
    breached_passwords: Option<PathBuf>,
    /// How many requests a minute are heard of one person.
    requests_per_minute: Option<u32>,
    /// How many days backups of the keyring are kept: an erasing reaches them when they are gone.
    keyring_backup_days: Option<u16>,
    /// The company's identity provider.
    sso: Option<Provider>,
    /// Where webhooks may go.
    #[serde(default)]
    webhooks: Hooks,
    /// Keys in operation.
    #[serde(default)]
    keys: Keys,
}

/// The section `[keys]` of the configuration file.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Keys {
    /// The epoch key is changed after so many days; 0 leaves it to whoever asks.
    rotate_after_days: u16,
}

impl Default for Keys {
    fn default() -> Self {
        Self { rotate_after_days: 365 }
    }
}

impl Keys {
    /// Returns how old an epoch key may become.
    pub(crate) fn every(self) -> Option<Duration> {
        let days = u64::from(self.rotate_after_days);
        (days > 0).then(|| Duration::from_secs(days * 24 * 60 * 60))
    }
}

/// The section `[pkcs11]` of the configuration file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pkcs11 {
    /// The library that speaks to the token, by its whole path. It runs with all rights of this program.
    pub(crate) module: PathBuf,
    /// The label of the token.
    pub(crate) token: String,
    /// The label of the key in it.
    pub(crate) key: String,
    /// A file with the PIN on its first line.
    pub(crate) pin_file: PathBuf,
}

impl Pkcs11 {
    /// Returns where the key is.
    pub(crate) fn key(&self) -> vault::TokenKey {
        let labels = (self.token.clone(), self.key.clone());
        vault::TokenKey::new(self.module.clone(), labels, self.pin_file.clone())
    }
}

/// The section `[webhooks]` of the configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hooks {
    /// Certificates (PEM) of an authority that is believed besides those of this machine.
    ca_file: Option<PathBuf>,
    /// Hosts that may lie in a private network, or on this machine.
    #[serde(default)]
    allow_private: Vec<String>,
}

impl Hooks {
    /// Sets up the way out for webhooks: what answers more than a few lines is not listened to.
    ///
    /// # Errors
    /// The certificates cannot be read.
    pub(crate) fn way_out(&self) -> Result<Outbound> {
        let limits = Limits { body: 64 * 1024, ..Limits::default() };
        let allow_private = self.allow_private.iter().map(|host| host.to_lowercase()).collect();
        let settings = outbound::Settings { allow_private, ca_file: self.ca_file.clone(), limits };
        Outbound::new(settings).context("the way out for webhooks")
    }
}

/// Everything that was decided before the program starts.
#[derive(Debug)]
pub(crate) struct Config {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// The PostgreSQL database, if it is not the embedded one.
    pub(crate) database: Option<String>,
    /// What signs a remote PostgreSQL server's certificate.
    pub(crate) database_root_cert: Option<PathBuf>,
    /// The address to listen on.
    pub(crate) listen: SocketAddr,
    /// Certificate chain and key.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    /// Host names that are ours.
    pub(crate) hosts: Vec<String>,
    /// Where the passphrase is, if the root key is made from one.
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Where the token is, if the root key is in one.
    pub(crate) pkcs11: Option<Pkcs11>,
    /// Where the list of breached passwords is, if there is one.
    pub(crate) breached_passwords: Option<PathBuf>,
    /// How many requests a minute are heard of one person; of one network ten times as many.
    pub(crate) requests_per_minute: u32,
    /// How long backups of the keyring are kept.
    pub(crate) keyring_backups: Duration,
    /// The company's identity provider, if people may sign in with it.
    pub(crate) sso: Option<Provider>,
    /// Where webhooks may go.
    pub(crate) webhooks: Hooks,
    /// Keys in operation.
    pub(crate) keys: Keys,
}

impl Config {
    /// Puts the configuration together.
    ///
    /// # Errors
    /// The file cannot be read, has unknown keys, or what it says does not go together.
    pub(crate) fn gather(common: &Common, serve: &Serve) -> Result<Self> {
        let file = match &common.config {
            Some(path) => read(path)?,
            None => File::default(),
        };
        let tls_cert = serve.tls_cert.clone().or(file.tls_cert);
        let tls_key = serve.tls_key.clone().or(file.tls_key);
        let tls = match (tls_cert, tls_key) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            _ => bail!("tls_cert and tls_key go together: one is set and the other is not"),
        };
        let listen = match serve.listen.or(file.listen) {
            Some(listen) => listen,
            None => LISTEN.parse().context("default address")?,
        };
        if !listen.ip().is_loopback() && tls.is_none() {
            bail!(
                "{listen} can be reached from other machines, and without TLS passwords and customer data would cross the \
                 network in the clear. Give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that does TLS."
            );
        }
        if file.passphrase_file.is_some() && file.pkcs11.is_some() {
            bail!("passphrase_file and [pkcs11] both say where the root key comes from: leave one of them out");
        }
        let hosts = if serve.host.is_empty() { file.hosts } else { serve.host.clone() };
        Ok(Self {
            data: common.data.clone().or(file.data).unwrap_or_else(|| PathBuf::from(DATA)),
            database: common.database.clone().or(file.database),
            database_root_cert: common.database_root_cert.clone().or(file.database_root_cert),
            listen,
            tls,
            hosts,
            passphrase_file: file.passphrase_file,
            pkcs11: file.pkcs11,
            breached_passwords: file.breached_passwords,
            requests_per_minute: serve.requests_per_minute.or(file.requests_per_minute).unwrap_or(httpkit::PER_MINUTE),
            keyring_backups: DAY * u32::from(file.keyring_backup_days.unwrap_or(KEYRING_BACKUP_DAYS)),
            sso: file.sso.map(Provider::checked).transpose()?,
            webhooks: file.webhooks,
            keys: file.keys,
        })
    }
}

fn read(path: &Path) -> Result<File> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not a configuration that Custos understands", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common(config: Option<PathBuf>) -> Common {
        Common { data: None, database: None, database_root_cert: None, config }
    }

    #[test]
    fn another_address_needs_tls() {
        let serve = Serve { listen: Some("0.0.0.0:80".parse().unwrap()), ..Serve::default() };
        let refused = Config::gather(&common(None), &serve).unwrap_err();
        assert!(refused.to_string().contains("--tls-cert"), "{refused}");
    }

    #[test]
    fn an_unknown_key_is_refused_by_name() {
        let file = std::env::temp_dir().join(format!("custos-config-{}.toml", std::process::id()));
        std::fs::write(&file, "lisen = \"127.0.0.1:1\"\n").unwrap();
        let refused = Config::gather(&common(Some(file.clone())), &Serve::default()).unwrap_err();
        std::fs::remove_file(file).unwrap();
        assert!(format!("{refused:#}").contains("lisen"), "{refused:#}");
    }
}
