//! Who is on the phone: codes between two people, for two minutes, three tries and once.

use std::time::Duration;

use authz::Role;
use axum::Router;
use caller::{Answered, Caller, CallerFault, CheckView};
use kernel::UserId;
use records::RecordRef;
use testkit::{Actor, App};

use crate::support::http::{Client, site};
use crate::support::ledger::done_in;
use crate::support::raw::Raw;
use crate::support::scene::absent;

testkit::on_both_engines! {
    two_colleagues_recognise_each_other => super::both_ways;
    a_code_is_good_once_and_for_two_minutes => super::once;
    three_wrong_codes_end_it_for_both_also_at_once => super::wrong;
    a_code_of_another_pair_or_another_check_is_wrong => super::crossed;
    who_may_not_sign_in_is_nobody => super::closed;
    a_customer_learns_that_it_is_the_company => super::customer;
    a_customer_reads_a_code_back => super::back;
    guesses_at_the_public_page_are_counted => super::guesses;
    the_pages_say_what_happened => super::pages;
}

/// A house with three people.
struct Office {
    app: App,
    caller: Caller,
    site: Router,
    ada: Actor,
    bo: Actor,
    kim: Actor,
}

impl Office {
    async fn of(app: App) -> Self {
        let caller = Caller::new(app.db.clone(), app.vault.clone(), app.accounts.clone(), app.records.clone());
        let (ada, bo) = (app.founder().await, app.person("Bo Chen", Role::Agent).await);
        let kim = app.person("Kim Park", Role::Agent).await;
        Self { site: site(&app), app, caller, ada, bo, kim }
    }

    /// Returns the latest check as somebody sees it.
    async fn seen(&self, who: &Actor) -> CheckView {
        self.caller.list(&who.cx).await.unwrap().remove(0)
    }

    async fn begun(&self, by: &Actor, with: &Actor) -> (CheckView, CheckView) {
        // The latest has the greatest id, and this clock stands.
        self.app.clock.advance(Duration::from_millis(2));
        self.caller.begin(&by.cx, with.id).await.unwrap();
        (self.seen(by).await, self.seen(with).await)
    }
}

async fn both_ways(app: App) {
    let office = Office::of(app).await;
    let (ada, bo) = office.begun(&office.ada, &office.bo).await;
    assert_ne!(ada.code, bo.code);
    assert_eq!((ada.code.len(), ada.left, ada.own, bo.own, ada.over), (7, 3, true, false, false));
    // As it is typed by somebody who hears it.
    let heard = ada.code.to_lowercase().replace(' ', "-");
    assert_eq!(office.caller.answer(&office.bo.cx, bo.id, &heard).await.unwrap(), Answered::Right);
    assert_eq!(office.caller.answer(&office.ada.cx, ada.id, &bo.code).await.unwrap(), Answered::Right);
    let (ada, bo) = (office.seen(&office.ada).await, office.seen(&office.bo).await);
    for side in [ada, bo] {
        assert!(side.verified_at.is_some() && side.confirmed_at.is_some(), "{side:?}");
    }
    assert!(office.caller.list(&office.kim.cx).await.unwrap().is_empty());
    office.app.finish(&["Bo Chen"]).await;
}

async fn once(app: App) {
    let office = Office::of(app).await;
    let (ada, bo) = office.begun(&office.ada, &office.bo).await;
    office.caller.answer(&office.bo.cx, bo.id, &ada.code).await.unwrap();
    let again = office.caller.answer(&office.bo.cx, bo.id, &ada.code).await;
    assert!(matches!(again, Err(CallerFault::Over)), "{again:?}");
    office.app.clock.advance(Duration::from_secs(119));
    assert!(!office.seen(&office.ada).await.over);
    office.app.clock.advance(Duration::from_secs(1));
    let late = office.caller.answer(&office.ada.cx, ada.id, &bo.code).await;
    assert!(matches!(late, Err(CallerFault::Over)), "{late:?}");
    assert!(office.seen(&office.ada).await.over);
    // Whoever begins again ends what was before.
    let (first, _) = office.begun(&office.ada, &office.bo).await;
    let (second, other) = office.begun(&office.ada, &office.bo).await;
    assert_ne!(first.code, second.code);
    let old = office.caller.answer(&office.bo.cx, first.id, &first.code).await;
    assert!(matches!(old, Err(CallerFault::Over)), "{old:?}");
    assert_eq!(office.caller.answer(&office.bo.cx, other.id, &second.code).await.unwrap(), Answered::Right);
    office.app.finish(&[]).await;
}

