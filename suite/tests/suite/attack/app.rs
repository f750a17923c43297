//! A tricked colleague agrees to an app that wants everything: what it gets, who sees it, and how it ends. To be read from top to
//! bottom.

use std::sync::Arc;
use std::time::Duration;

use approvals::{Approvable, Approvals};
use apps::{AppId, Apps};
use authz::{Level, Role};
use canaries::Canaries;
use exports::{Exports, Plan};
use jobs::system_cx;
use kernel::{Clock as _, Fault as _};
use notices::Kind;
use records::RecordRef;
use serde_json::{Value, json};
use testkit::{Actor, App, Device};
use tokens::{FIRST_DAY, NewToken, Presented, TokenForm};

use crate::export::run;
use crate::support::apps::{BACK, exchange, registered, typed, wish};
use crate::support::http::{Answer, Client, form, site_with};
use crate::support::raw::Raw;

testkit::on_both_engines! {
    a_tricked_colleague_agrees_to_an_app_that_pulls_everything => super::tricked;
    what_somebody_is_asked_says_who_made_the_app_and_how_much_it_reads => super::asked;
    a_manager_who_takes_everything_out_meets_a_second_person_and_a_canary => super::taken;
    a_stolen_token_is_worth_nothing_elsewhere_and_a_bound_one_nowhere => super::stolen;
    nobody_is_led_away_and_nothing_is_given_by_another_site => super::led;
    what_an_app_holds_is_not_made_somebody_elses_by_a_row => super::rewritten;
}

struct Set {
    app: App,
    apps: Apps,
    approvals: Approvals,
    site: axum::Router,
    founder: Actor,
    officer: Actor,
    victim: Actor,
}

impl Set {
    async fn new(app: App) -> Self {
        let apps = Apps::new(&app.accounts, app.tokens.clone());
        let second: Arc<dyn Approvable> = Arc::new(apps::SecondPerson::new(apps.clone()));
        let approvals = Approvals::new(app.accounts.clone(), vec![second]);
        let site = site_with(&app, None, approvals.clone());
        let founder = app.founder().await;
        let officer = app.person("Olga Watch", Role::SecurityOfficer).await;
        let victim = app.person("Vic Trusting", Role::Manager).await;
        Self { app, apps, approvals, site, founder, officer, victim }
    }

    fn browser(&self, who: &Actor) -> Client {
        Client::of(&self.site, who)
    }

    /// What an app asks by itself: no cookie, no page.
    fn machine(&self) -> Client {
        Client::nobody(&self.site)
    }

    async fn told(&self, kind: Kind) -> usize {
        let list = self.app.accounts.notices().list(&self.officer.cx, None).await.unwrap();
        list.iter().filter(|notice| notice.kind == kind).count()
    }

    /// Lets the victim agree in a browser, and returns the code for the app.
    async fn code(&self, id: AppId) -> String {
        let wish = wish(id);
        let sent = [owned(&wish), vec![("answer", "allow")]].concat();
        let answer = self.browser(&self.victim).post("/oauth/authorize", &sent).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        part(&answer, "code").unwrap()
    }

    /// Lets the victim agree in a browser, and returns what the app gets.
    async fn agreed(&self, id: AppId) -> Value {
        let code = self.code(id).await;
        let given = self.machine().post("/oauth/token", &owned(&exchange(id, &code))).await;
        assert_eq!((given.status, given.header("cache-control")), (200, "no-store"), "{given:?}");
        serde_json::from_str(&given.text).unwrap()
    }
}

