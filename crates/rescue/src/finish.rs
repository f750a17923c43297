//! What the link opens.

use accounts::{AccountFault, NewSession};
use authz::Cx;
use crypto::{LinkToken, Secret};
use db::{ReadTx, WriteTx};
use kernel::{Timestamp, UserId};
use ledger::Line;
use notices::{Kind, Notice};

use crate::model::{RequestRow, object, verb};
use crate::{NEEDED, Rescue, RescueFault, rules, store};

impl Rescue {
    /// Returns whose account a link opens; nothing while it opens none, whatever the reason.
    ///
    /// # Errors
    /// [`RescueFault`] of the machine.
    pub async fn look(&self, cx: &Cx, token: &str) -> Result<Option<UserId>, RescueFault> {
        let Some(hash) = self.hash(token) else { return Ok(None) };
        let looking =
            self.db.read(cx, move |tx| -> Result<_, RescueFault> { Ok(opened(tx, hash)?.and_then(|row| row.user)) });
        looking.await
    }

    fn hash(&self, token: &str) -> Option<[u8; 32]> {
        LinkToken::parse(token).ok().map(|token| self.vault.token_hash(token.expose_bytes()))
    }

    /// Uses a link: sets the password, and ends every session, token and factor there was. Signs the person in.
    ///
    /// # Errors
    /// [`RescueFault::NotOpen`]; `Invalid` on `password`, and then the link is still good.
    pub async fn finish(&self, cx: &Cx, token: &str, password: Secret<String>) -> Result<NewSession, RescueFault> {
        let user = self.look(cx, token).await?.ok_or(RescueFault::NotOpen)?;
        let hash = self.hash(token).ok_or(RescueFault::NotOpen)?;
        let this = self.clone();
        let spend = move |tx: &mut WriteTx<'_>| this.spend(tx, hash);
        match self.accounts.start_afresh(cx, user, password, spend).await {
            Err(AccountFault::LinkSpent) => Err(RescueFault::NotOpen),
            other => Ok(other?),
        }
    }

    /// Uses the request up, in the transaction of what comes of it.
    fn spend(&self, tx: &mut WriteTx<'_>, hash: [u8; 32]) -> Result<(), AccountFault> {
        let Some((row, user)) = opened(tx, hash)?.and_then(|row| row.user.map(|user| (row, user))) else {
            return Err(AccountFault::LinkSpent);
        };
        if !store::end(tx, row.id, "used")? {
            return Err(AccountFault::LinkSpent);
        }
        store::end_all(tx, user, "another was used")?;
        tx.note(Line::done(verb::USE, object()).about(row.id).about(user));
        let notice = |own| Notice::new(if own { Kind::RescueDone } else { Kind::RescueUsed }).about(user);
        self.tell(tx, user, notice).map_err(|fault| match fault {
            RescueFault::Account(fault) => fault,
            RescueFault::Db(fault) => fault.into(),
            RescueFault::Vault(fault) => fault.into(),
            _ => AccountFault::LinkSpent,
        })
    }

    /// Removes requests that came to nothing long ago. For a daily job.
    ///
    /// # Errors
    /// [`RescueFault`] of the machine.
    pub async fn tidy(&self, cx: &Cx) -> Result<u64, RescueFault> {
        let tidying = self.db.write(cx, |tx| {
            let before: Timestamp = tx.now().minus(crate::LASTS * 4);
            Ok(store::remove_old(tx, before)?)
        });
        tidying.await
    }
}

/// Finds the request of a link that is open at this moment. Those who agreed must still be there, if it needed them.
fn opened(tx: &ReadTx<'_>, hash: [u8; 32]) -> Result<Option<RequestRow>, db::DbFault> {
    let Some(row) = store::find(tx, hash)? else { return Ok(None) };
    let agreed = store::agreed(tx, row.id)?;
    let stands = agreed == 0 || store::approvals(tx, row.id)?.len() >= NEEDED;
    Ok(Some(row).filter(|row| stands && rules::is_open(tx.now(), row.ready_at, row.expires_at, false)))
}
