//! Which records are found to look alike, against a plain implementation that compares everything with everything; and who is
//! told of it. On every engine there is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and says what it skipped")]
#![expect(clippy::disallowed_methods, reason = "the program's own context is made where it is tested")]

#[path = "../../records/tests/house/mod.rs"]
mod house;
mod rows;

use std::collections::BTreeSet;

use authz::{Area, Charter, Cx, FieldRule, Reach, Rights, Role, Verb};
use duplicates::{Duplicates, Groups, Strength, Why};
use house::{House, engines};
use kernel::{Clock as _, Id, Lang, ObjectName, RecordId, SystemClock};
use ledger::{ActorRef, Origin, Via};
use records::{Change, RecordFault, RecordRef};
use rows::{Row, make};

fn person(name: &str, email: &str, firm: Option<RecordId>) -> Row {
    let firm = firm.map(|firm| firm.to_string()).unwrap_or_default();
    vec![("name", name.to_owned()), ("email", email.to_owned()), ("company", firm)]
}

/// Places what happened, and compares what changed.
async fn seek(house: &House) {
    seek_until(house, usize::MAX).await;
}

/// Does it in strokes of a few, and leaves off when it has been asked so often whether to.
async fn seek_until(house: &House, most: usize) {
    let (db, own) = (house.db.clone(), Duplicates::new(house.records.clone()).in_strokes(4, 1));
    tokio::task::spawn_blocking(move || {
        let cx = system();
        sequence::settle_now(&db, &cx).unwrap();
        let asked = std::cell::Cell::new(0);
        let left = || asked.replace(asked.get() + 1) >= most;
        own.seek(&db, &cx, &left).unwrap();
    })
    .await
    .unwrap();
}

fn system() -> Cx {
    let identity =
        authz::Identity { actor: ActorRef::System, person: None, session: None, rights: std::sync::Arc::default() };
    Cx::mint(identity, Origin::via(Via::Job), Id::new(SystemClock.now(), &crypto::SystemChance), Lang::En)
}

async fn groups(house: &House, cx: &Cx, object: &'static str) -> Vec<(Strength, Vec<Why>, Vec<RecordId>)> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let own = Duplicates::new(house.records.clone());
        let page: Groups = house.db.read(cx, move |tx| own.groups(tx, object, after)).await.unwrap();
        let ids = |group: &duplicates::Group| group.records.iter().map(|record| record.record_id()).collect();
        all.extend(page.groups.iter().map(|group| (group.strength, group.whys.clone(), ids(group))));
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

async fn decide(house: &House, cx: &Cx, ids: &[RecordId], apart: bool) -> Result<(), RecordFault> {
    let (own, ids) = (Duplicates::new(house.records.clone()), ids.to_vec());
    house.db.write(cx, move |tx| own.tell_apart(tx, "contact", &ids, apart)).await
}

/// The pairs of groups.
fn pairs(groups: &[(Strength, Vec<Why>, Vec<RecordId>)]) -> BTreeSet<(Strength, RecordId, RecordId)> {
    let of = |(strength, _, ids): &(Strength, Vec<Why>, Vec<RecordId>)| -> Vec<(Strength, RecordId, RecordId)> {
        let each = ids.iter().enumerate();
        each.flat_map(|(nth, one)| ids.iter().skip(nth + 1).map(|other| (*strength, *one, *other))).collect()
    };
    groups.iter().flat_map(of).collect()
}

/// Tells by hand whether two words are one slip apart: a letter more or less, another one, or one that stands elsewhere.
fn slip(one: &str, other: &str) -> bool {
    let without = |text: &str| -> BTreeSet<String> {
        let letters: Vec<char> = text.chars().collect();
        let drop = |at: usize| letters.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, c)| *c).collect();
        if letters.len() < 5 { BTreeSet::new() } else { (0..letters.len()).map(drop).collect() }
    };
    let (all, others) = (without(one), without(other));
    one == other || all.contains(other) || others.contains(one) || all.intersection(&others).next().is_some()
}

const NAMES: [&str; 9] =
    ["Iris Vale", "Iris Vael", "iris  vale", "Iris Valle", "Ivo Blau", "Iva Blau", "Noor Haddad", "王小明", "王晓明"];
const EMAILS: [&str; 6] = ["", "", "iris@vale.example", "iris@vael.example", "IRIS@vale.example", "blau@firm.example"];

