//! Use cases of records, on every engine there is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and says what it skipped")]

mod house;

use authz::Role;
use db::DbFault;
use house::{House, engines};
use kernel::{Fault as _, RecordId};
use records::list::Count;
use records::record::Bulk;
use records::{Change, ListQuery, RecordFault, RecordRef, Value};

fn query(records: &records::Records, object: &str, parameters: &[(&str, &str)]) -> ListQuery {
    let object = records.object(object).unwrap();
    ListQuery::parse(&object, records.objects().currency(), parameters.iter().copied()).unwrap()
}

async fn make(house: &House, cx: &authz::Cx, object: &'static str, fields: &[(&'static str, &str)]) -> RecordId {
    let change = Change::from_form(fields.iter().map(|(name, text)| (*name, *text)));
    let own = house.records.clone();
    house
        .db
        .write(cx, move |tx| Ok::<_, RecordFault>(own.create_record(tx, object, change)?.record_id()))
        .await
        .unwrap()
}

async fn titles(house: &House, cx: &authz::Cx, object: &'static str, parameters: &[(&str, &str)]) -> Vec<String> {
    let (own, query) = (house.records.clone(), query(&house.records, object, parameters));
    let page = house.db.read(cx, move |tx| own.list_records(tx, object, &query)).await.unwrap();
    page.rows.iter().map(|row| row.title().to_owned()).collect()
}

