//! Lists sorted by a sealed field, on every engine there is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod house;

use authz::Role;
use house::{House, engines};
use kernel::{ObjectName, RecordId};
use order::{Kind, SortKey};
use records::{Change, ListQuery, RecordFault, RecordRef, Records};

fn query(records: &Records, parameters: &[(&str, &str)]) -> ListQuery {
    let object = records.object("contact").unwrap();
    ListQuery::parse(&object, records.objects().currency(), parameters.iter().copied()).unwrap()
}

async fn make(house: &House, records: &Records, cx: &authz::Cx, name: &str) -> RecordId {
    let (own, change) = (records.clone(), Change::from_form([("name", name)]));
    let made =
        house.db.write(cx, move |tx| Ok::<_, RecordFault>(own.create_record(tx, "contact", change)?.record_id()));
    made.await.unwrap()
}

async fn rename(house: &House, records: &Records, cx: &authz::Cx, id: RecordId, name: &str) {
    let (own, change) = (records.clone(), Change::from_form([("name", name)]));
    let renamed = house.db.write(cx, move |tx| own.update_record(tx, &at(id), None, change).map(|_| ()));
    renamed.await.unwrap();
}

fn at(id: RecordId) -> RecordRef {
    RecordRef { object: ObjectName::parse("contact").unwrap(), id }
}

/// Every name of a list, page by page.
async fn names(house: &House, cx: &authz::Cx, sort: &str) -> Vec<String> {
    let mut query = query(&house.records, &[("sort", sort), ("limit", "7")]);
    let mut names = Vec::new();
    loop {
        let (own, now) = (house.records.clone(), query.clone());
        let page = house.db.read(cx, move |tx| own.list_records(tx, "contact", &now)).await.unwrap();
        names.extend(page.rows.iter().map(|row| row.title().to_owned()));
        let Some(next) = page.next else { return names };
        // As it travels through an address.
        let object = house.records.object("contact").unwrap();
        query.after = Some(records::filter::Cursor::parse(&next.to_string(), &object, &query.sort).unwrap());
    }
}

fn by_weight(mut names: Vec<String>) -> Vec<String> {
    names.sort_by_key(|name| SortKey::of(Kind::Name, name));
    names
}

/// The ranks as they lie there: of a second row of one rank, or of one without, this test would be none the wiser.
async fn ranks(house: &House) -> Vec<Option<i64>> {
    let cx = house.person(Role::Manager);
    let read = house.db.read(&cx, |tx| {
        tx.bare("select name_rank from r_contact order by name_rank", &[], |row| row.get::<Option<i64>>(0))
    });
    let read: Result<_, db::DbFault> = read.await;
    read.unwrap()
}

async fn assert_ordered(house: &House, cx: &authz::Cx) {
    let rising = names(house, cx, "name").await;
    let shown = |names: &[String]| names.join(", ");
    assert_eq!(shown(&rising), shown(&by_weight(rising.clone())));
    let mut falling = names(house, cx, "-name").await;
    falling.reverse();
    assert_eq!(shown(&rising), shown(&falling));
    let ranks = ranks(house).await;
    assert!(ranks.iter().all(Option::is_some), "one has no rank");
    let different: std::collections::BTreeSet<_> = ranks.iter().collect();
    assert_eq!(different.len(), ranks.len(), "two of one rank");
}

const PEOPLE: [&str; 14] = [
    "Zoë Adler",
    "王小明",
    "Bob",
    "汪涵",
    "anna",
    "李静",
    "Åsa",
    "曾国藩",
    "3M",
    "Яна",
    "单雄信",
    "José",
    "阿明",
    "Josef",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_sorted_by_a_name_that_is_sealed() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let mut ids = Vec::new();
        for name in PEOPLE {
            ids.push(make(&house, &house.records, &ann, name).await);
        }
        assert_eq!(
            names(&house, &ann, "name").await,
            [
                "阿明",
                "anna",
                "Åsa",
                "Bob",
                "José",
                "Josef",
                "李静",
                "单雄信",
                "汪涵",
                "王小明",
                "曾国藩",
                "Zoë Adler",
                "3M",
                "Яна"
            ]
        );
        assert_ordered(&house, &ann).await;
        // A new name takes its place; what else changes leaves it.
        rename(&house, &house.records, &ann, ids[0], "Aaron").await;
        let (own, here) = (house.records.clone(), at(ids[1]));
        let change = Change::from_form([("stage", "customer")]);
        house.db.write(&ann, move |tx| own.update_record(tx, &here, None, change).map(|_| ())).await.unwrap();
        assert_ordered(&house, &ann).await;
        assert_eq!(names(&house, &ann, "name").await[1], "Aaron");
        // Out of the bin it stands where it stood.
        let (own, here) = (house.records.clone(), at(ids[2]));
        house.db.write(&ann, move |tx| own.delete_record(tx, &here, None)).await.unwrap();
        assert_eq!(names(&house, &ann, "name").await.len(), PEOPLE.len() - 1);
        make(&house, &house.records, &ann, "Bo").await;
        let (own, here) = (house.records.clone(), at(ids[2]));
        house.db.write(&ann, move |tx| own.restore_record(tx, &here).map(|_| ())).await.unwrap();
        assert_ordered(&house, &ann).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_gap_is_given_room() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        make(&house, &house.records, &ann, "Ma").await;
        make(&house, &house.records, &ann, "Mz").await;
        for n in 0..110 {
            make(&house, &house.records, &ann, if n % 2 == 0 { "Mm" } else { "Mn" }).await;
        }
        assert_ordered(&house, &ann).await;
    }
}