/// Fails when: blocking loses a pair, or a group holds one that is none.
#[tokio::test(flavor = "multi_thread")]
async fn groups_are_those_of_comparing_everything_with_everything() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let firms =
            make(&house, &ann, "company", ["Tidewater", "Highmoor"].map(|n| vec![("name", n.to_owned())]).to_vec())
                .await;
        let mut seed = 7_u64;
        let mut next = |most: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % most
        };
        let mut plan: Vec<(&str, &str, Option<usize>)> = Vec::new();
        for _ in 0..26 {
            plan.push((NAMES[next(9)], EMAILS[next(6)], [None, Some(0), Some(1)][next(3)]));
        }
        let rows = plan.iter().map(|(name, email, firm)| person(name, email, firm.map(|at| firms[at])));
        let ids = make(&house, &ann, "contact", rows.collect()).await;
        seek(&house).await;
        let normal = |name: &str| name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let mut expected = BTreeSet::new();
        for (a, one) in plan.iter().enumerate() {
            for (b, other) in plan.iter().enumerate().skip(a + 1) {
                let (names, mails) = ((normal(one.0), normal(other.0)), (one.1.to_lowercase(), other.1.to_lowercase()));
                let (same_name, firm) = (names.0 == names.1, one.2.is_some() && one.2 == other.2);
                let strength = if !mails.0.is_empty() && mails.0 == mails.1 {
                    Strength::Certain
                } else if same_name
                    && (firm || (!mails.0.is_empty() && !mails.1.is_empty() && slip(&mails.0, &mails.1)))
                {
                    Strength::Likely
                } else if firm && slip(&names.0, &names.1) {
                    Strength::Possible
                } else {
                    continue;
                };
                expected.insert((strength, ids[a].min(ids[b]), ids[a].max(ids[b])));
            }
        }
        let found = groups(&house, &ann, "contact").await;
        let told = pairs(&found);
        assert!(expected.len() > 20 && Strength::ALL.iter().all(|s| expected.iter().any(|pair| pair.0 == *s)));
        // Every pair is told at its strength, some of them in groups of more.
        let missing: Vec<_> = expected.difference(&told).collect();
        assert!(missing.is_empty(), "{engine}: {missing:?} not in {found:?}");
        let bound =
            |pair: &(Strength, RecordId, RecordId)| expected.iter().any(|(_, a, b)| (*a, *b) == (pair.1, pair.2));
        for (strength, whys, group) in &found {
            let anchor = group.iter().min().unwrap();
            for other in group.iter().filter(|id| *id != anchor) {
                assert!(bound(&(*strength, *anchor, *other)), "{engine}: {group:?} {whys:?}");
            }
        }
    }
}

/// Fails when: a go that was left off counts as done, or a stroke is not to be done twice.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_off_is_done_another_time() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let firm = make(&house, &ann, "company", vec![vec![("name", "Tidewater".to_owned())]]).await[0];
        seek(&house).await;
        let mut rows: Vec<Row> = (0..9).map(|n| person(NAMES[n], &format!("p{n}@firm.example"), Some(firm))).collect();
        rows.push(person("Somebody Else", "p0@firm.example", None));
        make(&house, &ann, "contact", rows).await;
        // Three strokes, and one company: asked four times.
        for most in 0..4 {
            seek_until(&house, most).await;
            let found = groups(&house, &ann, "contact").await;
            assert!(most > 0 || found.is_empty(), "{engine}: {found:?}");
            assert!(found.iter().all(|(strength, ..)| *strength != Strength::Possible), "{engine} {most}: {found:?}");
        }
        seek(&house).await;
        let found = groups(&house, &ann, "contact").await;
        let of = |wanted: Strength| found.iter().filter(|(strength, ..)| *strength == wanted).count();
        assert!(of(Strength::Certain) == 1 && of(Strength::Possible) > 1, "{engine}: {found:?}");
        // A few are compared at once, whoever wants to leave.
        make(&house, &ann, "contact", vec![person("Third", "p0@firm.example", None)]).await;
        seek_until(&house, 0).await;
        assert_eq!(groups(&house, &ann, "contact").await[0].2.len(), 3, "{engine}");
    }
}

/// Fails when: two nodes go through the same at once, and one forgets what the other found; or what a node left that was killed is never done.
#[tokio::test(flavor = "multi_thread")]
async fn one_node_compares_at_a_time() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let twins = vec![person("Iris Vale", "iris@vale.example", None), person("I. Vale", "iris@vale.example", None)];
        make(&house, &ann, "contact", twins).await;
        for (ago, told) in [(30, 0), (61, 1)] {
            let since = house.db.now().minus(std::time::Duration::from_secs(ago)).micros();
            let cx = system();
            let written = house.db.write(&cx, move |tx| {
                let before = sequence::outbox::place(tx, "duplicates:go")?;
                sequence::outbox::skip(tx, "duplicates:go", before, u64::try_from(since).unwrap())
            });
            assert!(written.await.unwrap());
            seek(&house).await;
            assert_eq!(groups(&house, &ann, "contact").await.len(), told, "{engine}: {ago}");
        }
    }
}

