-- What programs asked for under keys of theirs, for a day: keyed hashes of key and request, and the id of what was made.
create table idempotency_key (
    id {BYTES} primary key,
    request {BYTES} not null,
    record_id {ID},
    made_at {TIME} not null
){STRICT};
create index idempotency_key_made on idempotency_key (made_at);
