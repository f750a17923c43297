//! From what happened to whom it is told.

use authz::Cx;
use db::{DbFault, WriteTx};
use ledger::{Act, Line};
use records::Records;
use sequence::outbox;

use crate::model::{Plan, Webhook};
use crate::{WebhookFault, Webhooks, rules, store};

/// The name of our cursor in the ledger.
const READER: &str = "webhooks";
/// Entries of a step. One of an import speaks of five hundred records.
const ENTRIES: u32 = 20;

impl Webhooks {
    /// Takes the next entries of the ledger and writes a delivery for each event that a webhook wants; false if there is nothing
    /// new. Deliveries and cursor are written together: a program that is killed leaves nothing out and nothing twice.
    ///
    /// # Errors
    /// Denied to everybody but the program itself; [`WebhookFault`] of the machine.
    pub async fn fan_out(&self, cx: &Cx) -> Result<bool, WebhookFault> {
        let waiting = self.db.read(cx, |tx| outbox::is_waiting(tx, READER)).await?;
        if !waiting {
            return Ok(false);
        }
        let this = self.clone();
        self.db.write(cx, move |tx| this.take(tx)).await
    }

    fn take(&self, tx: &mut WriteTx<'_>) -> Result<bool, WebhookFault> {
        let entries = outbox::take(tx, READER, ENTRIES)?;
        if entries.is_empty() {
            return Ok(false);
        }
        let hooks = store::on(tx)?;
        let plans: Vec<(Webhook, Plan)> =
            hooks.into_iter().map(|hook| Ok((hook.plan(&self.vault)?, hook))).map(swapped).collect::<Result<_, _>>()?;
        if !plans.is_empty() {
            for act in entries.iter().flat_map(|entry| &entry.acts) {
                for line in &act.lines {
                    self.tell(tx, &plans, (act, line))?;
                }
            }
        }
        Ok(true)
    }

    /// Writes down what is to be told of one line, to webhooks that were there when it happened.
    fn tell(&self, tx: &mut WriteTx<'_>, plans: &[(Webhook, Plan)], (act, line): (&Act, &Line)) -> Result<(), DbFault> {
        let Some(event) = rules::event(line) else { return Ok(()) };
        let watched = rules::is_watched(&event);
        if !watched && !is_record(&self.records, line) {
            return Ok(());
        }
        for (hook, plan) in plans {
            if hook.created_at > act.at || !plan.events.contains(&event) {
                continue;
            }
            let most = if watched { 1 } else { line.ids.len() };
            for about in line.ids.iter().take(most) {
                store::put(tx, hook.id, &event, (&line.object, *about), act.at)?;
            }
            if watched && line.ids.is_empty() {
                store::put(tx, hook.id, &event, (&line.object, kernel::Uuid::nil()), act.at)?;
            }
        }
        Ok(())
    }
}

fn swapped(opened: Result<(Plan, Webhook), WebhookFault>) -> Result<(Webhook, Plan), WebhookFault> {
    opened.map(|(plan, hook)| (hook, plan))
}

fn is_record(records: &Records, line: &Line) -> bool {
    records.objects().get(line.object.as_str()).is_some()
}
