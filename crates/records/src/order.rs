//! Sealed fields that lists sort by: every record keeps a rank, which the crate `order` finds and `db` stores.
//!
//! Neighbours are opened to compare them, whoever may see them, but nothing comes out of that except a rank: no one is shown
//! anything, so no one counts as seen and no line is left. Whoever writes gets no answer that depends on it either.
//!
//! # How to add one more
//! `sort = true` at a personal name or text in a definition. Its column is made at the next start, and the job [`RANK_JOB`] ranks
//! what is there already.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use authz::{Read, Scope};
use db::order::RankColumn;
use db::{DbFault, Guarded, Prepared, ReadTx, Val, WriteTx, queue};
use kernel::{FieldName, ObjectName, Uuid};
use order::{Gap, Kind as Weighing, Pivots, Shelf, SortKey};
use sea_query::{Alias, Expr, ExprTrait as _, Order, Query};
use vault::VaultFault;

use crate::Records;
use crate::fault::RecordFault;
use crate::object::{Field, Kind, Object, Objects};
use crate::record::{Record, SealedRecord, seal, store};
use crate::value::Value;
use filter::{Cursor, FilterFault, Key, ListQuery};

/// The kind of the job that ranks records without a rank.
pub const RANK_JOB: &str = "rank";
/// So many keys are remembered for each order at most: some forty megabytes, and a million records are a probe away.
const REMEMBERED: usize = 1 << 19;

/// The orders of all sealed fields.
pub(crate) struct Orders(BTreeMap<ObjectName, Vec<Ranked>>);

struct Ranked {
    at: RankColumn,
    probe: Prepared,
    pivots: Mutex<Pivots>,
    /// Every record is ranked, as this process has seen: that does not change while it runs.
    settled: AtomicBool,
}

impl Orders {
    pub(crate) fn of(objects: &Objects) -> Self {
        let of = |object: &Arc<Object>| {
            let ranked = object.fields.iter().filter_map(|field| Ranked::of(object, field)).collect();
            (object.name.clone(), ranked)
        };
        Self(objects.iter().map(of).collect())
    }

    fn of_object(&self, object: &Object) -> &[Ranked] {
        self.0.get(&object.name).map_or(&[], Vec::as_slice)
    }
}

impl Ranked {
    fn of(object: &Object, field: &Field) -> Option<Self> {
        let at = RankColumn { object: object.name.clone(), field: field.name.clone(), column: field.rank_column()? };
        Some(Self {
            probe: Prepared::of(&at.probe(store::select(object))),
            pivots: Mutex::new(Pivots::new(REMEMBERED)),
            settled: AtomicBool::new(false),
            at,
        })
    }
}

/// Returns what a record weighs by a field; nothing if it has no value there, or its person was erased.
fn weight(record: &Record, field: &FieldName) -> Option<SortKey> {
    let kind = record.object.field(field.as_str())?.kind;
    let kind = if kind == Kind::PersonName { Weighing::Name } else { Weighing::Text };
    record.values.get(field.as_str()).and_then(Value::as_text).map(|text| SortKey::of(kind, text))
}

/// What a look into a gap comes to: a rank, and what stands there weighs.
type Found = Option<(i64, SortKey)>;

/// The values of a probe: from where up to the upper end of a gap, and from its lower end up to where.
fn spans(gap: &Gap, (from, to): (i64, i64)) -> [Val; 4] {
    [from, gap.hi, gap.lo, to].map(Val::from)
}

/// The right to place keys in an order, until the transaction ends.
struct Turn {
    former: i64,
    stamp: i64,
}

/// Waits until nobody else places anything in an order.
fn begin(tx: &mut WriteTx<'_>, ranked: &Ranked) -> Result<Turn, DbFault> {
    let stamp = i64::from_ne_bytes(kernel::chance::array(tx.chance()));
    Ok(Turn { former: tx.order_begin(&ranked.at, stamp)?, stamp })
}

/// The ranks of one order in the database.
struct Table<'a, 't> {
    records: &'a Records,
    tx: &'a mut WriteTx<'t>,
    object: &'a Arc<Object>,
    ranked: &'a Ranked,
}

