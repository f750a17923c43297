//! How to ask each route so that it succeeds.

use std::time::Duration;

use accounts::{Invitation, PasskeyAnswer, Site};
use approvals::ApprovalId;
use authz::Role;
use caller::Caller;
use canaries::Canaries;
use exports::{Exports, Plan};
use httpkit::RouteInfo;
use kernel::{Clock as _, FactorId};
use proposals::{Proposals, Wanted};
use serde_json::{Value, json};
use testkit::{Actor, App, Authenticator, PASSWORD};
use tokens::TokenForm;

use super::twins::{controls, merge_case};
use crate::support::app::{enrolled, step_of};
use crate::support::apps::{exchange, registered, typed, wish};
use crate::support::http::{Answer, Client, HOST, multipart};
use crate::support::scene::{CANARY, Scene, absent, file};

/// What is sent to a route.
pub(crate) enum Sent {
    Nothing,
    Form(Vec<(&'static str, String)>),
    Json(Value),
    File(String),
    Bytes(Vec<u8>),
}

/// One way to ask a route.
pub(super) struct Case {
    pub(super) route: &'static RouteInfo,
    pub(super) method: &'static str,
    pub(super) url: String,
    pub(super) sent: Sent,
}

impl Case {
    pub(super) fn is_api(&self) -> bool {
        self.route.path.starts_with("/api") || self.route.path == "/mcp"
    }

    pub(super) fn is_change(&self) -> bool {
        self.method != "GET"
    }

    pub(super) async fn by(&self, client: &Client) -> Answer {
        let (kind, body) = match &self.sent {
            Sent::Nothing => (String::new(), Vec::new()),
            Sent::Form(fields) => {
                let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
                ("application/x-www-form-urlencoded".to_owned(), crate::support::http::form(&fields).into_bytes())
            }
            Sent::Json(json) => ("application/json".to_owned(), json.to_string().into_bytes()),
            Sent::Bytes(bytes) => ("application/octet-stream".to_owned(), bytes.clone()),
            Sent::File(text) => multipart("contact", text.as_bytes()),
        };
        client.send(self.method, &self.url, &kind, body).await
    }

    pub(super) fn told(&self) -> String {
        format!("{} {} {}", self.route.name, self.method, self.url)
    }
}

/// Every route of every surface.
pub(super) fn all() -> impl Iterator<Item = &'static RouteInfo> {
    web::route::all().iter().chain(api::route::all()).chain(httpkit::health::all())
}

pub(super) fn form(fields: &[(&'static str, &str)]) -> Sent {
    Sent::Form(fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
}

const SIGN_IN: [(&str, &str); 2] = [("email", "ada.founder@example.org"), ("password", PASSWORD)];

/// Makes what a route needs, and says how to ask it so that it succeeds. A route that is not here fails every test: the
/// list of routes nobody asks is empty.
pub(super) async fn case(scene: &Scene, route: &'static RouteInfo, method: &'static str) -> Case {
    let (app, contact) = (&scene.app, scene.record("contact").id.to_string());
    let fresh = if method == "GET" {
        contact
    } else {
        scene.founder.create("contact", &[("name", CANARY)]).await.unwrap().id.to_string()
    };
    let filled = |path: &str, part: &str, value: &str| path.replace(&format!("{{{part}}}"), value);
    let record = filled(&filled(route.path, "plural", "contacts"), "id", &fresh);
    let import = || filled(route.path, "id", &scene.import.to_string());
    if let Some((url, sent)) = outside(scene, route, (method, &fresh)).await {
        return Case { route, method, url, sent };
    }
    let (url, sent) = match (route.name, method) {
        (
            "HomePage" | "SearchPage" | "ImportPage" | "LedgerPage" | "BinPage" | "PeoplePage" | "AccountPage"
            | "PasskeyFirst" | "NoticesPage" | "PolicyPage" | "PasswordPage" | "ProvePage" | "RescuePage"
            | "RescueList" | "OwnRights" | "ApiPage" | "ApiIndex" | "ApiDescription" | "Alive" | "Ready" | "SignInPage"
            | "SecondStepPage" | "ApiMe" | "UserList" | "RoleList" | "TeamList" | "TokenList" | "LedgerList",
            "GET",
        ) => (route.path.to_owned(), Sent::Nothing),
        ("AssetFile", _) => (ui::asset::url("shell.js").clone(), Sent::Nothing),
        ("SignInPage", _) => (route.path.to_owned(), form(&SIGN_IN)),
        ("SecondStepPage", _) => (route.path.to_owned(), second_step(scene).await),
        ("ProvePage", _) => (route.path.to_owned(), form(&[("prove-password", PASSWORD), ("to", "/")])),
        ("PolicyPage", _) => (route.path.to_owned(), rules()),
        ("PasswordPage", _) => (route.path.to_owned(), form(&[("current", "wrong"), ("password", PASSWORD)])),
        ("AppOffer", _) => (route.path.to_owned(), form(&[("current", PASSWORD)])),
        ("AppConfirm", _) => (route.path.to_owned(), form(&[("id", "x"), ("code", "000000")])),
        ("AppRemove", _) => (route.path.to_owned(), form(&[("remove", "000000")])),
        ("RecoveryRenew", _) => (route.path.to_owned(), form(&[("renew", "000000")])),
        ("SignOut" | "SignOutEverywhere" | "NoticesPage", _) => (route.path.to_owned(), Sent::Nothing),
        ("SetUpPage", _) => (filled(route.path, "token", "spent"), form(&[])),
        ("JoinPage", _) => {
            (filled(route.path, "token", &invited(app).await.1), form(&[("name", "Jo"), ("password", PASSWORD)]))
        }
        ("EnterPage", _) => {
            let link = app.accounts.sign_in_link(&app.operator(), scene.founder.id).await.unwrap();
            (filled(route.path, "token", link.token.expose()), form(&[]))
        }
        ("Preferences", _) => (route.path.to_owned(), form(&[("theme", "dark")])),
        ("ImportPage", _) => (route.path.to_owned(), Sent::File(file())),
        ("ImportRunPage" | "ImportCheck" | "ImportStart", _) => (import(), Sent::Nothing),
        ("ImportColumns", _) => (import(), form(&[("map", "name"), ("map", "email"), ("map", "city")])),
        ("PeoplePage", _) => {
            (route.path.to_owned(), form(&[("name", "Guest"), ("email", &unused(app)), ("roles", "viewer")]))
        }
        ("PersonState", _) => {
            let person = app.person(&format!("Person {}", app.request()), Role::Agent).await;
            (filled(route.path, "id", &person.id.to_string()), form(&[("to", "disabled")]))
        }
        ("NoticeSeen" | "NoticeNotMe", _) => {
            app.founder().await;
            let told = app.accounts.notices().list(&scene.founder.cx, None).await.unwrap();
            (filled(route.path, "id", &told[0].id.to_string()), Sent::Nothing)
        }
        ("EndSession", _) => {
            let session = app.founder().await.cx.session().unwrap();
            (filled(route.path, "id", &session.to_string()), Sent::Nothing)
        }
        ("DeviceAsk", _) => (route.path.to_owned(), form(&[("purpose", "refresh")])),
        ("DeviceRegister" | "DeviceRefresh", _) => (route.path.to_owned(), Sent::Nothing),
        ("DeviceProve", _) => {
            (route.path.to_owned(), form(&[("challenge", &absent().to_string()), ("signature", "x")]))
        }
        ("PasskeyEnter" | "PasskeyAdd" | "ProveAnswer", _) => {
            (route.path.to_owned(), form(&[("challenge", &absent().to_string()), ("credential", "{}")]))
        }
        ("PasskeyRename" | "PasskeyRemove", _) => {
            (filled(route.path, "id", &passkey(&scene.founder, app).await.to_string()), form(&[("name", "Key")]))
        }
        ("ListPage", "POST") => (record, form(&[("name", CANARY)])),
        ("BulkAct", _) => (record, form(&[("act", "delete"), ("id", &fresh)])),
        ("BulkUndo", _) => bulk_undo(scene, &fresh).await,
        ("ListPage" | "NewPage" | "RecordPage" | "EditPage" | "DuplicatesPage", "GET") => (record, Sent::Nothing),
        ("RecordPage", _) => (record, form(&[("version", "1"), ("city", CANARY)])),
        ("DeleteRecord", _) => (record, form(&[("version", "1")])),
        ("RestoreRecord", _) => {
            let at = records::RecordRef {
                object: kernel::ObjectName::parse("contact").unwrap(),
                id: fresh.parse().unwrap(),
            };
            scene.founder.write(move |records, tx| records.delete_record(tx, &at, None)).await.unwrap();
            (record, Sent::Nothing)
        }
        ("MergePage" | "MergeUndo", _) => merge_case(scene, (route, method), &fresh).await,
        ("MoveRecord" | "NoteOn" | "AlikeHint" | "DuplicatesPage", _) => (record, controls(scene, route.name, &fresh)),
        ("RevealField", _) => (
            filled(&record.replace(&fresh, &scene.record("contact").id.to_string()), "field", "national_id"),
            Sent::Form(vec![("reason", "call".to_owned())]),
        ),
        ("RecordList" | "OneRecord" | "RecordLinks", "GET") | ("OneRecord", "DELETE") => (record, Sent::Nothing),
        ("RecordSearch", _) => (record, Sent::Json(json!({ "filters": ["stage:filled"], "fields": ["name"] }))),
        ("RecordList" | "OneRecord", _) => (record, Sent::Json(json!({ "fields": { "name": CANARY } }))),
        (name, _) if is_about_rights(name) => rights_case(scene, route, (method, &record), &fresh).await,
        (name, _) if name.starts_with("Rescue") => rescue_case(scene, route).await,
        (name, method) => panic!("{method} {name} is a route that no test asks: give it an arm here"),
    };
    Case { route, method, url, sent }
}

/// Tells whether a route is one of roles, teams and shares.
fn is_about_rights(name: &str) -> bool {
    let ones = [
        "OneUser",
        "OneRole",
        "OneTeam",
        "RolesPage",
        "RolePage",
        "RoleRemove",
        "TeamNew",
        "TeamChange",
        "PersonRights",
        "PersonRoles",
    ];
    ones.contains(&name) || name.starts_with("Share")
}

/// Makes what a route about roles, teams and shares needs.
async fn rights_case(
    scene: &Scene,
    route: &'static RouteInfo,
    (method, record): (&str, &str),
    fresh: &str,
) -> (String, Sent) {
    let app = &scene.app;
    let filled = |path: &str, part: &str, value: &str| path.replace(&format!("{{{part}}}"), value);
    match route.name {
        "RolesPage" if method == "GET" => (route.path.to_owned(), Sent::Nothing),
        "RolesPage" => (route.path.to_owned(), form(&[("from", "agent"), ("name", &unused(app))])),
        "RoleRemove" => (filled(route.path, "id", &made(scene).await), Sent::Nothing),
        "RolePage" | "OneRole" if method == "GET" => (filled(route.path, "id", &made(scene).await), Sent::Nothing),
        "OneTeam" => (filled(route.path, "id", &new_team(scene).await), Sent::Nothing),
        "RolePage" => {
            (filled(route.path, "id", &made(scene).await), form(&[("name", &unused(app)), ("g.contact.read", "own")]))
        }
        "TeamNew" => (route.path.to_owned(), form(&[("name", &unused(app))])),
        "TeamChange" => {
            (filled(route.path, "id", &new_team(scene).await), form(&[("name", &unused(app)), ("act", "save")]))
        }
        "PersonRights" | "OneUser" => {
            let person = app.person(&format!("Seen {}", app.request()), Role::Agent).await;
            (filled(route.path, "id", &person.id.to_string()), Sent::Nothing)
        }
        "PersonRoles" => {
            let person = app.person(&format!("Given {}", app.request()), Role::Agent).await;
            let team = new_team(scene).await;
            (filled(route.path, "id", &person.id.to_string()), form(&[("roles", "viewer"), ("team", &team)]))
        }
        "SharePage" if method == "GET" => (record.to_owned(), Sent::Nothing),
        "SharePage" => {
            (record.to_owned(), form(&[("with", &format!("team:{}", new_team(scene).await)), ("until", "2026-11-30")]))
        }
        "ShareEnd" => (filled(record, "share", &shared(scene, fresh).await), Sent::Nothing),
        name => panic!("{method} {name} is a route that no test asks: give it an arm here"),
    }
}

/// Makes a role that nobody holds.
pub(super) async fn made(scene: &Scene) -> String {
    let (records, name) = (scene.app.records.clone(), unused(&scene.app));
    let copy = move |tx: &mut db::WriteTx<'_>| roles::copy(tx, records.objects(), Role::Agent, &name);
    scene.app.db.write(&scene.founder.cx, copy).await.unwrap().code().into_owned()
}

pub(super) async fn new_team(scene: &Scene) -> String {
    let name = unused(&scene.app);
    let put = move |tx: &mut db::WriteTx<'_>| roles::team::put(tx, None, &name, None);
    scene.app.db.write(&scene.founder.cx, put).await.unwrap().to_string()
}

/// Shares a contact with a team, and returns the share's id.
pub(super) async fn shared(scene: &Scene, id: &str) -> String {
    let team = new_team(scene).await.parse().unwrap();
    let at = records::RecordRef { object: kernel::ObjectName::parse("contact").unwrap(), id: id.parse().unwrap() };
    let until = scene.app.db.now().plus(std::time::Duration::from_secs(24 * 3600));
    let of = move |records: &records::Records, tx: &mut db::WriteTx<'_>| {
        records.share(tx, &at, roles::share::With::Team(team), false, until)?;
        Ok(roles::share::of(tx, &records.read_record(tx, &at)?)?)
    };
    scene.founder.write(of).await.unwrap()[0].id.to_string()
}

/// What is asked of one role, otherwise than it was.
fn rules() -> Sent {
    form(&[("minutes.viewer", "10"), ("sign_in.viewer", "single"), ("danger.viewer", "resistant")])
}

/// How many people one role may see, otherwise than it was; no fewer than the rest of the test needs.
fn limits() -> Sent {
    form(&[
        ("soft_hour.viewer", "800"),
        ("soft_day.viewer", "900"),
        ("hard_hour.viewer", "1500"),
        ("hard_day.viewer", "1600"),
    ])
}

/// Adds a passkey to somebody's account, which is so old that nothing vouches for it: what waits asks for no other.
async fn passkey(actor: &Actor, app: &App) -> FactorId {
    let (operator, id) = (app.operator(), actor.id);
    let ageing = app.db.write(&operator, move |tx| {
        tx.keep("update app_user set created_at = ?2 where id = ?1", &[id.into(), 0_i64.into()])
    });
    ageing.await.unwrap();
    let site = Site::parse(HOST, true).unwrap();
    let question = app.accounts.ask_new_passkey(&actor.cx, site.clone()).await.unwrap();
    let credential = Authenticator::default().make(&question.options, &format!("https://{HOST}"));
    let answer = PasskeyAnswer { challenge: question.challenge, credential };
    app.accounts.add_passkey(&actor.cx, site, answer, (CANARY, None)).await.unwrap()
}

/// Somebody has an app and has given the password; a recovery code is good whatever the time.
async fn second_step(scene: &Scene) -> Sent {
    let person = scene.app.person(&format!("Two {}", scene.app.request()), Role::Agent).await;
    let (.., codes) = enrolled(&scene.app, &person).await;
    let email = person.email.as_str();
    let asked = Client::nobody(&scene.site).with("sec-fetch-site", "same-origin");
    let asked = asked.post("/sign-in", &[("email", email), ("password", PASSWORD)]).await;
    form(&[("step", &step_of(&asked)), ("code", &codes[0])])
}

/// Does the same for the identity provider, for calls, for exports, for the reading budget and for what takes a second person.
async fn outside(scene: &Scene, route: &'static RouteInfo, (method, contact): (&str, &str)) -> Option<(String, Sent)> {
    let app = &scene.app;
    let filled = |part: &str, value: &str| route.path.replace(&format!("{{{part}}}"), value);
    Some(match (route.name, method) {
        ("ReadingPage" | "BudgetPage" | "BudgetRaise", _) => budget_case(app, route, method).await,
        ("AppAuthorize" | "AppToken" | "AppMetadata" | "AppsPage" | "AppStop", _) => {
            app_case(scene, route, method).await
        }
        ("ErasureList", _) => (route.path.to_owned(), Sent::Nothing),
        ("ErasureOne" | "ErasureCertificate", _) => (filled("id", &scene.erased().await), Sent::Nothing),
        ("ErasePage" | "HoldPlace" | "HoldLift", _) => erase_case(scene, route, contact).await,
        ("CanariesPage" | "CanaryRelease", _) => canary_case(scene, route, (method, contact)).await,
        ("IntegrityPage", _) => (route.path.to_owned(), Sent::Nothing),
        ("KeysPage", _) => {
            (route.path.to_owned(), if method == "GET" { Sent::Nothing } else { form(&[("what", "index")]) })
        }
        ("SuggestionAccept" | "SuggestionReject", _) => (filled("id", &suggested(scene).await), Sent::Nothing),
        ("CallPage" | "CallPublic" | "TokensPage" | "AllTokens" | "Suggestions", "GET") => {
            (route.path.to_owned(), Sent::Nothing)
        }
        ("CallPage", _) => (route.path.to_owned(), form(&[("colleague", &colleague(app).await)])),
        ("TokensPage", _) => {
            (route.path.to_owned(), form(&[("label", "Reports"), ("expires", "30"), ("scopes", "contact:read")]))
        }
        ("PasskeyAsk" | "PasskeyNew" | "ProveAsk", _) => (route.path.to_owned(), Sent::Nothing),
        ("TokenUse" | "TokenEnd" | "OneToken", _) => (filled("id", &token(scene).await), Sent::Nothing),
        ("CallAnswer", _) => {
            let (id, code) = call(scene).await;
            (filled("id", &id), form(&[("code", &code)]))
        }
        ("CallCustomer", _) => (filled("id", contact), Sent::Nothing),
        ("CallPublic", _) => (route.path.to_owned(), form(&[("code", &customers_code(scene).await)])),
        ("ProviderEnter", _) => (route.path.to_owned(), form(&[("next", "/contacts")])),
        ("ProviderBack", _) => (format!("{}?state=ex&code=y", route.path), Sent::Nothing),
        ("ProviderLogout", _) => (route.path.to_owned(), form(&[("logout_token", &signed_out(scene).await)])),
        ("ProviderJoin", _) => (filled("token", &invited(app).await.1), Sent::Nothing),
        ("ProviderLink", _) => (route.path.to_owned(), Sent::Nothing),
        ("ProviderUnlink", _) => (filled("id", &linked(scene).await), Sent::Nothing),
        ("ExportLimit", _) => (route.path.to_owned(), form(&[("rows", "400")])),
        (name, method) if name.starts_with("Export") => export_case(scene, (route, method)).await,
        ("AssistantDoor", _) => (route.path.to_owned(), assistant(scene)),
        (name, _) if name.contains("File") && name != "AssetFile" => {
            let record = filled("plural", "contacts").replace("{id}", contact);
            crate::attachment::case(scene, (name, method), (record, contact)).await
        }
        (name, method) if name.starts_with("Webhook") => webhook_case(scene, (route, method)).await,
        (name, _) if name.starts_with("Approval") => approval_case(scene, route).await,
        _ => return None,
    })
}

#[expect(clippy::disallowed_methods, reason = "a token of its own would stand in every list of them")]
/// Lets an assistant of the founder suggest a change, and returns the suggestion.
pub(crate) async fn suggested(scene: &Scene) -> String {
    let app = &scene.app;
    let (token, cx) = (kernel::TokenId::from_uuid(app.request().uuid()), &scene.founder.cx);
    let identity = authz::Identity {
        actor: ledger::ActorRef::Token { token, user: scene.founder.id },
        person: Some(scene.founder.id),
        session: None,
        rights: std::sync::Arc::clone(cx.rights()),
    };
    let program = authz::Cx::mint(identity, cx.origin().clone(), app.request(), cx.lang());
    let about = scene.founder.create("contact", &[("name", "Zqabout")]).await.unwrap();
    let fields = [("city".to_owned(), "Zqtown".into())].into_iter().collect();
    let wanted = Wanted { object: "contact".to_owned(), record: Some(about.id), fields, why: "Zqwhy".to_owned() };
    let proposals = Proposals::new(app.db.clone(), app.vault.clone(), app.records.clone());
    proposals.propose(&program, wanted).await.unwrap().to_string()
}

async fn token(scene: &Scene) -> String {
    let (app, lasts) = (&scene.app, Duration::from_secs(86_400));
    let wanted = TokenForm { label: "x".to_owned(), lasts, ..TokenForm::default() };
    app.tokens.create(&app.operator(), scene.founder.id, wanted).await.unwrap().id.to_string()
}

async fn colleague(app: &App) -> String {
    app.person(&format!("Colleague {}", app.request()), Role::Agent).await.id.to_string()
}

fn caller(app: &App) -> Caller {
    Caller::new(app.db.clone(), app.vault.clone(), app.accounts.clone(), app.records.clone())
}

/// Somebody checks whether it is the founder: the check, and the code the founder hears.
async fn call(scene: &Scene) -> (String, String) {
    let app = &scene.app;
    let colleague = app.person(&format!("Caller {}", app.request()), Role::Agent).await;
    let id = caller(app).begin(&colleague.cx, scene.founder.id).await.unwrap();
    (id.to_string(), caller(app).list(&colleague.cx).await.unwrap().remove(0).code)
}

/// The founder reads a code to a customer.
async fn customers_code(scene: &Scene) -> String {
    let contact = scene.record("contact").clone();
    let id = caller(&scene.app).begin_with_customer(&scene.founder.cx, contact).await.unwrap();
    let checks = caller(&scene.app).list(&scene.founder.cx).await.unwrap();
    checks.into_iter().find(|check| check.id == id).unwrap().code
}

/// Links an account of the provider to the founder, unless it is, and returns the link's id.
async fn linked(scene: &Scene) -> String {
    let founder = scene.fresh().await;
    if scene.idp.sso.list_linked(&scene.founder.cx).await.unwrap().is_empty() {
        let back = scene.idp.round(&founder, "/settings/account/provider", &[]).await;
        assert_eq!((back.status, back.header("location")), (303, "/settings/account"), "{back:?}");
    }
    scene.idp.sso.list_linked(&scene.founder.cx).await.unwrap()[0].id.to_string()
}

/// Signs somebody in with the provider, and returns what the provider says when it has signed them out again.
async fn signed_out(scene: &Scene) -> String {
    linked(scene).await;
    let nobody = Client::nobody(&scene.site).with("sec-fetch-site", "same-origin");
    let back = scene.idp.round(&nobody, "/sign-in/provider", &[]).await;
    assert_eq!(back.status, 303, "{back:?}");
    scene.idp.logout_token(&json!({"sid": "s-1", "jti": scene.app.request().to_string()}))
}

fn unused(app: &App) -> String {
    format!("{}@example.org", app.request())
}

pub(super) async fn invited(app: &App) -> (kernel::UserId, String) {
    let invitation = Invitation { email: unused(app), name: "Guest".to_owned(), roles: vec![Role::Viewer] };
    let (id, link) = app.accounts.invite(&app.operator(), invitation).await.unwrap();
    (id, link.token.expose().clone())
}

async fn bulk_undo(scene: &Scene, id: &str) -> (String, Sent) {
    let done = scene.fresh().await.post("/contacts/bulk", &[("act", "delete"), ("id", id)]).await;
    assert_eq!(done.status, 303, "{done:?}");
    let request = done.header("x-request-id").to_owned();
    ("/contacts/undo".to_owned(), Sent::Form(vec![("request", request), ("ids", id.to_owned())]))
}

pub(super) async fn cases(scene: &Scene) -> Vec<Case> {
    let mut cases = Vec::new();
    for route in all() {
        for method in route.methods {
            cases.push(case(scene, route, method).await);
        }
    }
    cases
}

/// What an assistant sends to see a contact.
fn assistant(scene: &Scene) -> Sent {
    let arguments = json!({ "object": "contact", "id": scene.record("contact").id.to_string() });
    let params = json!({ "name": "get_record", "arguments": arguments });
    Sent::Json(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }))
}

/// The same for webhooks.
async fn webhook_case(scene: &Scene, (route, method): (&'static RouteInfo, &str)) -> (String, Sent) {
    let url = "https://hook.example/zq";
    match (route.name, method) {
        ("WebhookList" | "WebhookNew", "GET") => (route.path.to_owned(), Sent::Nothing),
        ("WebhookList", _) => {
            (route.path.to_owned(), form(&[("name", "Shop"), ("url", url), ("events", "contact.created")]))
        }
        _ => {
            let (id, delivery) = scene.webhook().await;
            let filled = route.path.replace("{id}", &id).replace("{delivery}", &delivery);
            let sent = match (route.name, method) {
                ("WebhookState", _) => form(&[("to", "off")]),
                ("WebhookEdit", "POST") => form(&[("name", "Till"), ("url", url), ("events", "contact.updated")]),
                _ => Sent::Nothing,
            };
            (filled, sent)
        }
    }
}

/// The same for exports.
async fn export_case(scene: &Scene, (route, method): (&'static RouteInfo, &str)) -> (String, Sent) {
    let exports = Exports::new(scene.app.accounts.clone(), scene.app.records.clone());
    match (route.name, method) {
        ("ExportList" | "ExportNew", "GET") => (route.path.to_owned(), Sent::Nothing),
        ("ExportList", _) => {
            (route.path.to_owned(), form(&[("object", "contact"), ("field", "name"), ("reason", CANARY)]))
        }
        _ => {
            let plan = Plan { filters: Vec::new(), fields: vec!["name".to_owned()], reason: "Zqletter".to_owned() };
            let (id, _) = exports.plan(&scene.founder.cx, "contact", plan).await.unwrap();
            scene.raw.run("update export_run set state = 'ready', expires_at = 9000000000000000").await;
            (route.path.replace("{id}", &id.to_string()), form(&[("passphrase", PASSWORD)]))
        }
    }
}

/// The same for what takes a second person.
async fn approval_case(scene: &Scene, route: &'static RouteInfo) -> (String, Sent) {
    let filled = |id: ApprovalId| route.path.replace("{id}", &id.to_string());
    match route.name {
        "ApprovalList" => (route.path.to_owned(), Sent::Nothing),
        "ApprovalReview" => (filled(scene.alone().await), form(&[("found", CANARY)])),
        "ApprovalWithdraw" => (filled(scene.asked(&scene.founder).await), Sent::Nothing),
        "ApprovalOne" => (filled(scene.asked(&scene.founder).await), Sent::Nothing),
        _ => {
            let name = format!("Asks {}", scene.app.request());
            let somebody = scene.app.person(&name, Role::Manager).await;
            (filled(scene.asked(&somebody).await), form(&[("reason", CANARY)]))
        }
    }
}

/// The same for the routes of the reading budget.
async fn budget_case(app: &App, route: &'static RouteInfo, method: &str) -> (String, Sent) {
    match route.name {
        "ReadingPage" | "BudgetPage" if method == "GET" => (route.path.to_owned(), Sent::Nothing),
        "ReadingPage" => (route.path.to_owned(), form(&[("reason", "a visit"), ("to", "/")])),
        "BudgetPage" => (route.path.to_owned(), limits()),
        _ => {
            let person = app.person(&format!("Many {}", app.request()), Role::Agent).await;
            (route.path.replace("{id}", &person.id.to_string()), Sent::Nothing)
        }
    }
}

/// The same for erasing somebody, and for holding a record.
async fn erase_case(scene: &Scene, route: &'static RouteInfo, contact: &str) -> (String, Sent) {
    let url = route.path.replace("{plural}", "contacts").replace("{id}", contact);
    if route.name == "HoldLift" {
        let app = &scene.app;
        let exports = Exports::new(app.accounts.clone(), app.records.clone());
        let erasures = erasure::Erasures::new(&app.accounts, app.records.clone(), exports);
        let at = records::RecordRef { id: contact.parse().unwrap(), ..scene.record("contact").clone() };
        let until = app.clock.now().plus(Duration::from_secs(60 * 60));
        erasures.hold(&scene.founder.cx, at, "court", until).await.unwrap();
        return (url, Sent::Nothing);
    }
    let asked = [("basis", "law"), ("reason", "number 7"), ("sure", "yes"), ("why", "court"), ("until", "2026-12-24")];
    (url, form(&asked))
}

/// The same for the routes of canary contacts.
async fn canary_case(scene: &Scene, route: &'static RouteInfo, (method, contact): (&str, &str)) -> (String, Sent) {
    match (route.name, method) {
        ("CanariesPage", "GET") => (route.path.to_owned(), Sent::Nothing),
        ("CanariesPage", _) => (route.path.to_owned(), form(&[("address", &format!("/contacts/{contact}"))])),
        _ => {
            let bait = scene.founder.create("contact", &[("name", "One of many")]).await.unwrap();
            let id = Canaries::new(scene.app.accounts.clone()).place(&scene.founder.cx, bait.id).await.unwrap();
            (route.path.replace("{id}", &id.to_string()), Sent::Nothing)
        }
    }
}

/// The same for the routes by which somebody gets back in.
async fn rescue_case(scene: &Scene, route: &'static RouteInfo) -> (String, Sent) {
    let app = &scene.app;
    let filled = |part: &str, value: &str| route.path.replace(&format!("{{{part}}}"), value);
    match route.name {
        "RescuePage" => (route.path.to_owned(), form(&[("email", "nobody@example.org")])),
        "RescueLink" => (filled("token", "made-up"), form(&[("password", PASSWORD)])),
        "RescueApprove" | "RescueStop" => {
            let person = app.person(&format!("Locked {}", app.request()), Role::Agent).await;
            let new = crate::account::rescue::ask(app, &person.email).await;
            (filled("id", &person.id.to_string()), form(&[("code", &new.code), ("sure", "yes")]))
        }
        _ => (route.path.to_owned(), Sent::Nothing),
    }
}

/// Apps of others: one is registered, agreed to, and gets its token.
async fn app_case(scene: &Scene, route: &'static RouteInfo, method: &str) -> (String, Sent) {
    let path = route.path.to_owned();
    if matches!((route.name, method), ("AppMetadata", _) | ("AppsPage", "GET")) {
        return (path, Sent::Nothing);
    }
    if route.name == "AppsPage" {
        let typed = typed("Zqmailer", &["contact:read"]);
        let fields = [("name", "Zqmailer"), ("maker", &typed.maker), ("addresses", &typed.addresses)];
        return (path, form(&[&fields[..], &[("scopes", "contact:read"), ("reason", CANARY)]].concat()));
    }
    let founder = scene.app.founder().await;
    let id = registered(&scene.app, &scene.approvals, &founder, &["contact:read"]).await;
    let asked = wish(id);
    match (route.name, method) {
        ("AppStop", _) => (path.replace("{id}", &id.to_string()), form(&[])),
        ("AppAuthorize", "GET") => {
            let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
            (format!("{path}?{}", crate::support::http::form(&asked)), Sent::Nothing)
        }
        ("AppAuthorize", _) => {
            let allow = [("answer", "allow".to_owned())];
            (path, Sent::Form(asked.into_iter().chain(allow).collect()))
        }
        _ => {
            let apps = apps::Apps::new(&scene.app.accounts, scene.app.tokens.clone());
            let code = apps.agree(&founder.cx, &crate::support::apps::wanted(id)).await.unwrap();
            (path, Sent::Form(exchange(id, code.expose())))
        }
    }
}