fn at(object: &str, id: RecordId) -> RecordRef {
    RecordRef { object: kernel::ObjectName::parse(object).unwrap(), id }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_made_read_changed_and_its_history_told() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let id = make(
            &house,
            &ann,
            "contact",
            &[("name", "Zoë Canary"), ("email", "zoe@canary.example"), ("national_id", "QX-42")],
        )
        .await;
        let (own, contact) = (house.records.clone(), at("contact", id));
        let here = contact.clone();
        let shown = house.db.read(&ann, move |tx| own.read_record(tx, &here)).await.unwrap();
        assert_eq!((shown.title(), shown.current_version()), ("Zoë Canary", 1));
        assert!(shown.holds("national_id") && shown.value("national_id").is_none());

        let (own, here) = (house.records.clone(), contact.clone());
        let change = Change::from_form([("stage", "customer"), ("email", "zoe@new.example")]);
        let changed = house.db.write(&ann, move |tx| own.update_record(tx, &here, Some(1), change)).await.unwrap();
        assert_eq!(changed.current_version(), 2);

        sequence::settle(&house.db, &ann).await.unwrap();
        let (own, here) = (house.records.clone(), contact.clone());
        let told = house.db.read(&ann, move |tx| {
            let record = own.read_record(tx, &here)?;
            own.timeline(tx, &record, None, 50)
        });
        let events = told.await.unwrap().events;
        let verbs: Vec<&str> = events.iter().map(|event| event.verb.as_str()).collect();
        assert_eq!(verbs, ["update", "create"]);
        let email = events[0].changes.iter().find(|altering| altering.field.as_str() == "email").unwrap();
        assert_eq!(email.before, Some(Value::Text("zoe@canary.example".to_owned())));
        assert_eq!(email.after, Some(Value::Text("zoe@new.example".to_owned())));

        sequence::settle(&house.db, &ann).await.unwrap();
        let (own, here) = (house.records.clone(), contact.clone());
        let log = house.db.read(&ann, move |tx| {
            let record = own.read_record(tx, &here)?;
            own.access_log(tx, &record, None, 50)
        });
        assert!(log.await.unwrap().events.iter().filter(|event| event.verb == "read").count() >= 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_changes_at_once_are_told_apart_by_field() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let id = make(&house, &ann, "contact", &[("name", "Ann"), ("city", "Rome")]).await;
        for (version, city) in [(1, "Oslo"), (2, "Bern")] {
            let (own, here) = (house.records.clone(), at("contact", id));
            let change = Change::from_form([("city", city)]);
            house
                .db
                .write(&ann, move |tx| own.update_record(tx, &here, Some(version), change).map(|_| ()))
                .await
                .unwrap();
        }
        let (own, here) = (house.records.clone(), at("contact", id));
        let change = Change::from_form([("city", "Lima"), ("name", "Anna")]);
        let fault = house
            .db
            .write(&ann, move |tx| own.update_record(tx, &here, Some(1), change).map(|_| ()))
            .await
            .unwrap_err();
        let RecordFault::Stale(conflict) = fault else { panic!("{fault}") };
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let city = conflict.fields.iter().find(|field| field.field.as_str() == "city").unwrap();
        assert_eq!((&city.original, &city.current, &city.theirs), (&text("Rome"), &text("Bern"), &text("Lima")));
        let name = conflict.fields.iter().find(|field| field.field.as_str() == "name").unwrap();
        assert_eq!((&name.original, &name.current, &name.theirs), (&text("Ann"), &text("Ann"), &text("Anna")));
        assert_eq!(conflict.version, 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_page_through_all_rows_once_in_both_directions() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        for n in 0..23 {
            let (name, amount) = (format!("Deal {n}"), if n % 5 == 0 { String::new() } else { format!("{}", n % 7) });
            make(&house, &ann, "deal", &[("name", &name), ("amount", &amount)]).await;
        }
        for sort in ["amount", "-amount", "created_at", "-updated_at", "stage", "close_date"] {
            let (mut seen, mut amounts, mut after) = (Vec::new(), Vec::new(), String::new());
            loop {
                let own = house.records.clone();
                let query = query(&house.records, "deal", &[("sort", sort), ("limit", "4"), ("after", &after)]);
                let page = house.db.read(&ann, move |tx| own.list_records(tx, "deal", &query)).await.unwrap();
                seen.extend(page.rows.iter().map(|row| row.title().to_owned()));
                amounts
                    .extend(page.rows.iter().map(|row| row.value("amount").and_then(Value::as_money).map(|m| m.minor)));
                let Some(next) = page.next else { break };
                after = next.to_string();
            }
            assert_eq!(seen.len(), 23, "{sort} on {engine}");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 23, "{sort} on {engine}");
            let keys: Vec<i64> = amounts.iter().flatten().copied().collect();
            assert!(amounts.iter().skip(keys.len()).all(Option::is_none) || !sort.ends_with("amount"), "nulls last");
            match sort {
                "amount" => assert!(keys.is_sorted()),
                "-amount" => assert!(keys.iter().rev().is_sorted()),
                _ => {}
            }
        }
        let own = house.records.clone();
        let query = query(&house.records, "deal", &[("f", "amount:more:3")]);
        let count = house.db.read(&ann, move |tx| own.count_records(tx, "deal", &query)).await.unwrap();
        let expected = (0..23).filter(|n| n % 5 != 0 && n % 7 > 3).count() as u64;
        assert_eq!(count, Count { counted: expected, more: false });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_reach_open_and_sealed_fields() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        make(&house, &ann, "contact", &[("name", "Ann Lee"), ("email", "Ann@Example.org"), ("tags", "vip; east")])
            .await;
        make(
            &house,
            &ann,
            "contact",
            &[("name", "Bo Chen"), ("phone", "+44 20 496-0786"), ("stage", "customer"), ("city", "Lima")],
        )
        .await;
        for (filter, found) in [
            ("email:is:ann@example.ORG", "Ann Lee"),
            ("tags:has:VIP", "Ann Lee"),
            ("tags:is:east", "Ann Lee"),
            ("name:has:ann", "Ann Lee"),
            ("phone:is:0044204960786", "Bo Chen"),
            ("city:is:lima", "Bo Chen"),
            ("stage:is:customer", "Bo Chen"),
            ("stage:not:lead", "Bo Chen"),
            ("stage:any:customer,former", "Bo Chen"),
        ] {
            assert_eq!(titles(&house, &ann, "contact", &[("f", filter)]).await, [found], "{filter} on {engine}");
        }
        assert!(titles(&house, &ann, "contact", &[("f", "email:is:no@body.example")]).await.is_empty());
        assert_eq!(
            titles(&house, &ann, "contact", &[("f", "owner:is:me"), ("f", "created_at:after:2020-01-01")]).await.len(),
            2
        );
        assert!(titles(&house, &ann, "contact", &[("f", "source:filled")]).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_searched_for_and_duplicates_seen() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let id = make(
            &house,
            &ann,
            "contact",
            &[("name", "刘明哲"), ("email", "liu@example.cn"), ("phone", "138 0013 8000")],
        )
        .await;
        make(&house, &ann, "company", &[("name", "Liu & Sons")]).await;
        let search = |text: &'static str| {
            let (own, db, cx) = (house.records.clone(), house.db.clone(), ann.clone());
            async move {
                let found = db.read(&cx, move |tx| own.search(tx, text, &[], 10)).await.unwrap();
                let mut titles: Vec<String> = found.iter().map(|record| record.title().to_owned()).collect();
                titles.sort();
                titles
            }
        };
        assert_eq!(search("liu").await, ["Liu & Sons", "刘明哲"]);
        assert_eq!(search("明哲").await, ["刘明哲"]);
        assert_eq!(search("mingzhe").await, ["刘明哲"]);
        assert_eq!(search("8000").await, ["刘明哲"]);
        assert_eq!(search("liu@example.cn").await, ["刘明哲"]);
        assert!(search("nobody").await.is_empty());
        let (own, here) = (house.records.clone(), at("contact", id));
        house.db.write(&ann, move |tx| own.delete_record(tx, &here, None)).await.unwrap();
        assert!(search("mingzhe").await.is_empty(), "what lies in the bin is not found");
        let (own, here) = (house.records.clone(), at("contact", id));
        house.db.write(&ann, move |tx| own.restore_record(tx, &here).map(|_| ())).await.unwrap();
        assert_eq!(search("mingzhe").await, ["刘明哲"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_a_person_goes_with_the_persons_key() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let contact = make(&house, &ann, "contact", &[("name", "Ann Lee")]).await;
        let deal =
            make(&house, &ann, "deal", &[("name", "Deal of Ann"), ("contact", &contact.to_string()), ("amount", "12")])
                .await;
        let free = make(&house, &ann, "deal", &[("name", "Deal of nobody"), ("amount", "30")]).await;
        let (own, here) = (house.records.clone(), at("contact", contact));
        let subject = house.db.read(&ann, move |tx| own.read_record(tx, &here)).await.unwrap().subject().unwrap();
        let (own, here) = (house.records.clone(), at("contact", contact));
        let related = house.db.read(&ann, move |tx| own.related(tx, &here, 10)).await.unwrap();
        let deals = related.iter().find(|related| related.object.name.as_str() == "deal").unwrap();
        assert_eq!(deals.page.rows[0].title(), "Deal of Ann");
        let vault = house.vault.clone();
        tokio::task::spawn_blocking(move || vault.destroy_subject(subject)).await.unwrap().unwrap();
        for (object, id, title) in [("contact", contact, ""), ("deal", deal, ""), ("deal", free, "Deal of nobody")] {
            let (own, here) = (house.records.clone(), at(object, id));
            let record = house.db.read(&ann, move |tx| own.read_record(tx, &here)).await.unwrap();
            assert_eq!((record.title(), record.is_erased()), (title, title.is_empty()));
        }
        let own = house.records.clone();
        let lanes = house.db.read(&ann, move |tx| own.board(tx, "deal", &ListQuery::default())).await.unwrap();
        assert_eq!((lanes[0].count, lanes[0].sums[0].minor, lanes[0].rows.len()), (2, 4200, 2));
        let (own, here) = (house.records.clone(), at("deal", deal));
        let change = Change::from_form([("stage", "won")]);
        assert!(house.db.write(&ann, move |tx| own.update_record(tx, &here, None, change).map(|_| ())).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_cannot_see_or_change_a_colleagues_contact() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, bob) = (house.person(Role::Agent), house.person(Role::Agent));
        let id = make(&house, &ann, "contact", &[("name", "Private Person"), ("email", "p@example.org")]).await;
        let (own, here) = (house.records.clone(), at("contact", id));
        let fault = house.db.read(&bob, move |tx| own.read_record(tx, &here).map(|_| ())).await.unwrap_err();
        let (own, here) = (house.records.clone(), at("contact", RecordId::from_uuid(kernel::Uuid::nil())));
        let nothing = house.db.read(&bob, move |tx| own.read_record(tx, &here).map(|_| ())).await.unwrap_err();
        assert_eq!((fault.class(), fault.code()), (nothing.class(), nothing.code()));
        assert!(titles(&house, &bob, "contact", &[]).await.is_empty());
        let own = house.records.clone();
        assert!(house.db.read(&bob, move |tx| own.search(tx, "private", &[], 5)).await.unwrap().is_empty());
        let own = house.records.clone();
        let count =
            house.db.read(&bob, move |tx| own.count_records(tx, "contact", &ListQuery::default())).await.unwrap();
        assert_eq!(count.counted, 0);
        let (own, object) = (house.records.clone(), kernel::ObjectName::parse("contact").unwrap());
        let done = house.db.write(&bob, move |tx| own.bulk(tx, &object, &[id], Bulk::Delete)).await.unwrap();
        assert_eq!((done.done.len(), done.refused), (0, 1));
        let own = house.records.clone();
        let link = Change::from_form([("name", "x".to_owned()), ("contact", id.to_string())]);
        let fault = house.db.write(&bob, move |tx| own.create_record(tx, "deal", link).map(|_| ())).await.unwrap_err();
        assert_eq!(fault.code(), "invalid", "a link to what one may not see");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_knows_what_stands_beside_it_in_a_list() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let mut ids = Vec::new();
        // Two with an amount, two without: those come last in both directions.
        for (name, amount) in [("a", "10"), ("b", "20"), ("c", ""), ("d", "")] {
            ids.push(make(&house, &ann, "deal", &[("name", name), ("amount", amount)]).await);
        }
        let object = house.records.object("deal").unwrap();
        for (sort, order) in [("amount", [0, 1, 2, 3]), ("-amount", [1, 0, 3, 2]), ("created_at", [0, 1, 2, 3])] {
            let query = ListQuery::parse(&object, kernel::Currency::USD, [("sort", sort)]).unwrap();
            for (place, own) in order.iter().enumerate() {
                let (records, here, query) = (house.records.clone(), at("deal", ids[*own]), query.clone());
                let read = house.db.read(&ann, move |tx| {
                    let record = records.read_record(tx, &here)?;
                    records.beside(tx, &record, &query)
                });
                let beside = read.await.unwrap();
                let before = place.checked_sub(1).map(|before| ids[order[before]]);
                let behind = order.get(place + 1).map(|behind| ids[*behind]);
                assert_eq!((beside.before, beside.behind), (before, behind), "{sort} {place}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_act_is_undone() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let mut ids = Vec::new();
        for name in ["A1", "A2", "A3"] {
            ids.push(make(&house, &ann, "company", &[("name", name)]).await);
        }
        let object = kernel::ObjectName::parse("company").unwrap();
        let other = house.person(Role::Manager).person().unwrap();
        for act in [Bulk::Delete, Bulk::Assign(other)] {
            let (own, some, name) = (house.records.clone(), ids.clone(), object.clone());
            let ann = house.same_person(ann.person().unwrap(), Role::Manager);
            let done = house.db.write(&ann, move |tx| own.bulk(tx, &name, &some, act)).await.unwrap();
            assert_eq!(done.done.len(), 3);
            let mine = titles(&house, &ann, "company", &[("f", "owner:is:me")]).await;
            assert!(mine.is_empty());
            let (own, some, name, request) = (house.records.clone(), ids.clone(), object.clone(), done.request);
            let undone = house.db.write(&ann, move |tx| own.undo_bulk(tx, &name, &some, request)).await.unwrap();
            assert_eq!(undone.done.len(), 3);
            assert_eq!(titles(&house, &ann, "company", &[("f", "owner:is:me")]).await.len(), 3);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sensitive_field_is_revealed_with_a_reason_only() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let id =
            make(&house, &ann, "contact", &[("name", "Ann"), ("national_id", "QX-42"), ("birthday", "1980-02-03")])
                .await;
        let reveal = |cx: authz::Cx, field: &'static str, reason: &'static str| {
            let (own, here, db) = (house.records.clone(), at("contact", id), house.db.clone());
            async move { db.read(&cx, move |tx| own.reveal_field(tx, &here, field, reason)).await }
        };
        assert_eq!(
            reveal(ann.clone(), "national_id", "contract 7").await.unwrap(),
            Some(Value::Text("QX-42".to_owned()))
        );
        assert!(matches!(reveal(ann.clone(), "national_id", "  ").await, Err(RecordFault::Reason)));
        assert!(matches!(reveal(ann.clone(), "email", "why not").await, Err(RecordFault::NotFound)));
        assert!(matches!(reveal(house.person(Role::Viewer), "birthday", "curious").await, Err(RecordFault::Denied(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_of_the_house_holds_what_is_sealed() {
    let house = House::open("sqlite").await;
    let ann = house.person(Role::Manager);
    let company =
        make(&house, &ann, "company", &[("name", "Quuxwell Canaries"), ("website", "quuxwell.example")]).await;
    let contact = [
        ("name", "Zebulon Quux"),
        ("email", "zebulon@quux.example"),
        ("phone", "+1 555 867 5309"),
        ("city", "Quuxtown"),
        ("tags", "quuxtag"),
        ("national_id", "QUUX-1"),
        ("company", &company.to_string()),
    ];
    let id = make(&house, &ann, "contact", &contact).await;
    let (own, here) = (house.records.clone(), at("contact", id));
    let change = Change::from_form([("email", "zebulon@other-quux.example"), ("notes", "Quuxed off")]);
    house.db.write(&ann, move |tx| own.update_record(tx, &here, None, change).map(|_| ())).await.unwrap();
    make(&house, &ann, "note", &[("text", "Zebulon said quux"), ("contact", &id.to_string())]).await;
    let mut read = 0;
    for entry in std::fs::read_dir(house.dir.path()).unwrap() {
        let Ok(bytes) = std::fs::read(entry.unwrap().path()) else { continue };
        read += bytes.len();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for canary in ["zebulon", "quux", "8675309", "867 5309"] {
            assert!(!text.contains(canary), "{canary}");
        }
    }
    assert!(read > 50_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_string_in_any_field_is_kept_or_refused() {
    for engine in engines() {
        let house = House::open(engine).await;
        let ann = house.person(Role::Manager);
        let hostile = [
            "'; drop table r_contact; --",
            "<script>alert(1)</script>",
            "\u{202e}\u{200b}",
            "💥",
            "a\0b",
            "%s%n",
            "\u{feff}",
            "𠜎𠜱",
        ];
        for object in ["contact", "company", "deal", "note", "task"] {
            let fields: Vec<String> =
                house.records.object(object).unwrap().fields.iter().map(|f| f.name.to_string()).collect();
            for text in hostile {
                for field in &fields {
                    let own = house.records.clone();
                    let change = Change::new().text("name", "x").text("title", "x").text("text", "x");
                    let known = ["name", "title", "text"];
                    let keep: Vec<(String, String)> = known
                        .iter()
                        .filter(|name| fields.iter().any(|f| f == *name))
                        .map(|name| ((*name).to_owned(), if name == field { text.to_owned() } else { "x".to_owned() }))
                        .chain((!known.contains(&field.as_str())).then(|| (field.clone(), text.to_owned())))
                        .collect();
                    drop(change);
                    let made = house
                        .db
                        .write(&ann, move |tx| own.create_record(tx, object, Change::from_form(keep)).map(|_| ()))
                        .await;
                    match made {
                        Ok(()) | Err(RecordFault::Invalid(_)) => {}
                        Err(fault) => panic!("{object}.{field} {text:?}: {fault:?} {:?}", DbFault::Stale),
                    }
                }
            }
        }
    }
}