impl Table<'_, '_> {
    /// Looks into gaps; those that cannot be weighed any more leave the order.
    fn look(&mut self, gaps: &[Gap]) -> Result<Vec<Found>, RecordFault> {
        let mut weightless = Vec::new();
        let found = self.records.amid_each(self.tx, (self.object, self.ranked), gaps, &mut weightless)?;
        let gone: Vec<_> = weightless.into_iter().map(|id| (id, None)).collect();
        self.tx.order_shift(&self.ranked.at, &gone)?;
        Ok(found)
    }
}

impl Shelf for Table<'_, '_> {
    type Id = Uuid;
    type Fault = RecordFault;

    fn probe(&mut self, gaps: &[Gap]) -> Result<Vec<Found>, RecordFault> {
        self.look(gaps)
    }

    fn count(&mut self, window: (i64, i64), most: u64) -> Result<u64, RecordFault> {
        Ok(self.tx.order_count(&self.ranked.at, window, most)?)
    }

    fn within(&mut self, window: (i64, i64)) -> Result<Vec<(i64, Uuid)>, RecordFault> {
        Ok(self.tx.order_within(&self.ranked.at, window)?)
    }

    fn shift(&mut self, moved: &[(Uuid, i64)]) -> Result<(), RecordFault> {
        let moved: Vec<_> = moved.iter().map(|(id, rank)| (*id, Some(*rank))).collect();
        Ok(self.tx.order_shift(&self.ranked.at, &moved)?)
    }
}

impl Records {
    /// Gives records that are about to be written their ranks in the orders of those fields that `changed` names.
    pub(crate) fn rank(
        &self,
        tx: &mut WriteTx<'_>,
        object: &Arc<Object>,
        records: &mut [&mut Record],
        changed: impl Fn(&Field) -> bool,
    ) -> Result<(), RecordFault> {
        for ranked in self.orders.of_object(object) {
            if !object.field(ranked.at.field.as_str()).is_some_and(&changed) {
                continue;
            }
            let keys: Vec<_> = records.iter().map(|record| weight(record, &ranked.at.field)).collect();
            let turn = if keys.iter().any(Option::is_some) { Some(begin(tx, ranked)?) } else { None };
            let ranks = match turn {
                Some(turn) => self.places(tx, object, ranked, (turn, keys))?,
                None => vec![None; keys.len()],
            };
            for (record, rank) in records.iter_mut().zip(ranks) {
                record.ranks.push((ranked.at.column.clone(), rank));
            }
        }
        Ok(())
    }

    /// Waits for the orders of those fields that `changed` names. Whoever places something holds its order and may want any row: what
    /// writes several rows waits for it here, before it holds the first of them, or the two would wait for each other.
    pub(crate) fn await_orders(
        &self,
        tx: &mut WriteTx<'_>,
        object: &Object,
        changed: impl Fn(&Field) -> bool,
    ) -> Result<(), DbFault> {
        let named = |ranked: &&Ranked| object.field(ranked.at.field.as_str()).is_some_and(&changed);
        self.orders.of_object(object).iter().filter(named).try_for_each(|ranked| tx.order_await(&ranked.at))
    }

