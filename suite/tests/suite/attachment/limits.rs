//! What is not taken.

use attachments::{AttachmentFault, LARGEST, MOST, Wanted};
use authz::Level;
use policy::SecretRule;
use scanner::Kind;
use testkit::App;

use super::{attach, attachments, listed, pdf, store};
use crate::support::ledger::acts;
use crate::support::raw::Raw;
use crate::support::scene::CANARY;

testkit::on_both_engines! {
    what_is_not_taken_leaves_nothing => super::refused;
    a_secret_in_a_text_is_pointed_out_and_kept_by_whoever_means_it => super::secrets;
}

/// Fails when: one of the limits is not looked at, or only by whoever comes first.
async fn refused(app: App) {
    let max = app.person("Max Stone", authz::Role::Manager).await;
    let at = max.create("contact", &[("name", "Somebody")]).await.unwrap();
    let largest = usize::try_from(LARGEST).unwrap();
    let cases: [(&str, Vec<u8>, &str); 5] = [
        ("a.pdf", Vec::new(), "attachment-empty"),
        ("a.pdf", b"MZ\x90\0\x03\0\0\0".to_vec(), "attachment-kind"),
        ("a.txt", b"<html><script>alert(1)</script>".to_vec(), "attachment-kind"),
        ("a.txt", [b"text ".repeat(20_000), b"\0".to_vec()].concat(), "attachment-kind"),
        ("a.pdf", [b"%PDF-".to_vec(), vec![b'x'; largest]].concat(), "attachment-large"),
    ];
    for (name, bytes, code) in cases {
        let fault = attach(&app, &max, &at, (name, &bytes)).await.unwrap_err();
        assert_eq!(kernel::Fault::code(&fault), code);
        assert_eq!(store::rows(&app).await, (0, 0), "{code}");
    }
    let kept = attach(&app, &max, &at, ("../../evil.html", b"just words")).await.unwrap();
    assert_eq!(kept.name(), Some("evil.html.txt"), "what it is says its name, not the other way round");
    let raw = Raw::data(&app).await;
    // As many as a record may have.
    let copy = |n: i64, state: &str, size: &str| {
        format!(
            "insert into attachment (id, object, record_id, subject_id, user_id, state, size, parts, sealed, created_at) \
             select {}, object, record_id, subject_id, user_id, '{state}', {size}, 0, sealed, created_at from attachment \
             where id = {};",
            raw.id(kernel::Uuid::from_u128(u128::try_from(n).unwrap())),
            raw.id(kept.id.uuid())
        )
    };
    let many: String = (2..MOST).map(|n| copy(n, "kept", "1")).collect();
    raw.run(&many).await;
    // Two at once for the one place that is left: one of them has it.
    let bytes = pdf(100_000);
    let one = || attach(&app, &max, &at, ("a.pdf", &bytes));
    let (first, second) = tokio::join!(one(), one());
    assert_eq!([&first, &second].iter().filter(|one| one.is_ok()).count(), 1, "{first:?} {second:?}");
    let fault = attach(&app, &max, &at, ("c.pdf", &pdf(10))).await.unwrap_err();
    assert!(matches!(fault, AttachmentFault::Many));
    // As much as somebody may bring, what they removed among it; others have room of their own.
    raw.run(&format!("delete from attachment where id <> {}", raw.id(kept.id.uuid()))).await;
    raw.run(&copy(2, "removed", &attachments::QUOTA.to_string())).await;
    let fault = attach(&app, &max, &at, ("c.pdf", &pdf(10))).await.unwrap_err();
    assert!(matches!(fault, AttachmentFault::Quota));
    let moe = app.person("Moe Stone", authz::Role::Manager).await;
    assert!(attach(&app, &moe, &at, ("c.pdf", &pdf(10))).await.is_ok());
    // So many at once.
    raw.run(&format!("delete from attachment where id = {}", raw.id(kernel::Uuid::from_u128(2)))).await;
    let raw_many: String = (3..7).map(|n| copy(n, "arriving", "1")).collect();
    raw.run(&raw_many).await;
    let fault = attach(&app, &max, &at, ("c.pdf", &pdf(10))).await.unwrap_err();
    assert!(matches!(fault, AttachmentFault::Busy));
    app.clock.advance(std::time::Duration::from_secs(2 * 60 * 60));
    assert!(attach(&app, &max, &at, ("c.pdf", &pdf(10))).await.is_ok(), "what was given up blocks nobody");
    raw.run("delete from attachment_part where number > 100").await;
    app.finish(&[CANARY]).await;
}

/// Fails when: `secret::judge` is not asked, or the rule of the workspace does not count.
async fn secrets(app: App) {
    let max = app.person("Max Stone", authz::Role::Manager).await;
    let at = max.create("contact", &[("name", "Somebody")]).await.unwrap();
    let number = |digit: u32| format!("400088888888888{digit}");
    let found = |text: &String| scanner::find(text).first().is_some_and(|found| found.kind == Kind::Card);
    let card = (0..10).map(number).find(found).unwrap();
    let text = format!("{}paid with {card}\n", "line\n".repeat(40_000));
    let fault = attach(&app, &max, &at, ("a.csv", text.as_bytes())).await.unwrap_err();
    assert!(matches!(fault, AttachmentFault::Secret(Kind::Card)));
    assert_eq!(store::rows(&app).await, (0, 0));
    let keeping = |text: String| {
        let wanted = Wanted { name: "a.csv".to_owned(), keep: true };
        let (feed, taking) = attachments(&app).attach(&max.cx, at.clone(), wanted);
        async move {
            feed.piece(text.into()).await;
            feed.end().await;
            taking.done().await
        }
    };
    keeping(text.clone()).await.unwrap();
    let lines = acts(&Raw::data(&app).await).await;
    let said = lines.iter().flat_map(|act| &act.lines).find(|line| line.fact_of("holds").is_some()).unwrap();
    assert_eq!((said.verb.as_ref(), said.fact_of("holds")), ("attach", Some("card")));
    let cx = app.founder().await.proved(&app, Level::Resistant);
    app.db.write(&cx, move |tx| policy::change_secrets(tx, &[(Kind::Card, SecretRule::Refuse)])).await.unwrap();
    assert!(matches!(keeping(text).await.unwrap_err(), AttachmentFault::Barred(Kind::Card)));
    assert_eq!(listed(&app, &max, &at).await.len(), 1);
    app.finish(&[CANARY, &card]).await;
}
