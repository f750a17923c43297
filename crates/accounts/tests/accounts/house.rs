//! A house with nobody in it yet, with a fake clock, seeded chance and cheap hashes.

use std::sync::Arc;
use std::time::Duration;

use accounts::{AccountFault, Accounts, Founder, Invitation, Joining, NewSession, SignIn, Signed};
use authz::{Cx, Demand, Identity, Level, Role};
use crypto::{Cost, Passwords, Secret};
use db::{Bare, Db, DbConfig, Keyring, Place, PostgresPlace};
use kernel::{
    Clock as _, EntryId, Fault as _, FixedClock, Lang, ObjectName, RequestId, SeededChance, Timestamp, UserId,
};
use ledger::{ActorRef, Entry, Line, Origin, Via};
use testkit::tokens::Tokens;
use vault::{Root, Vault, VaultConfig};

pub(crate) const CHEAP: Cost = Cost { memory: 64, passes: 1, lanes: 1 };
pub(crate) const PASSWORD: &str = "wrasse-topaz-inkwell-41";
pub(crate) const FOUNDER: &str = "mei.chen@brightloom.example";
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

pub(crate) struct House {
    pub(crate) accounts: Accounts,
    pub(crate) tokens: Tokens,
    pub(crate) db: Db,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) chance: Arc<SeededChance>,
    pub(crate) dir: tempfile::TempDir,
}

/// Opens a house; `None` where the engine is not there.
pub(crate) async fn open(engine: &str) -> Option<House> {
    let dir = tempfile::tempdir().unwrap();
    let place = |what: &str| match engine {
        "sqlite" => Some(Place::File(dir.path().join(format!("{what}.db")))),
        _ => {
            #[expect(clippy::disallowed_methods, reason = "where the test database is comes from outside")]
            let Some(url) = std::env::var_os("CUSTOS_TEST_POSTGRES") else {
                eprintln!("skipped on PostgreSQL: CUSTOS_TEST_POSTGRES is not set");
                return None;
            };
            let unique = dir.path().file_name().unwrap().to_string_lossy().to_lowercase();
            let unique = unique.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            let schema = ObjectName::parse(&format!("a{unique}_{what}")).unwrap();
            Some(Place::Postgres(PostgresPlace { url: url.into_string().unwrap(), schema, root_cert: None }))
        }
    };
    let clock = Arc::new(FixedClock::at(Timestamp::from_micros(1_700_000_000_000_000)));
    let chance = Arc::new(SeededChance::new(11));
    let keyring = Keyring::open(place("keyring")?, clock.now()).await.unwrap();
    let root = Root::KeyFile(dir.path().join("root.key"));
    let vault = Vault::open(VaultConfig { root, keyring, clock: clock.clone(), chance: chance.clone() }).await.unwrap();
    let db = Db::open(
        DbConfig { place: place("data")?, readers: 4 },
        Arc::new(vault.clone()),
        (clock.clone(), chance.clone()),
    )
    .await
    .unwrap();
    let accounts = Accounts::new(db.clone(), vault.clone(), Passwords::new(CHEAP, 64).unwrap());
    let tokens = Tokens::new(accounts.clone());
    Some(House { accounts, tokens, db, vault, clock, chance, dir })
}

pub(crate) fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

pub(crate) fn founder() -> Founder {
    Founder {
        workspace: "Brightloom".to_owned(),
        name: "Mei Chen".to_owned(),
        email: FOUNDER.to_owned(),
        password: secret(PASSWORD),
    }
}

/// Returns the code of what went wrong.
pub(crate) fn code<T>(outcome: Result<T, AccountFault>) -> &'static str {
    outcome.err().map_or("no fault", |fault| fault.code())
}

/// Returns every bad field with what is wrong with it.
pub(crate) fn wrong<T>(outcome: Result<T, AccountFault>) -> Vec<(&'static str, &'static str)> {
    match outcome.err() {
        Some(AccountFault::Invalid(wrong)) => wrong.iter().map(|w| (w.field, w.code)).collect(),
        other => panic!("{other:?}"),
    }
}

impl House {
    pub(crate) fn request(&self) -> RequestId {
        RequestId::new(self.clock.now(), &*self.chance)
    }