/// Fails when: a try is looked at before it is counted, or the count is not kept.
async fn wrong(app: App) {
    let office = Office::of(app).await;
    let (ada, bo) = office.begun(&office.ada, &office.bo).await;
    assert_eq!(office.caller.answer(&office.bo.cx, bo.id, "AAAAAA").await.unwrap(), Answered::Wrong(2));
    assert_eq!(office.caller.answer(&office.bo.cx, bo.id, "").await.unwrap(), Answered::Wrong(1));
    assert_eq!(office.caller.answer(&office.bo.cx, bo.id, &"A".repeat(5_000)).await.unwrap(), Answered::Wrong(0));
    for (who, code) in [(&office.bo, &ada.code), (&office.ada, &bo.code)] {
        let over = office.caller.answer(&who.cx, ada.id, code).await;
        assert!(matches!(over, Err(CallerFault::Over)), "{over:?}");
    }
    // Ten at once are three.
    let (ada, bo) = office.begun(&office.ada, &office.bo).await;
    let tries = (0..10).map(|n| {
        let (caller, cx, id) = (office.caller.clone(), office.bo.cx.clone(), bo.id);
        async move { caller.answer(&cx, id, &format!("AAAAA{n}")).await }
    });
    let mut heard = 0;
    for tried in join_all(tries).await {
        heard += usize::from(tried.is_ok());
    }
    assert_eq!(heard, 3);
    let over = office.caller.answer(&office.bo.cx, bo.id, &ada.code).await;
    assert!(matches!(over, Err(CallerFault::Over)), "{over:?}");
    office.app.finish(&[]).await;
}

async fn join_all<T: Send + 'static>(all: impl Iterator<Item = impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let mut set = tokio::task::JoinSet::new();
    all.for_each(|one| {
        set.spawn(one);
    });
    set.join_all().await
}

/// Fails when: the code is not bound to the check and the side, or a check is found without its person.
async fn crossed(app: App) {
    let office = Office::of(app).await;
    let (with_bo, bo) = office.begun(&office.ada, &office.bo).await;
    let (with_ada, ada) = office.begun(&office.kim, &office.ada).await;
    // One's own code, that of another check, and that of the other side of another check.
    for code in [&bo.code, &with_ada.code] {
        assert!(
            matches!(office.caller.answer(&office.bo.cx, bo.id, code).await.unwrap(), Answered::Wrong(_)),
            "{code}"
        );
    }
    let hidden = office.caller.answer(&office.kim.cx, bo.id, &with_bo.code).await;
    assert!(matches!(hidden, Err(CallerFault::Hidden)), "{hidden:?}");
    let absent = office.caller.answer(&office.kim.cx, kernel::Id::from_uuid(absent().uuid()), &with_bo.code).await;
    assert!(matches!(absent, Err(CallerFault::Hidden)), "{absent:?}");
    assert_eq!(office.caller.answer(&office.bo.cx, bo.id, &with_bo.code).await.unwrap(), Answered::Right);
    assert_eq!(office.caller.answer(&office.ada.cx, ada.id, &with_ada.code).await.unwrap(), Answered::Right);
    office.app.finish(&[]).await;
}

async fn closed(app: App) {
    let office = Office::of(app).await;
    let (_, bo) = office.begun(&office.ada, &office.bo).await;
    let nobody = UserId::from_uuid(absent().uuid());
    office.app.accounts.disable_person(&office.ada.cx, office.kim.id).await.unwrap();
    let invitation =
        accounts::Invitation { email: "new@example.org".to_owned(), name: "New".to_owned(), roles: vec![Role::Agent] };
    let (invited, _) = office.app.accounts.invite(&office.app.operator(), invitation).await.unwrap();
    let browser = Client::of(&office.site, &office.bo);
    let mut answers = Vec::new();
    for id in [nobody, office.kim.id, invited] {
        let refused = office.caller.begin(&office.bo.cx, id).await;
        assert!(matches!(refused, Err(CallerFault::Hidden)), "{refused:?}");
        answers.push(browser.post("/verify-call", &[("colleague", &id.to_string())]).await.seen());
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "closed, invited and absent are one");
    let own = office.caller.begin(&office.bo.cx, office.bo.id).await;
    assert!(matches!(own, Err(CallerFault::Oneself)), "{own:?}");
    let listed = office.caller.colleagues(&office.bo.cx).await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    // Closed in the middle: their session has ended, so nobody types their code.
    office.app.accounts.disable_person(&office.ada.cx, office.bo.id).await.unwrap();
    let gone = Client::of(&office.site, &office.bo).post(&format!("/verify-call/{}", bo.id), &[("code", "x")]).await;
    assert_eq!(gone.status, 401, "{gone:?}");
    office.app.finish(&["New"]).await;
}

