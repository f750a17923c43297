//! Destroyed keys that somebody put back into the keyring.

use authz::Cx;
use ledger::{Line, verbs};

use crate::model::{self, Kind};
use crate::{Integrity, IntegrityFault, store};

impl Integrity {
    /// Deletes destroyed keys again that lie in the keyring again, and writes down which they were; officers hear of it by
    /// [`watch`](Self::watch). None of them opened anything meanwhile. Blocks; only for the program itself.
    ///
    /// # Errors
    /// [`IntegrityFault`] of the machine.
    pub fn banish(&self, cx: &Cx) -> Result<(), IntegrityFault> {
        loop {
            let back = self.vault.returned()?;
            if back.is_empty() {
                return Ok(());
            }
            // Written first: whoever is killed in between finds them again.
            let told = back.clone();
            self.db.write_now(cx, move |tx| -> Result<_, IntegrityFault> {
                for id in &told {
                    store::found(tx, (Kind::Back, &model::key(), id.uuid()))?;
                }
                let line = Line::failed(verbs::DAMAGE, model::key(), Kind::Back.code());
                tx.note(line.about_each(told.iter().map(|id| id.uuid())));
                Ok(())
            })?;
            self.vault.banish(&back)?;
        }
    }
}
