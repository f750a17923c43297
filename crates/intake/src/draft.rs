//! A row of the file as what it wants to become: pure.

use kernel::text::{self, fold, is_han};
use kernel::{Currency, FieldName};
use tabular::Row;

use crate::cell;
use crate::model::{Hints, Plan, Target};
use objects::object::{Field, Kind, Object};
use objects::value::{Value, Values, Why};

/// A link that a cell names instead of pointing at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// The link field.
    pub field: FieldName,
    /// What the cell says.
    pub text: String,
    /// The column.
    pub column: usize,
}

/// What a row wants to become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Its number among the rows of data; the first is 1.
    pub number: u64,
    /// The line of the file where it starts.
    pub line: u64,
    /// Values given by the row.
    pub values: Values,
    /// Values of fields that are covered.
    pub masked: Vec<(FieldName, Value)>,
    /// Links that it names.
    pub links: Vec<Naming>,
    /// The owner's name or address, folded.
    pub owner: Option<String>,
}

/// What is wrong with a row: columns and codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Its number among the rows of data; the first is 1.
    pub number: u64,
    /// The line of the file where it starts.
    pub line: u64,
    /// Columns, counted from 0, and stable keys of reasons.
    pub faults: Vec<(Option<usize>, &'static str)>,
}

/// A plan, ready for use on every row.
pub struct Drafter<'p> {
    object: &'p Object,
    columns: Vec<(usize, Column<'p>)>,
    currency: Currency,
    barred: Vec<scanner::Kind>,
}

enum Column<'p> {
    Field(&'p Field, Hints),
    FirstName,
    LastName,
    Owner,
}

impl<'p> Drafter<'p> {
    /// Prepares a plan. Columns that go nowhere, or to a field that is not there, are passed over.
    pub fn new(object: &'p Object, plan: &Plan, currency: Currency) -> Self {
        let column = |(at, target): (usize, &Target)| {
            let hints = plan.hints.get(at).copied().unwrap_or_default();
            let column = match target {
                Target::Skip => return None,
                Target::Field(name) => Column::Field(object.field(name).filter(|field| field.stamps.is_none())?, hints),
                Target::FirstName => Column::FirstName,
                Target::LastName => Column::LastName,
                Target::Owner => Column::Owner,
            };
            Some((at, column))
        };
        let columns = plan.mapping.iter().enumerate().filter_map(column).collect();
        Self { object, columns, currency, barred: Vec::new() }
    }

    /// Refuses rows that hold such secrets in free text. What the rules only warn of comes in: a file is not asked.
    pub fn barring(self, barred: Vec<scanner::Kind>) -> Self {
        Self { barred, ..self }
    }

    /// Returns the secret in a cell that is not taken.
    fn secret(&self, field: &Field, value: &Value) -> Option<scanner::Kind> {
        let text = value.as_text().filter(|_| !self.barred.is_empty() && field.kind.is_free())?;
        scanner::find(text).into_iter().map(|found| found.kind).find(|kind| self.barred.contains(kind))
    }

    /// Makes a draft of a row, or says all that is wrong with it.
    pub fn draft(&self, row: &Row) -> Result<Draft, Wrong> {
        let mut draft = Draft { number: row.number, line: row.line, ..Draft::default() };
        let (mut first, mut last) = (None, None);
        let mut faults = Vec::new();
        for (at, column) in &self.columns {
            let cell = row.cells.get(*at).map_or("", |cell| tabular::unguarded(cell)).trim();
            if cell.is_empty() {
                continue;
            }
            match column {
                Column::FirstName => first = Some((*at, cell)),
                Column::LastName => last = Some((*at, cell)),
                Column::Owner => draft.owner = Some(fold(cell)),
                Column::Field(field, _) if field.kind == Kind::Link && cell.parse::<kernel::RecordId>().is_err() => {
                    match text::clean(cell, 300) {
                        Ok(text) => draft.links.push(Naming { field: field.name.clone(), text, column: *at }),
                        Err(_) => faults.push((Some(*at), Why::Control.code())),
                    }
                }
                Column::Field(field, hints) => match cell::parse(field, cell, *hints, self.currency) {
                    Ok(Some(value)) if field.is_masked() => draft.masked.push((field.name.clone(), value)),
                    Ok(value) => match value.as_ref().and_then(|value| self.secret(field, value)) {
                        Some(kind) => faults.push((Some(*at), Why::Barred(kind).code())),
                        None => draft.values.set(field.name.clone(), value),
                    },
                    Err(why) => faults.push((Some(*at), why.code())),
                },
            }
        }
        self.name(&mut draft, first.map(|(_, text)| text), last.map(|(_, text)| text), &mut faults);
        if faults.is_empty() { Ok(draft) } else { Err(Wrong { number: row.number, line: row.line, faults }) }
    }

    /// Names a record that has no name of its own yet.
    fn name(
        &self,
        draft: &mut Draft,
        first: Option<&str>,
        last: Option<&str>,
        faults: &mut Vec<(Option<usize>, &'static str)>,
    ) {
        // Whoever may not write the name makes nothing that is called by it.
        let Some(title) = self.object.title_field() else {
            faults.push((None, Why::Required.code()));
            return;
        };
        if draft.values.get(title.name.as_str()).is_none() {
            let made = person_name(first, last).or_else(|| self.composed(title, draft));
            match made.map(|text| cell::parse(title, &text, Hints::default(), self.currency)) {
                Some(Ok(value)) => draft.values.set(title.name.clone(), value),
                Some(Err(why)) => faults.push((None, why.code())),
                None => {}
            }
        }
        if title.required && draft.values.get(title.name.as_str()).is_none() {
            faults.push((None, Why::Required.code()));
        }
    }

    /// Makes a name of the fields that the definition says: two of them tell enough.
    fn composed(&self, title: &Field, draft: &Draft) -> Option<String> {
        let named = |name: &FieldName| {
            let link = draft.links.iter().find(|link| link.field == *name).map(|link| link.text.clone());
            link.or_else(|| draft.values.get(name.as_str()).and_then(Value::as_text).map(str::to_owned))
        };
        let parts: Vec<String> = title.made_of.iter().filter_map(named).take(2).collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }
}

/// Puts a name together in the order of its script: 刘 and 明哲 are 刘明哲.
fn person_name(first: Option<&str>, last: Option<&str>) -> Option<String> {
    let han = |text: &str| text.chars().all(is_han);
    match (first, last) {
        (Some(first), Some(last)) if han(first) && han(last) => Some(format!("{last}{first}")),
        (Some(first), Some(last)) => Some(format!("{first} {last}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}