fn owned<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// Returns a part of the address that an answer leads to.
fn part(answer: &Answer, name: &str) -> Option<String> {
    let url = answer.header("refresh").strip_prefix("0; url=").unwrap_or(answer.header("location"));
    let query = url.strip_prefix(BACK)?.strip_prefix('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

/// Fails when: an app needs no second person, is not on probation, its reads alarm nobody, or stopping leaves it a token.
async fn tricked(app: App) {
    let set = Set::new(app).await;
    let canaries = Canaries::new(set.app.accounts.clone());
    let system = system_cx(&set.app.db);
    let mut all: Vec<RecordRef> = Vec::new();
    for n in 0..FIRST_DAY + 20 {
        let (name, email) = (format!("Zqx {n:03}y"), format!("zq{n}@zq.example"));
        all.push(set.victim.create("contact", &[("name", &name), ("email", &email)]).await.unwrap());
    }
    sequence::settle(&set.app.db, &system).await.unwrap();
    canaries.place(&set.officer.cx, all[40].id).await.unwrap();

    // 1. Nobody registered it: the link in the mail leads nowhere, and nowhere else either.
    let made_up = AppId::from_uuid(kernel::Uuid::from_u128(7));
    let link = format!("/oauth/authorize?{}", form(&owned(&wish(made_up))));
    let lured = set.browser(&set.victim).get(&link).await;
    assert!(lured.status == 422 && part(&lured, "error").is_none(), "{lured:?}");

    // 2. The thieves trick an administrator too. Alone that is not enough.
    let terms = apps::terms(&typed("Zqmailer", &["contact:read"])).unwrap();
    let wanted = set.approvals.ask(&set.founder.cx, apps::RULE, terms, "They called").await.unwrap();
    let own = set.founder.proved(&set.app, Level::Resistant);
    assert_eq!(set.approvals.approve(&own, wanted).await.unwrap_err().code(), "approval-own");
    assert!(set.apps.list(&set.founder.cx).await.unwrap().is_empty());

    // 3. And a second one. Now the victim agrees, and the app pulls everything.
    let id = registered(&set.app, &set.approvals, &set.founder, &["contact:read"]).await;
    let given = set.agreed(id).await;
    let program = Client::program(&set.site, given["access_token"].as_str().unwrap());
    let (mut seen, mut stopped, mut slowed) = (0_u64, 0, 0);
    for at in &all {
        let url = format!("/api/v1/contacts/{}", at.id);
        let mut answer = program.get(&url).await;
        if answer.status == 429 {
            assert_eq!(answer.header("ratelimit-policy"), format!("\"new-app\";q={};w=60", httpkit::FIRST_DAY));
            slowed += 1;
            set.app.clock.advance(Duration::from_secs(60));
            answer = program.get(&url).await;
        }
        match answer {
            answer if answer.status == 200 => seen += 1,
            answer => {
                assert!(answer.status == 403 && answer.text.contains("\"budget-hard\""), "{answer:?}");
                stopped += 1;
            }
        }
    }
    assert_eq!((seen, stopped), (FIRST_DAY, 20), "it is stopped at its first day's budget");
    assert_eq!(slowed, 1, "and heard slowly until then");
    set.app.clock.advance(Duration::from_secs(60));
    assert_eq!(program.get("/api/v1/contacts?limit=200").await.status, 403, "not by lists either");
    assert_eq!(program.get("/api/v1/deals").await.status, 403, "and it reads nothing else");
    let writes = program.json("POST", "/api/v1/contacts", &json!({ "fields": { "name": "x" } })).await;
    assert_eq!(writes.status, 403);

    // 4. Within a minute officers know: of the canary, and of whoever reached the limit.
    sequence::settle(&set.app.db, &system).await.unwrap();
    canaries.watch(&system).await.unwrap();
    budget::Budget::new(set.app.accounts.clone()).tell(&system).await.unwrap();
    assert_eq!((set.told(Kind::CanaryTouched).await, set.told(Kind::BudgetSpent).await), (1, 1));

    // 5. One click ends the app and all it holds, on this node at once, on every other within a second.
    let other = tokens::Tokens::new(set.app.accounts.clone());
    let presented = || Presented::Bearer(given["access_token"].as_str().unwrap());
    let origin = || ledger::Origin::via(ledger::Via::Api);
    let ask = async || other.authenticate(presented(), origin(), set.app.request(), kernel::Lang::En).await;
    assert!(ask().await.is_ok());
    let click = set.browser(&set.officer).post(&format!("/settings/apps/{id}/stop"), &[]).await;
    assert_eq!(click.status, 303, "{click:?}");
    assert_eq!(program.get(&format!("/api/v1/contacts/{}", all[0].id)).await.status, 401);
    set.app.clock.advance(Duration::from_secs(1));
    assert!(ask().await.is_err());
    let renewing = [
        ("grant_type", "refresh_token"),
        ("client_id", &id.to_string()),
        ("refresh_token", given["refresh_token"].as_str().unwrap()),
    ];
    let renewed = set.machine().post("/oauth/token", &renewing).await;
    assert_eq!((renewed.status, renewed.text.as_str()), (400, r#"{"error":"invalid_grant"}"#));
    set.app.finish(&["Zqx 0", "Zqworks"]).await;
}

/// Fails when: the page leaves out the maker, the count or the host, or shows more than the person sees.
async fn asked(app: App) {
    let set = Set::new(app).await;
    for n in 0..7 {
        set.victim.create("contact", &[("name", &format!("Zqx {n}"))]).await.unwrap();
    }
    let id = registered(&set.app, &set.approvals, &set.founder, &["contact:read", "deal:read"]).await;
    let link = format!("/oauth/authorize?{}", form(&owned(&wish(id))));
    let page = set.browser(&set.victim).get(&link).await;
    assert_eq!(page.status, 200, "{page:?}");
    for said in ["Zqmailer", "Zqworks", "7 contacts", "Contacts: read", "zqmailer.example", "at most 100 people"] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    let zh = set.browser(&set.victim).with("accept-language", "zh-CN").get(&link).await;
    assert!(zh.text.contains("7 位联系人"), "{}", zh.text);
    // Who is not signed in signs in first, and comes back to the question.
    let door = set.machine().get(&link).await;
    assert!(
        door.status == 303 && door.header("location").starts_with("/sign-in?next=%2Foauth%2Fauthorize"),
        "{door:?}"
    );
    // A refusal is told, with what the app wanted back, and who said it.
    let wish = wish(id);
    let sent = [owned(&wish), vec![("answer", "refuse")]].concat();
    let refused = set.browser(&set.victim).post("/oauth/authorize", &sent).await;
    let told = ["error", "state", "iss"].map(|name| part(&refused, name).unwrap());
    assert_eq!(told, ["access_denied", "a%20b%26c", "http%3A%2F%2Flocalhost"]);
    let known = set.machine().get("/.well-known/oauth-authorization-server").await;
    let known: Value = serde_json::from_str(&known.text).unwrap();
    assert_eq!(
        (&known["issuer"], &known["code_challenge_methods_supported"]),
        (&json!("http://localhost"), &json!(["S256"]))
    );
    set.app.finish(&[]).await;
}

/// Fails when: agreeing takes no token of a form, no fresh proof, or an error is sent to an address nobody registered.
async fn led(app: App) {
    let set = Set::new(app).await;
    let id = registered(&set.app, &set.approvals, &set.founder, &["contact:read"]).await;
    let victim = set.browser(&set.victim);
    let with = |name: &'static str, value: &str| {
        let mut sent = wish(id);
        sent.retain(|(known, _)| *known != name);
        sent.push((name, value.to_owned()));
        sent
    };
    for elsewhere in ["https://evil.example/", "//evil.example", "https://zqmailer.example/back@evil.example", ""] {
        let answer = victim.get(&format!("/oauth/authorize?{}", form(&owned(&with("redirect_uri", elsewhere))))).await;
        assert!(answer.status == 422 && answer.header("location").is_empty(), "{elsewhere}: {answer:?}");
        assert!(answer.header("refresh").is_empty());
    }
    let asked = wish(id);
    let twice = [owned(&asked), vec![("redirect_uri", "https://evil.example/")]].concat();
    assert_eq!(victim.get(&format!("/oauth/authorize?{}", form(&twice))).await.status, 422);
    for (name, value, why) in [
        ("response_type", "token", "unsupported_response_type"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("scope", "contact:read user:read", "invalid_scope"),
    ] {
        let answer = victim.get(&format!("/oauth/authorize?{}", form(&owned(&with(name, value))))).await;
        assert_eq!((answer.status, part(&answer, "error").as_deref()), (303, Some(why)), "{answer:?}");
    }
    // Another site sends the form for the victim.
    let sent = [owned(&asked), vec![("answer", "allow")]].concat();
    let foreign = victim.with("sec-fetch-site", "cross-site").post("/oauth/authorize", &sent).await;
    assert_eq!(foreign.status, 403, "{foreign:?}");
    let silent = victim.without("sec-fetch-site").post("/oauth/authorize", &sent).await;
    assert_eq!(silent.status, 403, "{silent:?}");
    // A session that somebody left open does not agree.
    set.app.asks(Level::Resistant, 10).await;
    let left = set.browser(&Actor::again(&set.app, &set.victim.email).await);
    let box_ = left.post("/oauth/authorize", &sent).await;
    assert!(box_.status == 403 && box_.text.contains("data-step-up"), "{box_:?}");
    assert_eq!(Raw::data(&set.app).await.number("select count(*) from app_code").await, 0);
    // What an app is told when it asks in a wrong way.
    let machine = set.machine();
    for (fields, why) in [
        (vec![("grant_type", "password"), ("client_id", "x")], "unsupported_grant_type"),
        (vec![("client_id", "x")], "invalid_request"),
        (vec![("grant_type", "refresh_token"), ("client_id", "x"), ("refresh_token", "y")], "invalid_client"),
    ] {
        let answer = machine.post("/oauth/token", &fields).await;
        assert_eq!((answer.status, answer.text), (400, format!("{{\"error\":\"{why}\"}}")));
    }
    set.app.finish(&[]).await;
}

/// Fails when: an export of much starts without a second person, what was taken before is forgotten, or it alarms nobody.
async fn taken(app: App) {
    let set = Set::new(app).await;
    let (canaries, system) = (Canaries::new(set.app.accounts.clone()), system_cx(&set.app.db));
    let exports = Exports::new(set.app.accounts.clone(), set.app.records.clone());
    let second: Arc<dyn Approvable> = Arc::new(exports::SecondPerson::new(exports.clone()));
    let approvals = Approvals::new(set.app.accounts.clone(), vec![second]);
    let mut all = Vec::new();
    for n in 0..5 {
        all.push(set.victim.create("contact", &[("name", &format!("Zqx {n:03}y"))]).await.unwrap());
    }
    sequence::settle(&set.app.db, &system).await.unwrap();
    canaries.place(&set.officer.cx, all[2].id).await.unwrap();
    let plan = || Plan { filters: Vec::new(), fields: vec!["name".to_owned()], reason: "My new job".to_owned() };

    // 1. A little goes out alone, and the canary in it is heard.
    let (id, preview) = exports.plan(&set.victim.cx, "contact", plan()).await.unwrap();
    assert!(!preview.takes_two());
    exports.start(&set.victim.cx, id).await.unwrap();
    run(&exports, &set.app.accounts, &set.app, id).await.unwrap();
    sequence::settle(&set.app.db, &system).await.unwrap();
    canaries.watch(&system).await.unwrap();
    assert_eq!(set.told(Kind::CanaryTouched).await, 1);

    // 2. Little by little is much: what went out within a day counts. Now a second person is asked, and whoever asked is none.
    Raw::data(&set.app).await.run("update export_run set rows_out = 496").await;
    let (id, preview) = exports.plan(&set.victim.cx, "contact", plan()).await.unwrap();
    assert!(preview.takes_two());
    assert_eq!(exports.start(&set.victim.cx, id).await.unwrap_err().code(), "needs-approval");
    let (terms, reason) = exports.terms(&set.victim.cx, id).await.unwrap();
    let wanted = approvals.ask(&set.victim.cx, exports::RULE, terms, &reason).await.unwrap();
    let own = set.victim.proved(&set.app, Level::Resistant);
    assert_eq!(approvals.approve(&own, wanted).await.unwrap_err().code(), "approval-own");

    // 3. The officer says no, and nothing has left.
    approvals.refuse(&set.officer.cx, wanted, "You have resigned").await.unwrap();
    assert_eq!(exports.start(&set.victim.cx, id).await.unwrap_err().code(), "needs-approval");
    assert_eq!(exports.read(&set.victim.cx, id).await.unwrap().0.rows, 0);
    Raw::data(&set.app).await.run("delete from job").await;
    set.app.finish(&["Zqx 0", "My new job"]).await;
}

/// Fails when: a network, or one claim of a proof, is not looked at.
async fn stolen(app: App) {
    let set = Set::new(app).await;
    let from = |ip: &str| ledger::Origin { ip: Some(ip.parse().unwrap()), ..ledger::Origin::via(ledger::Via::Api) };
    let ask = async |presented: Presented<'_>, ip: &str| {
        set.app.tokens.authenticate(presented, from(ip), set.app.request(), kernel::Lang::En).await
    };
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    let form = || TokenForm { label: "Warehouse".to_owned(), lasts: month, ..TokenForm::default() };

    // 1. A token that is for the office, in somebody else's house.
    let office = TokenForm { networks: "198.51.100.0/24".to_owned(), ..form() };
    let made = set.app.tokens.create(&set.victim.cx, set.victim.id, office).await.unwrap();
    assert!(ask(Presented::Bearer(made.token.expose()), "198.51.100.7").await.is_ok());
    let abroad = ask(Presented::Bearer(made.token.expose()), "203.0.113.9").await;
    assert_eq!(abroad.unwrap_err().code(), "signed-out");
    let told = set.app.accounts.notices().list(&set.victim.cx, None).await.unwrap();
    assert!(told.iter().any(|notice| notice.kind == Kind::TokenElsewhere), "its owner is told");

    // 2. A token that is bound to a key, without the key, and with proofs that lie about one thing each.
    let (own, thief) = (Device::default(), Device::default());
    let bound = TokenForm { key: own.jwk().to_string(), ..form() };
    let NewToken { token, .. } = set.app.tokens.create(&set.victim.cx, set.victim.id, bound).await.unwrap();
    let token = token.expose().as_str();
    let url = "https://crm.example/api/v1/contacts";
    let seconds = set.app.clock.now().micros() / 1_000_000;
    let claims = |id: &str| {
        let hash = crypto::base64url(&crypto::sha256(token.as_bytes()));
        json!({ "jti": id, "htm": "GET", "htu": url, "iat": seconds, "ath": hash })
    };
    let head = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": own.jwk() });
    let with =
        async |proof: &str| ask(Presented::Dpop { token, proof: Some(proof), method: "GET", url }, "192.0.2.1").await;
    assert!(ask(Presented::Bearer(token), "192.0.2.1").await.is_err(), "without the key");
    let good = own.jws(&head, &claims("good"));
    assert!(with(&good).await.is_ok());
    assert!(with(&good).await.is_err(), "the same once more");
    for (name, lie) in [
        ("htm", json!("POST")),
        ("htu", json!("https://crm.example/api/v1/deals")),
        ("ath", json!(crypto::base64url(&crypto::sha256(b"another")))),
        ("jti", json!("")),
        ("iat", json!(seconds - 61)),
        ("iat", json!(seconds + 61)),
    ] {
        let mut claims = claims(name);
        claims[name] = lie;
        assert!(with(&own.jws(&head, &claims)).await.is_err(), "{name}");
    }
    for alg in ["none", "HS256", "RS256"] {
        let mut head = head.clone();
        head["alg"] = json!(alg);
        assert!(with(&own.jws(&head, &claims(alg))).await.is_err(), "{alg}");
    }
    assert!(with(&thief.jws(&head, &claims("thief"))).await.is_err(), "signed by another");
    assert!(with(&own.jws(&head, &claims("last"))).await.is_ok(), "the owner's program goes on");
    set.app.finish(&["Warehouse", "198.51.100.0"]).await;
}

/// Fails when: a code or what renews a token bears no mark, or one that was taken can be woken up.
async fn rewritten(app: App) {
    let set = Set::new(app).await;
    let id = registered(&set.app, &set.approvals, &set.founder, &["contact:read"]).await;
    let raw = Raw::data(&set.app).await;
    let founder = raw.id(set.founder.id.uuid());
    let code = set.code(id).await;
    raw.run(&format!("update app_code set user_id = {founder}")).await;
    let given = set.machine().post("/oauth/token", &owned(&exchange(id, &code))).await;
    assert!(given.status >= 400, "{given:?}");
    // Another one, exchanged, and made good again.
    let code = set.code(id).await;
    assert_eq!(set.machine().post("/oauth/token", &owned(&exchange(id, &code))).await.status, 200);
    raw.run("update app_code set taken_at = null, token_id = null").await;
    let again = set.machine().post("/oauth/token", &owned(&exchange(id, &code))).await;
    assert!(again.status >= 400, "{again:?}");
    // What renews one token, under another: of two, one is genuine.
    let held = [set.agreed(id).await, set.agreed(id).await];
    raw.run("update app_refresh set token_id = (select id from api_token order by created_at desc, id desc limit 1)")
        .await;
    let mut renewed = Vec::new();
    for held in &held {
        let refresh = held["refresh_token"].as_str().unwrap();
        let id = id.to_string();
        let sent = [("grant_type", "refresh_token"), ("client_id", id.as_str()), ("refresh_token", refresh)];
        renewed.push(set.machine().post("/oauth/token", &sent).await.status == 200);
    }
    assert_eq!(renewed.iter().filter(|good| **good).count(), 1, "{renewed:?}");
    set.app.finish(&[]).await;
}
