//! What the CRM keeps: objects and their fields, read from definitions.
//!
//! The standard ones lie in `standard/*.toml` and are part of the program.

mod field;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Currency, FieldName, Lang, ObjectName};

pub use field::{Choice, Default, Field, FieldClass, Kind, Search};
pub use read::DefinitionFault;

/// A text in both languages of the interface.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

impl Labels {
    /// Returns the text in a language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// A kind of thing the CRM keeps.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its name in tables, code and the API.
    pub name: ObjectName,
    /// Its name in URLs.
    pub plural: String,
    /// What one is called.
    pub labels: Labels,
    /// What several are called.
    pub plurals: Labels,
    /// Whether each record is a person and owns a key.
    pub subject: bool,
    /// The field that names a record.
    pub title: FieldName,
    /// The choice field whose values are the columns of a board.
    pub board: Option<FieldName>,
    /// The money field that a board sums up.
    pub sum: Option<FieldName>,
    /// Its fields, in the order of forms.
    pub fields: Vec<Field>,
    /// The link field that says whose key seals a record.
    pub about: Option<FieldName>,
    /// Whether a record stays, with its open fields only, when the person it is about is erased: the books need it.
    pub outlives: bool,
    /// Places of the fields by name: records are opened by the thousand, and each field of each is looked up.
    by_name: Vec<(FieldName, usize)>,
}

impl Object {
    /// Reads one definition.
    ///
    /// # Errors
    /// [`DefinitionFault`] says what in it is wrong.
    pub fn parse(toml: &str) -> Result<Self, DefinitionFault> {
        read::object(toml)
    }

    /// Returns the definition as somebody sees it: each field as `see` leaves it, or not at all. A board, and what it sums up,
    /// go with a field that does not stay open.
    #[must_use]
    pub fn seen(&self, see: impl Fn(&Field) -> Option<Field>) -> Self {
        let fields: Vec<Field> = self.fields.iter().filter_map(see).collect();
        let mut by_name: Vec<_> = fields.iter().enumerate().map(|(at, field)| (field.name.clone(), at)).collect();
        by_name.sort_unstable();
        let open = |name: &FieldName| fields.iter().any(|f| f.name == *name && f.class == FieldClass::Open);
        let (board, sum) = (self.board.clone().filter(open), self.sum.clone().filter(open));
        Self { fields, by_name, board, sum, ..self.clone() }
    }

    /// Returns a field by its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        let place = self.by_name.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.by_name.get(place).and_then(|(_, at)| self.fields.get(*at))
    }

    /// Returns the names of all fields in the order of names.
    pub fn names(&self) -> impl Iterator<Item = &FieldName> {
        self.by_name.iter().map(|(name, _)| name)
    }

    /// Returns the field that names a record.
    #[must_use]
    pub fn title_field(&self) -> Option<&Field> {
        self.field(self.title.as_str())
    }

    /// Returns the field whose values are the columns of a board.
    #[must_use]
    pub fn board_field(&self) -> Option<&Field> {
        self.board.as_ref().and_then(|name| self.field(name.as_str()))
    }

    /// Returns the money field that a board sums up.
    #[must_use]
    pub fn sum_field(&self) -> Option<&Field> {
        self.sum.as_ref().and_then(|name| self.field(name.as_str()))
    }

    /// Returns the fields that are columns of the object's table.
    pub fn open_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.class == FieldClass::Open)
    }

    /// Returns the fields that link to `target`.
    pub fn links_to<'a>(&'a self, target: &'a ObjectName) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().filter(move |field| field.link.as_ref() == Some(target))
    }

    /// Returns the fields by which two records are taken for the same thing, the surest first.
    pub fn unique_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.unique)
    }

    /// Returns what one is called.
    #[must_use]
    pub fn label(&self, lang: Lang) -> &str {
        self.labels.get(lang)
    }

    /// Returns what several are called.
    #[must_use]
    pub fn plural_label(&self, lang: Lang) -> &str {
        self.plurals.get(lang)
    }
}

/// Every object of the workspace.
#[derive(Clone, Debug)]
pub struct Objects {
    objects: Vec<Arc<Object>>,
    by_name: BTreeMap<ObjectName, usize>,
    by_plural: BTreeMap<String, usize>,
    currency: Currency,
}

const STANDARD: [&str; 5] = [
    include_str!("../../standard/contact.toml"),
    include_str!("../../standard/company.toml"),
    include_str!("../../standard/deal.toml"),
    include_str!("../../standard/task.toml"),
    include_str!("../../standard/note.toml"),
];

impl Objects {
    /// Reads the definitions that are part of the program. Amounts without a currency are in `currency`.
    ///
    /// # Errors
    /// [`DefinitionFault`], which a test of this crate rules out.
    pub fn standard(currency: Currency) -> Result<Self, DefinitionFault> {
        Self::gather(STANDARD.iter().map(|toml| Object::parse(toml)).collect::<Result<_, _>>()?, currency)
    }

    /// Puts objects together and checks that links lead somewhere.
    ///
    /// # Errors
    /// [`DefinitionFault`] for a name or URL used twice, or a link to nothing.
    pub fn gather(mut objects: Vec<Object>, currency: Currency) -> Result<Self, DefinitionFault> {
        let subjects: Vec<ObjectName> = objects.iter().filter(|o| o.subject).map(|o| o.name.clone()).collect();
        let names: Vec<ObjectName> = objects.iter().map(|o| o.name.clone()).collect();
        for object in &mut objects {
            if let Some(stray) = object.fields.iter().filter_map(|f| f.link.as_ref()).find(|link| !names.contains(link))
            {
                return Err(DefinitionFault::in_object(&object.name, format!("a link to unknown object {stray}")));
            }
            let about = object.fields.iter().find(|f| f.link.as_ref().is_some_and(|link| subjects.contains(link)));
            object.about = about.filter(|_| !object.subject).map(|f| f.name.clone());
        }
        let objects: Vec<Arc<Object>> = objects.into_iter().map(Arc::new).collect();
        let by_name: BTreeMap<_, _> = objects.iter().enumerate().map(|(at, o)| (o.name.clone(), at)).collect();
        let by_plural: BTreeMap<_, _> = objects.iter().enumerate().map(|(at, o)| (o.plural.clone(), at)).collect();
        if by_name.len() != objects.len() || by_plural.len() != objects.len() {
            return Err(DefinitionFault::Toml("two objects of one name".to_owned()));
        }
        Ok(Self { objects, by_name, by_plural, currency })
    }

    /// Returns an object by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Object>> {
        self.by_name.get(name).and_then(|at| self.objects.get(*at))
    }

    /// Returns an object by its name in URLs.
    #[must_use]
    pub fn by_plural(&self, plural: &str) -> Option<&Arc<Object>> {
        self.by_plural.get(plural).and_then(|at| self.objects.get(*at))
    }

    /// Returns every object, in the order of navigation.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.objects.iter()
    }

    /// Returns the currency of amounts that name none.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Returns the fields of all objects that link to `target`: what is related to one of its records.
    pub fn linking_to<'a>(&'a self, target: &'a ObjectName) -> impl Iterator<Item = (&'a Arc<Object>, &'a Field)> {
        self.objects.iter().flat_map(move |object| object.links_to(target).map(move |field| (object, field)))
    }
}
