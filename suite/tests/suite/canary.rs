//! Contacts that nobody deals with: whoever touches one is seen, whichever door they came through, and nobody learns which they are.

use std::time::Duration;

use authz::{Level, Role};
use canaries::Canaries;
use exports::{Exports, Plan};
use kernel::{Fault as _, RecordId};
use records::RecordRef;
use testkit::{Actor, App};

use crate::export::run;
use crate::support::http::{Client, site};
use crate::support::raw::Raw;
use crate::support::scene::CANARY;

testkit::on_both_engines! {
    whoever_touches_a_canary_is_seen_through_every_door => super::doors;
    nobody_learns_which_contacts_are_canaries => super::secret;
    canaries_are_placed_by_security_officers_who_proved_it => super::placed;
}

struct Set {
    app: App,
    canaries: Canaries,
    officer: Actor,
    manager: Actor,
    /// One that is a canary, among others that are not.
    bait: RecordRef,
}

impl Set {
    async fn new(app: App) -> Self {
        let canaries = Canaries::new(app.accounts.clone());
        let officer = app.person("Olga Watch", Role::SecurityOfficer).await;
        let manager = app.person("Max Stone", Role::Manager).await;
        let contact = async |n: usize| {
            let (name, email) = (format!("{CANARY} {n}"), format!("bait{n}@zq.example"));
            manager.create("contact", &[("name", &name), ("email", &email), ("national_id", "X1")]).await.unwrap()
        };
        let (_, bait, _) = (contact(0).await, contact(1).await, contact(2).await);
        sequence::settle(&app.db, &jobs::system_cx(&app.db)).await.unwrap();
        canaries.place(&officer.cx, bait.id).await.unwrap();
        Self { app, canaries, officer, manager, bait }
    }

    /// Places entries and looks, as the schedules do; returns how many alarms the officer has.
    async fn alarms(&self) -> usize {
        let system = jobs::system_cx(&self.app.db);
        sequence::settle(&self.app.db, &system).await.unwrap();
        self.canaries.watch(&system).await.unwrap();
        let told = self.app.accounts.notices().list(&self.officer.cx, None).await.unwrap();
        told.iter().filter(|notice| notice.kind == notices::Kind::CanaryTouched).count()
    }
}

/// Fails when: `watch` leaves out a verb, a door or a program, or tells the same twice.
async fn doors(app: App) {
    let set = Set::new(app).await;
    let site = site(&set.app);
    let browser = Client::of(&site, &set.manager);
    let program = Client::program(&site, &set.app.token(&set.manager).await);
    let (page, api) = (format!("/contacts/{}", set.bait.id), format!("/api/v1/contacts/{}", set.bait.id));
    // Whoever leafs through meets one, and those beside it are nobody's business.
    for path in ["/contacts?as=list", "/contacts?as=board", "/search?q=bait1", "/", "/ledger"] {
        assert!(browser.get(path).await.status < 404, "{path}");
    }
    assert_eq!(set.alarms().await, 0, "a list is no alarm");
    assert_eq!(browser.get(&page).await.status, 200);
    assert_eq!(set.alarms().await, 1, "opened");
    assert_eq!(browser.get(&page).await.status, 200);
    assert_eq!(set.alarms().await, 1, "once an hour");
    let shown = Client::of(&site, &set.officer).get("/notices").await;
    assert!(shown.text.contains("Max Stone opened a canary contact"), "{shown:?}");
    assert_eq!(browser.post(&format!("{page}/reveal/national_id"), &[("reason", "call")]).await.status, 200);
    assert_eq!(set.alarms().await, 2, "a sealed field");
    assert_eq!(browser.post(&page, &[("city", "Oslo"), ("version", "1")]).await.status, 303);
    assert_eq!(set.alarms().await, 3, "changed");
    assert_eq!(program.get("/api/v1/contacts").await.status, 200);
    assert_eq!(set.alarms().await, 4, "a program that lists");
    set.app.clock.advance(Duration::from_secs(61 * 60));
    let manager = Actor::again(&set.app, &set.manager.email).await;
    assert_eq!(program.get(&api).await.status, 200);
    assert_eq!(set.alarms().await, 5, "an hour later");
    // Everything out at once.
    let exports = Exports::new(set.app.accounts.clone(), set.app.records.clone());
    let plan = Plan { filters: Vec::new(), fields: vec!["name".to_owned()], reason: "Letter".to_owned() };
    let (id, _) = exports.plan(&manager.cx, "contact", plan).await.unwrap();
    exports.start(&manager.cx, id).await.unwrap();
    run(&exports, &set.app.accounts, &set.app, id).await.unwrap();
    assert_eq!(set.alarms().await, 6, "taken out");
    let listed = set.canaries.list(&Actor::again(&set.app, &set.officer.email).await.cx).await.unwrap();
    let mut verbs: Vec<String> = listed[0].touches.iter().map(|touch| touch.verb.clone()).collect();
    // Two came at the same moment of the fake clock, and four.
    verbs[..2].sort_unstable();
    verbs[2..].sort_unstable();
    assert_eq!(verbs, ["export", "read", "list", "read", "reveal", "update"]);
    assert!(listed[0].touches.iter().all(|touch| touch.user == Some(set.manager.id)));
    set.canaries.release(&Actor::again(&set.app, &set.officer.email).await.cx, listed[0].id).await.unwrap();
    let again = Client::of(&site, &manager);
    assert_eq!(again.get(&page).await.status, 200);
    Raw::data(&set.app).await.run("delete from job").await;
    set.app.finish(&[CANARY]).await;
}

