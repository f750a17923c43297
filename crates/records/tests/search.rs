//! What is found, by whom, and what counts as found; on every engine there is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and says what it skipped")]

mod house;

use authz::{Cx, Role};
use house::{House, engines};
use records::list::Count;
use records::{Change, ListQuery, RecordFault};

async fn make(house: &House, cx: &Cx, object: &'static str, rows: Vec<Vec<(&'static str, String)>>) {
    let own = house.records.clone();
    let made = house.db.write(cx, move |tx| {
        for row in rows {
            let change = Change::from_form(row.iter().map(|(name, text)| (*name, text.as_str())));
            let _made = own.create_record(tx, object, change)?;
        }
        Ok::<_, RecordFault>(())
    });
    made.await.unwrap();
}

fn called(name: &str) -> Vec<(&'static str, String)> {
    vec![("name", name.to_owned())]
}

async fn search(house: &House, cx: &Cx, text: &'static str) -> Vec<String> {
    let own = house.records.clone();
    let found = house.db.read(cx, move |tx| own.search(tx, text, &[], 10)).await.unwrap();
    found.iter().map(|record| record.title().to_owned()).collect()
}

async fn count(house: &House, cx: &Cx, object: &'static str, filter: &'static str) -> Count {
    let own = house.records.clone();
    let definition = house.records.object(object).unwrap();
    let query = ListQuery::parse(&definition, house.records.objects().currency(), [("f", filter)]).unwrap();
    house.db.read(cx, move |tx| own.count_records(tx, object, &query)).await.unwrap()
}

/// Fails when: `loose_ways` are not asked, or `Question::rank` forgives nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_slip_in_a_long_word_is_forgiven_where_nobody_is_called_so() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let names = ["Katarzyna Wiśniewska", "Bernard Montgomery", "欧阳娜娜", "Jo Park", "Bernhard Lee"];
        make(&house, &ann, "contact", names.map(called).to_vec()).await;
        for (typed, found) in [
            ("wisniewsak", "Katarzyna Wiśniewska"),
            ("katarzina wisniewska", "Katarzyna Wiśniewska"),
            ("montgomry", "Bernard Montgomery"),
            ("bernard mongomery", "Bernard Montgomery"),
            ("ouyagnnana", "欧阳娜娜"),
        ] {
            assert_eq!(search(&house, &ann, typed).await, [found], "{typed} on {engine}");
        }
        assert_eq!(search(&house, &ann, "bernard").await, ["Bernard Montgomery"], "what was typed, is called so");
        assert_eq!(search(&house, &ann, "bernhart").await, ["Bernhard Lee"]);
        for typed in ["jo paek", "montgmry", "wisniewska jp"] {
            assert!(search(&house, &ann, typed).await.is_empty(), "{typed} on {engine}");
        }
    }
}

/// Fails when: whole words are not asked for by themselves, or `WIDE` is as small as `CANDIDATES`.
#[tokio::test(flavor = "multi_thread")]
async fn many_newer_ones_do_not_push_out_the_best_or_ones_own() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, bob) = (house.person(Role::Manager), house.person(Role::Agent));
        make(&house, &ann, "contact", vec![called("Wang")]).await;
        make(&house, &bob, "contact", vec![called("Wangari Own")]).await;
        let others = (0..260).map(|n| called(&format!("Wangberg {n}"))).collect();
        make(&house, &ann, "contact", others).await;
        make(&house, &ann, "task", (0..260).map(|n| vec![("title", format!("Wang {n}"))]).collect()).await;
        assert_eq!(search(&house, &ann, "wang").await.first().map(String::as_str), Some("Wang"), "{engine}");
        assert_eq!(search(&house, &bob, "wang").await, ["Wangari Own"], "{engine}");
    }
}

/// Fails when: a way is asked before a better one, or the search stops while better ones may be to come; or it opens what it need
/// not, and shows or counts it.
#[tokio::test(flavor = "multi_thread")]
async fn the_best_come_first_however_many_there_are() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let person = |name: String, email: String| vec![("name", name), ("email", email)];
        // Oldest first: the best are behind hundreds that match less well.
        let mut rows = vec![called("Rosa"), called("Rosa Lind"), called("Lind Rosa"), called("Rosamund Lind")];
        rows.extend((0..60).map(|n| called(&format!("Rosabel {n}"))));
        rows.extend((0..60).map(|n| called(&format!("Lind Rosalie {n}"))));
        rows.extend((0..60).map(|n| person(format!("Bo {n}"), format!("rosa.bo{n}@example.org"))));
        make(&house, &ann, "contact", rows).await;
        let found = search(&house, &ann, "rosa").await;
        assert_eq!(found.get(..3).unwrap(), ["Rosa", "Rosa Lind", "Lind Rosa"], "{engine}");
        assert!(found.len() == 10 && found.iter().skip(3).all(|name| name.starts_with("Rosa")), "{found:?} {engine}");
        assert_eq!(search(&house, &ann, "rosa lind").await.first().map(String::as_str), Some("Rosa Lind"), "{engine}");
        let begun = search(&house, &ann, "rosa li").await;
        assert_eq!(begun.get(..2).unwrap(), ["Rosa Lind", "Rosamund Lind"], "{begun:?} {engine}");
        let own = house.records.clone();
        let seen = house.db.read(&ann, move |tx| own.search(tx, "rosa", &[], 4)).await.unwrap();
        assert_eq!(seen.len(), 4);
    }
}

/// Fails when: a filter by words counts what the index proposes, without opening it.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_counts_only_what_holds_the_words_in_the_very_field() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, bob) = (house.person(Role::Manager), house.person(Role::Agent));
        let person = |name: &str, email: &str| vec![("name", name.to_owned()), ("email", email.to_owned())];
        let rows = vec![
            person("Rosa Lind", "rosa@example.org"),
            person("Bo Chen", "rosa.lind@example.org"),
            person("Lind Rosario", "x@example.org"),
            person("王小明", "w@example.org"),
            person("小明王", "v@example.org"),
        ];
        make(&house, &ann, "contact", rows).await;
        for (filter, counted) in [
            ("name:has:rosa", 2),
            ("name:has:rosa lind", 2),
            ("name:has:王小明", 1),
            ("name:has:chen", 1),
            ("name:has:zz", 0),
        ] {
            assert_eq!(count(&house, &ann, "contact", filter).await, Count { counted, more: false }, "{filter}");
            assert_eq!(
                count(&house, &bob, "contact", filter).await.counted,
                0,
                "{filter}, of somebody who sees nobody"
            );
        }
        let many = (0..2_010).map(|n| called(&format!("Common {n}"))).collect();
        make(&house, &ann, "company", many).await;
        let count = count(&house, &ann, "company", "name:has:common").await;
        assert!(count.more && count.counted <= 2_000, "{count:?}: no false number");
    }
}