    /// Opens a record to weigh it. What cannot be weighed any more is in no order.
    fn weigh(
        &self,
        sealed: SealedRecord,
        (object, ranked): (&Arc<Object>, &Ranked),
    ) -> Result<Option<SortKey>, RecordFault> {
        match seal::plain(&self.vault, &sealed).and_then(|plain| seal::open(sealed, plain, object)) {
            Ok(record) => Ok(weight(&record, &ranked.at.field)),
            // Whoever opens it to read it will hear of that.
            Err(RecordFault::Damaged | RecordFault::Vault(VaultFault::Destroyed) | RecordFault::Code(_)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Returns the first one from the middle of a gap up, or else the last one below it, and what it weighs.
    fn amid(
        &self,
        tx: &ReadTx<'_>,
        (object, ranked): (&Arc<Object>, &Ranked),
        gap: &Gap,
        weightless: &mut Vec<Uuid>,
    ) -> Result<Found, RecordFault> {
        let (mut from, mut to) = (gap.middle(), gap.middle());
        loop {
            let (mut rank, mut id) = (0, Uuid::nil());
            let found = tx.select_prepared(&ranked.probe, &spans(gap, (from, to)), |row| {
                let sealed = self.row(object, row)?;
                (rank, id) = (row.get(store::width(object))?, sealed.head.id.uuid());
                Ok(sealed)
            })?;
            let Some(found) = found.into_iter().next() else { return Ok(None) };
            if let Some(key) = found.weigh(|sealed| self.weigh(sealed, (object, ranked)))? {
                return Ok(Some((rank, key)));
            }
            weightless.push(id);
            if rank >= from { from = rank.saturating_add(1) } else { to = rank }
        }
    }

    /// Does what [`amid`](Self::amid) does for many gaps, with one question for all.
    fn amid_each(
        &self,
        tx: &ReadTx<'_>,
        (object, ranked): (&Arc<Object>, &Ranked),
        gaps: &[Gap],
        weightless: &mut Vec<Uuid>,
    ) -> Result<Vec<Found>, RecordFault> {
        if let [gap] = gaps {
            return Ok(vec![self.amid(tx, (object, ranked), gap, weightless)?]);
        }
        let sets: Vec<Vec<Val>> = gaps.iter().map(|gap| spans(gap, (gap.middle(), gap.middle())).to_vec()).collect();
        let (mut ranks, mut people) = (Vec::new(), Vec::new());
        let rows = tx.select_each(&ranked.probe, &sets, |row| {
            ranks.push(row.get::<i64>(store::width(object))?);
            let sealed = self.row(object, row)?;
            people.extend(sealed.head.subject);
            Ok(sealed)
        })?;
        self.vault.warm(people);
        let mut ranks = ranks.into_iter();
        let mut seen = |(rows, gap): (Vec<Guarded<SealedRecord>>, &Gap)| {
            // One rank was read with each row, and none without.
            let rank = ranks.by_ref().take(rows.len()).reduce(|first, _| first);
            let Some((row, rank)) = rows.into_iter().next().zip(rank) else { return Ok(None) };
            match row.weigh(|sealed| self.weigh(sealed, (object, ranked)))? {
                Some(key) => Ok(Some((rank, key))),
                // Rare enough to look by itself.
                None => self.amid(tx, (object, ranked), gap, weightless),
            }
        };
        rows.into_iter().zip(gaps).map(&mut seen).collect()
    }

    /// Returns the condition that a list begins at its letter, by binary search over all records: what lies on which side of the
    /// letter does not depend on who asks, and whoever asks learns it only of what they see.
    pub(crate) fn begin_at_letter(
        &self,
        tx: &ReadTx<'_>,
        object: &Arc<Object>,
        query: &ListQuery,
    ) -> Result<Option<Expr>, RecordFault> {
        let down = query.sort.descending;
        // Falling, the list begins with the last name under the letter.
        let Some(floor) = query.letter.and_then(|letter| if down { letter.next() } else { Some(letter) }) else {
            return Ok(None);
        };
        let Some(ranked) = self.ranked_by(object, query) else { return Ok(None) };
        let floor = floor.floor();
        let mut gap = Gap { lo: order::LOW, hi: order::HIGH };
        loop {
            match self.amid(tx, (object, ranked), &gap, &mut Vec::new())? {
                None => break,
                Some((rank, key)) if key < floor => gap.lo = rank,
                Some((rank, _)) => gap.hi = rank,
            }
        }
        let rank = Expr::col(ranked.at.alias());
        Ok(Some(if down { rank.lt(gap.hi) } else { rank.gte(gap.hi) }))
    }

    fn ranked_by(&self, object: &Object, query: &ListQuery) -> Option<&Ranked> {
        let column = filter::rank_column(object, &query.sort)?;
        self.orders.of_object(object).iter().find(|ranked| ranked.at.column == column)
    }

    /// Tells whether records that were there before are still being ranked for a list: until that is over they stand at its end.
    pub(crate) fn is_settling(&self, tx: &ReadTx<'_>, object: &Object, query: &ListQuery) -> Result<bool, DbFault> {
        let Some(ranked) = self.ranked_by(object, query) else { return Ok(false) };
        if ranked.settled.load(Ordering::Acquire) {
            return Ok(false);
        }
        let settling = tx.order_through(&ranked.at)?.is_some();
        ranked.settled.store(!settling, Ordering::Release);
        Ok(settling)
    }

    /// Finds ranks for keys in any order.
    fn places(
        &self,
        tx: &mut WriteTx<'_>,
        object: &Arc<Object>,
        ranked: &Ranked,
        (turn, keys): (Turn, Vec<Option<SortKey>>),
    ) -> Result<Vec<Option<i64>>, RecordFault> {
        let mut ranks = vec![None; keys.len()];
        let mut keyed: Vec<(SortKey, usize)> =
            keys.into_iter().enumerate().filter_map(|(at, key)| Some((key?, at))).collect();
        keyed.sort();
        let (keys, places): (Vec<SortKey>, Vec<usize>) = keyed.into_iter().unzip();
        let mut pivots = ranked.pivots.lock().unwrap_or_else(PoisonError::into_inner);
        pivots.turn(turn.former, turn.stamp, tx.now());
        let mut table = Table { records: self, tx, object, ranked };
        let found = order::place(&mut table, &mut pivots, &keys).inspect_err(|_| pivots.clear())?;
        for (at, rank) in places.into_iter().zip(found) {
            if let Some(place) = ranks.get_mut(at) {
                *place = Some(rank);
            }
        }
        Ok(ranks)
    }

    /// Wipes the keys that are remembered of every order: somebody was erased.
    pub fn forget_orders(&self) {
        for ranked in self.orders.0.values().flatten() {
            ranked.pivots.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// Makes the orders known, and has records ranked that were there before.
    pub(crate) fn ensure_orders(&self, tx: &mut WriteTx<'_>) -> Result<(), DbFault> {
        let mut waits = false;
        for ranked in self.orders.0.values().flatten() {
            ranked.settled.store(false, Ordering::Release);
            waits |= tx.ensure_order(&ranked.at, order::VERSION)?;
        }
        if waits {
            queue::enqueue(tx, RANK_JOB, &[], tx.now())?;
        }
        Ok(())
    }

    /// Ranks at most so many records that have no rank yet, and tells whether there are more.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn rank_some(&self, tx: &mut WriteTx<'_>, most: u64) -> Result<bool, RecordFault> {
        for object in self.objects().iter() {
            for ranked in self.orders.of_object(object) {
                let Some(through) = tx.order_through(&ranked.at)? else { continue };
                self.rank_behind(tx, object, ranked, (through.last, most))?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn rank_behind(
        &self,
        tx: &mut WriteTx<'_>,
        object: &Arc<Object>,
        ranked: &Ranked,
        (last, most): (Option<Uuid>, u64),
    ) -> Result<(), RecordFault> {
        let mut select = store::select(object);
        select.and_where(Expr::col(ranked.at.alias()).is_null()).order_by(Alias::new("id"), Order::Asc).limit(most);
        if let Some(last) = last {
            select.and_where(Expr::col(Alias::new("id")).gt(last));
        }
        // Its rows must not change between being weighed and being placed.
        let turn = begin(tx, ranked)?;
        let mut ids = Vec::new();
        let found = tx.select(&select, |row| {
            let sealed = self.row(object, row)?;
            ids.push(sealed.head.id.uuid());
            Ok(sealed)
        })?;
        let keys = found
            .into_iter()
            .map(|row| row.weigh(|sealed| self.weigh(sealed, (object, ranked))))
            .collect::<Result<_, _>>()?;
        let ranks = self.places(tx, object, ranked, (turn, keys))?;
        let moved: Vec<_> = ids.iter().copied().zip(ranks).filter(|(_, rank)| rank.is_some()).collect();
        tx.order_shift(&ranked.at, &moved)?;
        let done = ids.len() < usize::try_from(most).unwrap_or(usize::MAX);
        Ok(tx.order_came(&ranked.at, ids.last().copied().or(last), done)?)
    }

    /// Returns a query that goes on behind a rank, if it goes on behind the place of a row: a row that whoever asks may see, since
    /// what follows says where it stands.
    pub(crate) fn placed(
        &self,
        tx: &ReadTx<'_>,
        object: &Object,
        query: &ListQuery,
        scope: &Scope<Read>,
    ) -> Result<ListQuery, RecordFault> {
        let (after, column) = (query.after.as_ref(), filter::rank_column(object, &query.sort));
        let Some((after, column)) = after.filter(|after| after.key == Key::Place).zip(column) else {
            return Ok(query.clone());
        };
        let mut select = Query::select();
        select.column(Alias::new(column.as_str())).from(filter::table(&object.name));
        select.and_where(Expr::col(Alias::new("id")).eq(after.id.uuid()));
        let rank = tx.tally(select, scope, |row| row.get::<Option<i64>>(0))?.into_iter().next();
        let key = rank.ok_or(FilterFault::Cursor)?.map_or(Key::None, Key::Int);
        Ok(ListQuery { after: Some(Cursor::new(&query.sort, key, after.id)), ..query.clone() })
    }
}
