-- One import: what is to be read how, and how far it has come. The plan is sealed: headers and samples may be anybody's.
create table import_run (
    id {ID} primary key,
    object {TEXT} not null,
    user_id {ID} not null,
    state {TEXT} not null,
    plan {BYTES} not null,
    mark {TEXT} not null,
    size {INT} not null,
    offset_now {INT} not null,
    created {INT} not null,
    updated {INT} not null,
    skipped {INT} not null,
    wrong {INT} not null,
    fault {TEXT},
    created_at {TIME} not null,
    finished_at {TIME}
){STRICT};
create index import_run_by_created_at on import_run (created_at, id);

-- Rows that were not taken: where and why, never what stood there. Column -1 is the row as a whole.
create table import_fault (
    import_id {ID} not null,
    row_number {INT} not null,
    column_index {INT} not null,
    line {INT} not null,
    code {TEXT} not null,
    primary key (import_id, row_number, column_index)
){STRICT};
