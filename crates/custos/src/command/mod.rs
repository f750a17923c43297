//! The commands, one file each.

mod budget;
mod demo;
mod doctor;
mod erasure;
mod export;
mod import;
mod init;
mod key;
mod ledger;
mod passwords;
mod policy;
mod serve;
mod token;
mod user;

use ::ledger::{ActorRef, Origin, Via};
use anyhow::{Context as _, Result};
use authz::{Cx, Identity, Role};
use db::Db;
use kernel::{Lang, RequestId};

use crate::cli::{self, Cli, Command};
use crate::config::Config;
use crate::house::House;
use crate::log;

/// Runs what the command line says.
///
/// # Errors
/// One line that says what is wrong and what to do.
pub(crate) async fn run(cli: Cli) -> Result<()> {
    let (common, command) = cli.take();
    log::start(if matches!(command, Command::Serve(_) | Command::Demo(_)) { "info" } else { "warn" });
    let config = Config::gather(&common, &command.serving())?;
    match command {
        Command::Serve(_) => serve::run(&config).await,
        Command::Demo(demo) => demo::run(common, &demo).await,
        Command::Init(init) => init::run(&config, init).await,
        Command::Import(import) => import::run(&config, &import).await,
        Command::User(cli::User::Accept) => user::accept(&config).await,
        Command::User(cli::User::Recover { email, .. }) => user::recover(&config, &email).await,
        Command::User(cli::User::Invite { email, name, role, .. }) => user::invite(&config, email, name, &role).await,
        Command::Token(wanted) => token::run(&config, wanted).await,
        Command::Passwords(cli::Passwords::Build { list, out }) => passwords::build(&list, &out),
        Command::Budget(cli::Budget::Show) => budget::show(&config).await,
        Command::Budget(cli::Budget::Set(wanted)) => budget::set(&config, &wanted).await,
        Command::Policy(cli::Policy::Show) => policy::show(&config).await,
        Command::Policy(cli::Policy::Set(wanted)) => policy::set(&config, &wanted).await,
        Command::Key(wanted) => key::run(&config, wanted).await,
        Command::Erasure(cli::Erasure::Verify { file }) => erasure::verify(&config, &file).await,
        Command::Export(cli::Export::Trace { file }) => export::trace(&config, &file).await,
        Command::Ledger(wanted) => ledger::run(&config, wanted).await,
        Command::Doctor => doctor::run(&config).await,
        Command::Config(cli::Config::Check) => {
            println!("data         {}", config.data.display());
            println!(
                "database     {}",
                if config.database.is_some() { "PostgreSQL" } else { "SQLite, in the data folder" }
            );
            println!(
                "listen       {}{}",
                config.listen,
                if config.tls.is_some() { " with TLS" } else { ", this machine only" }
            );
            println!(
                "root key     {}",
                match (&config.pkcs11, &config.passphrase_file) {
                    (Some(token), _) => format!("{:?} in the token {:?}, by PKCS#11", token.key, token.token),
                    (None, Some(_)) => "from a passphrase".to_owned(),
                    (None, None) => "key file in the data folder".to_owned(),
                }
            );
            if let Some(provider) = &config.sso {
                println!("sign-in      also with {} at {}", provider.name, provider.issuer);
            }
            println!("the configuration is understood");
            Ok(())
        }
    }
}

/// Mints the context of whoever may run commands on this machine: people and settings, no customer data.
#[expect(clippy::disallowed_methods, reason = "the home of the operator: being able to run the command is the proof")]
pub(crate) fn operator(db: &Db) -> Cx {
    let rights = authz::Rights::of(&[Role::Administrator]).into();
    let identity = Identity { actor: ActorRef::Operator, person: None, session: None, rights };
    Cx::mint(identity, Origin::via(Via::Command), RequestId::new(db.now(), db.chance()), Lang::En)
}

/// Returns the context of a person in whose name the operator acts, with that person's own rights and no others.
async fn acting(house: &House, email: &str) -> Result<Cx> {
    let cx = operator(&house.db);
    let standing = house.accounts.standing_of(&cx, email).await;
    let user = standing.with_context(|| format!("nobody active has the address {email}"))?.user;
    Ok(house.accounts.acting(&cx, user).await?)
}
