//! Records that are chosen among more than are shown.

use std::sync::Arc;

use authz::Read;
use db::{Bare, Permitted, ReadTx};
use kernel::Uuid;
use ledger::verbs;
use sea_query::{Alias, Cond, Expr, ExprTrait as _, Order, SelectStatement};

use super::page::reach;
use crate::Records;
use crate::fault::RecordFault;
use crate::object::Object;
use crate::record::{Record, SealedRecord, store};
use crate::value::Values;

impl Records {
    /// Opens the `most` records changed last that are within the reach of whoever asks, out of the bin, and meet conditions, and lets
    /// `choose` pick among them. Only what is picked counts as read.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] if the actor may see none at all; [`RecordFault`] of the database or the vault.
    pub fn choose_records(
        &self,
        tx: &ReadTx<'_>,
        object: &Arc<Object>,
        (conditions, most): (Cond, u64),
        choose: impl FnOnce(&mut Vec<Permitted<Record, Read>>),
    ) -> Result<Vec<Permitted<Record, Read>>, RecordFault> {
        let scope = reach(tx, &object.name)?;
        let seen = self.seen(tx.cx(), object);
        let select = newest(object, conditions, most);
        let open = |rows: Vec<Permitted<SealedRecord, Read>>| -> Result<Vec<Permitted<Record, Read>>, RecordFault> {
            let open = |row: Permitted<SealedRecord, Read>| row.turn(|sealed| self.unseal_listed(tx, sealed, &seen));
            let mut records = rows.into_iter().map(open).collect::<Result<Vec<_>, RecordFault>>()?;
            records.retain(|record| !record.is_damaged() && !record.is_erased());
            choose(&mut records);
            Ok(records)
        };
        tx.pick(select, &scope, verbs::SEARCH, |row| self.row(object, row), open)
    }

    /// Returns those of some records that are out of the bin, in no order, whoever may see them; of each nothing but what `sketch` makes
    /// of it: numbers that stand for what it holds.
    ///
    /// # Errors
    /// [`RecordFault`] of the database or the vault.
    pub fn sketch_records<B: Bare>(
        &self,
        tx: &ReadTx<'_>,
        object: &Arc<Object>,
        among: &[Uuid],
        sketch: impl Fn(&Values) -> Vec<B>,
    ) -> Result<Vec<(Uuid, Vec<B>)>, RecordFault> {
        let (mut ids, mut people) = (Vec::new(), Vec::new());
        let mut select = store::select(object);
        select.and_where(filter::among_ids(among.to_vec())).and_where(Expr::col(Alias::new("deleted_at")).is_null());
        let found = tx.select(&select, |row| {
            let sealed = self.row(object, row)?;
            ids.push(sealed.head.id.uuid());
            people.extend(sealed.head.subject);
            Ok(sealed)
        })?;
        self.vault.warm(people);
        let draw = |sealed: SealedRecord| -> Result<Vec<B>, RecordFault> {
            let record = self.unseal_listed(tx, sealed, object)?;
            let whole = !record.is_damaged() && !record.is_erased();
            Ok(if whole { sketch(&record.values) } else { Vec::new() })
        };
        ids.into_iter().zip(found).map(|(id, row)| Ok((id, row.sketch(draw)?))).collect()
    }
}

fn newest(object: &Object, conditions: Cond, most: u64) -> SelectStatement {
    let mut select = store::select(object);
    select.cond_where(conditions).and_where(Expr::col(Alias::new("deleted_at")).is_null());
    select.order_by(Alias::new("updated_at"), Order::Desc).order_by(Alias::new("id"), Order::Desc).limit(most);
    select
}
