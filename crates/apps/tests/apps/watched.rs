//! An app on its first day, and its end.

use std::time::Duration;

use authz::Cx;
use records::RecordRef;
use testkit::App;
use tokens::FIRST_DAY;

use crate::set::{Set, code, wish};

testkit::on_both_engines! {
    on_its_first_day_an_app_sees_a_hundred_people_whoever_it_acts_for => super::first_day;
    one_act_ends_an_app_and_all_it_holds => super::stopped;
}

async fn reads(set: &Set, cx: &Cx, at: &RecordRef) -> bool {
    let (records, at) = (set.app.records.clone(), at.clone());
    set.app.db.read(cx, move |tx| records.read_record(tx, &at).map(|_| ())).await.is_ok()
}

/// Fails when: the probation is not counted, or by owner, or lasts for ever, or its owner is held up by it.
async fn first_day(app: App) {
    let set = Set::new(app).await;
    let id = set.registered("Mailer", &["contact:read"]).await;
    let mut all = Vec::new();
    for n in 0..=FIRST_DAY {
        let (name, email) = (format!("Zq {n}"), format!("zq{n}@zq.example"));
        all.push(set.agent.create("contact", &[("name", &name), ("email", &email)]).await.unwrap());
    }
    let tokens = [set.granted(&set.agent, id).await, set.granted(&set.founder, id).await];
    let programs = [set.bearer(&tokens[0]).await.unwrap(), set.bearer(&tokens[1]).await.unwrap()];
    let most = usize::try_from(FIRST_DAY).unwrap();
    for (n, at) in all[..most].iter().enumerate() {
        assert!(reads(&set, &programs[n % 2], at).await, "{n}");
    }
    assert!(!reads(&set, &programs[0], &all[most]).await && !reads(&set, &programs[1], &all[most]).await);
    assert!(reads(&set, &programs[0], &all[1]).await, "whoever was seen stays readable");
    assert!(reads(&set, &set.agent.cx, &all[most]).await, "its owner goes on");
    assert!(reads(&set, &set.app.program(&set.app.token(&set.agent).await).await, &all[most]).await);
    // A process that starts anew knows it too.
    let config = db::DbConfig { place: set.app.data().clone(), readers: 2 };
    let anew = db::Db::open(
        config,
        std::sync::Arc::new(set.app.vault.clone()),
        (set.app.clock.clone(), set.app.chance.clone()),
    )
    .await
    .unwrap();
    let (records, at) = (set.app.records.clone(), all[most].clone());
    assert!(anew.read(&programs[0], move |tx| records.read_record(tx, &at).map(|_| ())).await.is_err());
    drop(anew);
    set.app.clock.advance(Duration::from_secs(24 * 60 * 60));
    let renewed = set.renew(id, &tokens[0]).await.unwrap();
    assert!(reads(&set, &set.bearer(&renewed).await.unwrap(), &all[most]).await);
    set.app.finish(&[]).await;
}

/// Fails when: `stop` leaves a token, a code or what renews one.
async fn stopped(app: App) {
    let set = Set::new(app).await;
    let id = set.registered("Mailer", &["contact:read"]).await;
    let other = set.registered("Other", &["contact:read"]).await;
    let tokens = [set.granted(&set.agent, id).await, set.granted(&set.founder, id).await];
    let (kept, made) = (set.granted(&set.agent, other).await, set.code(&set.agent, id).await);
    assert!(set.bearer(&tokens[0]).await.is_ok() && set.bearer(&tokens[1]).await.is_ok());
    assert_eq!(code(set.apps.stop(&set.agent.cx, id).await), "forbidden");
    let program = set.app.program(&set.app.token(&set.founder).await).await;
    assert_eq!(code(set.apps.stop(&program, id).await), "forbidden");
    assert_eq!(set.apps.stop(&set.officer.cx, id).await.unwrap(), 2);
    for token in &tokens {
        assert!(set.bearer(token).await.is_err());
        assert_eq!(code(set.renew(id, token).await), "invalid_grant");
    }
    assert_eq!(code(set.exchange(id, &made).await), "invalid_grant");
    assert_eq!(code(set.apps.agree(&set.agent.cx, &wish(id)).await), "app-unknown");
    assert_eq!(code(set.apps.stop(&set.officer.cx, id).await), "not-found");
    assert!(set.bearer(&kept).await.is_ok(), "another app goes on");
    let apps = set.apps.list(&set.founder.cx).await.unwrap();
    assert!(apps.iter().all(|app| app.ended_at.is_some() == (app.id == id)));
    set.app.finish(&[]).await;
}
