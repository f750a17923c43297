//! The house of one test.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use accounts::{Accounts, Founder, Invitation, Joining, SignIn};
use authz::{Cx, Demand, Identity, Level, Role};
use crypto::{Cost, Passwords, Secret};
use db::{Db, DbConfig, Keyring, Place, PostgresPlace};
use kernel::{Chance, Clock, Currency, FixedClock, Lang, ObjectName, RequestId, SeededChance, Timestamp};
use ledger::{ActorRef, Origin, Via};
use records::{Objects, Records};
use tempfile::TempDir;
use tokens::{Presented, TokenForm, Tokens};
use vault::{Root, Vault, VaultConfig};

use crate::{Actor, Device};

/// Long enough, strong enough, and only ever in tests.
pub const PASSWORD: &str = "violet harbour 4 lanterns";

/// A whole Custos.
pub struct App {
    /// The data database.
    pub db: Db,
    /// The keys.
    pub vault: Vault,
    /// Who may sign in.
    pub accounts: Accounts,
    /// Who programs act for.
    pub tokens: Tokens,
    /// Objects and records.
    pub records: Records,
    /// The clock; it stands until it is moved.
    pub clock: Arc<FixedClock>,
    /// The seeded chance.
    pub chance: Arc<SeededChance>,
    data: Place,
    keys: Place,
    dir: TempDir,
}

impl App {
    /// Starts a house with its first person; `None` where the engine is not there.
    pub async fn start(engine: &str) -> Option<Self> {
        let app = Self::empty(engine).await?;
        let founder = Founder {
            workspace: "Northlight".to_owned(),
            name: "Ada Founder".to_owned(),
            email: "ada.founder@example.org".to_owned(),
            password: Secret::new(PASSWORD.to_owned()),
        };
        app.accounts.init(&app.operator(), founder).await.unwrap();
        app.asks(Level::Single, 12 * 60).await;
        Some(app)
    }

    /// Starts a house in which nobody can sign in yet; `None` where the engine is not there.
    pub async fn empty(engine: &str) -> Option<Self> {
        let dir = TempDir::with_prefix("custos").unwrap();
        let clock = Arc::new(FixedClock::at(Timestamp::parse_rfc3339("2026-11-02T09:00:00Z").unwrap()));
        let chance = Arc::new(SeededChance::new(11));
        let (data, keys) = places(engine, &dir)?;
        let (own_data, own_keys) = (data.clone(), keys.clone());
        let (its_clock, its_chance): (Arc<dyn Clock>, Arc<dyn Chance>) = (clock.clone(), chance.clone());
        let keyring = Keyring::open(keys, clock.now()).await.unwrap();
        let root = Root::KeyFile(dir.path().join("root.key"));
        let config = VaultConfig { root, keyring, clock: its_clock.clone(), chance: its_chance.clone() };
        let vault = Vault::open(config).await.unwrap();
        let db = Db::open(DbConfig { place: data, readers: 2 }, Arc::new(vault.clone()), (its_clock, its_chance))
            .await
            .unwrap();
        let cheap = Cost { memory: 64, passes: 1, lanes: 1 };
        let accounts = Accounts::new(db.clone(), vault.clone(), Passwords::new(cheap, 4).unwrap());
        let records =
            Records::new(vault.clone(), Objects::standard(Currency::EUR).unwrap(), dir.path().join("uploads"));
        let tokens = Tokens::new(accounts.clone()).knowing(records.objects());
        let app = Self { db, vault, accounts, tokens, records, clock, chance, data: own_data, keys: own_keys, dir };
        let tables = app.records.clone();
        app.db.write(&app.operator(), move |tx| tables.ensure_tables(tx)).await.unwrap();
        Some(app)
    }

