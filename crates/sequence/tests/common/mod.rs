//! A database of either engine, for one test, with a fake clock and seeded chance.

use std::sync::Arc;

use authz::{Cx, Identity, Resource, Role};
use db::{Db, DbConfig, DbFault, Place, PostgresPlace, Row, Stored, Val};
use kernel::{FieldName, FixedClock, Lang, ObjectName, RequestId, SeededChance, Timestamp, UserId, Uuid};
use ledger::{ActorRef, Origin, Via};

/// Marks that nobody looks at: no test here has rows that say who may do what.
struct Marks;

impl db::Marking for Marks {
    fn key(&self) -> Arc<crypto::MacKey> {
        Arc::new(crypto::MacKey::new(&crypto::Key::from_bytes([7; 32])))
    }

    fn is_done(&self) -> Result<bool, DbFault> {
        Ok(true)
    }

    fn done(&self) -> Result<(), DbFault> {
        Ok(())
    }
}

pub(crate) struct Scratch {
    pub(crate) db: Db,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) chance: Arc<SeededChance>,
    _dir: tempfile::TempDir,
}

/// Opens a fresh database; `None` where the engine is not there (PostgreSQL without `CUSTOS_TEST_POSTGRES`).
pub(crate) async fn scratch(engine: &str) -> Option<Scratch> {
    let dir = tempfile::tempdir().unwrap();
    let place = match engine {
        "sqlite" => Place::File(dir.path().join("custos.db")),
        _ => {
            let Some(url) = std::env::var_os("CUSTOS_TEST_POSTGRES") else {
                eprintln!("skipped on PostgreSQL: CUSTOS_TEST_POSTGRES is not set");
                return None;
            };
            let unique = dir
                .path()
                .file_name()
                .unwrap()
                .to_string_lossy()
                .to_lowercase()
                .replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            let schema = ObjectName::parse(&format!("t{unique}")).unwrap();
            Place::Postgres(PostgresPlace { url: url.into_string().unwrap(), schema, root_cert: None })
        }
    };
    let clock = Arc::new(FixedClock::at(Timestamp::from_micros(1_700_000_000_000_000)));
    let chance = Arc::new(SeededChance::new(7));
    let db = Db::open(DbConfig { place, readers: 2 }, Arc::new(Marks), (clock.clone(), chance.clone())).await.unwrap();
    Some(Scratch { db, clock, chance, _dir: dir })
}

impl Scratch {
    pub(crate) fn user(&self) -> UserId {
        UserId::new(kernel::Clock::now(&*self.clock), &*self.chance)
    }

    #[expect(clippy::disallowed_methods, reason = "a test is its own sign-in")]
    pub(crate) fn cx(&self, user: UserId, role: Role) -> Cx {
        let identity = Identity {
            actor: ActorRef::User(user),
            person: Some(user),
            session: None,
            rights: authz::Rights::of(&[role]).into(),
        };
        let request = RequestId::new(kernel::Clock::now(&*self.clock), &*self.chance);
        Cx::mint(identity, Origin::via(Via::Command), request, Lang::En)
    }
}

/// A row with one column, in a table made like a record's.
#[derive(Clone)]
pub(crate) struct Thing {
    pub(crate) object: ObjectName,
    pub(crate) id: Uuid,
    pub(crate) owner: Option<UserId>,
    pub(crate) version: i64,
    pub(crate) text: String,
}

impl Resource for Thing {
    fn object(&self) -> &ObjectName {
        &self.object
    }
    fn id(&self) -> Uuid {
        self.id
    }
    fn owner(&self) -> Option<UserId> {
        self.owner
    }
}

impl Stored for Thing {
    fn table(&self) -> ObjectName {
        ObjectName::parse("r_thing").unwrap()
    }
    fn version(&self) -> i64 {
        self.version
    }
    fn set_version(&mut self, version: i64) {
        self.version = version;
    }
    fn columns(&self) -> Vec<(FieldName, Val)> {
        let name = |n| FieldName::parse(n).unwrap();
        vec![
            (name("text"), self.text.as_str().into()),
            (name("owner_id"), self.owner.into()),
            (name("created_at"), Val::Int(0)),
            (name("updated_at"), Val::Int(0)),
            (name("sealed"), Val::Bytes(Vec::new())),
        ]
    }
}

pub(crate) fn thing_name() -> ObjectName {
    ObjectName::parse("thing").unwrap()
}

pub(crate) const FIND: &str = "select id, owner_id, version, text from r_thing where id = ?1";

pub(crate) fn read_thing(row: &Row<'_>) -> Result<Thing, DbFault> {
    Ok(Thing { object: thing_name(), id: row.get(0)?, owner: row.get(1)?, version: row.get(2)?, text: row.get(3)? })
}