/// Writers in one process and in two, all between the same neighbours. Each process remembers keys of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_the_same_moment_keep_one_order() {
    for engine in engines() {
        let house = std::sync::Arc::new(House::open(engine).await);
        let other = house.another();
        let ann = house.person(Role::Manager);
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..6_u32 {
            let (house, ann) = (house.clone(), house.same_person(ann.person().unwrap(), Role::Manager));
            let records = if writer % 2 == 0 { house.records.clone() } else { other.clone() };
            writers.spawn(async move {
                let mut ids = Vec::new();
                for n in 0..30_u32 {
                    let name = format!("M{:03}", n.wrapping_mul(2_654_435_761).wrapping_add(writer * 977) % 40);
                    match ids.get(usize::try_from(n).unwrap() / 2) {
                        Some(id) if n % 5 == 4 => rename(&house, &records, &ann, *id, &name).await,
                        _ => ids.push(make(&house, &records, &ann, &name).await),
                    }
                }
            });
        }
        while let Some(writer) = writers.join_next().await {
            writer.unwrap();
        }
        assert_ordered(&house, &ann).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_there_before_is_ranked_by_a_job_that_goes_on_where_it_was() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        for name in PEOPLE {
            make(&house, &house.records, &ann, name).await;
        }
        // As a program found it that knew nothing of orders.
        let forgot = house.db.write(&ann, |tx| {
            tx.keep("delete from field_order where object = 'contact'", &[])?;
            tx.keep("update r_contact set name_rank = null", &[])
        });
        let forgot: Result<u64, db::DbFault> = forgot.await;
        forgot.unwrap();
        let again = house.another();
        let own = again.clone();
        house.db.write(&ann, move |tx| own.ensure_tables(tx)).await.unwrap();
        let queued = "select count(*) from job where kind = 'rank'";
        let queued: Result<_, db::DbFault> =
            house.db.read(&ann, move |tx| tx.bare_one(queued, &[], |row| row.get::<i64>(0))).await;
        assert_eq!(queued.unwrap(), Some(1));
        let rank = |records: Records, most| house.db.write(&ann, move |tx| records.rank_some(tx, most));
        assert!(rank(again.clone(), 5).await.unwrap());
        // Unranked ones come last until it is through, and are all there.
        assert_eq!(names(&house, &ann, "name").await.len(), PEOPLE.len());
        make(&house, &house.records, &ann, "Meanwhile").await;
        // Another process takes over.
        while rank(house.records.clone(), 5).await.unwrap() {}
        assert_eq!(names(&house, &ann, "name").await.len(), PEOPLE.len() + 1);
        assert_ordered(&house, &ann).await;
        let own = house.another();
        house.db.write(&ann, move |tx| own.ensure_tables(tx)).await.unwrap();
        let queued = "select count(*) from job where kind = 'rank'";
        let queued: Result<_, db::DbFault> =
            house.db.read(&ann, move |tx| tx.bare_one(queued, &[], |row| row.get::<i64>(0))).await;
        assert_eq!(queued.unwrap(), Some(1), "ranked twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_that_was_erased_leaves_the_order() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let mut ids = Vec::new();
        for name in ["Ada", "Mia", "Zoe"] {
            ids.push(make(&house, &house.records, &ann, name).await);
        }
        let gone = ids[1];
        let (own, here) = (house.records.clone(), at(gone));
        let subject = house.db.read(&ann, move |tx| own.read_record(tx, &here).map(|record| record.subject())).await;
        let (vault, subject) = (house.vault.clone(), subject.unwrap().unwrap());
        tokio::task::spawn_blocking(move || vault.destroy_subject(subject)).await.unwrap().unwrap();
        house.records.forget_orders();
        make(&house, &house.records, &ann, "Max").await;
        make(&house, &house.records, &ann, "Moe").await;
        assert_eq!(names(&house, &ann, "name").await, ["Ada", "Max", "Moe", "Zoe", ""]);
        let rank = "select name_rank from r_contact where id = ?1";
        let own = house.db.read(&ann, move |tx| tx.bare_one(rank, &[gone.into()], |row| row.get::<Option<i64>>(0)));
        let own: Result<_, db::DbFault> = own.await;
        assert_eq!(own.unwrap(), Some(None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_tells_nothing_and_is_told_to_nobody_who_may_not_see_it() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, bob) = (house.person(Role::Agent), house.person(Role::Agent));
        for name in ["Ada", "Ben", "Mia"] {
            make(&house, &house.records, &ann, name).await;
        }
        let hidden = make(&house, &house.records, &bob, "Cleo").await;
        let own = query(&house.records, &[("sort", "name"), ("limit", "2")]);
        let (records, first) = (house.records.clone(), own.clone());
        let page = house.db.read(&ann, move |tx| records.list_records(tx, "contact", &first)).await.unwrap();
        let next = page.next.unwrap();
        // 16 bytes of id, a tag, the length and the name of the sort: no rank, no name.
        let spelled = crypto::unbase64url(&next.to_string()).unwrap();
        assert_eq!(spelled.len(), 16 + 1 + 1 + "name".len());
        // Whether Cleo stands before or behind a name would tell how she is called.
        let mut forged = spelled;
        forged[..16].copy_from_slice(&hidden.to_bytes());
        let object = house.records.object("contact").unwrap();
        let forged = records::filter::Cursor::parse(&crypto::base64url(&forged), &object, &own.sort).unwrap();
        let behind = ListQuery { after: Some(forged), ..own };
        let records = house.records.clone();
        let asked = house.db.read(&ann, move |tx| records.list_records(tx, "contact", &behind)).await;
        assert!(matches!(asked, Err(RecordFault::Filter(records::FilterFault::Cursor))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn finding_a_place_shows_nobody_anything() {
    let house = House::open("sqlite").await;
    let (ann, bob) = (house.person(Role::Agent), house.person(Role::Agent));
    for name in ["Ada", "Mia", "Zoe"] {
        make(&house, &house.records, &ann, name).await;
    }
    house.records.forget_orders();
    sequence::settle(&house.db, &ann).await.unwrap();
    make(&house, &house.records, &bob, "Max").await;
    sequence::settle(&house.db, &ann).await.unwrap();
    let who = bob.person().unwrap();
    let seen: Result<_, db::DbFault> = house.db.read(&ann, move |tx| tx.standing(who, &[Role::Agent])).await;
    let seen = seen.unwrap().counted.day;
    assert!(seen <= 1, "{seen} people count as seen by somebody who was shown none but his own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_begins_at_a_letter_with_what_the_asker_sees() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, bob) = (house.person(Role::Agent), house.person(Role::Agent));
        for name in PEOPLE {
            make(&house, &house.records, &ann, name).await;
        }
        for hidden in ["Mao", "Xaver", "王大力"] {
            make(&house, &house.records, &bob, hidden).await;
        }
        let from = async |sort: &str, letter: &str, most: &str| {
            let query = query(&house.records, &[("sort", sort), ("letter", letter), ("limit", most)]);
            let own = house.records.clone();
            let page = house.db.read(&ann, move |tx| own.list_records(tx, "contact", &query)).await.unwrap();
            (page.rows.iter().map(|row| row.title().to_owned()).collect::<Vec<_>>(), page.next)
        };
        for (letter, first) in [
            ("a", "阿明"),
            ("B", "Bob"),
            ("c", "José"),
            ("m", "单雄信"),
            ("w", "汪涵"),
            ("x", "曾国藩"),
            ("z", "曾国藩"),
            ("#", "3M"),
        ] {
            assert_eq!(from("name", letter, "1").await.0, [first], "{letter}");
        }
        for (letter, last) in [("a", "Åsa"), ("k", "Josef"), ("w", "王小明"), ("z", "Zoë Adler"), ("#", "Яна")]
        {
            assert_eq!(from("-name", letter, "1").await.0, [last], "falling from {letter}");
        }
        // It goes on from there, to the end.
        let (rows, next) = from("name", "w", "2").await;
        assert_eq!(rows, ["汪涵", "王小明"]);
        let behind = ListQuery { after: next, ..query(&house.records, &[("sort", "name")]) };
        let own = house.records.clone();
        let page = house.db.read(&ann, move |tx| own.list_records(tx, "contact", &behind)).await.unwrap();
        let rest: Vec<_> = page.rows.iter().map(|row| row.title().to_owned()).collect();
        assert_eq!(rest, ["曾国藩", "Zoë Adler", "3M", "Яна"]);
        // Looking for the letter shows nobody but those of the page.
        let who = bob.person().unwrap();
        let query = query(&house.records, &[("sort", "name"), ("letter", "n"), ("limit", "1")]);
        let own = house.records.clone();
        let page = house.db.read(&bob, move |tx| own.list_records(tx, "contact", &query)).await.unwrap();
        assert_eq!(page.rows.len(), 1);
        let seen: Result<_, db::DbFault> = house.db.read(&ann, move |tx| tx.standing(who, &[Role::Agent])).await;
        assert!(seen.unwrap().counted.day <= 3, "more people count as seen than were shown");
    }
}
