//! Lists asked for by URL.

use kernel::{Currency, RecordId, Uuid};
use proptest::prelude::*;
use sea_query::{PostgresQueryBuilder, Query, SqliteQueryBuilder};

use crate::cursor::Key;
use crate::*;
use objects::object::{Object, Objects};

struct Nobody;

impl Sealed for Nobody {
    fn blind(&self, _: &str, _: &Value) -> Vec<db::BlindToken> {
        vec![[7; 16]]
    }
    fn holding(&self, _: &str, _: &str) -> Result<Vec<Uuid>, db::DbFault> {
        Ok(Vec::new())
    }
    fn me(&self) -> Option<UserId> {
        None
    }
}

fn objects() -> Objects {
    Objects::standard(Currency::USD).unwrap()
}

fn parse(object: &Object, parameters: &[(&str, &str)]) -> Result<ListQuery, FilterFault> {
    ListQuery::parse(object, Currency::USD, parameters.iter().copied())
}

fn sql(object: &Object, query: &ListQuery) -> (String, String) {
    let mut select = Query::select();
    select.column(sea_query::Alias::new("id")).from(table(&object.name));
    select.cond_where(conditions(object, query, &Nobody).unwrap());
    ordered(&mut select, object, query, true, || None);
    (select.build(SqliteQueryBuilder).0, select.build(PostgresQueryBuilder).0)
}

#[test]
fn a_url_becomes_a_query_and_a_url_again() {
    let objects = objects();
    let deal = objects.get("deal").unwrap();
    let url = [("f", "stage:any:won,lost"), ("f", "amount:more:1000"), ("sort", "-amount"), ("limit", "20")];
    let query = parse(deal, &url).unwrap();
    let spelled: Vec<(&str, String)> = query.parameters();
    assert_eq!(spelled, url.map(|(name, text)| (name, text.to_owned())));
    let (lite, pg) = sql(deal, &query);
    assert_eq!(
        lite,
        r#"SELECT "id" FROM "r_deal" WHERE "deleted_at" IS NULL AND ("stage" = ? OR "stage" = ?) AND ("amount" > ? AND "amount_cur" = ?) AND "amount" IS NOT NULL ORDER BY "amount" DESC, "id" DESC"#
    );
    assert!(pg.contains(r#""amount" > $3 AND "amount_cur" = $4"#), "{pg}");
}

#[test]
fn what_is_sealed_is_found_by_tokens_only() {
    let objects = objects();
    let contact = objects.get("contact").unwrap();
    let query = parse(contact, &[("f", "email:is:ann@example.org"), ("f", "tags:has:vip")]).unwrap();
    let (lite, _) = sql(contact, &query);
    assert!(lite.contains("blind_token") && !lite.contains("\"email\""), "{lite}");
    for refused in [
        "title:is:CEO",
        "name:not:Ann",
        "email:not:a@b.cd",
        "email:empty",
        "birthday:is:2000-01-01",
        "national_id:has:1",
        "street:has:x",
    ] {
        assert!(parse(contact, &[("f", refused)]).is_err(), "{refused}");
    }
}

#[test]
fn a_wrong_url_says_what_is_wrong() {
    let objects = objects();
    let deal = objects.get("deal").unwrap();
    for (name, text, code) in [
        ("f", "stage", "filter-form"),
        ("f", "colour:is:red", "filter-column"),
        ("f", "stage:like:w", "filter-operation"),
        ("f", "stage:is:nonsense", "filter-value"),
        ("f", "amount:more:much", "filter-value"),
        ("f", "owner:is:me or 1=1", "filter-value"),
        ("sort", "reason", "sort-column"),
        ("sort", "id;drop table", "sort-column"),
        ("limit", "0", "limit"),
        ("limit", "100000", "limit"),
        ("after", "zz", "cursor"),
        ("after", "00", "cursor"),
    ] {
        assert_eq!(kernel::Fault::code(&parse(deal, &[(name, text)]).unwrap_err()), code, "{text}");
    }
    let many = vec![("f", "stage:is:won"); MOST_FILTERS + 1];
    assert!(parse(deal, &many).is_err());
}

#[test]
fn what_costs_too_much_is_refused_before_the_database_is_asked() {
    let objects = objects();
    let contact = objects.get("contact").unwrap();
    let code = |url: &[(&str, &str)]| parse(contact, url).err().map_or("taken", |fault| kernel::Fault::code(&fault));
    let words = [("f", "name:has:wang")];
    assert_eq!(code(&words.repeat(5)), "taken");
    assert_eq!(code(&words.repeat(6)), "filter-costly");
    let any = |values: usize| format!("email:any:{}", vec!["a@example.org"; values].join(","));
    assert_eq!(code(&[("f", &any(50)), ("f", &any(50))]), "taken");
    assert_eq!(code(&[("f", &any(50)), ("f", &any(50)), ("f", "stage:is:lead")]), "filter-costly");
    // Values are never left out: that would be another list.
    assert_eq!(code(&[("f", &any(51))]), "filter-costly");
}

#[test]
fn a_cursor_belongs_to_its_list() {
    let objects = objects();
    let (deal, contact) = (objects.get("deal").unwrap(), objects.get("contact").unwrap());
    let by_amount = parse(deal, &[("sort", "-amount")]).unwrap().sort;
    let cursor = Cursor::new(&by_amount, Key::Int(-5), RecordId::from_uuid(Uuid::from_u128(9)));
    let text = cursor.to_string();
    let again = parse(deal, &[("sort", "-amount"), ("after", &text)]).unwrap();
    assert_eq!(again.after, Some(cursor));
    assert!(sql(deal, &again).0.contains(r#"("amount", "id") < (?, ?)"#));
    assert!(parse(deal, &[("sort", "amount"), ("after", &text)]).is_err());
    assert!(parse(contact, &[("after", &text)]).is_err());
    let stage = parse(deal, &[("sort", "stage")]).unwrap().sort;
    let wrong = Cursor::new(&stage, Key::Int(1), RecordId::from_uuid(Uuid::nil())).to_string();
    assert!(parse(deal, &[("sort", "stage"), ("after", &wrong)]).is_err(), "a number where text is the key");
}

proptest! {
    #[test]
    fn any_cursor_and_filter_is_answered(bytes in proptest::collection::vec(any::<u8>(), 0..60), text in ".{0,40}") {
        let objects = objects();
        for object in objects.iter() {
            let _ = parse(object, &[("after", &crypto::base64url(&bytes))]);
            let _ = parse(object, &[("f", &text), ("sort", &text), ("after", &text), ("limit", &text)]);
            for field in &object.fields {
                for op in ["is", "not", "any", "empty", "filled", "has", "before", "after", "more", "less"] {
                    if let Ok(query) = parse(object, &[("f", &format!("{}:{op}:{text}", field.name))]) {
                        let _ = sql(object, &query);
                    }
                }
            }
        }
    }
}

#[test]
fn a_letter_belongs_to_a_list_sorted_by_a_name() {
    let objects = objects();
    let contact = objects.get("contact").unwrap();
    let at = parse(contact, &[("letter", "W"), ("sort", "name")]).unwrap();
    assert_eq!(at.letter.map(crate::Letter::shown), Some('W'));
    assert!(at.parameters().iter().all(|(name, _)| *name != "letter"));
    for wrong in [[("letter", "w"), ("sort", "stage")], [("letter", "ww"), ("sort", "name")]] {
        assert!(parse(contact, &wrong).is_err());
    }
}
