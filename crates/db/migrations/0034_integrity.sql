-- Looking through everything for what does not stand as the program wrote it: how far a run is. `part` is an object or the ledger.
create table integrity_run (
    id {ID} primary key,
    began_at {TIME} not null,
    ended_at {TIME},
    part {TEXT} not null,
    behind {ID},
    position {INT} not null,
    rows_seen {INT} not null,
    entries_seen {INT} not null
){STRICT};

-- What does not fit, by nothing but ids, and when officers were told.
create table integrity_finding (
    id {ID} primary key,
    kind {TEXT} not null check (kind in ('altered', 'older', 'missing', 'back', 'unreadable', 'ledger')),
    object {TEXT} not null,
    record_id {ID} not null,
    found_at {TIME} not null,
    seen_at {TIME} not null,
    told_at {TIME}
){STRICT};
create unique index integrity_finding_what on integrity_finding (kind, object, record_id);
create index integrity_finding_untold on integrity_finding (id) where told_at is null;
