//! A list's URL as a query.

use kernel::{Class, Currency, Fault, UserId};

use crate::cursor::rank_column;
use crate::{Column, Cursor, Filter, Letter, ListQuery, MOST_FILTERS, MOST_LIMIT, Op, Operand, Sort};
use objects::object::{Field, FieldClass, Kind, Object, Search};
use objects::value::{Why, parse_text};

/// What the filters of one list may cost together.
const MOST_COST: usize = 100;
/// What a filter by words costs.
const HAS_COST: usize = 20;
/// Values of one filter at most.
const MOST_VALUES: usize = 50;

/// Why a list cannot be made of a URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterFault {
    /// A filter is not `column:operation:value`, or there are too many.
    #[error("not a filter: {0}")]
    Form(String),
    /// There is no such column, or it cannot be filtered by.
    #[error("not a column to filter by: {0}")]
    Column(String),
    /// The column does not take this operation.
    #[error("not an operation of {0}")]
    Op(String),
    /// The value does not fit the column.
    #[error("a value that {0} cannot have: {1}")]
    Value(String, Why),
    /// The filters together ask for more work than a list is worth.
    #[error("too much at once: ask for fewer words or values, or in several lists")]
    Costly,
    /// The list cannot be sorted by this.
    #[error("not a column to sort by: {0}")]
    Sort(String),
    /// The limit is not a number from 1 to 200.
    #[error("not a limit")]
    Limit,
    /// The cursor is not one of this list.
    #[error("not a cursor of this list")]
    Cursor,
}

impl Fault for FilterFault {
    fn class(&self) -> Class {
        Class::Invalid
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Form(_) => "filter-form",
            Self::Column(_) => "filter-column",
            Self::Op(_) => "filter-operation",
            Self::Value(..) => "filter-value",
            Self::Costly => "filter-costly",
            Self::Sort(_) => "sort-column",
            Self::Limit => "limit",
            Self::Cursor => "cursor",
        }
    }
}

impl ListQuery {
    /// Takes the parameters of a URL: `f`, `sort`, `limit`, `after`, `letter`, `bin`. Others are not its business.
    ///
    /// # Errors
    /// [`FilterFault`] says which parameter is wrong.
    pub fn parse<'a>(
        object: &Object,
        currency: Currency,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, FilterFault> {
        let mut query = Self::default();
        let (mut after, mut letter) = (None, None);
        for (name, text) in parameters {
            match name {
                "f" => query.add(object, currency, text)?,
                "sort" if !text.is_empty() => query.sort = sort(object, text)?,
                "limit" if !text.is_empty() => {
                    query.limit =
                        text.parse().ok().filter(|n| (1..=MOST_LIMIT).contains(n)).ok_or(FilterFault::Limit)?;
                }
                "after" if !text.is_empty() => after = Some(text),
                "letter" if !text.is_empty() => letter = Some(text),
                "bin" => query.bin = text == "1",
                _ => {}
            }
        }
        query.after =
            after.map(|text| Cursor::parse(text, object, &query.sort).ok_or(FilterFault::Cursor)).transpose()?;
        let ranked = rank_column(object, &query.sort).is_some();
        let at = |text| Letter::parse(text).filter(|_| ranked).ok_or(FilterFault::Cursor);
        query.letter = letter.map(at).transpose()?.filter(|_| query.after.is_none());
        Ok(query)
    }

    /// Adds a filter as the URL spells it.
    ///
    /// # Errors
    /// [`FilterFault`] says what is wrong.
    pub fn add(&mut self, object: &Object, currency: Currency, text: &str) -> Result<(), FilterFault> {
        if self.filters.len() >= MOST_FILTERS {
            return Err(FilterFault::Form(format!("more than {MOST_FILTERS}")));
        }
        self.filters.push(Filter::parse(object, currency, text)?);
        if self.filters.iter().map(Filter::cost).sum::<usize>() > MOST_COST { Err(FilterFault::Costly) } else { Ok(()) }
    }

    /// Returns the parameters that make this list again, without its cursor or its letter.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<_> = self.filters.iter().map(|filter| ("f", filter.spelled.clone())).collect();
        if self.sort != Self::default().sort {
            pairs.push(("sort", self.sort.spelled()));
        }
        if self.limit != crate::USUAL_LIMIT {
            pairs.push(("limit", self.limit.to_string()));
        }
        if self.bin {
            pairs.push(("bin", "1".to_owned()));
        }
        pairs
    }
}

fn sort(object: &Object, text: &str) -> Result<Sort, FilterFault> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let column = match name {
        "created_at" => Column::Created,
        "updated_at" => Column::Updated,
        name => {
            let field = object.field(name).filter(|field| field.sort);
            Column::Field(field.ok_or_else(|| FilterFault::Sort(name.to_owned()))?.name.clone())
        }
    };
    Ok(Sort { column, descending })
}

