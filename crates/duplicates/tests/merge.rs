//! Several records become one: what moves, what stays, who may, and that it can be taken back. On every engine there is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and says what it skipped")]

#[path = "../../records/tests/house/mod.rs"]
mod house;

use std::collections::BTreeMap;

use authz::{Area, Charter, Cx, FieldRule, Reach, Rights, Role, Verb};
use duplicates::{Duplicates, Merging};
use house::{House, engines};
use kernel::{Class, Fault as _, FieldName, ObjectName, RecordId, RequestId};
use records::{Change, RecordFault, RecordRef, Value};

fn name(text: &str) -> FieldName {
    FieldName::parse(text).unwrap()
}

fn at(object: &str, id: RecordId) -> RecordRef {
    RecordRef { object: ObjectName::parse(object).unwrap(), id }
}

async fn make(house: &House, cx: &Cx, object: &'static str, row: &[(&str, &str)]) -> RecordId {
    let (own, change) = (house.records.clone(), Change::from_form(row.iter().copied()));
    house.db.write(cx, move |tx| own.create_record(tx, object, change).map(|r| r.record_id())).await.unwrap()
}

/// What a record holds, its version, and whether it is out of the bin.
async fn look(house: &House, cx: &Cx, at: RecordRef) -> (BTreeMap<String, Value>, i64, bool) {
    let own = house.records.clone();
    let record = house.db.read(cx, move |tx| own.read_record(tx, &at)).await.unwrap();
    let values = record.values().iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    (values, record.current_version(), record.deleted_at().is_none())
}

async fn text(house: &House, cx: &Cx, at: RecordRef, field: &str) -> Option<String> {
    look(house, cx, at).await.0.get(field).map(Value::to_input)
}

async fn merge(
    house: &House,
    cx: &Cx,
    keep: RecordId,
    records: &[(RecordId, i64)],
    chosen: &[(&str, RecordId)],
) -> Result<RequestId, RecordFault> {
    let own = Duplicates::new(house.records.clone());
    let chosen = chosen.iter().map(|(field, id)| (name(field), *id)).collect();
    let merging = Merging { keep, records: records.to_vec(), chosen };
    house.db.write(cx, move |tx| own.merge(tx, "contact", &merging)).await
}

async fn unmerge(house: &House, cx: &Cx, keep: RecordId, request: RequestId) -> Result<(), RecordFault> {
    let own = Duplicates::new(house.records.clone());
    house.db.write(cx, move |tx| own.unmerge(tx, "contact", (keep, request))).await
}

/// The same person in a request of their own.
fn again(house: &House, cx: &Cx, role: Role) -> Cx {
    house.same_person(cx.person().unwrap(), role)
}