async fn contact(office: &Office) -> RecordRef {
    office.app.clock.advance(Duration::from_millis(2));
    office.ada.create("contact", &[("name", "Zqcustomer Zq")]).await.unwrap()
}

async fn customer(app: App) {
    let office = Office::of(app).await;
    let (at, raw) = (contact(&office).await, Raw::data(&office.app).await);
    // Whose record one may not see one cannot call about.
    let hidden = office.caller.begin_with_customer(&office.bo.cx, at.clone()).await;
    assert!(matches!(&hidden, Err(CallerFault::Record(_))), "{hidden:?}");
    office.caller.begin_with_customer(&office.ada.cx, at).await.unwrap();
    let check = office.seen(&office.ada).await;
    assert_eq!(check.code.len(), 9);
    let customer = Client::nobody(&office.site).with("sec-fetch-site", "same-origin");
    let yes = customer.post("/is-it-us", &[("code", &check.code.to_lowercase())]).await;
    assert!(yes.status == 200 && yes.text.contains("Yes: somebody of Northlight"), "{yes:?}");
    assert!(!yes.text.contains("Ada") && !yes.text.contains("Zq"), "it says nothing about anybody: {yes:?}");
    let lines = done_in(&raw, yes.header("x-request-id").parse().unwrap()).await;
    assert_eq!(lines, ["call-verify call Done"]);
    assert!(office.seen(&office.ada).await.confirmed_at.is_some());
    let again = customer.post("/is-it-us", &[("code", &check.code)]).await;
    assert!(again.status == 422 && again.text.contains("Nobody of this company"), "{again:?}");
    // The colleague cannot answer for the customer.
    let own = office.caller.answer(&office.ada.cx, check.id, &check.code).await;
    assert!(matches!(own, Err(CallerFault::Hidden)), "{own:?}");
    // Too late.
    office.caller.begin_with_customer(&office.ada.cx, contact(&office).await).await.unwrap();
    let check = office.seen(&office.ada).await;
    office.app.clock.advance(Duration::from_secs(120));
    assert_eq!(customer.post("/is-it-us", &[("code", &check.code)]).await.status, 422);
    // The code of colleagues means nothing here.
    let (between, _) = office.begun(&office.ada, &office.bo).await;
    assert_eq!(customer.post("/is-it-us", &[("code", &between.code)]).await.status, 422);
    office.app.finish(&["Zqcustomer"]).await;
}

/// The code that a customer's page shows, to be read back.
fn shown(answer: &crate::support::http::Answer) -> String {
    let page = crate::support::html::Page::read(&answer.text);
    let codes: Vec<String> =
        page.texts.iter().filter(|(name, _)| name == "code").map(|(_, text)| text.clone()).collect();
    assert_eq!(codes.len(), 1, "{answer:?}");
    codes[0].clone()
}

