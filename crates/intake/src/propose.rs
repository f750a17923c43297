//! A first plan for a file.

use std::io::{Cursor, Read};

use kernel::text::fold;
use tabular::value::{DateOrder, DecimalMark};
use tabular::{Choices, Head, Layout, Proposal, Rows, Sniff, SniffFault};

use crate::model::{Hints, Plan, Policy, Target};
use objects::object::{Field, Kind, Object};

/// Rows whose cells tell how the others are meant.
const TELLING: usize = 1_000;
/// Rows shown.
const SHOWN: usize = 8;

/// Looks at the beginning of a file and proposes how to read it.
pub fn propose(object: &Object, file: &str, beginning: Vec<u8>, choices: &Choices) -> Result<Plan, SniffFault> {
    let whole = beginning.len() as u64 <= Head::SIZE;
    let head = Head::new(beginning.clone(), whole);
    let sniff = Sniff::of(&head, choices)?;
    let columns = sniff.layout.columns.len();
    let mapping = mapping(object, &sniff);
    let hints = hints(&sniff.layout, beginning, columns);
    Ok(Plan {
        file: file.chars().take(200).collect(),
        encoding: sniff.layout.encoding.name().to_owned(),
        delimiter: sniff.layout.delimiter.sign(),
        header: sniff.layout.header,
        data: sniff.layout.data.to_string(),
        columns: sniff.layout.columns,
        mapping,
        hints,
        samples: sniff.samples.into_iter().take(SHOWN).collect(),
        policy: Policy::Skip,
        make_missing: true,
    })
}

fn mapping(object: &Object, sniff: &Sniff) -> Vec<Target> {
    let fields: Vec<&Field> = object.fields.iter().filter(|field| field.stamps.is_none()).collect();
    let labels: Vec<Vec<&str>> = fields.iter().map(|field| labels(field)).collect();
    let mut targets: Vec<tabular::Target<'_>> = fields
        .iter()
        .zip(&labels)
        .map(|(field, labels)| tabular::Target { field: field.name.as_str(), labels, kind: kind(field.kind) })
        .collect();
    let own = |field, labels, kind| tabular::Target { field, labels, kind };
    let person = object.title_field().is_some_and(|field| field.kind == Kind::PersonName);
    if person {
        targets.push(own("first-name", &["First name", "名"], tabular::Kind::Text));
        targets.push(own("last-name", &["Last name", "姓"], tabular::Kind::Text));
    }
    targets.push(own("@owner", &["Owner", "负责人"], tabular::Kind::Text));
    let proposals = tabular::propose(&sniff.layout.columns, &sniff.samples, &targets);
    let mut mapping: Vec<Target> = proposals.iter().map(|p| target(p.as_ref())).collect();
    settle_names(object, person, &mut mapping);
    mapping.resize(sniff.layout.columns.len(), Target::Skip);
    mapping
}

/// A file that parts names has no use for a third column that says them whole, unless it is alone.
fn settle_names(object: &Object, person: bool, mapping: &mut [Target]) {
    let whole = Target::Field(object.title.to_string());
    let parted = mapping.contains(&Target::FirstName) && mapping.contains(&Target::LastName);
    if person && parted && mapping.contains(&whole) {
        for target in mapping.iter_mut().filter(|target| matches!(target, Target::FirstName | Target::LastName)) {
            *target = Target::Skip;
        }
    }
}

fn target(proposal: Option<&Proposal<'_>>) -> Target {
    proposal.map_or(Target::Skip, |proposal| Target::parse(proposal.field))
}

fn labels(field: &Field) -> Vec<&str> {
    let own = [field.labels.en.as_str(), field.labels.zh.as_str()];
    own.into_iter().chain(field.also.iter().map(String::as_str)).collect()
}

const fn kind(kind: Kind) -> tabular::Kind {
    match kind {
        Kind::Email => tabular::Kind::Email,
        Kind::Phone => tabular::Kind::Phone,
        Kind::Url => tabular::Kind::Url,
        Kind::Date | Kind::Time => tabular::Kind::Date,
        Kind::Number => tabular::Kind::Number,
        Kind::Money => tabular::Kind::Money,
        Kind::Boolean => tabular::Kind::Bool,
        Kind::Tags => tabular::Kind::List,
        Kind::PersonName | Kind::Text | Kind::LongText | Kind::Choice | Kind::Link | Kind::User => tabular::Kind::Text,
    }
}

/// What the first cells of each column tell about the order of dates and the mark before decimals.
fn hints(layout: &Layout, beginning: Vec<u8>, columns: usize) -> Vec<Hints> {
    let mut cells: Vec<Vec<String>> = vec![Vec::new(); columns];
    let rows = Rows::resume(Cursor::new(beginning).take(Head::SIZE), layout.clone(), layout.data);
    for row in rows.flatten().flatten().take(TELLING) {
        for (cells, cell) in cells.iter_mut().zip(row.cells) {
            if !cell.trim().is_empty() && cell.len() <= 60 {
                cells.push(fold(&cell));
            }
        }
    }
    let hint = |cells: &Vec<String>| {
        let samples = || cells.iter().map(String::as_str);
        Hints {
            month_first: DateOrder::infer(samples()) == Some(DateOrder::MonthFirst),
            comma: DecimalMark::infer(samples()) == Some(DecimalMark::Comma),
        }
    };
    cells.iter().map(hint).collect()
}
