-- Addresses that are told what happens here. Address, events and fields lie sealed in the plan, the keys that sign in the secret.
create table webhook (
    id {ID} primary key,
    user_id {ID} not null,
    state {TEXT} not null check (state in ('on', 'off')),
    fault {TEXT},
    plan {BYTES} not null,
    secret {BYTES} not null,
    created_at {TIME} not null,
    failing_since {TIME},
    sent_at {TIME}
){STRICT};
create index webhook_user on webhook (user_id);

-- What is told: which event of which record, never what the record holds. A lease says that somebody is sending it.
create table webhook_delivery (
    id {ID} primary key,
    webhook_id {ID} not null references webhook (id),
    event {TEXT} not null,
    object {TEXT} not null,
    about {ID} not null,
    happened_at {TIME} not null,
    state {TEXT} not null check (state in ('waiting', 'done', 'failed')),
    attempts {INT} not null,
    run_at {TIME} not null,
    leased_until {TIME},
    sent_at {TIME},
    status {INT},
    fault {TEXT}
){STRICT};
create index webhook_delivery_due on webhook_delivery (state, run_at);
create index webhook_delivery_hook on webhook_delivery (webhook_id, sent_at);
