//! Decisions, without clock or database.

use authz::{Area, Charter, FieldRule, Verb};
use objects::object::{Field, Object, Objects};

use crate::RoleFault;

/// What a role may grant by rows: all that is done with customer data, but for destroying it for good, which is the privacy
/// officer's.
pub const GRANTABLE: &[Verb] = &[
    Verb::Read,
    Verb::Create,
    Verb::Update,
    Verb::Delete,
    Verb::Share,
    Verb::Reveal,
    Verb::Bulk,
    Verb::Merge,
    Verb::Import,
    Verb::Export,
];

/// A name has at most this many characters.
pub const LONGEST_NAME: usize = 60;

/// Takes a name.
pub(crate) fn name(text: &str) -> Result<String, RoleFault> {
    let name = kernel::text::clean(text, LONGEST_NAME).map_err(|_| RoleFault::Name)?;
    if name.is_empty() { Err(RoleFault::Name) } else { Ok(name) }
}

/// Refuses what no row may say: a right over people, the ledger or settings, a rule for a field that does not exist, and one
/// that would keep a record from being told apart or made.
pub(crate) fn check(objects: &Objects, charter: &Charter) -> Result<(), RoleFault> {
    let others = Area::ALL.iter().filter(|area| **area != Area::Records);
    let reaches_out =
        others.flat_map(|area| Verb::ALL.iter().map(|verb| charter.reach_in(*area, *verb))).any(|r| r.is_some());
    let not_grantable =
        |object: &str| Verb::ALL.iter().any(|verb| !GRANTABLE.contains(verb) && charter.reach(object, *verb).is_some());
    let everywhere =
        Verb::ALL.iter().any(|verb| !GRANTABLE.contains(verb) && charter.reach_in(Area::Records, *verb).is_some());
    let strange =
        charter.named().any(|object| Area::of(object.as_str()) != Area::Records || not_grantable(object.as_str()));
    if reaches_out || everywhere || strange {
        return Err(RoleFault::Rule);
    }
    for (object, field, rule) in charter.all_rules() {
        let object = objects.get(object.as_str()).ok_or(RoleFault::Rule)?;
        let field = object.field(field.as_str()).ok_or(RoleFault::Rule)?;
        if rule.covers() && must_be_seen(object, field) {
            return Err(RoleFault::Rule);
        }
        if field.is_masked() && rule == FieldRule::Masked {
            return Err(RoleFault::Rule);
        }
    }
    Ok(())
}

/// Tells whether a field cannot be kept from view: without it records cannot be told apart, or not be made.
#[must_use]
pub fn must_be_seen(object: &Object, field: &Field) -> bool {
    object.title == field.name || field.required
}

/// Says what differs between two charters, for the ledger: a word a line, at most so many.
pub(crate) fn differences(before: &Charter, after: &Charter, most: usize) -> Vec<String> {
    let word = |reach: Option<authz::Reach>| reach.map_or("none", authz::Reach::code);
    let mut objects: Vec<&str> = before.named().chain(after.named()).map(|object| object.as_str()).collect();
    objects.sort_unstable();
    objects.dedup();
    let mut lines = Vec::new();
    for verb in GRANTABLE {
        let (was, is) = (before.reach_in(Area::Records, *verb), after.reach_in(Area::Records, *verb));
        if was != is {
            lines.push(format!("* {} {}>{}", verb.name(), word(was), word(is)));
        }
        for object in &objects {
            let (was, is) = (before.reach(object, *verb), after.reach(object, *verb));
            if was != is {
                lines.push(format!("{object} {} {}>{}", verb.name(), word(was), word(is)));
            }
        }
    }
    let rule = |of: &Charter, object: &str, field: &str| of.field(object, field).map_or("shown", FieldRule::code);
    let fields = before.all_rules().chain(after.all_rules());
    let mut fields: Vec<(&str, &str)> = fields.map(|(object, field, _)| (object.as_str(), field.as_str())).collect();
    fields.sort_unstable();
    fields.dedup();
    for (object, field) in fields {
        let (was, is) = (rule(before, object, field), rule(after, object, field));
        if was != is {
            lines.push(format!("{object}.{field} {was}>{is}"));
        }
    }
    lines.truncate(most);
    lines
}

#[cfg(test)]
mod tests {
    use authz::Reach;
    use kernel::{Currency, FieldName, ObjectName};

    use super::*;

    fn object(name: &str) -> ObjectName {
        ObjectName::parse(name).unwrap()
    }

    /// Fails when: a row may grant what the locked roles hold, or hide what names a record.
    #[test]
    fn rows_grant_customer_data_and_nothing_else() {
        let objects = Objects::standard(Currency::parse("EUR").unwrap()).unwrap();
        let plain = Charter::default().grant(Area::Records, Verb::Read, Reach::Own);
        assert!(check(&objects, &plain).is_ok());
        for area in [Area::People, Area::Ledger, Area::Settings, Area::Watch] {
            assert!(check(&objects, &plain.clone().grant(area, Verb::Read, Reach::All)).is_err(), "{area:?}");
        }
        for name in ["user", "ledger", "setting", "role", "token", "canary"] {
            assert!(check(&objects, &plain.clone().grant_on(object(name), Verb::Read, Reach::All)).is_err(), "{name}");
        }
        for verb in [Verb::Erase, Verb::Grant, Verb::Configure] {
            assert!(check(&objects, &plain.clone().grant(Area::Records, verb, Reach::All)).is_err());
            assert!(check(&objects, &plain.clone().grant_on(object("deal"), verb, Reach::All)).is_err());
        }
        let contact = objects.get("contact").unwrap();
        let rule = |field: &str, rule| {
            check(&objects, &plain.clone().rule(object("contact"), FieldName::parse(field).unwrap(), rule))
        };
        assert!(rule(contact.title.as_str(), FieldRule::Hidden).is_err());
        assert!(rule("email", FieldRule::Hidden).is_ok() && rule("nothing", FieldRule::Hidden).is_err());
    }

    #[test]
    fn what_changes_is_said() {
        let before = Charter::default().grant(Area::Records, Verb::Read, Reach::All);
        let after = before.clone().grant_on(object("deal"), Verb::Read, Reach::Own);
        let after = after.rule(object("deal"), FieldName::parse("amount").unwrap(), FieldRule::Masked);
        assert_eq!(differences(&before, &after, 50), ["deal read all>own", "deal.amount shown>masked"]);
    }
}
