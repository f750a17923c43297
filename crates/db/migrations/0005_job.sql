-- Work for later. The payload is sealed by whoever enqueues it if it is anybody's data.
create table job (
    id {ID} primary key,
    kind {TEXT} not null,
    payload {BYTES} not null,
    state {TEXT} not null,
    run_at {TIME} not null,
    leased_by {ID},
    leased_until {TIME},
    attempts {INT} not null,
    fault {TEXT},
    created_at {TIME} not null
){STRICT};
create index job_due on job (state, run_at);