    /// Returns the folder everything lies in.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.dir.path().to_owned()
    }

    /// Returns where the data lies: for whoever looks at it, or breaks it, from outside.
    #[must_use]
    pub fn data(&self) -> &Place {
        &self.data
    }

    /// Returns where the keys lie.
    #[must_use]
    pub fn keys(&self) -> &Place {
        &self.keys
    }

    /// Returns the context of whoever may run commands.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "a test is its own operator")]
    pub fn operator(&self) -> Cx {
        let rights = authz::Rights::of(&[Role::Administrator]).into();
        let identity = Identity { actor: ActorRef::Operator, person: None, session: None, rights };
        Cx::mint(identity, Origin::via(Via::Command), self.request(), Lang::En)
    }

    /// Makes the id of a request.
    #[must_use]
    pub fn request(&self) -> RequestId {
        RequestId::new(self.clock.now(), &*self.chance)
    }

    /// Signs the first person in: administrator, manager and auditor.
    pub async fn founder(&self) -> Actor {
        Actor::sign_in(self, "ada.founder@example.org").await
    }

    /// Signs the first person in with a browser that keeps a key, and returns the cookie.
    pub async fn tied_founder(&self, device: &Device) -> String {
        let nobody = Cx::nobody(Origin::via(Via::Web), self.request(), Lang::En);
        let attempt = SignIn {
            email: "ada.founder@example.org".to_owned(),
            password: Secret::new(PASSWORD.to_owned()),
            previous: None,
            device: None,
        };
        let session = self.accounts.sign_in(&nobody, attempt).await.unwrap();
        let session = self.accounts.bind_session(&nobody, session, &device.key()).await.unwrap();
        session.cookie.expose().clone()
    }

    /// Invites somebody with a role, lets them join, and signs them in.
    pub async fn person(&self, name: &str, role: Role) -> Actor {
        let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
        let invitation = Invitation { email: email.clone(), name: name.to_owned(), roles: vec![role] };
        let (_, link) = self.accounts.invite(&self.operator(), invitation).await.unwrap();
        let nobody = Cx::nobody(Origin::via(Via::Web), self.request(), Lang::En);
        let joining = Joining { name: name.to_owned(), password: Secret::new(PASSWORD.to_owned()) };
        self.accounts.join(&nobody, link.token, joining).await.unwrap();
        Actor::sign_in(self, &email).await
    }

    /// Asks everybody for so much before dangerous acts, proved within so many minutes. A house that was started asks for nothing
    /// but the session, because most tests are about what comes after.
    pub async fn asks(&self, danger: Level, minutes: u64) {
        let demand = Demand { danger, lasts: Duration::from_secs(60 * minutes), ..Demand::default() };
        let all = Role::ALL.iter().map(|role| (*role, demand)).collect();
        self.accounts.set_role_policy(&self.operator(), all).await.unwrap();
    }

    /// Makes a token that acts as somebody for thirty days, and returns what goes behind `Authorization: Bearer`.
    pub async fn token(&self, actor: &Actor) -> String {
        let workspace = tokens::OF_WORKSPACE.iter().map(|(object, verb)| format!("{object}:{}", verb.name()));
        let form = TokenForm {
            label: "test".to_owned(),
            lasts: Duration::from_secs(30 * 24 * 60 * 60),
            scopes: Some(std::iter::once(tokens::EVERYTHING.to_owned()).chain(workspace).collect()),
            ..TokenForm::default()
        };
        self.tokens.create(&actor.cx, actor.id, form).await.unwrap().token.expose().clone()
    }

    /// Returns the context of a program with a token.
    pub async fn program(&self, token: &str) -> Cx {
        let origin = Origin::via(Via::Api);
        self.tokens.authenticate(Presented::Bearer(token), origin, self.request(), Lang::En).await.unwrap()
    }
}

fn places(engine: &str, dir: &TempDir) -> Option<(Place, Place)> {
    if engine == "sqlite" {
        return Some((Place::File(dir.path().join("custos.db")), Place::File(dir.path().join("keyring.db"))));
    }
    #[expect(clippy::disallowed_methods, reason = "where the test server is comes from whoever runs the tests")]
    let Ok(url) = std::env::var("CUSTOS_TEST_POSTGRES") else {
        eprintln!("skipped on PostgreSQL: CUSTOS_TEST_POSTGRES is not set");
        return None;
    };
    let unique: String =
        dir.path().file_name()?.to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
    let place = |name: String| {
        let schema = ObjectName::parse(&name.to_lowercase()).expect("a schema name");
        Place::Postgres(PostgresPlace { url: url.clone(), schema, root_cert: None })
    };
    Some((place(format!("t_{unique}")), place(format!("k_{unique}"))))
}