/// Fails when: a link stays behind, a note keeps the key of the one that went, tags are lost, or taking it back forgets something.
#[tokio::test(flavor = "multi_thread")]
async fn one_takes_what_belonged_to_the_other_and_gives_it_back() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, bob) = (house.person(Role::Manager), house.person(Role::Agent));
        let one = make(&house, &ann, "contact", &[("name", "Iris Vale"), ("city", "Kiel"), ("tags", "north")]).await;
        let row = [("name", "I. Vale"), ("email", "iris@vale.example"), ("city", "Bonn"), ("tags", "south, north")];
        let two = make(&house, &ann, "contact", &row).await;
        let id = two.to_string();
        let note = make(&house, &ann, "note", &[("text", "Called twice"), ("contact", &id)]).await;
        let deal = make(&house, &ann, "deal", &[("name", "Harbour"), ("contact", &id)]).await;
        let (ada, two_at) = (again(&house, &ann, Role::Manager), at("contact", two));
        let request = merge(&house, &ada, one, &[(one, 1), (two, 1)], &[("city", two)]).await.unwrap();
        for (field, held) in
            [("name", "Iris Vale"), ("email", "iris@vale.example"), ("city", "Bonn"), ("tags", "north; south")]
        {
            assert_eq!(text(&house, &ann, at("contact", one), field).await.as_deref(), Some(held), "{engine} {field}");
        }
        assert!(!look(&house, &ann, two_at.clone()).await.2, "{engine}: the other lies in the bin");
        for (object, record) in [("note", note), ("deal", deal)] {
            let led = text(&house, &ann, at(object, record), "contact").await;
            assert_eq!(led, Some(one.to_string()), "{engine} {object}");
        }
        let pointer = |cx: &Cx| {
            let (own, at, cx) = (Duplicates::new(house.records.clone()), two_at.clone(), cx.clone());
            let db = house.db.clone();
            async move { db.read(&cx, move |tx| own.merged_into(tx, &at)).await.unwrap() }
        };
        assert_eq!(pointer(&ann).await, Some(at("contact", one)), "{engine}");
        assert_eq!(pointer(&bob).await, None, "{engine}: who may not see it is not led there");
        // The note is sealed for whom it is about now: it opens when the other is gone for good.
        assert_eq!(text(&house, &ann, at("note", note), "text").await.as_deref(), Some("Called twice"), "{engine}");
        // Taken back: but what somebody changed since stays.
        let (own, here) = (house.records.clone(), at("contact", one));
        let change = Change::from_form([("city", "Ulm")]);
        house.db.write(&ann, move |tx| own.update_record(tx, &here, None, change).map(|_| ())).await.unwrap();
        assert!(unmerge(&house, &bob, one, request).await.is_err(), "{engine}: not theirs to take back");
        unmerge(&house, &again(&house, &ann, Role::Manager), one, request).await.unwrap();
        for (field, held) in [("email", None), ("city", Some("Ulm")), ("tags", Some("north"))] {
            assert_eq!(text(&house, &ann, at("contact", one), field).await.as_deref(), held, "{engine} {field}");
        }
        assert!(look(&house, &ann, two_at.clone()).await.2, "{engine}");
        for (object, record) in [("note", note), ("deal", deal)] {
            let led = text(&house, &ann, at(object, record), "contact").await;
            assert_eq!(led, Some(two.to_string()), "{engine} {object}");
        }
        assert_eq!(text(&house, &ann, at("note", note), "text").await.as_deref(), Some("Called twice"), "{engine}");
        assert_eq!(pointer(&ann).await, None, "{engine}");
        assert!(unmerge(&house, &again(&house, &ann, Role::Manager), one, request).await.is_err(), "{engine}: once");
    }
}

