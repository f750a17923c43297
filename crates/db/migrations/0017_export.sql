-- Many records on their way out. The plan (filters, fields, reason) and the rows wait sealed; rows are removed a day after they
-- are ready, and earlier when nothing comes of it. What is left says who took what out when, so that a file can be traced.
create table export_run (
    id {ID} primary key,
    user_id {ID} not null references app_user (id),
    object {TEXT} not null,
    state {TEXT} not null,
    plan {BYTES} not null,
    total {INT},
    place {TEXT} not null,
    parts {INT} not null,
    rows_out {INT} not null,
    downloads {INT} not null,
    fault {TEXT},
    created_at {TIME} not null,
    finished_at {TIME},
    expires_at {TIME}
){STRICT};
create index export_run_of_user on export_run (user_id);

create table export_part (
    export_id {ID} not null references export_run (id),
    number {INT} not null,
    sealed {BYTES} not null,
    primary key (export_id, number)
){STRICT};
