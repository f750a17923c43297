//! Why somebody opened a sensitive field: asked for, kept beside the look, and gone with the person.

use records::history::Events;
use records::{RecordFault, RecordRef};
use testkit::{Actor, App};

use crate::erasure::Set;
use crate::support::http::{Client, site};

testkit::on_both_engines! {
    nobody_opens_a_field_without_a_reason => super::asked;
    what_somebody_says_in_their_own_words_is_sealed_and_goes_with_the_person => super::sealed;
}

/// Words that lie nowhere else.
const WORDS: &str = "Zqquince of Ann";

async fn contact(actor: &Actor) -> RecordRef {
    actor.create("contact", &[("name", "Ann Vint"), ("national_id", "ZQ-77-19")]).await.unwrap()
}

/// Fails when: a field opens without a reason, or the list and the words of one's own are mistaken for each other.
async fn asked(app: App) {
    let founder = app.founder().await;
    let (at, browser) = (contact(&founder).await, Client::of(&site(&app), &founder));
    let url = format!("/contacts/{}/reveal/national_id", at.id);
    for nothing in [&[][..], &[("reason", "")], &[("why", "  ")], &[("reason", " "), ("why", "")]] {
        let refused = browser.post(&url, nothing).await;
        assert!(refused.status == 422 && !refused.text.contains("ZQ-77-19"), "{refused:?}");
        assert!(refused.text.contains("A reason is needed"), "{refused:?}");
    }
    for given in [&[("reason", "call")][..], &[("why", WORDS)], &[("reason", "contract"), ("why", " ")]] {
        let shown = browser.post(&url, given).await;
        assert!(shown.status == 200 && shown.text.contains("ZQ-77-19"), "{shown:?}");
    }
    sequence::settle(&app.db, &founder.cx).await.unwrap();
    let page = browser.get(&format!("/contacts/{}?tab=access", at.id)).await;
    for said in ["They are on the phone", "For a contract or an order", WORDS] {
        assert_eq!(page.text.matches(&format!(" · {said}<")).count(), 1, "{said}: {page:?}");
    }
    let zh = browser.with("accept-language", "zh").get(&format!("/contacts/{}?tab=access", at.id)).await;
    assert!(zh.text.contains(" · 客户正在通话中<") && zh.text.contains(WORDS), "{zh:?}");
    let whole = browser.get("/ledger").await;
    assert!(whole.text.contains("They are on the phone") && !whole.text.contains(WORDS), "{whole:?}");
    app.finish(&[WORDS]).await;
}

fn reasons(events: &Events) -> Vec<Option<&str>> {
    let looks = events.events.iter().filter(|event| event.verb == ledger::verbs::REVEAL);
    looks.map(|event| event.reason.as_deref()).collect()
}

/// Fails when: the words stand in the line, or under another key than the person's.
async fn sealed(app: App) {
    let set = Set::new(app).await;
    let (at, _) = set.somebody(1).await;
    let (one, other) = (at.clone(), at.clone());
    set.max.read(move |records, tx| records.reveal_field(tx, &one, "national_id", WORDS).map(|_| ())).await.unwrap();
    set.max
        .read(move |records, tx| records.reveal_field(tx, &other, "national_id", "check").map(|_| ()))
        .await
        .unwrap();
    sequence::settle(&set.app.db, &set.max.cx).await.unwrap();
    let told = async |at: &RecordRef| {
        let at = at.clone();
        let read = set.max.read(move |records, tx| -> Result<_, RecordFault> {
            let record = records.read_record(tx, &at)?;
            Ok((records.timeline(tx, &record, None, 50)?, records.access_log(tx, &record, None, 50)?))
        });
        read.await.unwrap()
    };
    let (timeline, log) = told(&at).await;
    assert_eq!(
        (reasons(&timeline), reasons(&log)),
        (vec![Some("check"), Some(WORDS)], vec![Some("check"), Some(WORDS)])
    );
    assert!(timeline.events.iter().filter(|e| e.verb == ledger::verbs::REVEAL).all(|event| event.changes.is_empty()));
    set.begun(&at).await;
    set.settled().await;
    let (timeline, log) = told(&at).await;
    assert_eq!((reasons(&timeline), reasons(&log)), (vec![Some("check"), None], vec![Some("check"), None]));
    set.app.verify_ledger().await;
    set.end().await;
}