impl Filter {
    /// Returns how much work it is, in comparisons: known before the database is asked.
    fn cost(&self) -> usize {
        match &self.op {
            // Up to two thousand records are found by their words first.
            Op::Has(_) => HAS_COST,
            Op::Any(operands) => operands.len().max(1),
            _ => 1,
        }
    }

    /// Takes `column:operation` or `column:operation:value`.
    ///
    /// # Errors
    /// [`FilterFault`] says what is wrong.
    pub fn parse(object: &Object, currency: Currency, text: &str) -> Result<Self, FilterFault> {
        let mut parts = text.splitn(3, ':');
        let (Some(name), Some(op)) = (parts.next(), parts.next()) else {
            return Err(FilterFault::Form(text.chars().take(80).collect()));
        };
        let value = parts.next().unwrap_or_default();
        let (column, op) = match name {
            "owner" => (Column::Owner, person_op(name, op, value)?),
            "created_at" => (Column::Created, time_op(name, op, value)?),
            "updated_at" => (Column::Updated, time_op(name, op, value)?),
            name => {
                let field = object.field(name).filter(|field| !field.is_masked());
                let field = field.ok_or_else(|| FilterFault::Column(name.chars().take(40).collect()))?;
                (Column::Field(field.name.clone()), field_op(field, currency, op, value)?)
            }
        };
        Ok(Self { column, op, spelled: text.to_owned() })
    }
}

fn person_op(name: &str, op: &str, value: &str) -> Result<Op, FilterFault> {
    let person = |text: &str| match text {
        "me" => Ok(Operand::Me),
        id => id.parse::<UserId>().map(Operand::Person).map_err(|_| FilterFault::Value(name.to_owned(), Why::Id)),
    };
    op_of(name, op, value, person)
}

fn time_op(name: &str, op: &str, value: &str) -> Result<Op, FilterFault> {
    let moment = |text: &str| {
        let at = objects::value::parse_time(text).map_err(|why| FilterFault::Value(name.to_owned(), why))?;
        Ok(Operand::Value(objects::value::Value::Time(at)))
    };
    match op {
        "before" => moment(value).map(Op::Before),
        "after" => moment(value).map(Op::After),
        _ => Err(FilterFault::Op(name.to_owned())),
    }
}

fn field_op(field: &Field, currency: Currency, op: &str, value: &str) -> Result<Op, FilterFault> {
    let name = field.name.as_str();
    if field.kind == Kind::User {
        return person_op(name, op, value);
    }
    let sealed = field.class != FieldClass::Open;
    let ordered = matches!(field.kind, Kind::Number | Kind::Money | Kind::Date | Kind::Time) && !sealed;
    let operand = |text: &str| {
        let parsed = parse_text(field, text, currency).map_err(|why| FilterFault::Value(name.to_owned(), why))?;
        parsed.map(Operand::Value).ok_or_else(|| FilterFault::Value(name.to_owned(), Why::Required))
    };
    match op {
        "has" if field.search != Search::None => Ok(Op::Has(value.chars().take(200).collect())),
        "before" | "more" | "after" | "less" if !ordered => Err(FilterFault::Op(name.to_owned())),
        "before" => operand(value).map(Op::Before),
        "after" => operand(value).map(Op::After),
        "more" => operand(value).map(Op::More),
        "less" => operand(value).map(Op::Less),
        // What is sealed can be told only to equal something, and only where it has blind tokens.
        "is" | "any" if sealed && field.is_blind() => op_of(name, op, value, operand),
        _ if sealed => Err(FilterFault::Op(name.to_owned())),
        _ => op_of(name, op, value, operand),
    }
}

/// Takes the values of one filter. More than are heard are refused: left out, they would make another list.
fn several(value: &str) -> Result<std::str::Split<'_, char>, FilterFault> {
    if value.matches(',').count() >= MOST_VALUES { Err(FilterFault::Costly) } else { Ok(value.split(',')) }
}

fn op_of(
    name: &str,
    op: &str,
    value: &str,
    operand: impl Fn(&str) -> Result<Operand, FilterFault>,
) -> Result<Op, FilterFault> {
    Ok(match op {
        "is" => Op::Is(operand(value)?),
        "not" => Op::Not(operand(value)?),
        "any" => Op::Any(several(value)?.map(operand).collect::<Result<_, _>>()?),
        "empty" => Op::Empty,
        "filled" => Op::Filled,
        _ => return Err(FilterFault::Op(name.to_owned())),
    })
}
