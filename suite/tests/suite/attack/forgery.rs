//! Requests that another site makes a browser send. That each route refuses a foreign origin is in `routes`; here are the
//! ways around it.

use testkit::{App, PASSWORD};

use crate::support::http::{Client, site};
use crate::support::raw::Raw;

testkit::on_both_engines! {
    another_site_finds_no_way_around => super::forged;
}

/// Fails when: a GET changes something, another method is taken from a header or a field, JSON is read from a form's type, or
/// somebody is signed in from another site.
async fn forged(app: App) {
    let (site, raw) = (site(&app), Raw::data(&app).await);
    let founder = app.founder().await;
    let browser = Client::of(&site, &founder);
    let others =
        [("cross-site", "https://evil.example"), ("same-site", "https://blog.crm.example"), ("cross-site", "null")];
    let people = async || raw.number("select count(*) from session where ended_at is null").await;
    let (before, contacts) = (people().await, raw.number("select count(*) from r_contact").await);
    for (fetch, origin) in others {
        let theirs = browser.with("sec-fetch-site", fetch).with("origin", origin);
        let json = br#"{"name":"Forged","x":"="}"#.to_vec();
        for kind in
            ["text/plain", "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
        {
            for url in ["/contacts", "/api/v1/contacts", "/sign-in", "/settings/account/app", "/sign-out"] {
                let answer = theirs.send("POST", url, kind, json.clone()).await;
                assert!(matches!(answer.status, 400 | 401 | 403 | 415), "{url} as {kind}: {answer:?}");
                assert_eq!(answer.header("set-cookie"), "", "{url} as {kind}");
            }
        }
        for way in ["x-http-method-override", "x-http-method", "x-method-override"] {
            let answer = theirs.with(way, "POST").get("/contacts?name=Forged&_method=POST").await;
            assert!(answer.status < 500, "{answer:?}");
        }
        let form = [("email", "ada.founder@example.org"), ("password", PASSWORD)];
        let entered = theirs.without("cookie").post("/sign-in", &form).await;
        assert_eq!((entered.status, entered.header("set-cookie")), (403, ""), "signed in from {origin}");
    }
    // A browser that says nothing has to know the token of the session.
    let silent = browser.without("sec-fetch-site");
    for token in ["", "x", &"0".repeat(64)] {
        let answer = silent.post("/contacts", &[("name", "Forged"), ("csrf", token)]).await;
        assert_eq!(answer.status, 403, "{answer:?}");
    }
    assert_eq!(raw.number("select count(*) from r_contact").await, contacts);
    assert_eq!(people().await, before);
    app.finish(&[]).await;
}