/// Fails when: a record is merged without the right to, or a field that is hidden from whoever merges is written or read.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_merges_what_they_may_not_or_moves_what_they_do_not_see() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, bob) = (house.person(Role::Manager), house.person(Role::Agent));
        let one = make(&house, &ann, "contact", &[("name", "Iris Vale"), ("phone", "+49 30 5550 7711")]).await;
        let two =
            make(&house, &ann, "contact", &[("name", "I. Vale"), ("phone", "+49 30 5550 7722"), ("city", "Bonn")])
                .await;
        let both = [(one, 1), (two, 1)];
        // An agent has no right to merge, not even their own.
        let own = [
            make(&house, &bob, "contact", &[("name", "A")]).await,
            make(&house, &bob, "contact", &[("name", "B")]).await,
        ];
        for (keep, records) in [(one, both), (own[0], [(own[0], 1), (own[1], 1)])] {
            assert!(merge(&house, &bob, keep, &records, &[]).await.is_err(), "{engine}");
        }
        // Whoever may merge some does not merge those beyond reach.
        let within = Charter::default().grant(Area::Records, Verb::Read, Reach::Own).grant(
            Area::Records,
            Verb::Merge,
            Reach::Own,
        );
        let some = house.allowed(bob.person().unwrap(), Rights::compiled(Vec::new(), [within]));
        let refused = merge(&house, &some, own[0], &[(own[0], 1), (one, 1)], &[]).await.unwrap_err();
        assert_eq!(refused.class(), Class::NotFound, "{engine}: {refused}");
        // Whoever does not see a number neither moves nor overwrites it, whatever they ask for.
        let mut blind = Charter::default();
        for verb in [Verb::Read, Verb::Update, Verb::Merge] {
            blind = blind.grant(Area::Records, verb, Reach::All);
        }
        for rule in [FieldRule::Hidden, FieldRule::Masked, FieldRule::ReadOnly] {
            let charter = blind.clone().rule(ObjectName::parse("contact").unwrap(), name("phone"), rule);
            let eve = house.allowed(house.someone(), Rights::compiled(Vec::new(), [charter]));
            let versions = |(id, _): &(RecordId, i64)| (*id, at("contact", *id));
            let mut now = Vec::new();
            for (id, at) in both.iter().map(versions) {
                now.push((id, look(&house, &ann, at).await.1));
            }
            let request = merge(&house, &eve, one, &now, &[("phone", two), ("city", two)]).await.unwrap();
            assert_eq!(
                text(&house, &ann, at("contact", one), "phone").await.as_deref(),
                Some("+49 30 5550 7711"),
                "{engine} {rule:?}"
            );
            assert_eq!(
                text(&house, &ann, at("contact", one), "city").await.as_deref(),
                Some("Bonn"),
                "{engine} {rule:?}"
            );
            unmerge(&house, &eve, one, request).await.unwrap();
            assert_eq!(
                text(&house, &ann, at("contact", two), "phone").await.as_deref(),
                Some("+49 30 5550 7722"),
                "{engine}"
            );
        }
        // What a merger may not see of what links to it moves all the same, or it would hang on a record in the bin.
        let id = two.to_string();
        let note = make(&house, &ann, "note", &[("text", "Between us"), ("contact", &id)]).await;
        let contacts = ObjectName::parse("contact").unwrap();
        let narrow = [Verb::Read, Verb::Merge].into_iter();
        let narrow =
            narrow.fold(Charter::default(), |charter, verb| charter.grant_on(contacts.clone(), verb, Reach::All));
        let dan = house.allowed(house.someone(), Rights::compiled(Vec::new(), [narrow]));
        let now = [
            (one, look(&house, &ann, at("contact", one)).await.1),
            (two, look(&house, &ann, at("contact", two)).await.1),
        ];
        merge(&house, &dan, one, &now, &[]).await.unwrap();
        assert_eq!(text(&house, &ann, at("note", note), "contact").await, Some(one.to_string()), "{engine}");
    }
}

/// Fails when: versions are not looked at, or of two merges at once both go through.
#[tokio::test(flavor = "multi_thread")]
async fn what_changed_meanwhile_is_not_merged_and_of_two_merges_one_is_done() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let one = make(&house, &ann, "contact", &[("name", "Iris Vale")]).await;
        let two = make(&house, &ann, "contact", &[("name", "I. Vale"), ("city", "Bonn")]).await;
        for records in [[(one, 1), (two, 2)], [(one, 2), (two, 1)]] {
            let refused = merge(&house, &ann, one, &records, &[]).await.unwrap_err();
            assert_eq!(refused.class(), Class::Stale, "{engine}: {refused}");
        }
        assert_eq!(look(&house, &ann, at("contact", one)).await.1, 1, "{engine}: nothing happened");
        for records in [vec![(one, 1)], vec![(one, 1), (one, 1)], Vec::new(), vec![(two, 1)]] {
            assert!(merge(&house, &ann, one, &records, &[]).await.is_err(), "{engine} {records:?}");
        }
        let many: Vec<(RecordId, i64)> = (0..12).map(|_| (RecordId::from_uuid(house.someone().uuid()), 1)).collect();
        let all: Vec<_> = many.into_iter().chain([(one, 1)]).collect();
        assert_eq!(merge(&house, &ann, one, &all, &[]).await.unwrap_err().class(), Class::TooLarge, "{engine}");
        let (ada, amy) = (house.person(Role::Manager), house.person(Role::Manager));
        let both = [(one, 1), (two, 1)];
        let (this, that) = tokio::join!(merge(&house, &ada, one, &both, &[]), merge(&house, &amy, two, &both, &[]));
        assert!(this.is_ok() != that.is_ok(), "{engine}: {this:?} {that:?}");
        let (first, second) =
            (look(&house, &ann, at("contact", one)).await, look(&house, &ann, at("contact", two)).await);
        assert!(first.2 != second.2, "{engine}: one of them is there");
    }
}