    pub(crate) fn origin(&self, ip: &str) -> Origin {
        Origin { via: Via::Web, ip: Some(ip.parse().unwrap()), agent: Some("Firefox".to_owned()) }
    }

    pub(crate) fn nobody(&self) -> Cx {
        self.from("203.0.113.7")
    }

    pub(crate) fn from(&self, ip: &str) -> Cx {
        Cx::nobody(self.origin(ip), self.request(), Lang::En)
    }

    #[expect(clippy::disallowed_methods, reason = "a test has the machine")]
    pub(crate) fn operator(&self) -> Cx {
        let identity = Identity {
            actor: ActorRef::Operator,
            person: None,
            session: None,
            rights: authz::Rights::of(&[Role::Administrator]).into(),
        };
        Cx::mint(identity, Origin::via(Via::Command), self.request(), Lang::En)
    }

    /// Sets up, and returns the first person signed in.
    pub(crate) async fn founded(&self) -> Signed {
        let link = self.accounts.first_run_link(&self.operator()).await.unwrap();
        let session = self.accounts.set_up(&self.nobody(), link.token, founder()).await.unwrap();
        self.asks(Level::Single, 12 * 60).await;
        self.signed(&session).await
    }

    /// Asks everybody for so much before dangerous acts. Most tests are about what comes after.
    pub(crate) async fn asks(&self, danger: Level, minutes: u64) {
        let demand = Demand { danger, lasts: Duration::from_secs(60 * minutes), ..Demand::default() };
        let all = Role::ALL.iter().map(|role| (*role, demand)).collect();
        self.accounts.set_role_policy(&self.operator(), all).await.unwrap();
    }

    /// Invites somebody and lets them join; returns them signed in.
    pub(crate) async fn joined(&self, by: &Cx, email: &str, roles: &[Role]) -> Signed {
        let invitation =
            Invitation { email: email.to_owned(), name: "Tomás Bergström".to_owned(), roles: roles.to_vec() };
        let (_, link) = self.accounts.invite(by, invitation).await.unwrap();
        let joining = Joining { name: "Tomás Bergström".to_owned(), password: secret(PASSWORD) };
        let session = self.accounts.join(&self.nobody(), link.token, joining).await.unwrap();
        self.signed(&session).await
    }

    pub(crate) async fn signed(&self, session: &NewSession) -> Signed {
        self.recognise(session).await.ok().unwrap()
    }

    pub(crate) async fn recognise(&self, session: &NewSession) -> Result<Signed, AccountFault> {
        self.present(session.cookie.expose()).await
    }

    pub(crate) async fn present(&self, cookie: &str) -> Result<Signed, AccountFault> {
        self.accounts.authenticate_session(cookie, self.origin("203.0.113.7"), self.request(), Lang::En).await
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Result<NewSession, AccountFault> {
        self.sign_in_from("203.0.113.7", email, password).await
    }

    pub(crate) async fn sign_in_from(&self, ip: &str, email: &str, password: &str) -> Result<NewSession, AccountFault> {
        let attempt = SignIn { email: email.to_owned(), password: secret(password), previous: None, device: None };
        self.accounts.sign_in(&self.from(ip), attempt).await
    }

    /// Returns every line of the ledger with who did it.
    pub(crate) async fn lines(&self) -> Vec<(ActorRef, Line)> {
        struct Body(EntryId, Vec<u8>);
        // A test reads the ledger as a thief of the file would.
        impl Bare for Body {}
        let operator = self.operator();
        let reading = self.db.read(&operator, |tx| {
            tx.bare("select id, body from ledger_entry order by id", &[], |row| Ok(Body(row.get(0)?, row.get(1)?)))
        });
        let bodies: Vec<Body> = reading.await.unwrap();
        let acts = bodies.into_iter().flat_map(|Body(id, body)| Entry { id, body }.unpack().unwrap());
        acts.flat_map(|act| act.lines.into_iter().map(move |line| (act.actor, line))).collect()
    }

    /// Returns the lines with a verb.
    pub(crate) async fn lines_of(&self, verb: &str) -> Vec<Line> {
        self.lines().await.into_iter().map(|(_, line)| line).filter(|line| line.verb == verb).collect()
    }
}

/// Tells whether a line is about a person.
pub(crate) fn told(line: &Line, about: UserId) -> bool {
    line.ids.contains(&about.uuid())
}
