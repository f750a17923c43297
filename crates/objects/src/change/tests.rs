//! What changes make of records.

use kernel::{Currency, Timestamp};
use serde_json::json;

use super::*;
use crate::object::Objects;

fn terms(seen: &Arc<Object>) -> Terms {
    Terms { seen: Arc::clone(seen), currency: Currency::USD, now: Timestamp::from_micros(1_000_000) }
}

fn object(name: &str) -> std::sync::Arc<Object> {
    Objects::standard(Currency::USD).unwrap().get(name).unwrap().clone()
}

#[test]
fn only_what_differs_changes() {
    let contact = object("contact");
    let made =
        make(&contact, Change::from_form([("name", "Ann"), ("email", "ann@example.org")]), &terms(&contact)).unwrap();
    let fields: Vec<&str> = made.changed.iter().map(|altering| altering.field.as_str()).collect();
    assert_eq!(fields, ["name", "email", "stage"], "the default stage included");
    let change = Change::from_form([("name", "Ann"), ("email", ""), ("stage", "customer")]);
    let altered = alter(&contact, &made.values, change, &terms(&contact)).unwrap();
    let changes: Vec<_> = altered.changed.iter().map(|a| (a.field.as_str(), a.after.is_some())).collect();
    assert_eq!(changes, [("email", false), ("stage", true)]);
    assert!(alter(&contact, &made.values, Change::new().text("name", "Ann"), &terms(&contact)).unwrap().is_nothing());
}

#[test]
fn every_wrong_field_is_named() {
    let change =
        Change::from_form([("email", "x"), ("phone", "y"), ("version", "1"), ("sealed", "1"), ("name", "Ann")]);
    let faults = make(&object("contact"), change, &terms(&object("contact"))).unwrap_err();
    let codes: Vec<_> = faults.iter().map(|f| (f.field.as_str(), f.why.code())).collect();
    let unknown = "unknown-field";
    assert_eq!(codes, [("email", "not-an-email"), ("phone", "not-a-phone"), ("version", unknown), ("sealed", unknown)]);
    let faults = make(&object("contact"), Change::new(), &terms(&object("contact"))).unwrap_err();
    assert_eq!(faults, [FieldFault { field: "name".to_owned(), why: Why::Required }]);
    let made = make(&object("contact"), Change::new().text("name", "Ann"), &terms(&object("contact"))).unwrap();
    assert!(
        alter(&object("contact"), &made.values, Change::new().text("name", " "), &terms(&object("contact"))).is_err()
    );
}

#[test]
fn masked_fields_stay_apart() {
    let change = Change::new().text("name", "Ann").text("national_id", "42");
    let made = make(&object("contact"), change, &terms(&object("contact"))).unwrap();
    assert_eq!(made.masked, [(FieldName::parse("national_id").unwrap(), Some(Value::Text("42".to_owned())))]);
    assert!(made.values.get("national_id").is_none());
    assert!(!made.touches(&FieldName::parse("national_id").unwrap()));
}

#[test]
fn a_done_task_is_dated_and_an_undone_one_is_not() {
    let task = object("task");
    let made = make(&task, Change::new().text("title", "Call"), &terms(&task)).unwrap();
    assert_eq!(made.values.get("done"), Some(&Value::Bool(false)));
    let done = alter(&task, &made.values, Change::new().text("done", "true"), &terms(&task)).unwrap();
    assert_eq!(done.values.get("done_at"), Some(&Value::Time(terms(&task).now)));
    let undone = alter(&task, &done.values, Change::new().text("done", "no"), &terms(&task)).unwrap();
    assert!(undone.values.get("done_at").is_none());
    assert!(alter(&task, &made.values, Change::new().text("done_at", "2020-01-01"), &terms(&task)).is_err());
}

#[test]
fn json_and_ready_values_are_checked_too() {
    let deal = object("deal");
    let members = json!({ "name": "Big", "amount": { "amount": "5", "currency": "EUR" }, "stage": "won" });
    let made = make(&deal, Change::from_json(members.as_object().unwrap().clone()), &terms(&deal)).unwrap();
    assert_eq!(made.values.get("amount").and_then(Value::as_money).map(|money| money.minor), Some(500));
    let wrong = Change::new().set("amount", Some(Value::Text("5".to_owned())));
    assert_eq!(alter(&deal, &made.values, wrong, &terms(&deal)).unwrap_err()[0].why, Why::Type);
}
