//! Values at the border and in store.

use kernel::{Currency, Date, Money, RecordId, Timestamp, UserId, Uuid};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::object::{Field, Kind, Objects};

fn fields() -> Vec<Field> {
    Objects::standard(Currency::EUR).unwrap().iter().flat_map(|object| object.fields.clone()).collect()
}

fn field(kind: Kind) -> Field {
    fields().into_iter().find(|field| field.kind == kind).unwrap()
}

fn parse(kind: Kind, text: &str) -> Result<Option<Value>, Why> {
    parse_text(&field(kind), text, Currency::EUR)
}

#[test]
fn text_becomes_the_value_it_is() {
    let money = |minor, currency| Ok(Some(Value::Money(Money { minor, currency })));
    assert_eq!(parse(Kind::Text, "  a\nb\t c "), Ok(Some(Value::Text("a b c".to_owned()))));
    assert_eq!(parse(Kind::LongText, "a\r\nb"), Ok(Some(Value::Text("a\nb".to_owned()))));
    assert_eq!(parse(Kind::Text, " \u{a0} "), Ok(None));
    assert_eq!(parse(Kind::Money, "1,234.50"), money(123_450, Currency::EUR));
    assert_eq!(parse(Kind::Money, "12 CNY"), money(1_200, Currency::CNY));
    assert_eq!(parse(Kind::Date, "2026-02-28"), Ok(Some(Value::Date(Date::new(2026, 2, 28).unwrap()))));
    assert_eq!(parse(Kind::Time, "2026-02-28T10:00"), parse(Kind::Time, "2026-02-28T10:00:00Z"));
    assert_eq!(
        parse(Kind::Tags, "vip; VIP; a ,b"),
        Ok(Some(Value::Tags(["vip", "a", "b"].map(str::to_owned).to_vec())))
    );
    assert_eq!(parse(Kind::Boolean, "是"), Ok(Some(Value::Bool(true))));
    assert_eq!(parse(Kind::Number, "2,822"), Ok(Some(Value::Number(2822))));
}

#[test]
fn what_does_not_fit_says_why() {
    for (kind, text, why) in [
        (Kind::Email, "nobody", Why::Email),
        (Kind::Phone, "call me", Why::Phone),
        (Kind::Url, "javascript:alert(1)", Why::Url),
        (Kind::Url, "data:text/html,x", Why::Url),
        (Kind::Url, "http://a b.example", Why::Url),
        (Kind::Number, "many", Why::Number),
        (Kind::Number, "-1", Why::Small(0)),
        (Kind::Money, "1.234", Why::Decimals),
        (Kind::Money, "abc", Why::Amount),
        (Kind::Date, "2026-02-30", Why::Date),
        (Kind::Time, "noon", Why::Time),
        (Kind::Choice, "nonsense", Why::Choice),
        (Kind::Boolean, "perhaps", Why::Boolean),
        (Kind::Link, "1", Why::Id),
        (Kind::Text, "a\0b", Why::Control),
    ] {
        assert_eq!(parse(kind, text), Err(why), "{text}");
    }
    assert_eq!(parse(Kind::PersonName, &"x".repeat(201)), Err(Why::Long(200)));
    assert_eq!(parse(Kind::PersonName, &"x".repeat(10_000_000)), Err(Why::Long(200)));
    assert_eq!(parse(Kind::Tags, &"a,b;".repeat(100_000)), Err(Why::Long(3100)));
}

#[test]
fn addresses_of_pages_are_taken_with_and_without_scheme() {
    for url in ["http://www.shea.biz/", "https://例子.测试/路径?q=1", "shea.biz", "shea.biz:8080/x"] {
        assert_eq!(parse_url(url).as_deref(), Ok(url));
    }
}

#[test]
fn json_is_typed() {
    let number = field(Kind::Number);
    assert_eq!(parse_json(&number, &json!(5), Currency::EUR), Ok(Some(Value::Number(5))));
    assert_eq!(parse_json(&number, &json!("5"), Currency::EUR), Err(Why::Type));
    assert_eq!(parse_json(&number, &json!(5.5), Currency::EUR), Err(Why::Number));
    let money = field(Kind::Money);
    let written = json!({ "amount": "12.50", "currency": "CNY" });
    let value = parse_json(&money, &written, Currency::EUR).unwrap().unwrap();
    assert_eq!(value.to_json(), written);
    assert_eq!(parse_json(&money, &json!({ "amount": "1" }), Currency::EUR), Err(Why::Type));
    assert_eq!(parse_json(&field(Kind::Tags), &json!(["a", 1]), Currency::EUR), Err(Why::Type));
    assert_eq!(parse_json(&field(Kind::Text), &json!(["a"]), Currency::EUR), Err(Why::Type));
    assert_eq!(parse_json(&field(Kind::Text), &json!(null), Currency::EUR), Ok(None));
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        ".*".prop_map(Value::Text),
        "[a-z]{1,9}".prop_map(Value::Choice),
        any::<i64>().prop_map(Value::Number),
        any::<i64>().prop_map(|minor| Value::Money(Money { minor, currency: Currency::CNY })),
        (-700_000..700_000_i32).prop_map(|days| Value::Date(Date::from_days(days))),
        any::<i64>().prop_map(|at| Value::Time(Timestamp::from_micros(at))),
        proptest::collection::vec(".{0,9}", 0..5).prop_map(Value::Tags),
        any::<bool>().prop_map(Value::Bool),
        any::<u128>().prop_map(|id| Value::Link(RecordId::from_uuid(Uuid::from_u128(id)))),
        any::<u128>().prop_map(|id| Value::User(UserId::from_uuid(Uuid::from_u128(id)))),
    ]
}

proptest! {
    #[test]
    fn a_value_comes_back_as_it_was_stored(value in any_value()) {
        prop_assert_eq!(Value::decode(&value.encode()), Ok(value));
    }

    #[test]
    fn values_come_back_as_they_were_stored(list in proptest::collection::vec(("[a-z][a-z0-9_]{0,20}", any_value()), 0..9)) {
        let values: Values = list.into_iter().map(|(name, value)| (FieldName::parse(&name).unwrap(), value)).collect();
        prop_assert_eq!(Values::decode(&values.encode(|_| true)), Ok(values));
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Value::decode(&bytes);
        let _ = Values::decode(&bytes);
    }

    #[test]
    fn a_stored_blob_cut_or_bent_is_answered(value in any_value(), at in any::<proptest::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = value.encode();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = Value::decode(&bytes);
        let _ = Value::decode(&bytes[..at]);
    }

    #[test]
    fn any_text_in_any_field_is_answered(text in ".{0,60}") {
        for field in fields() {
            if let Ok(Some(value)) = parse_text(&field, &text, Currency::EUR) {
                let again = parse_text(&field, &value.to_input(), Currency::EUR);
                prop_assert_eq!(again, Ok(Some(value)), "{}", field.name);
            }
            let _ = parse_json(&field, &json!(text), Currency::EUR);
        }
    }
}

#[test]
fn an_absurd_length_in_a_blob_takes_no_memory() {
    let huge_list = [0x82, 0x06, 0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(Value::decode(&huge_list), Err(CodeFault));
    let huge_text = [0x82, 0x00, 0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(Value::decode(&huge_text), Err(CodeFault));
}
