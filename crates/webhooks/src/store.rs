//! The statements.

use std::time::Duration;

use db::{DbFault, ReadTx, Val, WriteTx};
use kernel::{ObjectName, Timestamp, UserId, Uuid};

use crate::model::{DeliveryId, DeliveryView, Leased, Webhook, WebhookId};

/// Stores a new webhook, which is on.
pub(crate) fn insert(
    tx: &mut WriteTx<'_>,
    (id, user): (WebhookId, UserId),
    (plan, secret): (Vec<u8>, Vec<u8>),
) -> Result<(), DbFault> {
    let values: [Val; 5] = [id.into(), user.into(), plan.into(), secret.into(), tx.now().into()];
    let sql = "insert into webhook (id, user_id, state, plan, secret, created_at) values (?1, ?2, 'on', ?3, ?4, ?5)";
    tx.run(sql, &values).map(|_| ())
}

/// Finds a webhook.
pub(crate) fn find(tx: &ReadTx<'_>, id: WebhookId) -> Result<Option<Webhook>, DbFault> {
    tx.bare_one(
        "select id, user_id, state, fault, plan, secret, created_at, failing_since, sent_at from webhook where id = ?1",
        &[id.into()],
        Webhook::from_row,
    )
}

/// Lists somebody's webhooks, the newest first.
pub(crate) fn of(tx: &ReadTx<'_>, user: UserId) -> Result<Vec<Webhook>, DbFault> {
    tx.bare(
        "select id, user_id, state, fault, plan, secret, created_at, failing_since, sent_at from webhook \
         where user_id = ?1 order by id desc",
        &[user.into()],
        Webhook::from_row,
    )
}

/// Lists everybody's webhooks, the newest first.
pub(crate) fn all(tx: &ReadTx<'_>) -> Result<Vec<Webhook>, DbFault> {
    tx.bare(
        "select id, user_id, state, fault, plan, secret, created_at, failing_since, sent_at from webhook \
         order by id desc limit 1000",
        &[],
        Webhook::from_row,
    )
}

/// Lists the webhooks that are on.
pub(crate) fn on(tx: &ReadTx<'_>) -> Result<Vec<Webhook>, DbFault> {
    tx.bare(
        "select id, user_id, state, fault, plan, secret, created_at, failing_since, sent_at from webhook \
         where state = 'on' order by id",
        &[],
        Webhook::from_row,
    )
}

/// Lets nobody else change a webhook until the transaction ends.
pub(crate) fn hold(tx: &mut WriteTx<'_>, id: WebhookId) -> Result<(), DbFault> {
    tx.keep("update webhook set state = state where id = ?1", &[id.into()]).map(|_| ())
}

/// Puts another plan in its place.
pub(crate) fn plan(tx: &mut WriteTx<'_>, id: WebhookId, plan: Vec<u8>) -> Result<(), DbFault> {
    tx.run("update webhook set plan = ?2 where id = ?1", &[id.into(), plan.into()]).map(|_| ())
}

/// Puts another secret in its place with another address: how the one before did says nothing of this one.
pub(crate) fn moved(tx: &mut WriteTx<'_>, id: WebhookId, secret: Vec<u8>) -> Result<(), DbFault> {
    let sql = "update webhook set secret = ?2, failing_since = null where id = ?1";
    tx.run(sql, &[id.into(), secret.into()]).map(|_| ())
}

/// Forgets what waits of an event that is not wanted any more.
pub(crate) fn unwait(tx: &mut WriteTx<'_>, id: WebhookId, event: &str) -> Result<(), DbFault> {
    let sql = "delete from webhook_delivery where webhook_id = ?1 and event = ?2 and state = 'waiting'";
    tx.keep(sql, &[id.into(), event.into()]).map(|_| ())
}

/// Puts another secret in its place.
pub(crate) fn rotate(tx: &mut WriteTx<'_>, id: WebhookId, secret: Vec<u8>) -> Result<(), DbFault> {
    tx.run("update webhook set secret = ?2 where id = ?1", &[id.into(), secret.into()]).map(|_| ())
}

/// Turns a webhook on; false if it is.
pub(crate) fn turn_on(tx: &mut WriteTx<'_>, id: WebhookId) -> Result<bool, DbFault> {
    let sql = "update webhook set state = 'on', fault = null, failing_since = null where id = ?1 and state = 'off'";
    Ok(tx.run(sql, &[id.into()])? == 1)
}

/// Turns a webhook off, and forgets what waits for it; false if it is off.
pub(crate) fn turn_off(tx: &mut WriteTx<'_>, id: WebhookId, fault: Option<&str>) -> Result<bool, DbFault> {
    let sql = "update webhook set state = 'off', fault = ?2 where id = ?1 and state = 'on'";
    if tx.run(sql, &[id.into(), fault.into()])? != 1 {
        return Ok(false);
    }
    tx.keep("delete from webhook_delivery where webhook_id = ?1 and state = 'waiting'", &[id.into()])?;
    Ok(true)
}

/// Removes a webhook and its deliveries.
pub(crate) fn remove(tx: &mut WriteTx<'_>, id: WebhookId) -> Result<(), DbFault> {
    tx.keep("delete from webhook_delivery where webhook_id = ?1", &[id.into()])?;
    tx.run("delete from webhook where id = ?1", &[id.into()]).map(|_| ())
}