/// Fails when: the line of placing one speaks of the contact, or its id lies in the clear.
async fn secret(app: App) {
    let set = Set::new(app).await;
    let site = site(&set.app);
    let browser = Client::of(&site, &set.manager);
    sequence::settle(&set.app.db, &jobs::system_cx(&set.app.db)).await.unwrap();
    let shown = browser.get(&format!("/contacts/{}", set.bait.id)).await;
    assert!(shown.status == 200 && !shown.text.to_lowercase().contains("canary contact"), "{shown:?}");
    assert_eq!(set.alarms().await, 1);
    let shown = browser.get(&format!("/contacts/{}", set.bait.id)).await;
    assert!(!shown.text.contains("Olga Watch"), "no officer stands in its history");
    let raw = Raw::data(&set.app).await;
    let stored = raw.blobs("select sealed from canary").await;
    assert!(stored.len() == 1 && !stored[0].windows(16).any(|window| window == set.bait.id.to_bytes()));
    for role in [Role::Administrator, Role::Auditor, Role::PrivacyOfficer, Role::Manager, Role::Agent, Role::Viewer] {
        let other = set.app.person(&format!("Other {}", role.code().replace('_', " ")), role).await;
        assert_eq!(set.canaries.list(&other.cx).await.unwrap_err().code(), "forbidden", "{role:?}");
        assert_eq!(Client::of(&site, &other).get("/settings/canaries").await.status, 403, "{role:?}");
        let placed = set.canaries.place(&other.cx, set.bait.id).await;
        assert_eq!(placed.unwrap_err().code(), "forbidden", "{role:?}");
    }
    set.app.finish(&[CANARY]).await;
}

/// Fails when: `place` asks no proof or takes what is no contact.
async fn placed(app: App) {
    let set = Set::new(app).await;
    let site = site(&set.app);
    let watching = Client::of(&site, &set.officer);
    let other = set.manager.create("contact", &[("name", CANARY)]).await.unwrap();
    let company = set.manager.create("company", &[("name", CANARY)]).await.unwrap();
    let post = async |address: &str| watching.post("/settings/canaries", &[("address", address)]).await;
    for (address, status) in [
        (String::new(), 422),
        ("nonsense <b>".to_owned(), 422),
        (format!("/companies/{}", company.id), 422),
        (format!("/contacts/{}", RecordId::from_uuid(kernel::Uuid::from_u128(7))), 422),
        (format!("/contacts/{}", set.bait.id), 409),
        (format!("https://crm.example/contacts/{}/?as=list#x", other.id), 303),
    ] {
        let answer = post(&address).await;
        assert_eq!(answer.status, status, "{address}: {answer:?}");
        assert!(
            status != 422
                || address.is_empty()
                || answer.text.contains("nonsense &lt;b&gt;") == address.contains("nonsense")
        );
    }
    assert_eq!(set.canaries.list(&set.officer.cx).await.unwrap().len(), 2);
    let program = set.app.program(&set.app.token(&set.officer).await).await;
    assert!(set.canaries.place(&program, other.id).await.is_err(), "no program");
    set.app.asks(Level::Resistant, 10).await;
    let again = Actor::again(&set.app, &set.officer.email).await;
    let third = set.manager.create("contact", &[("name", CANARY)]).await.unwrap();
    assert_eq!(set.canaries.place(&again.cx, third.id).await.unwrap_err().code(), "step-up-resistant");
    let id = set.canaries.list(&again.cx).await.unwrap()[0].id;
    assert_eq!(set.canaries.release(&again.cx, id).await.unwrap_err().code(), "step-up-resistant");
    set.app.finish(&[CANARY]).await;
}
