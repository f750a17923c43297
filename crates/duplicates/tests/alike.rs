//! Who is told of while somebody is typed in, and to whom; on every engine there is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and says what it skipped")]

#[path = "../../records/tests/house/mod.rs"]
mod house;
mod rows;

use authz::{Cx, Role};
use duplicates::Duplicates;
use house::{House, engines};
use kernel::{FieldName, RecordId};
use records::{Change, Value, Values};
use rows::{Row, make};

fn person(name: &str, email: &str, phone: &str, firm: Option<RecordId>) -> Row {
    let firm = firm.map(|firm| firm.to_string()).unwrap_or_default();
    vec![("name", name.to_owned()), ("email", email.to_owned()), ("phone", phone.to_owned()), ("company", firm)]
}

async fn hint(
    house: &House,
    cx: &Cx,
    object: &'static str,
    typed: &[(&'static str, &'static str)],
    (company, except): (&str, Option<RecordId>),
) -> Vec<(String, String)> {
    let own = Duplicates::new(house.records.clone());
    let value = |(name, text): &(&str, &str)| (FieldName::parse(name).unwrap(), Value::Text((*text).to_owned()));
    let (typed, company): (Values, String) = (typed.iter().map(value).collect(), company.to_owned());
    let alike = house.db.read(cx, move |tx| own.alike(tx, object, (&typed, &company), except)).await.unwrap();
    alike.iter().map(|alike| (alike.field.to_string(), alike.record.title().to_owned())).collect()
}

/// Fails when: candidates of a hint are taken without the scope, or a company is looked up without it.
#[tokio::test(flavor = "multi_thread")]
async fn a_hint_tells_of_whom_one_may_see_and_of_nobody_else() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, bob, eve) = (house.person(Role::Manager), house.person(Role::Agent), house.person(Role::Agent));
        let firms = make(
            &house,
            &ann,
            "company",
            vec![
                vec![("name", "Tidewater".to_owned()), ("email", "post@tidewater.example".to_owned())],
                vec![("name", "Highmoor".to_owned())],
            ],
        )
        .await;
        let firm = firms.first().copied();
        let iris =
            make(&house, &ann, "contact", vec![person("Iris Vale", "iris@example.org", "+49 30 5550 7711", firm)])
                .await;
        make(&house, &bob, "contact", vec![person("Iris Vale", "vale@example.org", "", None)]).await;
        let by = |field: &str, title: &str| vec![(field.to_owned(), title.to_owned())];
        let id = firm.unwrap().to_string();
        for (typed, company, found) in [
            (vec![("email", "IRIS@example.org")], "", by("email", "Iris Vale")),
            (vec![("phone", "0049 (30) 5550-7711")], "", by("phone", "Iris Vale")),
            (vec![("name", "iris  VALE")], "tidewater", by("name", "Iris Vale")),
            (vec![("name", "iris  VALE")], id.as_str(), by("name", "Iris Vale")),
            (vec![("name", "Iris Vale")], "Highmoor", vec![]),
            (vec![("name", "Iris Vale")], "", vec![]),
            (vec![("email", "nobody@example.org")], "", vec![]),
            (vec![("email", "iris@")], "", vec![]),
        ] {
            assert_eq!(hint(&house, &ann, "contact", &typed, (company, None)).await, found, "{typed:?} on {engine}");
            assert_eq!(hint(&house, &eve, "contact", &typed, (company, None)).await, vec![], "{typed:?} on {engine}");
        }
        let both = [("name", "Iris Vale"), ("email", "iris@example.org")];
        assert_eq!(hint(&house, &ann, "contact", &both, ("Tidewater", None)).await, by("email", "Iris Vale"), "once");
        for (field, typed) in [("name", "TIDEWATER"), ("email", "post@tidewater.example")] {
            assert_eq!(hint(&house, &ann, "company", &[(field, typed)], ("", None)).await, by(field, "Tidewater"));
        }
        // Of two with one address, each is shown to whoever may see that one.
        assert_eq!(hint(&house, &bob, "contact", &[("email", "vale@example.org")], ("", None)).await.len(), 1);
        assert_eq!(hint(&house, &bob, "contact", &[("email", "iris@example.org")], ("", None)).await.len(), 0);
        let except = iris.first().copied();
        assert!(hint(&house, &ann, "contact", &[("email", "iris@example.org")], ("", except)).await.is_empty());
        assert_eq!(hint(&house, &ann, "task", &[("title", "Call")], ("", None)).await, vec![]);
    }
}

/// Fails when: a company that whoever types may not see says who works for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_company_tells_of_nobody() {
    for engine in engines() {
        let house = House::open(engine).await;
        let (ann, bob) = (house.person(Role::Manager), house.person(Role::Agent));
        let firm = make(&house, &ann, "company", vec![vec![("name", "Quietwater".to_owned())]]).await[0];
        // Ann knows the company and gives its person to Bob, who sees the person and not the company.
        let row = person("Noor Haddad", "", "", Some(firm));
        let own = house.records.clone();
        let owner = bob.person().unwrap();
        let made = house.db.write(&ann, move |tx| {
            let mut change = Change::from_form(row.iter().map(|(name, text)| (*name, text.as_str())));
            change.owner = Some(owner);
            own.create_record(tx, "contact", change).map(|_| ())
        });
        made.await.unwrap();
        let typed = [("name", "Noor Haddad")];
        let firm = firm.to_string();
        for company in ["Quietwater", firm.as_str()] {
            assert_eq!(hint(&house, &bob, "contact", &typed, (company, None)).await, vec![], "{company} on {engine}");
            assert_eq!(hint(&house, &ann, "contact", &typed, (company, None)).await.len(), 1, "{company} on {engine}");
        }
    }
}
