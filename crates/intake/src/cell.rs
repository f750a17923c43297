//! Cells of a foreign table as values of our fields.

use kernel::{Currency, text};
use tabular::value::{ValueFault, is_blank, parse_amount, parse_bool, parse_list, parse_moment, parse_number};

use crate::model::Hints;
use objects::object::{Choice, Field, Kind};
use objects::value::{Value, Why, parse_tags, parse_text, within};

/// Takes a cell; blank ones, and signs for nothing where nobody could be called that, are no value.
pub(crate) fn parse(field: &Field, cell: &str, hints: Hints, currency: Currency) -> Result<Option<Value>, Why> {
    let worded = matches!(field.kind, Kind::PersonName | Kind::Text | Kind::LongText);
    if cell.is_empty() || (!worded && is_blank(cell)) {
        return Ok(None);
    }
    Ok(Some(match field.kind {
        Kind::Number => {
            let number = parse_number(cell, hints.mark()).and_then(tabular::value::Decimal::whole);
            Value::Number(within(field, number.map_err(|fault| why(fault, Why::Number))?)?)
        }
        Kind::Money => {
            let amount = parse_amount(cell, hints.mark()).and_then(|amount| amount.money(currency));
            Value::Money(amount.map_err(|fault| why(fault, Why::Amount))?)
        }
        Kind::Date => Value::Date(parse_moment(cell, hints.order()).map_err(|_| Why::Date)?.date()),
        Kind::Time => Value::Time(parse_moment(cell, hints.order()).map_err(|_| Why::Time)?.timestamp()),
        Kind::Boolean => Value::Bool(parse_bool(cell).map_err(|_| Why::Boolean)?),
        Kind::Choice => Value::Choice(choice(field, cell).ok_or(Why::Choice)?),
        Kind::Tags => return parse_tags(field, parse_list(cell).iter().map(String::as_str)),
        Kind::PersonName
        | Kind::Text
        | Kind::LongText
        | Kind::Email
        | Kind::Phone
        | Kind::Url
        | Kind::Link
        | Kind::User => return parse_text(field, cell, currency),
    }))
}

const fn why(fault: ValueFault, otherwise: Why) -> Why {
    match fault {
        ValueFault::Range => Why::Large(i64::MAX),
        ValueFault::Decimals => Why::Decimals,
        _ => otherwise,
    }
}

/// Finds a choice by its word, by what it is called, or by what other systems call it.
fn choice(field: &Field, cell: &str) -> Option<String> {
    let named = text::fold(cell.trim());
    let fits = |choice: &&Choice| {
        choice.value == named
            || text::fold(&choice.labels.en) == named
            || text::fold(&choice.labels.zh) == named
            || choice.also.contains(&named)
    };
    field.choices.iter().find(fits).map(|choice| choice.value.clone())
}
