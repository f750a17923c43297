//! How rows of files stand, for whoever looks through all of them and shows none.

use authz::Denied;
use db::{ReadTx, Standing};
use ledger::ActorRef;
use records::Rows;

use crate::model::Kept;
use crate::{AttachmentFault, Attachments, store};

impl Attachments {
    /// Says how rows stand: nothing of what they hold. Only for the program itself.
    ///
    /// # Errors
    /// Hidden from anybody else; [`AttachmentFault`] of the machine.
    pub fn standing(&self, tx: &ReadTx<'_>, rows: Rows<'_>) -> Result<Vec<Standing>, AttachmentFault> {
        if tx.cx().actor() != ActorRef::System {
            return Err(Denied::Hidden.into());
        }
        let found = match rows {
            Rows::Behind(behind, most) => store::behind(tx, (behind, most))?,
            Rows::These(ids) => {
                let each = ids.iter().filter_map(|id| store::seek(tx, *id).transpose());
                each.collect::<Result<Vec<_>, _>>()?
            }
        };
        Ok(found.iter().map(|kept| self.stands(kept)).collect())
    }

    fn stands(&self, kept: &Kept) -> Standing {
        let whole = kept.is_coming() || kept.is_whole(&self.vault);
        Standing { id: kept.place.id.uuid(), version: kept.version, whole }
    }
}
