//! The same language where it says which rows somebody is kept to.

use authz::Condition;
use kernel::{Currency, UserId};
use objects::object::Object;

use crate::{Column, FilterFault, ListQuery};

/// Takes the conditions of rows as a list spells them. They are asked of each row by itself, too, before it is opened and after it
/// was changed: only open columns will do, and not the moment of the last change, which every change moves.
///
/// # Errors
/// [`FilterFault`] says what is wrong.
pub fn kept<'a>(
    object: &Object,
    currency: Currency,
    texts: impl IntoIterator<Item = &'a str>,
    me: UserId,
) -> Result<Vec<Condition>, FilterFault> {
    let mut query = ListQuery::default();
    for text in texts {
        query.add(object, currency, text)?;
    }
    let one = |filter: &crate::Filter| {
        let fixed = filter.column != Column::Updated;
        let open = filter.open(object, Some(me)).filter(|_| fixed);
        open.ok_or_else(|| FilterFault::Column(filter.column.name().to_owned()))
    };
    query.filters.iter().map(one).collect()
}
