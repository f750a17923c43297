//! Sending.

use std::time::Duration;

use accounts::AccountFault;
use authz::{Cx, Export, Read};
use crypto::Key;
use db::{DbFault, ReadTx, WriteTx};
use kernel::{Fault as _, FieldName, RecordId, Timestamp};
use ledger::Line;
use notices::{Kind, Notice};
use outbound::{Ask, Outbound, Url};
use records::RecordRef;
use serde_json::{Map, Value as Json, json};

use crate::model::{Leased, Plan, Webhook};
use crate::{WebhookFault, WebhookId, Webhooks, rules, store};

/// How long a delivery is ours. Longer than any request of `outbound` takes.
const LEASE: Duration = Duration::from_secs(60);
/// What a server answers to say that it wants to hear nothing any more (RFC 9110 §15.5.11).
const GONE: u16 = 410;

/// The one that sends. Several may work at once, here and on other nodes.
#[derive(Clone)]
pub struct Courier {
    webhooks: Webhooks,
    outbound: Outbound,
}

/// What is told.
struct Letter {
    body: String,
    fields: Vec<FieldName>,
}

/// How an attempt ended.
enum Ended {
    /// It arrived.
    Arrived(u16),
    /// The other end did not take it.
    Refused(Option<u16>, &'static str),
    /// It was not sent: whoever it belongs to may not see so many people just now, or we could not.
    Held(&'static str),
    /// It is told to nobody.
    Untold,
    /// The webhook ends, because its owner may not sign in any more.
    Left,
}

impl Courier {
    /// Takes the way out.
    #[must_use]
    pub const fn new(webhooks: Webhooks, outbound: Outbound) -> Self {
        Self { webhooks, outbound }
    }

    /// Returns what it sends for.
    #[must_use]
    pub const fn webhooks(&self) -> &Webhooks {
        &self.webhooks
    }

    /// Sends one delivery that is due; false if there is none. `cx` is the program's own.
    ///
    /// # Errors
    /// [`WebhookFault`] of the machine; what the other end does is none.
    pub async fn send_next(&self, cx: &Cx) -> Result<bool, WebhookFault> {
        let db = &self.webhooks.db;
        if !db.read(cx, store::is_due).await? {
            return Ok(false);
        }
        let Some(leased) = db.write(cx, |tx| store::lease(tx, LEASE)).await? else { return Ok(false) };
        let (this, id) = (self.webhooks.clone(), leased.hook);
        let Some((hook, plan, keys)) = db.read(cx, move |tx| this.opened(tx, id)).await? else {
            db.write(cx, move |tx| store::drop(tx, &leased)).await?;
            return Ok(true);
        };
        let (ended, fields) = self.attempt(cx, &leased, (&hook, &plan), &keys).await;
        let this = self.webhooks.clone();
        db.write(cx, move |tx| this.settle(tx, &leased, (&hook, &plan), (ended, fields))).await?;
        Ok(true)
    }

    async fn attempt(
        &self,
        cx: &Cx,
        leased: &Leased,
        (hook, plan): (&Webhook, &Plan),
        keys: &[Key],
    ) -> (Ended, Vec<FieldName>) {
        let letter = match self.letter(cx, leased, (hook, plan)).await {
            Ok(Some(letter)) => letter,
            Ok(None) => return (Ended::Untold, Vec::new()),
            Err(WebhookFault::Account(AccountFault::NobodyThere)) => return (Ended::Left, Vec::new()),
            Err(fault) => return (Ended::Held(fault.code()), Vec::new()),
        };
        let now = self.webhooks.db.now();
        let (id, seconds) = (format!("msg_{}", leased.id), now.micros().div_euclid(1_000_000));
        let signed = rules::signatures(keys, &id, seconds, &letter.body);
        let Ok(url) = Url::parse(&plan.url) else { return (Ended::Refused(None, "outbound-url"), Vec::new()) };
        let ask = Ask::json(url, letter.body)
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signed);
        let ended = match self.outbound.send(ask).await {
            Ok(answer) if answer.is_success() => Ended::Arrived(answer.status),
            Ok(answer) => Ended::Refused(Some(answer.status), "webhook-refused"),
            Err(fault) => Ended::Refused(None, fault.code()),
        };
        (ended, letter.fields)
    }

    /// Writes what is told, in the name of whoever the webhook belongs to. Nothing, if they may not be told.
    async fn letter(
        &self,
        cx: &Cx,
        leased: &Leased,
        (hook, plan): (&Webhook, &Plan),
    ) -> Result<Option<Letter>, WebhookFault> {
        let acting = self.webhooks.accounts.acting(cx, hook.user).await?;
        let (this, leased, plan) = (self.webhooks.clone(), leased.clone(), plan.clone());
        self.webhooks.db.read(&acting, move |tx| this.write(tx, &leased, &plan)).await
    }
}

fn letter(leased: &Leased, fields: Option<Map<String, Json>>) -> Letter {
    let names = fields.iter().flat_map(|fields| fields.keys());
    let names = names.filter_map(|name| FieldName::parse(name).ok()).collect();
    let mut data = Map::new();
    data.insert("kind".to_owned(), json!(leased.object.as_str()));
    if !leased.about.is_nil() {
        data.insert("id".to_owned(), json!(leased.about.to_string()));
    }
    data.extend(fields.map(|fields| ("fields".to_owned(), Json::Object(fields))));
    let body = json!({"type": leased.event, "timestamp": leased.happened_at.to_rfc3339(), "data": data});
    Letter { body: body.to_string(), fields: names }
}

impl Webhooks {
    /// Opens a webhook that is on, and the keys that sign just now.
    fn opened(&self, tx: &ReadTx<'_>, id: WebhookId) -> Result<Option<(Webhook, Plan, Vec<Key>)>, WebhookFault> {
        let Some(hook) = store::find(tx, id)?.filter(|hook| hook.on) else { return Ok(None) };
        let (plan, keys) = (hook.plan(&self.vault)?, hook.secrets(&self.vault)?.keys(tx.now()));
        Ok(Some((hook, plan, keys)))
    }

