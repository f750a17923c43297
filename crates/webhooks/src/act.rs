//! What people do with their webhooks.

use std::time::Duration;

use accounts::AccountFault;
use authz::{Cx, Denied, Export, Grant, Read, Verb};
use crypto::Secret;
use db::{ReadTx, WriteTx};
use kernel::{Fault as _, UserId, Uuid};
use ledger::{Line, verbs};
use notices::{Kind, Notice};

use crate::model::{PLAN, SECRET, Secrets, Webhook, object, seal};
use crate::{DeliveryId, DeliveryView, Plan, WebhookFault, WebhookId, WebhookView, Webhooks, rules, store};

/// How many webhooks a person may have.
const MOST: usize = 20;
/// How long the secret before the present one signs along.
const OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);
/// How long it is kept what was sent, and how that went.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Returns the person who is there, in a session: what a program makes would outlive its own end.
fn there(cx: &Cx) -> Result<UserId, Denied> {
    cx.at_browser().ok_or(Denied::Forbidden(Verb::Export))
}

impl Webhooks {
    /// Tells whether whoever acts may be told of an event.
    #[must_use]
    pub fn may_hear(&self, cx: &Cx, event: &str) -> bool {
        if rules::is_watched(event) {
            return cx.may::<Read>("ledger");
        }
        let Some((object, word)) = rules::parts(event) else { return false };
        rules::WORDS.contains(&word) && self.records.object(object.as_str()).is_ok() && cx.may::<Read>(object.as_str())
    }

    /// Tells whether whoever acts may have a field sent: they may export the object, see the field, and it is not masked.
    #[must_use]
    pub fn may_send(&self, cx: &Cx, field: &str) -> bool {
        let Some((object, name)) = rules::parts(field) else { return false };
        let seen = self.records.seen_by_name(cx, object.as_str());
        let open = seen.is_ok_and(|seen| seen.field(name).is_some_and(|field| !field.is_masked()));
        open && cx.may::<Export>(object.as_str())
    }

    /// Makes a webhook and returns its secret, this once. Its owner is told.
    ///
    /// # Errors
    /// `Invalid` for what is wrong in the form; [`WebhookFault::Enough`]; denied to a program, and (a step-up) without a fresh proof.
    pub async fn create(&self, cx: &Cx, form: Plan) -> Result<(WebhookId, Secret<String>), WebhookFault> {
        let this = self.clone();
        self.db.write(cx, move |tx| this.create_in(tx, form)).await
    }

    fn create_in(&self, tx: &mut WriteTx<'_>, form: Plan) -> Result<(WebhookId, Secret<String>), WebhookFault> {
        let user = there(tx.cx())?;
        self.dares(tx, user.uuid())?;
        let cx = tx.cx();
        let plan = rules::check(form, |event| self.may_hear(cx, event), |field| self.may_send(cx, field))?;
        // Two that are made at once count each other.
        tx.keep("update app_user set version = version where id = ?1", &[user.into()])?;
        if store::of(tx, user)?.len() >= MOST {
            return Err(WebhookFault::Enough);
        }
        let (id, secrets): (WebhookId, _) = (tx.new_id(), Secrets::generate(tx.chance()));
        let sealed = (seal(&self.vault, (id, PLAN), &plan)?, seal(&self.vault, (id, SECRET), &secrets)?);
        store::insert(tx, (id, user), sealed)?;
        let line = Line::done(verbs::CREATE, object()).about(id).about(user).fact("events", plan.events.join(" "));
        tx.note(line.fact("fields", plan.fields.join(" ")));
        let subject = self.accounts.subject_of(tx, user)?;
        notices::tell(tx, &self.vault, user, subject, &Notice::new(Kind::WebhookMade).what(plan.name))?;
        Ok((id, secrets.shown()))
    }

    fn dares(&self, tx: &WriteTx<'_>, about: Uuid) -> Result<(), Denied> {
        tx.cx().dare().inspect_err(|denied| {
            tx.note_denial(Line::denied(verbs::CREATE, object(), denied.code()).about_each([about]));
        })
    }

