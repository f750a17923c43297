//! What leaves: records and definitions as JSON.

use authz::{Read, Resource as _};
use db::Permitted;
use records::list::Page;
use records::object::{Choice, Labels};
use records::{Field, Object, Objects, Record};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// One record.
#[derive(Serialize)]
pub(crate) struct RecordView {
    id: String,
    object: String,
    version: i64,
    created_at: String,
    updated_at: String,
    owner_id: Option<String>,
    fields: Map<String, Value>,
}

impl RecordView {
    /// Shows a record to whoever may read it.
    pub(crate) fn of(record: &Permitted<Record, Read>) -> Self {
        let definition = record.definition();
        // By the definition, not by what the record happens to hold: a field that was made sensitive later stays closed.
        let shown = |field: &Field| Some((field.name.to_string(), value(record, field)?));
        Self {
            id: record.record_id().to_string(),
            object: definition.name.to_string(),
            version: record.current_version(),
            created_at: record.created_at().to_rfc3339(),
            updated_at: record.updated_at().to_rfc3339(),
            owner_id: record.owner().map(|owner| owner.to_string()),
            fields: definition.fields.iter().filter_map(shown).collect(),
        }
    }
}

/// Returns what is shown of a field; nothing if it is empty.
fn value(record: &Record, field: &Field) -> Option<Value> {
    if field.is_masked() {
        return record.holds(field.name.as_str()).then(|| json!({ "sealed": true }));
    }
    record.value(field.name.as_str()).map(records::Value::to_json)
}

/// One page of a list.
#[derive(Serialize)]
pub(crate) struct PageView {
    data: Vec<RecordView>,
    next: Option<String>,
}

impl PageView {
    /// Shows a page to whoever may read its records.
    pub(crate) fn of(page: &Page) -> Self {
        let next = page.next.as_ref().map(ToString::to_string);
        Self { data: page.rows.iter().map(RecordView::of).collect(), next }
    }
}

/// What the workspace keeps.
#[derive(Serialize)]
pub(crate) struct IndexView<'o> {
    data: Vec<ObjectView<'o>>,
}

impl<'o> IndexView<'o> {
    /// Shows every definition. They are about nobody, and each form and filter of the pages tells them too.
    pub(crate) fn of(objects: &'o Objects) -> Self {
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
            read_only: field.stamps.is_some(),
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
