//! Telling others what happens: what they are told and what not, signed, once or again, and when it ends.

use std::time::Duration;

use authz::{Cx, Level, Role};
use kernel::Fault as _;
use notices::Kind;
use outbound::{Limits, Outbound};
use testkit::{Actor, App};
use webhooks::{Courier, DeliveryState, Plan, WebhookId, Webhooks};

use crate::support::raw::Raw;
use crate::support::reading::allow;
use crate::support::receiver::{Got, Receiver};

testkit::on_both_engines! {
    what_happens_is_told_signed_and_without_what_was_not_chosen => super::told;
    nothing_is_told_that_its_owner_may_not_see => super::rights;
    a_webhook_is_nobody_elses_and_no_programs => super::others;
    a_webhook_is_changed_and_another_address_gets_another_secret => super::changed;
    servers_that_redirect_dawdle_or_pour_are_cut_off => super::answers;
    a_new_secret_signs_beside_the_old_one_for_a_day => super::rotation;
    what_fails_is_tried_again_and_ends_after_three_days => super::failing;
    nobody_is_told_of_more_people_than_its_owner_may_see => super::budget;
    two_nodes_send_once_and_a_killed_one_loses_nothing => super::once;
    safety_is_told_to_those_who_may_read_the_log => super::safety;
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const CANARY: &str = "Zqcanary";

struct Set {
    app: App,
    webhooks: Webhooks,
    courier: Courier,
    receiver: Receiver,
    ann: Actor,
}

/// Makes a way out that may speak to this machine, or not.
fn courier(webhooks: &Webhooks, own: bool) -> Courier {
    let allow_private = if own { vec!["127.0.0.1".to_owned()] } else { Vec::new() };
    let limits = Limits { connect: Duration::from_secs(2), total: Duration::from_millis(700), body: 1_000 };
    let out = outbound::Settings { allow_private, limits, ..outbound::Settings::default() };
    Courier::new(webhooks.clone(), Outbound::new(out).unwrap())
}

impl Set {
    async fn of(app: App) -> Self {
        let webhooks = Webhooks::new(app.accounts.clone(), app.records.clone());
        let (courier, receiver) = (courier(&webhooks, true), Receiver::start().await);
        let ann = app.person("Ann Tells", Role::Manager).await;
        Self { app, webhooks, courier, receiver, ann }
    }

    async fn hook(&self, actor: &Actor, events: &[&str], fields: &[&str]) -> (WebhookId, String) {
        let (id, secret) = self.webhooks.create(&actor.cx, self.plan(events, fields)).await.unwrap();
        (id, secret.expose().clone())
    }

    fn plan(&self, events: &[&str], fields: &[&str]) -> Plan {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Plan { name: "Shop".to_owned(), url: self.receiver.url.clone(), events: own(events), fields: own(fields) }
    }

    /// Does what the worker does until nothing is left, and returns what came.
    async fn run(&self) -> Vec<Got> {
        let system = jobs::system_cx(&self.app.db);
        sequence::settle(&self.app.db, &system).await.unwrap();
        while self.webhooks.fan_out(&system).await.unwrap() {}
        while self.courier.send_next(&system).await.unwrap() {}
        self.receiver.got()
    }

    async fn contact(&self, name: &str) -> records::RecordRef {
        let fields = [("name", name), ("email", &format!("{}@zq.example", name.replace(' ', "."))), ("city", "Lublin")];
        self.ann.create("contact", &fields).await.unwrap()
    }

    async fn told(&self, kind: Kind) -> usize {
        let cx = Actor::again(&self.app, &self.ann.email).await.cx;
        self.app.accounts.notices().list(&cx, None).await.unwrap().iter().filter(|told| told.kind == kind).count()
    }

    async fn end(self) {
        self.app.finish(&[CANARY, "whsec_", "127.0.0.1"]).await;
    }
}

/// Fails when: a field goes along that was not chosen, the signature leaves out id, time or body, or address or secret lie in the clear.
async fn told(app: App) {
    let set = Set::of(app).await;
    let before = set.contact("Zqcanary Before").await;
    set.app.clock.advance(Duration::from_secs(1));
    let (id, secret) = set
        .hook(
            &set.ann,
            &["contact.created", "contact.updated", "contact.deleted", "contact.restored"],
            &["contact.city"],
        )
        .await;
    let at = set.contact("Zqcanary One").await;
    set.ann.update(&at, Some(1), &[("city", "Gdansk")]).await.unwrap();
    let (gone, back) = (at.clone(), at.clone());
    set.ann.write(move |records, tx| records.delete_record(tx, &gone, None)).await.unwrap();
    set.ann.write(move |records, tx| records.restore_record(tx, &back).map(|_| ())).await.unwrap();
    let got = set.run().await;
    let mut kinds: Vec<String> = got.iter().map(|got| got.json()["type"].as_str().unwrap().to_owned()).collect();
    // What is sent at one moment comes in whichever order.
    kinds.sort_unstable();
    assert_eq!(kinds, ["contact.created", "contact.deleted", "contact.restored", "contact.updated"]);
    for got in &got {
        let json = got.json();
        assert_eq!(
            (json["data"]["kind"].as_str(), json["data"]["id"].as_str()),
            (Some("contact"), Some(&*at.id.to_string()))
        );
        assert!(!got.body.contains(CANARY) && !got.body.contains("zq.example"), "{got:?}");
        let fields = &json["data"]["fields"];
        if json["type"] == "contact.deleted" {
            assert!(fields.is_null(), "{json}");
        } else {
            assert_eq!(fields, &serde_json::json!({"city": "Gdansk"}), "as it is when it is sent");
        }
        assert_eq!(got.signed_by(&secret), [0], "{got:?}");
        assert!(got.signed_at(&secret, got.at + 1).is_empty(), "another time is another signature");
        let forged = Got { body: got.body.replace("contact", "company"), ..got.clone() };
        assert!(forged.signed_by(&secret).is_empty());
        let other = Got { id: "msg_x".to_owned(), ..got.clone() };
        assert!(other.signed_by(&secret).is_empty());
    }
    let mut ids: Vec<&String> = got.iter().map(|got| &got.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    assert!(set.run().await.is_empty(), "what was told is not told again");
    let (hook, sent) = set.webhooks.read(&set.ann.cx, id).await.unwrap();
    assert!(hook.sent_at.is_some() && hook.failing_since.is_none() && sent.len() == 4);
    assert!(sent.iter().all(|sent| sent.state == DeliveryState::Done && sent.about != before.id.uuid()));
    // A test says nothing of anybody; what was sent is sent again under its old id.
    set.webhooks.test(&set.ann.cx, id).await.unwrap();
    let test = set.run().await.remove(0);
    assert_eq!((test.json()["type"].as_str(), test.signed_by(&secret)), (Some("webhook.test"), vec![0]));
    let first = sent.iter().find(|sent| sent.event == "contact.created").unwrap();
    set.webhooks.again(&set.ann.cx, id, first.id).await.unwrap();
    assert_eq!(set.run().await[0].id, format!("msg_{}", first.id));
    assert_eq!(set.told(Kind::WebhookMade).await, 1);
    // The list is forgotten after a month.
    set.app.clock.advance(DAY * 31);
    set.webhooks.tidy(&jobs::system_cx(&set.app.db)).await.unwrap();
    assert_eq!(Raw::data(&set.app).await.number("select count(*) from webhook_delivery").await, 0);
    set.end().await;
}

/// Fails when: `may_read` is not asked when it is sent, fields are not asked for anew, or an owner who left is still told.
async fn rights(app: App) {
    let set = Set::of(app).await;
    let bo = set.app.person("Bo Agent", Role::Agent).await;
    let forbidden = set.webhooks.create(&bo.cx, set.plan(&["contact.created"], &["contact.city"])).await;
    assert_eq!(forbidden.err().unwrap().code(), "invalid", "an agent exports nothing");
    let masked = set.webhooks.create(&set.ann.cx, set.plan(&["contact.created"], &["contact.national_id"])).await;
    assert_eq!(masked.err().unwrap().code(), "invalid");
    let (its, _) = set.hook(&bo, &["contact.created"], &[]).await;
    let ours = set.contact("Zqcanary Hidden").await;
    let own = bo.create("contact", &[("name", "Zqcanary Own")]).await.unwrap();
    let got = set.run().await;
    assert_eq!(got.len(), 1, "{got:?}");
    assert_eq!(got[0].json()["data"]["id"].as_str(), Some(&*own.id.to_string()));
    let (_, sent) = set.webhooks.read(&bo.cx, its).await.unwrap();
    assert!(sent.len() == 1 && sent[0].about != ours.id.uuid(), "what is hidden leaves no trace");
    assert_eq!(Raw::data(&set.app).await.number("select count(*) from webhook_delivery").await, 1);
    // A right that is taken away between event and message takes the fields along, then the event.
    let (id, _) = set.hook(&set.ann, &["contact.created"], &["contact.city"]).await;
    set.contact("Zqcanary Two").await;
    let operator = set.app.operator();
    set.app.accounts.change_roles(&operator, set.ann.id, vec![Role::Viewer]).await.unwrap();
    let got = set.run().await;
    assert!(got.len() == 1 && got[0].json()["data"]["fields"].is_null(), "{got:?}");
    set.app.accounts.change_roles(&operator, set.ann.id, vec![Role::Manager]).await.unwrap();
    let ann = Actor::again(&set.app, &set.ann.email).await;
    ann.create("contact", &[("name", "Zqcanary Three")]).await.unwrap();
    set.app.accounts.change_roles(&operator, set.ann.id, vec![Role::Auditor]).await.unwrap();
    assert!(set.run().await.is_empty());
    assert!(set.webhooks.list(&jobs::system_cx(&set.app.db)).await.is_err());
    // Whoever leaves is told nothing.
    set.app.accounts.change_roles(&operator, set.ann.id, vec![Role::Manager]).await.unwrap();
    let ann = Actor::again(&set.app, &set.ann.email).await;
    ann.create("contact", &[("name", "Zqcanary Four")]).await.unwrap();
    set.app.accounts.disable_person(&operator, set.ann.id).await.unwrap();
    assert!(set.run().await.is_empty());
    set.app.accounts.enable_person(&operator, set.ann.id).await.unwrap();
    let ann = Actor::again(&set.app, &set.ann.email).await;
    let (hook, _) = set.webhooks.read(&ann.cx, id).await.unwrap();
    assert_eq!((hook.on, hook.fault.as_deref()), (false, Some("webhook-left")));
    set.end().await;
}

/// Fails when: `own`, `there` or `dares` is not asked.
async fn others(app: App) {
    let set = Set::of(app).await;
    let (id, _) = set.hook(&set.ann, &["contact.created"], &[]).await;
    set.webhooks.test(&set.ann.cx, id).await.unwrap();
    set.run().await;
    let delivery = set.webhooks.read(&set.ann.cx, id).await.unwrap().1[0].id;
    let bo = set.app.person("Bo Looks", Role::Manager).await;
    let cx = &bo.cx;
    let codes = [
        set.webhooks.read(cx, id).await.err().unwrap().code(),
        set.webhooks.rotate(cx, id).await.err().unwrap().code(),
        set.webhooks.change(cx, id, set.plan(&["contact.created"], &[])).await.err().unwrap().code(),
        set.webhooks.switch(cx, id, false).await.err().unwrap().code(),
        set.webhooks.switch(cx, id, true).await.err().unwrap().code(),
        set.webhooks.test(cx, id).await.err().unwrap().code(),
        set.webhooks.again(cx, id, delivery).await.err().unwrap().code(),
        set.webhooks.remove(cx, id).await.err().unwrap().code(),
    ];
    assert_eq!(codes, ["not-found"; 8]);
    assert_eq!(set.webhooks.list_all(cx).await.err().unwrap().code(), "forbidden");
    assert!(set.webhooks.list(cx).await.unwrap().is_empty());
    // Another of one's own webhooks is no way to a delivery.
    let (other, _) = set.hook(&bo, &["contact.created"], &[]).await;
    assert_eq!(set.webhooks.again(cx, other, delivery).await.err().unwrap().code(), "webhook-off");
    let program = set.app.program(&set.app.token(&set.ann).await).await;
    assert_eq!(
        set.webhooks.create(&program, set.plan(&["contact.created"], &[])).await.err().unwrap().code(),
        "forbidden"
    );
    assert_eq!(set.webhooks.rotate(&program, id).await.err().unwrap().code(), "forbidden");
    let changed = set.webhooks.change(&program, id, set.plan(&["contact.updated"], &[])).await;
    assert_eq!(changed.err().unwrap().code(), "forbidden");
    // An administrator stops it, and does not start it.
    let founder = set.app.founder().await;
    assert_eq!(set.webhooks.list_all(&founder.cx).await.unwrap().len(), 2);
    set.webhooks.switch(&founder.cx, id, false).await.unwrap();
    assert_eq!(set.webhooks.switch(&founder.cx, id, true).await.err().unwrap().code(), "not-found");
    assert_eq!(set.webhooks.test(&set.ann.cx, id).await.err().unwrap().code(), "webhook-off");
    // It takes a fresh proof of who it is.
    set.app.asks(Level::Resistant, 15).await;
    let ann = Actor::again(&set.app, &set.ann.email).await;
    let asked = set.webhooks.create(&ann.cx, set.plan(&["contact.created"], &[])).await.err().unwrap();
    assert!(asked.code().starts_with("step-up"), "{asked:?}");
    assert!(set.webhooks.rotate(&ann.cx, id).await.err().unwrap().code().starts_with("step-up"));
    let changed = set.webhooks.change(&ann.cx, id, set.plan(&["contact.updated"], &[])).await;
    assert!(changed.err().unwrap().code().starts_with("step-up"));
    let proved: Cx = ann.proved(&set.app, Level::Resistant);
    assert!(set.webhooks.create(&proved, set.plan(&["contact.created"], &[])).await.is_ok());
    set.webhooks.remove(&ann.cx, id).await.unwrap();
    set.end().await;
}

/// Fails when: what is chosen is not checked against what its owner may have told, what waits of an event goes out that is not wanted
/// any more, the old secret signs for the new address, or the owner is not told.
async fn changed(app: App) {
    let set = Set::of(app).await;
    let (id, secret) = set.hook(&set.ann, &["contact.created", "contact.updated"], &[]).await;
    let same = set.plan(&["contact.updated", "contact.created"], &[]);
    assert!(set.webhooks.change(&set.ann.cx, id, same).await.unwrap().is_none());
    assert_eq!(set.told(Kind::WebhookChanged).await, 0, "nothing changed");
    for (events, fields) in [
        (&["contact.read"][..], &[][..]),
        (&[], &[]),
        (&["contact.created"], &["contact.national_id"]),
        (&["contact.created"], &["user.email"]),
    ] {
        let refused = set.webhooks.change(&set.ann.cx, id, set.plan(events, fields)).await;
        assert_eq!(refused.err().unwrap().code(), "invalid", "{events:?} {fields:?}");
    }
    // Written down, and not wanted any more when it is sent.
    set.contact("Zqcanary One").await;
    let system = jobs::system_cx(&set.app.db);
    sequence::settle(&set.app.db, &system).await.unwrap();
    while set.webhooks.fan_out(&system).await.unwrap() {}
    let narrowed = set.webhooks.change(&set.ann.cx, id, set.plan(&["contact.updated"], &["contact.city"])).await;
    assert!(narrowed.unwrap().is_none(), "the address is the same, and so is the secret");
    assert!(set.run().await.is_empty());
    let at = set.contact("Zqcanary Two").await;
    set.ann.update(&at, Some(1), &[("city", "Gdansk")]).await.unwrap();
    let got = set.run().await;
    assert_eq!(got.len(), 1, "{got:?}");
    assert_eq!(got[0].json()["data"]["fields"], serde_json::json!({"city": "Gdansk"}));
    assert_eq!(got[0].signed_by(&secret), [0]);
    let mut plan = set.plan(&["contact.updated"], &[]);
    plan.url = format!("{}?moved", plan.url);
    let new = set.webhooks.change(&set.ann.cx, id, plan).await.unwrap().unwrap().expose().clone();
    set.webhooks.test(&set.ann.cx, id).await.unwrap();
    let got = set.run().await.remove(0);
    assert_eq!((got.signed_by(&new), got.signed_by(&secret), got.signatures.len()), (vec![0], vec![], 1));
    assert_eq!(set.told(Kind::WebhookChanged).await, 2);
    set.end().await;
}

/// Fails when: webhooks do not go through `outbound`, or a status that is no success is taken for one.
async fn answers(app: App) {
    let set = Set::of(app).await;
    let (id, _) = set.hook(&set.ann, &["contact.created"], &[]).await;
    for ((status, body, after), code) in [
        ((302, 0, Duration::ZERO), "outbound-redirect"),
        ((307, 0, Duration::ZERO), "outbound-redirect"),
        ((200, 2_000, Duration::ZERO), "outbound-large"),
        ((200, 0, Duration::from_secs(60)), "outbound-slow"),
        ((404, 0, Duration::ZERO), "webhook-refused"),
        ((503, 0, Duration::ZERO), "webhook-refused"),
    ] {
        set.receiver.answer(status, body, after);
        let delivery = set.webhooks.test(&set.ann.cx, id).await.unwrap();
        let got = set.run().await;
        assert!(got.len() == 1 && got[0].path == "/hook", "{status}: {got:?}");
        let (_, sent) = set.webhooks.read(&set.ann.cx, id).await.unwrap();
        let sent = sent.iter().find(|sent| sent.id == delivery).unwrap();
        assert_eq!((sent.state, sent.fault.as_deref()), (DeliveryState::Waiting, Some(code)), "{status}");
    }
    // This machine is not spoken to unless the operator says so.
    let (delivery, strict) = (set.webhooks.test(&set.ann.cx, id).await.unwrap(), courier(&set.webhooks, false));
    while strict.send_next(&jobs::system_cx(&set.app.db)).await.unwrap() {}
    assert!(set.receiver.got().is_empty());
    let (hook, sent) = set.webhooks.read(&set.ann.cx, id).await.unwrap();
    let sent = sent.iter().find(|sent| sent.id == delivery).unwrap();
    assert_eq!(sent.fault.as_deref(), Some("outbound-private"));
    assert!(hook.failing_since.is_some());
    set.end().await;
}

/// Fails when: the old secret ends at once, or never.
async fn rotation(app: App) {
    let set = Set::of(app).await;
    let (id, old) = set.hook(&set.ann, &["contact.created"], &[]).await;
    let new = set.webhooks.rotate(&set.ann.cx, id).await.unwrap().expose().clone();
    assert_ne!(old, new);
    set.webhooks.test(&set.ann.cx, id).await.unwrap();
    let got = set.run().await.remove(0);
    assert_eq!((got.signed_by(&new), got.signed_by(&old)), (vec![0], vec![1]));
    set.app.clock.advance(DAY);
    let ann = Actor::again(&set.app, &set.ann.email).await;
    set.webhooks.test(&ann.cx, id).await.unwrap();
    let got = set.run().await.remove(0);
    assert_eq!((got.signed_by(&new), got.signed_by(&old), got.signatures.len()), (vec![0], vec![], 1));
    // The second rotation takes the place of the first.
    set.webhooks.rotate(&ann.cx, id).await.unwrap();
    let third = set.webhooks.rotate(&ann.cx, id).await.unwrap().expose().clone();
    set.webhooks.test(&ann.cx, id).await.unwrap();
    let got = set.run().await.remove(0);
    assert_eq!((got.signed_by(&third), got.signed_by(&new), got.signatures.len()), (vec![0], vec![], 2));
    set.end().await;
}

/// Fails when: a pause is not kept, something is given up early, or a dead address is called for ever.
async fn failing(app: App) {
    let set = Set::of(app).await;
    let (id, _) = set.hook(&set.ann, &["contact.created"], &[]).await;
    set.receiver.answer(500, 0, Duration::ZERO);
    set.contact("Zqcanary One").await;
    let first = set.run().await;
    assert_eq!(first.len(), 1);
    for pause in webhooks::rules::PAUSES.iter().take(3) {
        set.app.clock.advance(*pause * 85 / 100);
        assert!(set.run().await.is_empty(), "{pause:?}");
        set.app.clock.advance(*pause * 30 / 100);
        let again = set.run().await;
        assert!(again.len() == 1 && again[0].id == first[0].id, "{pause:?}: {again:?}");
    }
    // It arrives, and all is forgiven.
    set.receiver.answer(200, 0, Duration::ZERO);
    set.app.clock.advance(webhooks::rules::PAUSES[3] * 2);
    assert_eq!(set.run().await.len(), 1);
    let ann = Actor::again(&set.app, &set.ann.email).await;
    let (hook, sent) = set.webhooks.read(&ann.cx, id).await.unwrap();
    assert!(hook.on && hook.failing_since.is_none() && sent[0].attempts == 5);
    set.receiver.answer(500, 0, Duration::ZERO);
    ann.create("contact", &[("name", "Zqcanary Two")]).await.unwrap();
    let mut tries = 0;
    for _ in 0..40 {
        tries += set.run().await.len();
        set.app.clock.advance(DAY / 8);
    }
    assert!((6..=10).contains(&tries), "{tries}");
    let ann = Actor::again(&set.app, &set.ann.email).await;
    let (hook, _) = set.webhooks.read(&ann.cx, id).await.unwrap();
    assert_eq!((hook.on, hook.fault.as_deref()), (false, Some("webhook-failing")));
    assert_eq!(set.told(Kind::WebhookOff).await, 1);
    // Off is off: what happens meanwhile is not told later.
    ann.create("contact", &[("name", "Zqcanary Three")]).await.unwrap();
    set.receiver.answer(410, 0, Duration::ZERO);
    assert!(set.run().await.is_empty());
    set.webhooks.switch(&ann.cx, id, true).await.unwrap();
    assert!(set.run().await.is_empty());
    set.webhooks.test(&ann.cx, id).await.unwrap();
    assert_eq!(set.run().await.len(), 1);
    let (hook, _) = set.webhooks.read(&ann.cx, id).await.unwrap();
    assert_eq!((hook.on, hook.fault.as_deref()), (false, Some("webhook-gone")), "410 ends it at once");
    set.end().await;
}

/// Fails when: what a webhook sends is not counted as seen by its owner.
async fn budget(app: App) {
    let set = Set::of(app).await;
    let founder = set.app.founder().await;
    let (id, _) = set.hook(&set.ann, &["contact.created"], &["contact.city"]).await;
    let bo = set.app.person("Bo Makes", Role::Manager).await;
    allow(&set.app, &founder, 5, 5).await;
    for n in 0..9 {
        bo.write(move |records, tx| {
            let change = records::Change::new().text("name", format!("Zqcanary {n}"));
            records.create_record(tx, "contact", change).map(|_| ())
        })
        .await
        .map_err(|fault| fault.code())
        .ok();
        set.app.clock.advance(Duration::from_secs(1));
    }
    let got = set.run().await;
    assert!(got.len() <= 5 && !got.is_empty(), "{}", got.len());
    let (hook, sent) = set.webhooks.read(&set.ann.cx, id).await.unwrap();
    let held = sent.iter().filter(|sent| sent.fault.as_deref().is_some_and(|code| code.starts_with("budget-"))).count();
    let made = Raw::data(&set.app).await.number("select count(*) from r_contact").await;
    assert_eq!(i64::try_from(held + got.len()).unwrap(), made);
    assert!(made < 6 || held > 0, "{made} {held}");
    assert!(hook.on && hook.failing_since.is_none(), "the other end is not to blame");
    set.end().await;
}

/// Fails when: the lease is not asked for again at the row, or what a killed worker held is lost.
async fn once(app: App) {
    let set = Set::of(app).await;
    let (id, _) = set.hook(&set.ann, &["contact.created"], &[]).await;
    for n in 0..12 {
        set.contact(&format!("Zqcanary {n}")).await;
    }
    let system = jobs::system_cx(&set.app.db);
    sequence::settle(&set.app.db, &system).await.unwrap();
    let (a, b) = tokio::join!(set.webhooks.fan_out(&system), set.webhooks.fan_out(&system));
    assert!(a.is_ok() && b.is_ok());
    while set.webhooks.fan_out(&system).await.unwrap() {}
    let send = || async { while set.courier.send_next(&jobs::system_cx(&set.app.db)).await.unwrap() {} };
    tokio::join!(send(), send(), send(), send());
    send().await;
    let mut ids: Vec<String> = set.receiver.got().into_iter().map(|got| got.id).collect();
    ids.sort_unstable();
    assert_eq!(ids.len(), 12);
    ids.dedup();
    assert_eq!(ids.len(), 12, "each once");
    // A worker takes one and is killed: nobody else sends it while its lease lasts, and somebody does then.
    set.webhooks.test(&set.ann.cx, id).await.unwrap();
    let raw = Raw::data(&set.app).await;
    let until = kernel::Clock::now(&*set.app.clock).plus(Duration::from_secs(60)).micros();
    raw.run(&format!("update webhook_delivery set leased_until = {until}, attempts = 1 where state = 'waiting'")).await;
    assert!(set.run().await.is_empty());
    set.app.clock.advance(Duration::from_secs(61));
    assert_eq!(set.run().await.len(), 1);
    set.end().await;
}

/// Fails when: whoever may not read the log is told of what it says.
async fn safety(app: App) {
    let set = Set::of(app).await;
    let refused = set.webhooks.create(&set.ann.cx, set.plan(&["sign-in.failed"], &[])).await;
    assert_eq!(refused.err().unwrap().code(), "invalid");
    let founder = set.app.founder().await;
    let (id, _) = set.hook(&founder, &["sign-in.failed"], &[]).await;
    let nobody = Cx::nobody(founder.cx.origin().clone(), set.app.request(), kernel::Lang::En);
    let attempt = accounts::SignIn {
        email: set.ann.email.clone(),
        password: crypto::Secret::new("Zqcanary wrong one".to_owned()),
        previous: None,
        device: None,
    };
    assert!(set.app.accounts.sign_in(&nobody, attempt).await.is_err());
    let got = set.run().await;
    assert_eq!(got.len(), 1, "{got:?}");
    assert_eq!(
        (got[0].json()["type"].as_str(), got[0].json()["data"]["kind"].as_str()),
        (Some("sign-in.failed"), Some("user"))
    );
    assert!(!got[0].body.contains("example.org"), "{got:?}");
    assert_eq!(set.webhooks.read(&founder.cx, id).await.unwrap().1.len(), 1);
    set.end().await;
}
