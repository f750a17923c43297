//! Puts the house together: database, keyring, vault, features.

use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use accounts::{Accounts, Breached, Site};
use anyhow::{Context as _, Result, bail};
use approvals::{Approvable, Approvals};
use apps::Apps;
use caller::Caller;
use crypto::{Passwords, Secret, SystemChance};
use custody::Custody;
use db::{Db, DbConfig, Keyring, Place, PostgresPlace};
use erasure::Erasures;
use exports::{Exports, SecondPerson};
use kernel::{Chance, Clock, Currency, ObjectName, SystemClock};
use ledger::LogName;
use records::{Objects, Records};
use sso::Sso;
use tokens::Tokens;
use vault::{Root, Vault, VaultConfig};
use webhooks::{Courier, Webhooks};

use crate::command::operator;
use crate::config::Config;

/// The name under which this ledger signs its checkpoints.
pub(crate) const LOG_NAME: &str = "custos/ledger";

/// The handles of every feature.
pub(crate) struct House {
    /// The data database.
    pub(crate) db: Db,
    /// The keys.
    pub(crate) vault: Vault,
    /// Who may sign in.
    pub(crate) accounts: Accounts,
    /// Who programs act for.
    pub(crate) tokens: Tokens,
    /// Programs of others.
    pub(crate) apps: Apps,
    /// Objects and records.
    pub(crate) records: Records,
    /// Who is on the phone.
    pub(crate) caller: Caller,
    /// Many records out.
    pub(crate) exports: Exports,
    /// Who is erased.
    pub(crate) erasures: Erasures,
    /// Who is told what happens, and the way there.
    pub(crate) courier: Courier,
    /// Keys in operation.
    pub(crate) custody: Custody,
    /// What takes a second person.
    pub(crate) approvals: Approvals,
    /// Signing in with the company's identity provider, if there is one.
    pub(crate) sso: Option<Sso>,
    /// How long backups of the keyring are kept.
    pub(crate) keyring_backups: Duration,
}

/// Opens everything in its order; makes what is missing on first start.
///
/// # Errors
/// One line that says what is wrong and what to do.
pub(crate) async fn open(config: &Config) -> Result<House> {
    open_by(config, root(config)?).await
}

/// Opens everything by a root key that comes from elsewhere than the configuration says.
///
/// # Errors
/// One line that says what is wrong and what to do.
pub(crate) async fn open_by(config: &Config, root: Root) -> Result<House> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let chance: Arc<dyn Chance> = Arc::new(SystemChance);
    let breached = config.breached_passwords.as_deref().map(open_breached).transpose()?;
    make_folder(&config.data)?;
    let (data, keys) = places(config)?;
    let keyring = Keyring::open(keys, clock.now()).await.context("the keyring cannot be opened")?;
    let vault =
        Vault::open(VaultConfig { root, keyring, clock: Arc::clone(&clock), chance: Arc::clone(&chance) }).await?;
    let db = Db::open(DbConfig::new(data), Arc::new(vault.clone()), (clock, chance))
        .await
        .context("the database cannot be opened")?;
    // Half of the machine is left to everybody who has signed in already.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let passwords = Passwords::new(crypto::Cost::default(), cores.div_ceil(2))?;
    let accounts = Accounts::new(db.clone(), vault.clone(), passwords);
    if !config.hosts.is_empty() && config.hosts.iter().all(|host| Site::parse(host, true).is_none()) {
        accounts.without_passkeys();
    }
    if let Some(list) = breached {
        accounts.refuse_breached(list);
    }
    let objects = Objects::standard(Currency::EUR).context("object definitions")?;
    let records = Records::new(vault.clone(), objects, config.data.join("uploads"));
    let tables = records.clone();
    db.write(&operator(&db), move |tx| tables.ensure_tables(tx)).await?;
    let sso = config.sso.as_ref().map(|provider| provider.open(&db, &vault, &accounts)).transpose()?;
    let caller = Caller::new(db.clone(), vault.clone(), accounts.clone(), records.clone());
    let tokens = Tokens::new(accounts.clone()).knowing(records.objects());
    let exports = Exports::new(accounts.clone(), records.clone());
    let apps = Apps::new(&accounts, tokens.clone());
    let erasures = Erasures::new(&accounts, records.clone(), exports.clone());
    let mut rules = second_person(&accounts, &exports, &apps);
    rules.push(Arc::new(erasure::SecondPerson::new(erasures.clone())));
    let approvals = Approvals::new(accounts.clone(), rules);
    let courier = Courier::new(Webhooks::new(accounts.clone(), records.clone()), config.webhooks.way_out()?);
    let custody = Custody::new(db.clone(), vault.clone(), records.clone()).with_schedule(config.keys.every());
    Ok(House {
        courier,
        custody,
        db,
        vault,
        accounts,
        tokens,
        apps,
        records,
        caller,
        exports,
        erasures,
        approvals,
        sso,
        keyring_backups: config.keyring_backups,
    })
}

