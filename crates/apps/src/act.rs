//! Listing and stopping.

use std::time::Duration;

use authz::{Cx, Denied, Read, Verb};
use db::{ReadTx, WriteTx};
use kernel::Fault as _;
use ledger::{Line, verbs};

use crate::model::{self, App, AppId};
use crate::{AppFault, Apps, rule, store};

/// An app was stopped; the verb of the line.
const STOP: &str = "app-stop";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// No token lasts for longer.
const KEPT: Duration = Duration::from_secs(200 * 24 * 60 * 60);

impl Apps {
    /// Lists all, the newest first, those that were stopped too.
    ///
    /// # Errors
    /// [`AppFault::Denied`] unless one may set the workspace up or watches over it.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<App>, AppFault> {
        let its = self.clone();
        self.db.read(cx, move |tx| its.list_in(tx)).await
    }

    fn list_in(&self, tx: &ReadTx<'_>) -> Result<Vec<App>, AppFault> {
        if !(tx.cx().may::<Read>("app") || rule::watches(tx.cx())) {
            let denied = Denied::Forbidden(Verb::Read);
            tx.note_denial(Line::denied(verbs::LIST, model::object(), denied.code()));
            return Err(denied.into());
        }
        let apps = store::all(tx)?.into_iter().map(|kept| kept.open(&self.vault)).collect::<Result<Vec<_>, _>>()?;
        tx.note(Line::done(verbs::LIST, model::object()).about_each(apps.iter().map(|app| app.id.uuid())));
        Ok(apps)
    }

    /// Stops an app and ends every token it holds: at once in this process, within a second in every other. Asks for no fresh proof:
    /// stopping must be easy.
    ///
    /// # Errors
    /// [`AppFault::Denied`] unless one may set the workspace up or watches over it; hidden if it was stopped.
    pub async fn stop(&self, cx: &Cx, id: AppId) -> Result<u64, AppFault> {
        let its = self.clone();
        let ended = self.db.write(cx, move |tx| its.stop_in(tx, id)).await?;
        self.tokens.ended();
        Ok(ended)
    }

    fn stop_in(&self, tx: &mut WriteTx<'_>, id: AppId) -> Result<u64, AppFault> {
        // A person at a browser; no program stops another.
        if !rule::watches(tx.cx()) || tx.cx().session().is_none() {
            let denied = Denied::Forbidden(Verb::Configure);
            tx.note_denial(Line::denied(STOP, model::object(), denied.code()).about(id));
            return Err(denied.into());
        }
        let by = tx.cx().person();
        // The app first: whoever exchanges a code at this moment holds its row, and their token is ended below.
        if !store::end(tx, id, by)? {
            return Err(Denied::Hidden.into());
        }
        let ended = self.tokens.end_app_in(tx, id.uuid())?;
        tx.note(Line::done(STOP, model::object()).about(id).fact("tokens", ended.to_string()));
        Ok(ended)
    }

    /// Removes codes and what renewed tokens when they are too old to matter. For a daily job.
    ///
    /// # Errors
    /// [`AppFault::Db`].
    pub async fn tidy(&self, cx: &Cx) -> Result<u64, AppFault> {
        let tidying = self.db.write(cx, |tx| -> Result<_, AppFault> {
            let before = (tx.now().minus(DAY), tx.now().minus(KEPT));
            Ok(store::forget(tx, before)?)
        });
        tidying.await
    }
}
