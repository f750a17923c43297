//! The standard objects, and definitions that are refused.

use super::*;

fn minimal(field: &str) -> String {
    format!(
        "name = \"thing\"\nplural = \"things\"\nlabels = {{ en = \"Thing\", zh = \"物\" }}\n\
         plurals = {{ en = \"Things\", zh = \"物\" }}\ntitle = \"name\"\n\
         [[field]]\nname = \"name\"\nlabels = {{ en = \"Name\", zh = \"名\" }}\nkind = \"text\"\nclass = \"personal\"\n\
         [[field]]\nname = \"more\"\nlabels = {{ en = \"More\", zh = \"多\" }}\n{field}\n"
    )
}

#[test]
fn the_standard_objects_are_right() {
    let objects = Objects::standard(Currency::USD).unwrap();
    let names: Vec<&str> = objects.iter().map(|object| object.name.as_str()).collect();
    assert_eq!(names, ["contact", "company", "deal", "task", "note"]);
    let deal = objects.by_plural("deals").unwrap();
    let odds: Vec<_> = deal.board_field().unwrap().choices.iter().filter_map(|choice| choice.probability).collect();
    assert_eq!(odds, [20, 35, 55, 75, 100, 0]);
    assert_eq!(deal.about.as_ref().unwrap().as_str(), "contact");
    assert!(objects.get("contact").unwrap().about.is_none());
    assert_eq!(deal.sum_field().unwrap().kind, Kind::Money);
    let contact = objects.get("contact").unwrap();
    assert!(contact.subject && contact.title_field().unwrap().is_personal());
    assert_eq!(objects.linking_to(&contact.name).count(), 3);
}

#[test]
fn nothing_that_names_somebody_is_open() {
    let objects = Objects::standard(Currency::USD).unwrap();
    for object in objects.iter() {
        for field in object.open_fields() {
            let telling = [Kind::PersonName, Kind::Email, Kind::Phone, Kind::Url, Kind::LongText, Kind::Tags];
            assert!(!telling.contains(&field.kind), "{}.{}", object.name, field.name);
            assert!(field.name != object.title, "{}.{}", object.name, field.name);
        }
    }
}

#[test]
fn a_choice_is_called_by_one_name_only() {
    for object in Objects::standard(Currency::USD).unwrap().iter() {
        for field in &object.fields {
            let mut names: Vec<String> = Vec::new();
            for choice in &field.choices {
                names.extend(choice.also.iter().cloned());
                names.push(choice.value.clone());
            }
            let count = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), count, "{}.{}", object.name, field.name);
        }
    }
}

#[test]
fn a_definition_that_contradicts_itself_is_refused() {
    assert!(Object::parse(&minimal("kind = \"text\"\nclass = \"open\"")).is_ok());
    for wrong in [
        "kind = \"text\"\nclass = \"open\"\ncolour = \"red\"",
        "kind = \"poem\"\nclass = \"open\"",
        "kind = \"link\"\nclass = \"open\"",
        "kind = \"link\"\nclass = \"personal\"\nlink = \"thing\"",
        "kind = \"choice\"\nclass = \"open\"",
        "kind = \"text\"\nclass = \"sensitive\"\nsort = true",
        "kind = \"email\"\nclass = \"personal\"\nsort = true",
        "kind = \"text\"\nclass = \"sensitive\"\nsearch = \"words\"",
        "kind = \"number\"\nclass = \"open\"\ndefault = \"many\"",
        "kind = \"tags\"\nclass = \"open\"",
    ] {
        assert!(Object::parse(&minimal(wrong)).is_err(), "{wrong}");
    }
    for name in ["version", "name", "Drop Table", ""] {
        let toml =
            minimal("kind = \"text\"\nclass = \"open\"").replace("name = \"more\"", &format!("name = \"{name}\""));
        assert!(Object::parse(&toml).is_err(), "{name}");
    }
}

#[test]
fn a_link_leads_somewhere() {
    let object = Object::parse(&minimal("kind = \"link\"\nclass = \"open\"\nlink = \"nowhere\"")).unwrap();
    assert!(Objects::gather(vec![object], Currency::USD).is_err());
}
