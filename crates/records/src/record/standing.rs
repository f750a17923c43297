//! How rows stand, for whoever looks through all of them and shows none.

use authz::Denied;
use db::{ReadTx, Standing};
use kernel::{ObjectName, Uuid};
use ledger::ActorRef;
use sea_query::{Alias, Expr, ExprTrait as _, Order};

use super::store;
use crate::Records;
use crate::fault::RecordFault;

/// Which rows.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'a> {
    /// So many behind one, in the order of the ids.
    Behind(Option<Uuid>, u64),
    /// Those with these ids.
    These(&'a [Uuid]),
}

impl Records {
    /// Says how rows stand: nothing of what they hold. Only for the program itself.
    ///
    /// # Errors
    /// [`RecordFault::Denied`] for anybody else; [`RecordFault::Db`].
    pub fn standing(&self, tx: &ReadTx<'_>, object: &ObjectName, rows: Rows<'_>) -> Result<Vec<Standing>, RecordFault> {
        if tx.cx().actor() != ActorRef::System {
            return Err(Denied::Hidden.into());
        }
        let object = self.object(object.as_str())?;
        let mut query = match rows {
            Rows::These(ids) => store::select_some(&object, ids),
            Rows::Behind(..) => store::select(&object),
        };
        if let Rows::Behind(after, most) = rows {
            if let Some(after) = after {
                query.and_where(Expr::col(Alias::new("id")).gt(after));
            }
            query.order_by(Alias::new("id"), Order::Asc).limit(most);
        }
        let found = tx.select(&query, |row| self.row(&object, row))?;
        Ok(found.into_iter().map(|row| row.standing(|row| row.whole)).collect())
    }
}