/// Writes down that something is to be told.
pub(crate) fn put(
    tx: &mut WriteTx<'_>,
    hook: WebhookId,
    event: &str,
    (object, about): (&ObjectName, Uuid),
    at: Timestamp,
) -> Result<DeliveryId, DbFault> {
    let id: DeliveryId = tx.new_id();
    let values: [Val; 7] =
        [id.into(), hook.into(), event.into(), object.into(), about.into(), at.into(), tx.now().into()];
    tx.keep(
        "insert into webhook_delivery (id, webhook_id, event, object, about, happened_at, state, attempts, run_at) \
         values (?1, ?2, ?3, ?4, ?5, ?6, 'waiting', 0, ?7)",
        &values,
    )?;
    Ok(id)
}

/// Tells whether anything is due.
pub(crate) fn is_due(tx: &ReadTx<'_>) -> Result<bool, DbFault> {
    let sql = "select id from webhook_delivery where state = 'waiting' and run_at <= ?1 \
               and (leased_until is null or leased_until < ?1) limit 1";
    Ok(tx.bare_one(sql, &[tx.now().into()], |row| row.get::<Uuid>(0))?.is_some())
}

/// Takes the next due delivery of a webhook that nobody sends to just now. What is due is asked twice: on PostgreSQL a second
/// node waits at the row, reads it anew, and finds it leased.
pub(crate) fn lease(tx: &mut WriteTx<'_>, span: Duration) -> Result<Option<Leased>, DbFault> {
    let (now, until) = (tx.now(), tx.now().plus(span));
    tx.bare_one(
        "update webhook_delivery set leased_until = ?2, attempts = attempts + 1 where id = (\
         select d.id from webhook_delivery d where d.state = 'waiting' and d.run_at <= ?1 \
         and (d.leased_until is null or d.leased_until < ?1) and not exists (\
         select 1 from webhook_delivery b where b.webhook_id = d.webhook_id and b.leased_until >= ?1) \
         order by d.run_at, d.id limit 1) \
         and state = 'waiting' and (leased_until is null or leased_until < ?1) \
         returning id, webhook_id, event, object, about, happened_at, attempts",
        &[now.into(), until.into()],
        |row| {
            Ok(Leased {
                id: row.get(0)?,
                hook: row.get(1)?,
                event: row.get(2)?,
                object: row.get(3)?,
                about: row.get(4)?,
                happened_at: row.get(5)?,
                attempts: row.get(6)?,
                until,
            })
        },
    )
}

/// Writes down how an attempt ended, if the lease is still ours.
pub(crate) fn ended(
    tx: &mut WriteTx<'_>,
    leased: &Leased,
    (state, run_at): (&'static str, Timestamp),
    (status, fault): (Option<i64>, Option<&str>),
) -> Result<bool, DbFault> {
    let values: [Val; 7] = [
        leased.id.into(),
        leased.until.into(),
        state.into(),
        run_at.into(),
        tx.now().into(),
        status.into(),
        fault.into(),
    ];
    let sql = "update webhook_delivery set state = ?3, run_at = ?4, sent_at = ?5, status = ?6, fault = ?7, \
               leased_until = null where id = ?1 and leased_until = ?2";
    Ok(tx.keep(sql, &values)? == 1)
}

/// Forgets a delivery that is told to nobody.
pub(crate) fn drop(tx: &mut WriteTx<'_>, leased: &Leased) -> Result<(), DbFault> {
    let sql = "delete from webhook_delivery where id = ?1 and leased_until = ?2";
    tx.keep(sql, &[leased.id.into(), leased.until.into()]).map(|_| ())
}

/// Writes down that something arrived at a webhook.
pub(crate) fn arrived(tx: &mut WriteTx<'_>, id: WebhookId) -> Result<(), DbFault> {
    let now = tx.now();
    tx.keep("update webhook set failing_since = null, sent_at = ?2 where id = ?1", &[id.into(), now.into()]).map(|_| ())
}

/// Writes down that something did not, and returns since when nothing does.
pub(crate) fn failing(tx: &mut WriteTx<'_>, id: WebhookId) -> Result<Option<Timestamp>, DbFault> {
    let now = tx.now();
    tx.bare_one(
        "update webhook set failing_since = coalesce(failing_since, ?2) where id = ?1 returning failing_since",
        &[id.into(), now.into()],
        |row| row.get(0),
    )
}

/// Lists what was sent to a webhook, the newest first.
pub(crate) fn sent(tx: &ReadTx<'_>, id: WebhookId) -> Result<Vec<DeliveryView>, DbFault> {
    tx.bare(
        "select id, event, about, state, attempts, sent_at, run_at, status, fault from webhook_delivery \
         where webhook_id = ?1 and sent_at is not null order by sent_at desc, id desc limit 100",
        &[id.into()],
        DeliveryView::from_row,
    )
}

/// Lets a delivery that has ended be sent again at once; false if there is none.
pub(crate) fn again(tx: &mut WriteTx<'_>, id: WebhookId, delivery: DeliveryId) -> Result<bool, DbFault> {
    let values: [Val; 3] = [id.into(), delivery.into(), tx.now().into()];
    let sql = "update webhook_delivery set state = 'waiting', attempts = 0, run_at = ?3 \
               where webhook_id = ?1 and id = ?2 and sent_at is not null and leased_until is null";
    Ok(tx.run(sql, &values)? == 1)
}

/// Removes what was sent before a moment.
pub(crate) fn forget(tx: &mut WriteTx<'_>, before: Timestamp) -> Result<u64, DbFault> {
    tx.keep("delete from webhook_delivery where state <> 'waiting' and sent_at < ?1", &[before.into()])
}