/// Fails when: what is read back is taken without the customer's page, twice, too late, from anybody or as often as one likes; or
/// a call that came in counts like one to the number in the record.
async fn back(app: App) {
    let office = Office::of(app).await;
    let raw = Raw::data(&office.app).await;
    let customer = Client::nobody(&office.site).with("sec-fetch-site", "same-origin");
    let begun = async || {
        let at = contact(&office).await;
        office.caller.begin_with_customer(&office.ada.cx, at.clone()).await.unwrap();
        (at, office.seen(&office.ada).await)
    };
    let asked = async |check: &CheckView| shown(&customer.post("/is-it-us", &[("code", &check.code)]).await);
    let read = async |who: &Actor, check: &CheckView, code: &str, dialled: bool| {
        office.caller.answer_customer(&who.cx, check.id, (code, dialled)).await
    };
    // Not before the customer has seen it, whatever is typed; and that counts.
    let (at, check) = begun().await;
    assert!(matches!(read(&office.ada, &check, "AAAAAA", true).await, Err(CallerFault::Over)));
    let code = asked(&check).await;
    assert!(code.len() == 7 && code != check.code, "{code}");
    assert!(matches!(read(&office.bo, &check, &code, true).await, Err(CallerFault::Hidden)));
    for (typed, left) in [("AAA AAA", 1), (&*check.code, 0)] {
        assert_eq!(read(&office.ada, &check, typed, true).await.unwrap(), Answered::Wrong(left));
    }
    assert!(matches!(read(&office.ada, &check, &code, true).await, Err(CallerFault::Over)), "three were wrong");
    assert!(office.seen(&office.ada).await.verified_at.is_none());
    // Once, and the record says so.
    let (record, check) = begun().await;
    let code = asked(&check).await;
    let browser = Client::of(&office.site, &office.ada);
    let url = format!("/verify-call/{}", check.id);
    let form = [("customer", "1"), ("code", &*code.to_lowercase().replace(' ', "-")), ("dialled", "1")];
    let right = browser.post(&url, &form).await;
    assert_eq!(right.status, 303, "{right:?}");
    let lines = done_in(&raw, right.header("x-request-id").parse().unwrap()).await;
    assert_eq!(lines, ["call-verify call Done", "caller-known contact Done"]);
    let page = browser.get("/verify-call").await;
    assert!(page.text.contains("You are talking to the person at the number in the record"), "{page:?}");
    let timeline = browser.get(&format!("/contacts/{}", record.id)).await;
    assert!(
        timeline.text.contains("recognised this contact in a call to the number in the record"),
        "{}",
        timeline.text
    );
    assert!(matches!(read(&office.ada, &check, &code, true).await, Err(CallerFault::Over)));
    assert!(!browser.get(&format!("/contacts/{}", at.id)).await.text.contains("the number in the record"));
    // A call that came in proves the call, and not the person.
    let (record, check) = begun().await;
    let code = asked(&check).await;
    assert_eq!(read(&office.ada, &check, &code, false).await.unwrap(), Answered::Right);
    let timeline = browser.get(&format!("/contacts/{}", record.id)).await;
    assert!(timeline.text.contains("checked a call about this contact that does not prove who it was"));
    let page = browser.get("/verify-call").await;
    assert!(page.text.contains("That does not prove who they are"), "{page:?}");
    // Too late; and the code of another check.
    let (_, check) = begun().await;
    let other = asked(&check).await;
    office.app.clock.advance(Duration::from_secs(119));
    assert_eq!(read(&office.ada, &check, &code, true).await.unwrap(), Answered::Wrong(2));
    office.app.clock.advance(Duration::from_secs(1));
    assert!(matches!(read(&office.ada, &check, &other, true).await, Err(CallerFault::Over)));
    // Between colleagues nobody is a customer.
    let (mine, theirs) = office.begun(&office.ada, &office.bo).await;
    for (who, code) in [(&office.ada, &theirs.code), (&office.bo, &mine.code)] {
        assert!(matches!(read(who, &mine, code, true).await, Err(CallerFault::Hidden)));
    }
    office.app.finish(&["Zqcustomer"]).await;
}

async fn guesses(app: App) {
    let office = Office::of(app).await;
    office.caller.begin_with_customer(&office.ada.cx, contact(&office).await).await.unwrap();
    let check = office.seen(&office.ada).await;
    let customer = Client::nobody(&office.site).with("sec-fetch-site", "same-origin");
    for n in 0..10 {
        assert_eq!(customer.post("/is-it-us", &[("code", &format!("AAAAAAA{n}"))]).await.status, 422);
    }
    let right = customer.post("/is-it-us", &[("code", &check.code)]).await;
    assert!(right.status == 429 && !right.header("retry-after").is_empty(), "{right:?}");
    office.app.clock.advance(Duration::from_secs(15 * 60 + 1));
    assert_eq!(customer.post("/is-it-us", &[("code", "AAAAAAAA")]).await.status, 422, "and heard again");
    office.app.finish(&[]).await;
}

async fn pages(app: App) {
    let office = Office::of(app).await;
    let (ada, bo) = (Client::of(&office.site, &office.ada), Client::of(&office.site, &office.bo));
    let page = ada.get("/verify-call").await;
    assert!(page.text.contains("What IT will never ask you for") && page.text.contains("Bo Chen"), "{page:?}");
    let begun = ada.post("/verify-call", &[("colleague", &office.bo.id.to_string())]).await;
    assert_eq!(begun.header("location"), "/verify-call");
    let code = office.seen(&office.ada).await.code;
    let theirs = bo.get("/verify-call").await;
    assert!(theirs.text.contains("Ada Founder wants to verify a call with you"), "{theirs:?}");
    assert!(!theirs.text.contains(&code), "nobody sees the code they are to hear");
    let id = office.seen(&office.bo).await.id;
    bo.post(&format!("/verify-call/{id}"), &[("code", "nonsense")]).await;
    assert!(bo.get("/verify-call").await.text.contains("Two tries are left"));
    bo.post(&format!("/verify-call/{id}"), &[("code", &code)]).await;
    assert!(bo.get("/verify-call").await.text.contains("This is Ada Founder"));
    assert!(ada.get("/verify-call").await.text.contains("Bo Chen knows that it is you"));
    office.app.finish(&[]).await;
}