/// Returns everything that takes a second person.
fn second_person(accounts: &Accounts, exports: &Exports, apps: &Apps) -> Vec<Arc<dyn Approvable>> {
    vec![
        Arc::new(SecondPerson::new(exports.clone())),
        Arc::new(exports::LimitSecondPerson),
        Arc::new(apps::SecondPerson::new(apps.clone())),
        Arc::new(oversight::SecondPerson::new(accounts.clone())),
    ]
}

/// A list that is not as it should be would let breached passwords pass: better not to start.
fn open_breached(path: &Path) -> Result<Breached> {
    Breached::open(path).with_context(|| format!("the list of breached passwords {}", path.display()))
}

/// Returns the name under which the ledger signs.
///
/// # Errors
/// Never with the name above; the type wants it said.
pub(crate) fn log_name() -> Result<LogName> {
    LogName::parse(LOG_NAME).context("log name")
}

/// Opens only the keyring, for when the root key is not there.
///
/// # Errors
/// It cannot be opened.
pub(crate) async fn keyring(config: &Config) -> Result<Keyring> {
    let (_, keys) = places(config)?;
    if matches!(&keys, Place::File(path) if !path.exists()) {
        bail!("there is no keyring in {}", config.data.display());
    }
    Keyring::open(keys, SystemClock.now()).await.context("the keyring cannot be opened")
}

/// Returns where the root key comes from.
///
/// # Errors
/// The passphrase cannot be read.
pub(crate) fn root(config: &Config) -> Result<Root> {
    Ok(match (&config.pkcs11, &config.passphrase_file) {
        (Some(token), _) => Root::Token(token.key()),
        (None, Some(file)) => Root::Passphrase(read_passphrase(file)?),
        (None, None) => Root::KeyFile(key_file(config)),
    })
}

/// Returns where the root key lies, or is written.
pub(crate) fn key_file(config: &Config) -> PathBuf {
    config.data.join("root.key")
}

fn places(config: &Config) -> Result<(Place, Place)> {
    let Some(url) = &config.database else {
        return Ok((Place::File(config.data.join("custos.db")), Place::File(config.data.join("keyring.db"))));
    };
    let place = |schema: &str| -> Result<Place> {
        let schema = ObjectName::parse(schema).context("schema name")?;
        Ok(Place::Postgres(PostgresPlace { url: url.clone(), schema, root_cert: config.database_root_cert.clone() }))
    };
    Ok((place("custos")?, place("custos_keyring")?))
}

/// Makes the data folder for its owner only, and refuses one that others can read.
fn make_folder(path: &Path) -> Result<()> {
    if !path.exists() {
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        return made.with_context(|| format!("cannot make the data folder {}", path.display()));
    }
    let about = std::fs::metadata(path).with_context(|| format!("cannot use the data folder {}", path.display()))?;
    if !about.is_dir() {
        bail!("{} is not a folder", path.display());
    }
    if about.permissions().mode() & 0o077 != 0 {
        let kept = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700));
        kept.with_context(|| format!("the data folder {} can be read by others: chmod 700 it", path.display()))?;
    }
    Ok(())
}

fn read_passphrase(file: &Path) -> Result<Secret<String>> {
    first_line(file).with_context(|| format!("cannot read the passphrase in {}", file.display()))
}

/// Reads a secret from the first line of a file that only its owner may read.
///
/// # Errors
/// The file cannot be read, or others can read it too.
pub(crate) fn first_line(file: &Path) -> Result<Secret<String>> {
    let mode = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.permissions().mode();
    if mode & 0o004 != 0 {
        tracing::warn!("{} can be read by everybody on this machine", file.display());
    }
    let text = Secret::new(std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?);
    Ok(Secret::new(text.expose().lines().next().unwrap_or_default().to_owned()))
}