    /// Lists the webhooks of the person who acts, the newest first.
    ///
    /// # Errors
    /// [`WebhookFault`] of the machine.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<WebhookView>, WebhookFault> {
        let this = self.clone();
        self.db
            .read(cx, move |tx| {
                let user = tx.cx().person().ok_or(AccountFault::SignedOut)?;
                this.views(tx, store::of(tx, user)?)
            })
            .await
    }

    /// Lists everybody's webhooks, the newest first.
    ///
    /// # Errors
    /// Denied to whoever may not give rights to people.
    pub async fn list_all(&self, cx: &Cx) -> Result<Vec<WebhookView>, WebhookFault> {
        let this = self.clone();
        self.db
            .read(cx, move |tx| {
                if !tx.cx().may::<Grant>("user") {
                    let denied = Denied::Forbidden(Verb::Grant);
                    tx.note_denial(Line::denied(verbs::LIST, object(), denied.code()));
                    return Err(denied.into());
                }
                this.views(tx, store::all(tx)?)
            })
            .await
    }

    fn views(&self, tx: &ReadTx<'_>, hooks: Vec<Webhook>) -> Result<Vec<WebhookView>, WebhookFault> {
        tx.note(Line::done(verbs::LIST, object()).about_each(hooks.iter().map(|hook| hook.id.uuid())));
        let now = tx.now();
        hooks.into_iter().map(|hook| hook.view(&self.vault, now)).collect()
    }

    /// Finds a webhook of the person who acts.
    fn own(&self, tx: &ReadTx<'_>, id: WebhookId) -> Result<Webhook, WebhookFault> {
        let own = |hook: &Webhook| tx.cx().person() == Some(hook.user);
        store::find(tx, id)?.filter(own).ok_or_else(|| {
            tx.note_denial(Line::denied(verbs::READ, object(), Denied::Hidden.code()).about(id));
            Denied::Hidden.into()
        })
    }

    /// Shows a webhook to whoever it belongs to, and what was sent.
    ///
    /// # Errors
    /// Hidden, if it is somebody else's.
    pub async fn read(&self, cx: &Cx, id: WebhookId) -> Result<(WebhookView, Vec<DeliveryView>), WebhookFault> {
        let this = self.clone();
        self.db
            .read(cx, move |tx| {
                let (hook, sent) = (this.own(tx, id)?, store::sent(tx, id)?);
                tx.note(Line::done(verbs::READ, object()).about(id));
                Ok((hook.view(&this.vault, tx.now())?, sent))
            })
            .await
    }

    /// Changes what is told where. Another address gets another secret, which is returned this once: whoever was told until now could
    /// sign for the new one otherwise. The owner is told.
    ///
    /// # Errors
    /// As [`create`](Self::create); hidden, if it is somebody else's.
    pub async fn change(&self, cx: &Cx, id: WebhookId, form: Plan) -> Result<Option<Secret<String>>, WebhookFault> {
        let this = self.clone();
        self.db.write(cx, move |tx| this.change_in(tx, id, form)).await
    }

    fn change_in(
        &self,
        tx: &mut WriteTx<'_>,
        id: WebhookId,
        form: Plan,
    ) -> Result<Option<Secret<String>>, WebhookFault> {
        let user = there(tx.cx())?;
        self.dares(tx, id.uuid())?;
        store::hold(tx, id)?;
        let hook = self.own(tx, id)?;
        let (cx, before) = (tx.cx(), hook.plan(&self.vault)?);
        let plan = rules::check(form, |event| self.may_hear(cx, event), |field| self.may_send(cx, field))?;
        if plan == before {
            tx.note(Line::done(verbs::READ, object()).about(id));
            return Ok(None);
        }
        store::plan(tx, id, seal(&self.vault, (id, PLAN), &plan)?)?;
        for event in before.events.iter().filter(|event| !plan.events.contains(event)) {
            store::unwait(tx, id, event)?;
        }
        let moved = plan.url != before.url;
        let secrets = moved.then(|| Secrets::generate(tx.chance()));
        if let Some(secrets) = &secrets {
            store::moved(tx, id, seal(&self.vault, (id, SECRET), secrets)?)?;
        }
        let line = Line::done(verbs::UPDATE, object()).about(id).about(user).fact("events", plan.events.join(" "));
        let line = line.fact("fields", plan.fields.join(" "));
        tx.note(if moved { line.fact("address", "changed") } else { line });
        let subject = self.accounts.subject_of(tx, user)?;
        notices::tell(tx, &self.vault, user, subject, &Notice::new(Kind::WebhookChanged).what(plan.name))?;
        Ok(secrets.map(|secrets| secrets.shown()))
    }

    /// Puts a new secret in the place of the old one, which signs along for a day, and returns it, this once.
    ///
    /// # Errors
    /// Hidden, if it is somebody else's; denied to a program, and (a step-up) without a fresh proof.
    pub async fn rotate(&self, cx: &Cx, id: WebhookId) -> Result<Secret<String>, WebhookFault> {
        let this = self.clone();
        self.db
            .write(cx, move |tx| {
                there(tx.cx())?;
                this.dares(tx, id.uuid())?;
                store::hold(tx, id)?;
                let hook = this.own(tx, id)?;
                let secrets = hook.secrets(&this.vault)?.rotated(tx.chance(), tx.now().plus(OVERLAP));
                store::rotate(tx, id, seal(&this.vault, (id, SECRET), &secrets)?)?;
                tx.note(Line::done(verbs::KEY_ROTATE, object()).about(id));
                Ok(secrets.shown())
            })
            .await
    }

    /// Turns a webhook on or off. Off can also whoever may take its owner's rights.
    ///
    /// # Errors
    /// Hidden, if it is somebody else's; turning on is denied to a program, and (a step-up) without a fresh proof.
    pub async fn switch(&self, cx: &Cx, id: WebhookId, on: bool) -> Result<(), WebhookFault> {
        let this = self.clone();
        self.db
            .write(cx, move |tx| {
                if on || !tx.cx().may::<Grant>("user") {
                    let _ = this.own(tx, id)?;
                }
                if on {
                    there(tx.cx())?;
                    this.dares(tx, id.uuid())?;
                }
                let done = if on { store::turn_on(tx, id)? } else { store::turn_off(tx, id, None)? };
                let to = if on { "on" } else { "off" };
                if done {
                    tx.note(Line::done(verbs::UPDATE, object()).about(id).fact("state", to));
                }
                Ok(())
            })
            .await
    }

    /// Removes a webhook, and the list of what was sent to it.
    ///
    /// # Errors
    /// Hidden, if it is somebody else's.
    pub async fn remove(&self, cx: &Cx, id: WebhookId) -> Result<(), WebhookFault> {
        let this = self.clone();
        self.db
            .write(cx, move |tx| {
                let hook = this.own(tx, id)?;
                store::remove(tx, hook.id)?;
                tx.note(Line::done(verbs::DELETE, object()).about(id));
                Ok(())
            })
            .await
    }

    /// Sends something that says no more than that it is a test.
    ///
    /// # Errors
    /// Hidden, if it is somebody else's; [`WebhookFault::Off`].
    pub async fn test(&self, cx: &Cx, id: WebhookId) -> Result<DeliveryId, WebhookFault> {
        let this = self.clone();
        self.db
            .write(cx, move |tx| {
                if !this.own(tx, id)?.on {
                    return Err(WebhookFault::Off);
                }
                let now = tx.now();
                let delivery = store::put(tx, id, rules::TEST, (&object(), id.uuid()), now)?;
                tx.note(Line::done("webhook-test", object()).about(id));
                Ok(delivery)
            })
            .await
    }

    /// Sends something again, under the id it had.
    ///
    /// # Errors
    /// Hidden, if it is somebody else's; [`WebhookFault::Off`], also while it is on its way.
    pub async fn again(&self, cx: &Cx, id: WebhookId, delivery: DeliveryId) -> Result<(), WebhookFault> {
        let this = self.clone();
        self.db
            .write(cx, move |tx| {
                if !this.own(tx, id)?.on || !store::again(tx, id, delivery)? {
                    return Err(WebhookFault::Off);
                }
                tx.note(Line::done("webhook-again", object()).about(id).fact("delivery", delivery.to_string()));
                Ok(())
            })
            .await
    }

    /// Removes what was sent a month ago. For a schedule.
    ///
    /// # Errors
    /// [`WebhookFault`] of the machine.
    pub async fn tidy(&self, cx: &Cx) -> Result<u64, WebhookFault> {
        self.db.write(cx, |tx| Ok(store::forget(tx, tx.now().minus(KEPT))?)).await
    }
}
