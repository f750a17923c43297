//! Values as the API speaks them.

use kernel::text::clean;
use kernel::{Currency, Money};
use serde_json::{Value as Json, json};

use super::parse::{amount, tags, within};
use super::{Value, Why, parse_text};
use crate::object::{Field, Kind};

impl Value {
    /// Returns the JSON of a value: money as `{"amount": "12.50", "currency": "EUR"}`, tags as a list, the rest as text,
    /// number or boolean.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Number(n) => json!(n),
            Self::Bool(yes) => json!(yes),
            Self::Tags(tags) => json!(tags),
            Self::Money(money) => json!({ "amount": money.amount(), "currency": money.currency.as_str() }),
            Self::Text(_) | Self::Choice(_) | Self::Date(_) | Self::Time(_) | Self::Link(_) | Self::User(_) => {
                json!(self.to_input())
            }
        }
    }
}

/// Takes the JSON of a value; `null` is no value.
///
/// # Errors
/// [`Why`] says what is wrong.
pub fn parse_json(field: &Field, input: &Json, currency: Currency) -> Result<Option<Value>, Why> {
    match (field.kind, input) {
        (_, Json::Null) => Ok(None),
        (Kind::Number, Json::Number(n)) => Ok(Some(Value::Number(within(field, n.as_i64().ok_or(Why::Number)?)?))),
        (Kind::Boolean, Json::Bool(yes)) => Ok(Some(Value::Bool(*yes))),
        (Kind::Tags, Json::Array(items)) => list(field, items),
        (Kind::Money, Json::Object(parts)) => {
            let text = |key| parts.get(key).and_then(Json::as_str).ok_or(Why::Type);
            if parts.len() != 2 {
                return Err(Why::Type);
            }
            let currency = Currency::parse(text("currency")?).map_err(amount)?;
            Ok(Some(Value::Money(Money::parse(text("amount")?, currency).map_err(amount)?)))
        }
        // Numbers and booleans have their own types; text for them would hide mistakes of the caller.
        (Kind::Number | Kind::Boolean | Kind::Tags, _) => Err(Why::Type),
        (_, Json::String(text)) => parse_text(field, text, currency),
        _ => Err(Why::Type),
    }
}

fn list(field: &Field, items: &[Json]) -> Result<Option<Value>, Why> {
    let mut texts = Vec::with_capacity(items.len().min(super::MOST_TAGS));
    for item in items.iter().take(super::MOST_TAGS + 1) {
        texts.push(clean(item.as_str().ok_or(Why::Type)?, field.max).map_err(|_| Why::Long(field.max))?);
    }
    tags(field, texts.iter().map(String::as_str))
}
