//! Which fields of records are answered: `fields=name,stage`, or `fields` in the body of a search.

use std::collections::BTreeSet;

use httpkit::Refusal;
use kernel::FieldName;
use records::Object;

/// The parameter, and the member of a body.
pub(crate) const FIELDS: &str = "fields";

/// The fields somebody picked; all of them, where nobody did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Picked(Option<BTreeSet<FieldName>>);

impl Picked {
    /// Takes the names of fields, which are looked up in the object as whoever asks sees it: one that is hidden from them is
    /// refused like one that does not exist.
    ///
    /// # Errors
    /// [`Refusal`] that tells the first name nobody knows.
    pub(crate) fn of<'n>(object: &Object, names: impl IntoIterator<Item = &'n str>) -> Result<Self, Refusal> {
        let known = |name: &'n str| object.field(name).map(|field| field.name.clone()).ok_or_else(|| unknown(name));
        names.into_iter().map(known).collect::<Result<_, _>>().map(|names| Self(Some(names)))
    }

    /// Takes names with commas between them. Nothing between them is no field at all.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub(crate) fn parse(object: &Object, text: &str) -> Result<Self, Refusal> {
        Self::of(object, text.split(',').filter(|_| !text.is_empty()))
    }

    /// Tells whether a field is answered.
    pub(crate) fn has(&self, name: &FieldName) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(name))
    }

    /// Returns the value of the parameter that picks the same again.
    pub(crate) fn spelled(&self) -> Option<String> {
        let names = self.0.as_ref()?.iter().map(FieldName::as_str);
        Some(names.collect::<Vec<_>>().join(","))
    }
}

fn unknown(name: &str) -> Refusal {
    let told: String = name.chars().take(40).collect();
    Refusal::invalid("invalid").detail(format!("not a field: {told}")).wrong(FIELDS, "unknown-field")
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use records::Objects;

    use super::*;

    #[test]
    fn names_are_those_of_the_object_and_nothing_is_no_field() {
        let objects = Objects::standard(Currency::EUR).unwrap();
        let contact = objects.get("contact").unwrap();
        let picked = Picked::parse(contact, "stage,name,name").unwrap();
        assert_eq!(picked.spelled().unwrap(), "name,stage");
        let has = |picked: &Picked, name: &str| picked.has(&FieldName::parse(name).unwrap());
        assert!(has(&picked, "stage") && !has(&picked, "email"));
        assert!(has(&Picked::default(), "email") && Picked::default().spelled().is_none());
        let none = Picked::parse(contact, "").unwrap();
        assert_eq!((has(&none, "name"), none.spelled()), (false, Some(String::new())));
        for text in ["nothing", "name,", ",name", "name, stage", "id", "*", &"x".repeat(9_000)] {
            let refusal = Picked::parse(contact, text).unwrap_err();
            assert_eq!(refusal.wrongs().iter().map(|wrong| wrong.code.as_str()).collect::<Vec<_>>(), ["unknown-field"]);
        }
    }
}
