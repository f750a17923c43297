//! What leaves: records and definitions as JSON.

use std::fmt::Display;
use std::sync::Arc;

use authz::{Read, Resource as _};
use axum::response::{IntoResponse, Response};
use db::Permitted;
use http::header;
use records::list::Page;
use records::object::{Choice, Labels};
use records::{Field, Object, Record};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use crate::fault::ApiFault;
use crate::picked::Picked;

/// One record, written straight into the answer: a page has fifty of them.
pub(crate) struct RecordView<'r>(&'r Permitted<Record, Read>, &'r Picked);

impl<'r> RecordView<'r> {
    /// Shows a record to whoever may read it, with the fields they picked.
    pub(crate) const fn of(record: &'r Permitted<Record, Read>, picked: &'r Picked) -> Self {
        Self(record, picked)
    }
}

impl Serialize for RecordView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(record, picked) = self;
        let mut map = serializer.serialize_map(Some(7))?;
        map.serialize_entry("id", &Shown(record.record_id()))?;
        map.serialize_entry("object", record.definition().name.as_str())?;
        map.serialize_entry("version", &record.current_version())?;
        map.serialize_entry("created_at", &record.created_at().to_rfc3339())?;
        map.serialize_entry("updated_at", &record.updated_at().to_rfc3339())?;
        map.serialize_entry("owner_id", &record.owner().map(Shown))?;
        map.serialize_entry("fields", &FieldsView(record, picked))?;
        map.end()
    }
}

/// JSON that is written already. It is written where the records are opened, on the thread of the database, so that they
/// go where they came from; like all that is read, it is handed over only after the line about it.
pub(crate) struct Written(Vec<u8>);

impl Written {
    /// Writes a view.
    ///
    /// # Errors
    /// [`ApiFault`] as an internal fault; no view of ours fails to be written.
    pub(crate) fn of(view: &impl Serialize) -> Result<Self, ApiFault> {
        let mut text = Vec::with_capacity(1024);
        serde_json::to_writer(&mut text, view).map_err(ApiFault::unwritten)?;
        Ok(Self(text))
    }
}

impl IntoResponse for Written {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

/// What has one spelling, spelled without a string of its own.
struct Shown<T>(T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The fields of a record that hold something and are asked for.
struct FieldsView<'r>(&'r Record, &'r Picked);

impl Serialize for FieldsView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(record, picked) = self;
        let mut map = serializer.serialize_map(None)?;
        // By the definition, not by what the record happens to hold: a field that was made sensitive later stays closed.
        for field in record.definition().fields.iter().filter(|field| picked.has(&field.name)) {
            let name = field.name.as_str();
            if field.is_masked() {
                if record.holds(name) {
                    map.serialize_entry(name, &Sealed { sealed: true })?;
                }
            } else if let Some(value) = record.value(name) {
                match value {
                    records::Value::Text(text) | records::Value::Choice(text) => map.serialize_entry(name, text)?,
                    other => map.serialize_entry(name, &other.to_json())?,
                }
            }
        }
        map.end()
    }
}

/// What is said of a sensitive field that holds something.
#[derive(Serialize)]
struct Sealed {
    sealed: bool,
}

/// One page of a list.
#[derive(Serialize)]
pub(crate) struct PageView<'p> {
    data: Vec<RecordView<'p>>,
    next: Option<String>,
}

impl<'p> PageView<'p> {
    /// Shows a page to whoever may read its records.
    pub(crate) fn of(page: &'p Page, picked: &'p Picked) -> Self {
        let next = page.next.as_ref().map(ToString::to_string);
        Self { data: page.rows.iter().map(|record| RecordView::of(record, picked)).collect(), next }
    }
}

/// What the workspace keeps.
#[derive(Serialize)]
pub(crate) struct IndexView<'o> {
    data: Vec<ObjectView<'o>>,
}

impl<'o> IndexView<'o> {
    /// Shows every definition, as whoever asks sees it.
    pub(crate) fn of(objects: &'o [Arc<Object>]) -> Self {
        Self { data: objects.iter().map(|object| ObjectView::of(object)).collect() }
    }
}

/// One object.
#[derive(Serialize)]
struct ObjectView<'o> {
    object: &'o str,
    plural: &'o str,
    labels: LabelsView<'o>,
    plurals: LabelsView<'o>,
    fields: Vec<FieldView<'o>>,
}

impl<'o> ObjectView<'o> {
    fn of(object: &'o Object) -> Self {
        Self {
            object: object.name.as_str(),
            plural: &object.plural,
            labels: LabelsView::of(&object.labels),
            plurals: LabelsView::of(&object.plurals),
            fields: object.fields.iter().map(FieldView::of).collect(),
        }
    }
}

/// One field.
#[derive(Serialize)]
struct FieldView<'o> {
    name: &'o str,
    labels: LabelsView<'o>,
    kind: &'static str,
    class: &'static str,
    required: bool,
    /// Whether the program writes it by itself, and refuses it in a body.
    read_only: bool,
    /// Whether lists sort by it.
    sort: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<ChoiceView<'o>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'o str>,
}

impl<'o> FieldView<'o> {
    fn of(field: &'o Field) -> Self {
        Self {
            name: field.name.as_str(),
            labels: LabelsView::of(&field.labels),
            kind: field.kind.word(),
            class: field.class.word(),
            required: field.required,
            read_only: field.stamps.is_some() || field.locked,
            sort: field.sort,
            choices: field.choices.iter().map(ChoiceView::of).collect(),
            link: field.link.as_ref().map(kernel::ObjectName::as_str),
        }
    }
}

/// One value of a choice field.
#[derive(Serialize)]
struct ChoiceView<'o> {
    value: &'o str,
    labels: LabelsView<'o>,
}

impl<'o> ChoiceView<'o> {
    fn of(choice: &'o Choice) -> Self {
        Self { value: &choice.value, labels: LabelsView::of(&choice.labels) }
    }
}

/// A text in both languages.
#[derive(Serialize)]
struct LabelsView<'o> {
    en: &'o str,
    zh: &'o str,
}

impl<'o> LabelsView<'o> {
    fn of(labels: &'o Labels) -> Self {
        Self { en: &labels.en, zh: &labels.zh }
    }
}
