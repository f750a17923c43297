//! Pairs in their table.

use authz::{Read, Scope};
use db::{DbFault, ReadTx, WriteTx};
use kernel::{ObjectName, UserId, Uuid};
use sea_query::{Alias, Cond, Expr, ExprTrait as _, Order, Query};

use crate::why::{Strength, Why};

/// A pair as it is kept, the smaller id first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pair {
    pub(crate) strength: Strength,
    pub(crate) one: Uuid,
    pub(crate) other: Uuid,
    pub(crate) why: Why,
}

impl Pair {
    /// Makes a pair of two records; nothing of one and itself.
    pub(crate) fn of(why: &Why, one: Uuid, other: Uuid) -> Option<Self> {
        let (one, other) = if one < other { (one, other) } else { (other, one) };
        (one != other).then(|| Self { strength: why.strength(), one, other, why: why.clone() })
    }
}

/// Forgets the pairs of a record.
pub(crate) fn forget(tx: &mut WriteTx<'_>, id: Uuid) -> Result<(), DbFault> {
    tx.keep_later("delete from duplicate_pair where one = ?1", &[id.into()])?;
    tx.keep_later("delete from duplicate_pair where other = ?1", &[id.into()])
}

/// Keeps a pair.
pub(crate) fn keep(tx: &mut WriteTx<'_>, object: &ObjectName, pair: &Pair) -> Result<(), DbFault> {
    let values = [
        object.into(),
        pair.strength.stored().into(),
        pair.one.into(),
        pair.other.into(),
        pair.why.stored().as_str().into(),
    ];
    tx.keep_later(
        "insert into duplicate_pair (object, strength, one, other, why) values (?1, ?2, ?3, ?4, ?5) \
         on conflict (object, strength, one, other, why) do nothing",
        &values,
    )
}

/// Says of a pair that it is two, or takes that back.
pub(crate) fn decide(
    tx: &mut WriteTx<'_>,
    object: &ObjectName,
    (one, other): (Uuid, Uuid),
    apart: Option<UserId>,
) -> Result<(), DbFault> {
    let (one, other) = if one < other { (one, other) } else { (other, one) };
    match apart {
        Some(by) => tx.run(
            "insert into duplicate_apart (object, one, other, decided_by, decided_at) values (?1, ?2, ?3, ?4, ?5) \
             on conflict (object, one, other) do nothing",
            &[object.into(), one.into(), other.into(), by.into(), tx.now().into()],
        ),
        None => tx.run(
            "delete from duplicate_apart where object = ?1 and one = ?2 and other = ?3",
            &[object.into(), one.into(), other.into()],
        ),
    }
    .map(|_| ())
}

/// Where a page of pairs begins: behind this one.
pub(crate) type Behind = (Strength, Uuid);

/// Which pairs are asked for.
pub(crate) enum Which<'a> {
    /// Those behind a place.
    From(Option<Behind>),
    /// Those of some records.
    Of(&'a [Uuid]),
}

/// Returns pairs of which both are within the reach of whoever looks, out of the bin, and that nobody told apart, in order.
pub(crate) fn pairs(
    tx: &ReadTx<'_>,
    scope: &Scope<Read>,
    (whys, which): (&[Why], &Which<'_>),
    most: u64,
) -> Result<Vec<Pair>, DbFault> {
    if whys.is_empty() {
        return Ok(Vec::new());
    }
    let object = scope.object();
    let col = |name: &'static str| Expr::col((Alias::new("duplicate_pair"), Alias::new(name)));
    let live = || Expr::col(Alias::new("deleted_at")).is_null();
    let mut within = Query::select();
    within.column(Alias::new("id")).from(filter::table(object)).and_where(live());
    if let Some(span) = db::spanned(scope) {
        within.cond_where(span);
    }
    within.and_where(Expr::col(Alias::new("id")).equals((Alias::new("duplicate_pair"), Alias::new("other"))));
    let apart = |name: &'static str| (Alias::new("duplicate_apart"), Alias::new(name));
    let mut told = Query::select();
    told.column(apart("one")).from(Alias::new("duplicate_apart"));
    told.and_where(Expr::col(apart("object")).equals((Alias::new("duplicate_pair"), Alias::new("object"))));
    told.and_where(Expr::col(apart("one")).equals((Alias::new("duplicate_pair"), Alias::new("one"))));
    told.and_where(Expr::col(apart("other")).equals((Alias::new("duplicate_pair"), Alias::new("other"))));
    let mut select = Query::select();
    select.columns(["strength", "one", "other", "why"].map(|name| (Alias::new("duplicate_pair"), Alias::new(name))));
    select
        .from(Alias::new("duplicate_pair"))
        .inner_join(filter::table(object), col("one").equals((Alias::new(format!("r_{object}")), Alias::new("id"))));
    select.and_where(col("object").eq(object.as_str())).and_where(live());
    select.and_where(col("why").is_in(whys.iter().map(Why::stored)));
    select.and_where(Expr::exists(within)).and_where(Expr::exists(told).not());
    match which {
        Which::From(None) => {}
        Which::From(Some((strength, one))) => {
            let here = col("strength").eq(strength.stored()).and(col("one").gt(*one));
            select.and_where(col("strength").gte(strength.stored()));
            select.cond_where(Cond::any().add(col("strength").gt(strength.stored())).add(here));
        }
        Which::Of(ids) => {
            let any =
                Cond::any().add(col("one").is_in(ids.iter().copied())).add(col("other").is_in(ids.iter().copied()));
            select.cond_where(any);
        }
    }
    for name in ["strength", "one", "other", "why"] {
        select.order_by((Alias::new("duplicate_pair"), Alias::new(name)), Order::Asc);
    }
    select.limit(most);
    let found = tx.tally(select, scope, |row| {
        let (strength, why) = (Strength::of_stored(row.get(0)?), Why::of_stored(&row.get::<String>(3)?));
        let (Some(strength), Some(why)) = (strength, why) else { return Ok(None) };
        Ok(Some(Found(Pair { strength, one: row.get(1)?, other: row.get(2)?, why })))
    })?;
    Ok(found.into_iter().flatten().map(|found| found.0).collect())
}

/// Two ids and a word.
struct Found(Pair);

// Both records were within reach; the word names a field, not what it holds.
impl db::Bare for Found {}
