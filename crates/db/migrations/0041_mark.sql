-- Rows that say who may do what bear a mark: a keyed hash over what counts in them. Null where it does not count any more.
alter table app_user add column mark {BYTES};
alter table session add column mark {BYTES};
alter table link add column mark {BYTES};
alter table api_token add column mark {BYTES};
alter table external_identity add column mark {BYTES};
alter table record_share add column mark {BYTES};
alter table approval add column mark {BYTES};
alter table app add column mark {BYTES};
alter table app_code add column mark {BYTES};
alter table app_refresh add column mark {BYTES};
alter table rescue add column mark {BYTES};

-- Marks of tables that are taken as a whole: a row that is missing says something too.
create table marked_whole (
    name {TEXT} primary key,
    mark {BYTES} not null
){STRICT};

-- An entry bears a mark until it has its place in the tree, which is signed. One that bears none was planted: it is refused, and kept.
alter table ledger_entry add column mark {BYTES};
alter table ledger_entry add column refused_at {TIME};
drop index ledger_entry_unplaced;
create index ledger_entry_unplaced on ledger_entry (id) where position is null and refused_at is null;
create index ledger_entry_refused on ledger_entry (id) where refused_at is not null;
