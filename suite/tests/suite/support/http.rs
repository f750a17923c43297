//! The whole surface under guard, and somebody who asks.

use std::sync::Arc;

use accounts::Accounts;
use approvals::Approvals;
use axum::Router;
use axum::body::{Body, to_bytes};
use caller::Caller;
use crypto::{Cost, Passwords};
use db::Db;
use http::{HeaderMap, Request};
use httpkit::{Guard, GuardSettings, Hosts, Proxies, Rates, protect};
use kernel::Currency;
use proposals::Proposals;
use records::{Objects, Records};
use sso::Sso;
use testkit::{Actor, App};
use tokens::Tokens;
use tower::ServiceExt as _;

/// Bodies beyond this are too large, where a route does not say otherwise.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;
/// The name of the server besides those of this machine.
pub(crate) const HOST: &str = "crm.example";

/// Pages, API and health, put together as the program does it.
pub(crate) fn site(app: &App) -> Router {
    site_with(app, None, Approvals::new(app.accounts.clone(), Vec::new()))
}

/// The same where people sign in with a company's identity provider too, and where some things take a second person.
pub(crate) fn site_with(app: &App, sso: Option<Sso>, approvals: Approvals) -> Router {
    let feet = (app.db.clone(), app.accounts.clone(), app.tokens.clone(), app.records.clone());
    // The clock stands: what a test asks in all would be a flood.
    whole(app, feet, sso, (approvals, 1_000_000))
}

/// The same where one person is heard so often in a minute.
pub(crate) fn site_hearing(app: &App, per_minute: u32) -> Router {
    let feet = (app.db.clone(), app.accounts.clone(), app.tokens.clone(), app.records.clone());
    whole(app, feet, None, (Approvals::new(app.accounts.clone(), Vec::new()), per_minute))
}

/// The same over another database than the house's own, as a program opens it that has the same keys.
pub(crate) fn site_over(app: &App, db: &Db) -> Router {
    let cheap = Cost { memory: 64, passes: 1, lanes: 1 };
    let accounts = Accounts::new(db.clone(), app.vault.clone(), Passwords::new(cheap, 4).unwrap());
    let objects = Objects::standard(Currency::EUR).unwrap();
    let records = Records::new(app.vault.clone(), objects, app.folder().join("none"));
    let tokens = Tokens::new(accounts.clone()).knowing(records.objects());
    let approvals = Approvals::new(accounts.clone(), Vec::new());
    whole(app, (db.clone(), accounts, tokens, records), None, (approvals, 1_000_000))
}

fn whole(
    app: &App,
    (db, accounts, tokens, records): (Db, Accounts, Tokens, Records),
    sso: Option<Sso>,
    (approvals, per_minute): (Approvals, u32),
) -> Router {
    let caller = Caller::new(db.clone(), app.vault.clone(), accounts.clone(), records.clone());
    let house = web::House::new(db.clone(), (accounts, tokens.clone()), records.clone(), caller);
    let pages = web::router(house.with_sso(sso).with_approvals(approvals).with_description(api::describe));
    let files = attachments::Attachments::new(db.clone(), app.vault.clone(), records.clone());
    let machines =
        api::House::new(db.clone(), tokens, (records.clone(), files), repeats::Repeats::new(app.vault.clone()));
    let machines = api::router(machines.with_proposals(Proposals::new(db.clone(), app.vault.clone(), records)));
    let operator = app.operator();
    let probe = move || {
        let (db, cx) = (db.clone(), operator.clone());
        async move { db.ready(&cx).await }
    };
    let settings = GuardSettings {
        hosts: Hosts::new([HOST]),
        proxies: Proxies::default(),
        rates: Rates::new(per_minute),
        clock: app.clock.clone(),
        chance: app.chance.clone(),
        pages: Arc::new(pages::Errors),
        body_limit: BODY_LIMIT,
    };
    protect(pages.merge(machines).merge(httpkit::health::health(probe)), Guard::new(settings))
}

/// Somebody who asks: a browser with a cookie, a program with a token, or nobody.
#[derive(Clone)]
pub(crate) struct Client {
    router: Router,
    lines: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Returns all of it but what no two answers share.
    pub(crate) fn seen(&self) -> String {
        let mut headers: Vec<String> = self.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        // How often somebody asked is their own count.
        let own = ["x-request-id", "date", "ratelimit:"];
        headers.retain(|line| !own.iter().any(|name| line.starts_with(name)));
        headers.sort();
        format!("{} {headers:?} {}", self.status, self.text)
    }
}

impl Client {
    /// A browser in which nobody is signed in.
    pub(crate) fn nobody(router: &Router) -> Self {
        let lines = [("host", "localhost"), ("user-agent", "Mozilla/5.0 Chrome/140.0"), ("accept", "text/html")];
        Self { router: router.clone(), lines: lines.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec() }
    }

    /// A browser in which somebody is signed in, on a page of ours.
    pub(crate) fn browser(router: &Router, cookie: &str) -> Self {
        Self::nobody(router).with("cookie", &format!("__Host-custos={cookie}")).with("sec-fetch-site", "same-origin")
    }

    /// The browser of an actor.
    pub(crate) fn of(router: &Router, actor: &Actor) -> Self {
        Self::browser(router, &actor.cookie)
    }

    /// A program with a token.
    pub(crate) fn program(router: &Router, token: &str) -> Self {
        Self::nobody(router).with("authorization", &format!("Bearer {token}"))
    }

    /// The same with another header line.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.without(name);
        other.lines.push((name.to_owned(), value.to_owned()));
        other
    }

    /// The same with more in a line of cookies.
    pub(crate) fn also(&self, name: &str, value: &str) -> Self {
        let had = self.lines.iter().find(|(known, _)| known == name).map(|(_, had)| format!("{had}; "));
        self.with(name, &format!("{}{value}", had.unwrap_or_default()))
    }

    /// The same without a header line.
    pub(crate) fn without(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.lines.retain(|(known, _)| known != name);
        other
    }

    pub(crate) async fn get(&self, url: &str) -> Answer {
        self.send("GET", url, "", Vec::new()).await
    }

    /// Sends a form.
    pub(crate) async fn post(&self, url: &str, fields: &[(&str, &str)]) -> Answer {
        self.send("POST", url, "application/x-www-form-urlencoded", form(fields).into_bytes()).await
    }

    /// Sends JSON.
    pub(crate) async fn json(&self, method: &str, url: &str, body: &serde_json::Value) -> Answer {
        self.send(method, url, "application/json", body.to_string().into_bytes()).await
    }

    /// Sends a file as a form does.
    pub(crate) async fn upload(&self, url: &str, object: &str, file: &[u8]) -> Answer {
        let (kind, body) = multipart(object, file);
        self.send("POST", url, &kind, body).await
    }

    /// Sends any request; without a type there is no body.
    pub(crate) async fn send(&self, method: &str, url: &str, kind: &str, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in &self.lines {
            request = request.header(name, value);
        }
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text, bytes: bytes.into() }
    }
}

/// Spells a form.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", httpkit::segment_url(name), httpkit::segment_url(value));
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Spells a form with a file: its type and its body.
pub(crate) fn multipart(object: &str, file: &[u8]) -> (String, Vec<u8>) {
    let mut body = format!(
        "--edge\r\ncontent-disposition: form-data; name=\"object\"\r\n\r\n{object}\r\n--edge\r\ncontent-disposition: form-data; \
         name=\"file\"; filename=\"a.csv\"\r\ncontent-type: text/csv\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    ("multipart/form-data; boundary=edge".to_owned(), body)
}