    /// Writes what is told of an event to whoever acts.
    fn write(&self, tx: &ReadTx<'_>, leased: &Leased, plan: &Plan) -> Result<Option<Letter>, WebhookFault> {
        if leased.event == rules::TEST {
            return Ok(Some(letter(leased, None)));
        }
        if rules::is_watched(&leased.event) {
            return Ok(tx.cx().may::<Read>("ledger").then(|| letter(leased, None)));
        }
        let at = RecordRef { object: leased.object.clone(), id: RecordId::from_uuid(leased.about) };
        if !self.records.may_read(tx, &at)? {
            return Ok(None);
        }
        let wanted: Vec<&str> = plan
            .fields
            .iter()
            .filter_map(|field| rules::parts(field))
            .filter(|(object, _)| *object == leased.object)
            .map(|(_, name)| name)
            .collect();
        let deleted = leased.event.ends_with(".deleted");
        if wanted.is_empty() || deleted || !tx.cx().may::<Export>(leased.object.as_str()) {
            return Ok(Some(letter(leased, None)));
        }
        // From here on somebody is shown a person: the line about it is written, and they count as seen, before it goes out.
        let record = self.records.read_record(tx, &at)?;
        let mut fields = Map::new();
        for name in wanted {
            let open = record.definition().field(name).is_some_and(|field| !field.is_masked());
            if let Some(value) = record.value(name).filter(|_| open) {
                fields.insert(name.to_owned(), value.to_json());
            }
        }
        Ok(Some(letter(leased, Some(fields))))
    }

    /// Writes down how an attempt ended, and what comes of it.
    fn settle(
        &self,
        tx: &mut WriteTx<'_>,
        leased: &Leased,
        (hook, plan): (&Webhook, &Plan),
        (ended, fields): (Ended, Vec<FieldName>),
    ) -> Result<(), WebhookFault> {
        let now = tx.now();
        let about = |line: Line| line.about_each([leased.about]).fact("webhook", leased.hook.to_string());
        match ended {
            Ended::Untold => store::drop(tx, leased)?,
            Ended::Left => self.turn_off(tx, (hook, plan), "webhook-left")?,
            Ended::Arrived(status) => {
                store::ended(tx, leased, ("done", now), (Some(i64::from(status)), None))?;
                store::arrived(tx, hook.id)?;
                tx.note(about(Line::done("webhook-send", leased.object.clone())).fields(fields));
            }
            Ended::Held(code) => self.later(tx, leased, (None, code))?,
            Ended::Refused(status, code) => {
                self.later(tx, leased, (status, code))?;
                // What was sent was sent, whatever the other end made of it.
                tx.note(about(Line::failed("webhook-send", leased.object.clone(), code)).fields(fields));
                let since = store::failing(tx, hook.id)?;
                if status == Some(GONE) {
                    self.turn_off(tx, (hook, plan), "webhook-gone")?;
                } else if since.is_some_and(|since| now.since(since) >= rules::PATIENCE) {
                    self.turn_off(tx, (hook, plan), "webhook-failing")?;
                }
            }
        }
        Ok(())
    }

    fn later(
        &self,
        tx: &mut WriteTx<'_>,
        leased: &Leased,
        (status, code): (Option<u16>, &'static str),
    ) -> Result<(), DbFault> {
        let next: Option<Timestamp> = rules::next_try(leased.attempts, tx.now(), tx.chance());
        let to = next.map_or(("failed", tx.now()), |next| ("waiting", next));
        store::ended(tx, leased, to, (status.map(i64::from), Some(code)))?;
        Ok(())
    }

    /// Turns a webhook off by itself, and tells its owner, if there still is one.
    fn turn_off(
        &self,
        tx: &mut WriteTx<'_>,
        (hook, plan): (&Webhook, &Plan),
        code: &'static str,
    ) -> Result<(), WebhookFault> {
        if !store::turn_off(tx, hook.id, Some(code))? {
            return Ok(());
        }
        tx.note(Line::done(ledger::verbs::UPDATE, crate::model::object()).about(hook.id).fact("state", code));
        if let Some(owner) = self.accounts.owner(tx, hook.user)? {
            let notice = Notice::new(Kind::WebhookOff).what(plan.name.clone());
            notices::tell(tx, &self.vault, hook.user, owner.subject, &notice)?;
        }
        Ok(())
    }
}