/// Fails when: what an import brings is compared step by step, and not at its end.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_compared_while_a_file_is_taken() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let boss = house.person(Role::Manager);
        let own = house.records.clone();
        let mut staging = own.intake().stage(house.db.now(), house.db.chance()).unwrap();
        std::io::Write::write_all(&mut staging, b"name\nSomebody\n").unwrap();
        let staged = staging.finish().unwrap();
        let start = move |tx: &mut db::WriteTx<'_>| {
            let id = own.plan_import(tx, staged, "contact", "one.csv", &tabular::Choices::default())?;
            own.start_import(tx, id)?;
            Ok::<_, RecordFault>(id)
        };
        let id = house.db.write(&boss, start).await.unwrap();
        let twins = vec![person("Iris Vale", "iris@vale.example", None), person("I. Vale", "iris@vale.example", None)];
        make(&house, &ann, "contact", twins).await;
        seek(&house).await;
        assert_eq!(groups(&house, &ann, "contact").await, vec![], "{engine}");
        let own = house.records.clone();
        house.db.write(&boss, move |tx| own.stop_import(tx, id)).await.unwrap();
        seek(&house).await;
        assert_eq!(groups(&house, &ann, "contact").await.len(), 1, "{engine}");
    }
}

/// Fails when: pairs are read without the scope, or a reason that lies in a hidden field is told.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_sees_groups_of_what_they_may_see() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, bob, eve) = (house.person(Role::Manager), house.person(Role::Agent), house.person(Role::Agent));
        make(&house, &ann, "contact", vec![person("Iris Vale", "iris@vale.example", None)]).await;
        let own = make(
            &house,
            &bob,
            "contact",
            vec![person("Vale, Iris", "iris@vale.example", None), person("I. Vale", "iris@vale.example", None)],
        )
        .await;
        let own: Vec<RecordId> = own.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        make(&house, &eve, "contact", vec![person("Somebody", "iris@vale.example", None)]).await;
        seek(&house).await;
        let whys = vec![Why::Field("email".to_owned())];
        let of = |ids: &[RecordId]| vec![(Strength::Certain, whys.clone(), ids.to_vec())];
        assert_eq!(groups(&house, &bob, "contact").await, of(&own), "{engine}");
        assert_eq!(groups(&house, &eve, "contact").await, vec![], "{engine}: one record is no group");
        assert_eq!(groups(&house, &ann, "contact").await[0].2.len(), 4, "{engine}");
        // Who does not see the address is not told that it is the same.
        let blind = Charter::default().grant(Area::Records, Verb::Read, Reach::All);
        let contact = ObjectName::parse("contact").unwrap();
        for rule in [FieldRule::Hidden, FieldRule::Masked] {
            let blind = blind.clone().rule(contact.clone(), kernel::FieldName::parse("email").unwrap(), rule);
            let cx = house.allowed(house.someone(), Rights::compiled(Vec::new(), [blind]));
            assert_eq!(groups(&house, &cx, "contact").await, vec![], "{engine} {rule:?}");
        }
    }
}

/// Fails when: a pair stays although one of both changed, was binned or told apart, or comes back by itself.
#[tokio::test(flavor = "multi_thread")]
async fn groups_follow_what_changes_and_what_was_decided() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, bob) = (house.person(Role::Manager), house.person(Role::Agent));
        let twins =
            || vec![person("Iris Vale", "iris@vale.example", None), person("I. Vale", "iris@vale.example", None)];
        let ids = make(&house, &ann, "contact", twins()).await;
        seek(&house).await;
        assert_eq!(groups(&house, &ann, "contact").await.len(), 1, "{engine}");
        let at = RecordRef { object: ObjectName::parse("contact").unwrap(), id: ids[1] };
        let change = |email: &'static str| {
            let (own, at) = (house.records.clone(), at.clone());
            house.db.write(&ann, move |tx| {
                own.update_record(tx, &at, None, Change::from_form([("email", email)])).map(|_| ())
            })
        };
        change("other@vale.example").await.unwrap();
        seek(&house).await;
        assert_eq!(groups(&house, &ann, "contact").await, vec![], "{engine}: changed");
        change("iris@vale.example").await.unwrap();
        seek(&house).await;
        assert_eq!(groups(&house, &ann, "contact").await.len(), 1, "{engine}: changed back");
        let bin = |to: bool| {
            let (own, at) = (house.records.clone(), at.clone());
            house.db.write(&ann, move |tx| {
                if to { own.delete_record(tx, &at, None) } else { own.restore_record(tx, &at).map(|_| ()) }
            })
        };
        bin(true).await.unwrap();
        assert_eq!(groups(&house, &ann, "contact").await, vec![], "{engine}: in the bin");
        seek(&house).await;
        bin(false).await.unwrap();
        seek(&house).await;
        assert_eq!(groups(&house, &ann, "contact").await.len(), 1, "{engine}: taken out");
        assert!(decide(&house, &bob, &ids, true).await.is_err(), "{engine}: not theirs to decide");
        assert_eq!(groups(&house, &ann, "contact").await.len(), 1, "{engine}");
        decide(&house, &ann, &ids, true).await.unwrap();
        assert_eq!(groups(&house, &ann, "contact").await, vec![], "{engine}: told apart");
        change("iris2@vale.example").await.unwrap();
        change("iris@vale.example").await.unwrap();
        seek(&house).await;
        assert_eq!(groups(&house, &ann, "contact").await, vec![], "{engine}: remembered");
        decide(&house, &ann, &ids, false).await.unwrap();
        assert_eq!(groups(&house, &ann, "contact").await.len(), 1, "{engine}: taken back");
    }
}
