//! Statements as PostgreSQL wants them.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::Val;

/// Rewrites `?1` to `$1` for PostgreSQL.
#[must_use]
pub fn numbered(sql: &'static str) -> Cow<'static, str> {
    if sql.contains('?') { Cow::Owned(sql.replace('?', "$")) } else { Cow::Borrowed(sql) }
}

/// Spells out the limits of a statement for PostgreSQL. Its server makes a plan for all values that may be bound, and takes a limit
/// that it does not see for a tenth of the table: it would sort everything to show fifty rows.
#[must_use]
pub fn with_limits(sql: String, values: Vec<Val>) -> (String, Vec<Val>) {
    const LIMIT: &str = "LIMIT $";
    if !sql.contains(LIMIT) {
        return (sql, values);
    }
    let (mut text, mut bound) = (String::with_capacity(sql.len()), Vec::with_capacity(values.len()));
    // The builder numbers its places in the order in which they stand, each once; no text of a statement holds the sign.
    let mut values = values.into_iter();
    let mut parts = sql.split('$');
    text.extend(parts.next());
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        match values.next() {
            Some(Val::Int(most)) if text.ends_with(LIMIT.trim_end_matches('$')) => {
                let _ = write!(text, "{most}");
            }
            value => {
                bound.extend(value);
                let _ = write!(text, "${}", bound.len());
            }
        }
        text.push_str(rest);
    }
    (text, bound)
}

/// Makes of a statement for PostgreSQL one that runs it for each of many sets of whole numbers, in their order. The numbers of the
/// sets, from 1 on, are its last column.
#[must_use]
pub fn for_each(sql: &str, places: usize) -> String {
    let names = |each: fn(usize) -> String| (1..=places).map(each).collect::<Vec<_>>().join(", ");
    let (arrays, columns) = (names(|at| format!("${at}::bigint[]")), names(|at| format!("v{at}")));
    let inner = sql.replace('$', "given.v");
    format!(
        "with given ({columns}, nth) as (select * from unnest({arrays}) with ordinality) \
         select found.*, given.nth from given cross join lateral ({inner}) as found order by given.nth"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_spelled_out_and_what_stands_behind_it_moves_up() {
        let sql = "SELECT a FROM (SELECT a FROM t WHERE b = $1 LIMIT $2) WHERE c > $3 ORDER BY a LIMIT $4";
        let values = vec![Val::Int(7), Val::Int(51), Val::Null, Val::Int(50)];
        let (text, bound) = with_limits(sql.to_owned(), values);
        assert_eq!(text, "SELECT a FROM (SELECT a FROM t WHERE b = $1 LIMIT 51) WHERE c > $2 ORDER BY a LIMIT 50");
        assert!(matches!(bound.as_slice(), [Val::Int(7), Val::Null]));
        let plain = "UPDATE t SET a = $1";
        assert_eq!(with_limits(plain.to_owned(), vec![Val::Int(1)]).0, plain);
    }

    #[test]
    fn a_statement_for_many_sets_takes_their_values_from_arrays() {
        assert_eq!(
            for_each("SELECT a FROM t WHERE b > $1 AND b < $2", 2),
            "with given (v1, v2, nth) as (select * from unnest($1::bigint[], $2::bigint[]) with ordinality) \
             select found.*, given.nth from given cross join lateral (SELECT a FROM t WHERE b > given.v1 AND b < given.v2) as found order by given.nth"
        );
    }
}
