//! Definitions as they are written.

use kernel::{Currency, FieldName, ObjectName, text};
use serde::Deserialize;

use super::{Choice, Default, Field, FieldClass, Kind, Labels, Object, Search};
use crate::value;

/// What is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionFault {
    /// It is not TOML of the right shape.
    #[error("not a definition: {0}")]
    Toml(String),
    /// It contradicts itself.
    #[error("object {object}: {what}")]
    Object {
        /// The object.
        object: String,
        /// What is wrong.
        what: String,
    },
}

impl DefinitionFault {
    pub(super) fn in_object(object: &ObjectName, what: impl Into<String>) -> Self {
        Self::Object { object: object.to_string(), what: what.into() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenObject {
    name: String,
    plural: String,
    labels: Labels,
    plurals: Labels,
    #[serde(default)]
    subject: bool,
    title: String,
    board: Option<String>,
    sum: Option<String>,
    #[serde(default)]
    outlives: bool,
    field: Vec<WrittenField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenField {
    name: String,
    labels: Labels,
    kind: Kind,
    class: FieldClass,
    search: Option<Search>,
    #[serde(default)]
    unique: bool,
    #[serde(default)]
    known_by: bool,
    #[serde(default)]
    sort: bool,
    #[serde(default)]
    required: bool,
    max: Option<usize>,
    min: Option<i64>,
    largest: Option<i64>,
    #[serde(default)]
    choices: Vec<WrittenChoice>,
    link: Option<String>,
    default: Option<String>,
    stamps: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    made_of: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChoice {
    value: String,
    en: String,
    zh: String,
    tone: u8,
    probability: Option<u8>,
    #[serde(default)]
    also: Vec<String>,
}

/// Names that every record table, list and URL uses for itself.
const RESERVED: [&str; 19] = [
    "id",
    "owner",
    "owner_id",
    "team",
    "team_id",
    "created_at",
    "updated_at",
    "version",
    "deleted_at",
    "subject_id",
    "sealed",
    "sealed_sensitive",
    "row_mark",
    "sort",
    "limit",
    "after",
    "f",
    "q",
    "object",
];

pub(super) fn object(toml: &str) -> Result<Object, DefinitionFault> {
    let written: WrittenObject = toml::from_str(toml).map_err(|e| DefinitionFault::Toml(e.message().to_owned()))?;
    let name = ObjectName::parse(&written.name).map_err(|e| DefinitionFault::Toml(e.to_string()))?;
    let wrong = |what: String| DefinitionFault::in_object(&name, what);
    if name.as_str().len() > 36 {
        return Err(wrong("a name of at most 36 characters, since its table's is longer".to_owned()));
    }
    let plural = ObjectName::parse(&written.plural).map_err(|e| wrong(format!("plural: {e}")))?;
    let mut fields = Vec::with_capacity(written.field.len());
    for field in written.field {
        let field = self::field(field).map_err(wrong)?;
        if RESERVED.contains(&field.name.as_str()) || fields.iter().any(|known: &Field| known.name == field.name) {
            return Err(wrong(format!("field {}: the name is taken", field.name)));
        }
        fields.push(field);
    }
    let known = |text: &str| fields.iter().find(|f| f.name == *text).ok_or_else(|| wrong(format!("no field {text}")));
    let title = known(&written.title)?.name.clone();
    let board = written.board.as_deref().map(known).transpose()?;
    let sum = written.sum.as_deref().map(known).transpose()?;
    if board.is_some_and(|f| f.kind != Kind::Choice)
        || sum.is_some_and(|f| f.kind != Kind::Money || f.class != FieldClass::Open)
    {
        return Err(wrong("a board needs a choice, a sum an open amount".to_owned()));
    }
    for stamped in fields.iter().filter_map(|f| f.stamps.as_ref()) {
        if known(stamped.as_str())?.kind != Kind::Boolean {
            return Err(wrong(format!("{stamped} is not yes or no")));
        }
    }
    let (board, sum) = (board.map(|f| f.name.clone()), sum.map(|f| f.name.clone()));
    let (labels, plurals) = (written.labels, written.plurals);
    let plural = plural.to_string();
    let mut by_name: Vec<_> = fields.iter().enumerate().map(|(at, field)| (field.name.clone(), at)).collect();
    by_name.sort_unstable();
    Ok(Object {
        name: name.clone(),
        plural,
        labels,
        plurals,
        subject: written.subject,
        title,
        board,
        sum,
        fields,
        about: None,
        outlives: written.outlives,
        by_name,
    })
}

fn field(written: WrittenField) -> Result<Field, String> {
    let name = FieldName::parse(&written.name).map_err(|e| format!("field {}: {e}", written.name))?;
    let wrong = |what: &str| format!("field {name}: {what}");
    let class = written.class;
    let column_only = matches!(written.kind, Kind::Link | Kind::User | Kind::Choice | Kind::Boolean);
    if column_only && class != FieldClass::Open {
        return Err(wrong("this kind can only be open"));
    }
    if name.as_str().len() > 36 {
        return Err(wrong("a name of at most 36 characters, since an amount's second column is called longer"));
    }
    if written.kind == Kind::Tags && class == FieldClass::Open {
        return Err(wrong("tags cannot be open"));
    }
    let text = matches!(written.kind, Kind::PersonName | Kind::Text);
    if written.sort
        && class != FieldClass::Open
        && !(text && class == FieldClass::Personal && name.as_str().len() <= 35)
    {
        return Err(wrong(
            "sorted by can be only what is open, or a personal name or text called by at most 35 characters",
        ));
    }
    let search = written.search.unwrap_or(Search::None);
    if matches!(class, FieldClass::Sensitive | FieldClass::Secret)
        && (search != Search::None || written.unique || written.known_by)
    {
        return Err(wrong("a masked field cannot be searched"));
    }
    if (written.kind == Kind::Choice) == written.choices.is_empty()
        || (written.kind == Kind::Link) != written.link.is_some()
    {
        return Err(wrong("choices belong to a choice, a target to a link"));
    }
    let link = written.link.map(|link| ObjectName::parse(&link)).transpose().map_err(|e| wrong(&e.to_string()))?;
    let stamps = written.stamps.map(|text| FieldName::parse(&text)).transpose().map_err(|e| wrong(&e.to_string()))?;
    let made_of = written.made_of.iter().map(|text| FieldName::parse(text)).collect::<Result<_, _>>();
    let made_of = made_of.map_err(|e| wrong(&e.to_string()))?;
    let choices = written.choices.into_iter().map(choice).collect::<Result<_, _>>().map_err(|what| wrong(&what))?;
    let mut field = Field {
        name: name.clone(),
        labels: written.labels,
        kind: written.kind,
        class,
        search,
        unique: written.unique,
        known_by: written.known_by,
        sort: written.sort,
        required: written.required,
        max: written.max.unwrap_or_else(|| most(written.kind)),
        range: (written.min.unwrap_or(i64::MIN), written.largest.unwrap_or(i64::MAX)),
        choices,
        link,
        default: None,
        stamps,
        locked: false,
        also: written.also,
        made_of,
    };
    field.default = written.default.map(|text| default(&field, &text)).transpose()?;
    Ok(field)
}

fn choice(written: WrittenChoice) -> Result<Choice, String> {
    let value = FieldName::parse(&written.value).map_err(|e| format!("choice {}: {e}", written.value))?.to_string();
    if written.tone > 7 || written.probability.is_some_and(|percent| percent > 100) {
        return Err(format!("choice {value}: tone or probability out of range"));
    }
    let also = written.also.iter().map(|word| text::fold(word)).collect();
    let labels = Labels { en: written.en, zh: written.zh };
    Ok(Choice { value, labels, tone: written.tone, probability: written.probability, also })
}

fn default(field: &Field, text: &str) -> Result<Default, String> {
    if text == "now" && matches!(field.kind, Kind::Time | Kind::Date) {
        return Ok(Default::Now);
    }
    let parsed =
        value::parse_text(field, text, Currency::USD).map_err(|why| format!("field {}: default: {why}", field.name))?;
    parsed.map(Default::Value).ok_or_else(|| format!("field {}: empty default", field.name))
}

/// Returns the most characters a kind takes where the definition does not say.
const fn most(kind: Kind) -> usize {
    match kind {
        Kind::LongText => 20_000,
        Kind::Url => 2_000,
        Kind::Email => 254,
        Kind::Phone => 60,
        Kind::Tags => 60,
        _ => 500,
    }
}
