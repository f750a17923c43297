//! A small house to test in: a database of its own, a vault, people.

#![allow(dead_code, reason = "each test file uses its own part")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests are their own authentication, and ask the environment for PostgreSQL"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use authz::{Cx, Identity, Role};
use crypto::SystemChance;
use db::{Db, DbConfig, Keyring, Place, PostgresPlace};
use kernel::{Chance, Clock, Currency, Id, Lang, ObjectName, RequestId, SystemClock, Timestamp, UserId};
use ledger::{ActorRef, Origin, Via};
use records::{Objects, Records};
use vault::{Root, Vault, VaultConfig};

/// The house.
pub(crate) struct House {
    pub(crate) db: Db,
    pub(crate) records: Records,
    pub(crate) vault: Vault,
    pub(crate) dir: tempfile::TempDir,
}

/// A clock that is a millisecond later whenever it is asked, so that what is made later has the greater id.
struct Ticking(AtomicI64);

impl Default for Ticking {
    fn default() -> Self {
        Self(AtomicI64::new(SystemClock.now().micros()))
    }
}

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1_000, Ordering::Relaxed))
    }
}

/// Every engine the tests run on.
pub(crate) fn engines() -> Vec<&'static str> {
    if std::env::var("CUSTOS_TEST_POSTGRES").is_ok() { vec!["sqlite", "postgres"] } else { vec!["sqlite"] }
}

impl House {
    pub(crate) async fn open(engine: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(Ticking::default());
        let chance: Arc<dyn Chance> = Arc::new(SystemChance);
        let (data, keys) = match engine {
            "sqlite" => (Place::File(dir.path().join("custos.db")), Place::File(dir.path().join("keyring.db"))),
            _ => (postgres("d"), postgres("k")),
        };
        let keyring = Keyring::open(keys, clock.now()).await.unwrap();
        let root = Root::KeyFile(dir.path().join("root.key"));
        let vault =
            Vault::open(VaultConfig { root, keyring, clock: clock.clone(), chance: chance.clone() }).await.unwrap();
        let db = Db::open(DbConfig::new(data), Arc::new(vault.clone()), (clock, chance)).await.unwrap();
        let records =
            Records::new(vault.clone(), Objects::standard(Currency::USD).unwrap(), dir.path().join("uploads"));
        let house = Self { db, records, vault, dir };
        let own = house.records.clone();
        house.db.write(&house.nobody(), move |tx| own.ensure_tables(tx)).await.unwrap();
        house.db.write(&house.nobody(), see_all).await.unwrap();
        house
    }

    /// The records as another process has them: the same database, with nothing remembered.
    pub(crate) fn another(&self) -> Records {
        Records::new(self.vault.clone(), Objects::standard(Currency::USD).unwrap(), self.dir.path().join("uploads"))
    }

    fn nobody(&self) -> Cx {
        Cx::nobody(Origin::via(Via::Command), Id::new(SystemClock.now(), &SystemChance), Lang::En)
    }

    /// A person with a role, in a request of its own.
    pub(crate) fn person(&self, role: Role) -> Cx {
        self.same_person(self.someone(), role)
    }

    /// The id of somebody new.
    pub(crate) fn someone(&self) -> UserId {
        Id::new(SystemClock.now(), &SystemChance)
    }

    pub(crate) fn same_person(&self, user: UserId, role: Role) -> Cx {
        self.allowed(user, authz::Rights::of(&[role]))
    }

    /// Somebody with rights of their own.
    pub(crate) fn allowed(&self, user: UserId, rights: authz::Rights) -> Cx {
        let identity =
            Identity { actor: ActorRef::User(user), person: Some(user), session: None, rights: rights.into() };
        let request: RequestId = Id::new(SystemClock.now(), &SystemChance);
        Cx::mint(identity, Origin::via(Via::Web), request, Lang::En)
    }
}

/// Lets everybody see more people than there are in any file: these tests look at all that came in.
fn see_all(tx: &mut db::WriteTx<'_>) -> Result<(), db::DbFault> {
    let all = db::budget::Counted { hour: 100_000, day: 100_000 };
    tx.note(ledger::Line::done(ledger::verbs::CONFIGURE, ObjectName::parse("setting").unwrap()));
    let limits = db::budget::Limits { soft: all, hard: all };
    Role::ALL.iter().try_for_each(|role| db::budget::set_limits(tx, *role, limits))
}

fn postgres(what: &str) -> Place {
    let random = u64::from_be_bytes(kernel::chance::array(&SystemChance));
    let schema = ObjectName::parse(&format!("t_{what}_{random:x}")).unwrap();
    Place::Postgres(PostgresPlace { url: std::env::var("CUSTOS_TEST_POSTGRES").unwrap(), schema, root_cert: None })
}
