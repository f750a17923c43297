-- Rows that say who may do what bear a mark: a keyed hash over what counts in them. Null where it does not count any more.
alter table app_user add column mark {BYTES};
alter table session add column mark {BYTES};
alter table link add column mark {BYTES};
alter table api_token add column mark {BYTES};
alter table external_identity add column mark {BYTES};
alter table record_share add column mark {BYTES};
alter table approval add column mark {BYTES};

-- Marks of tables that are taken as a whole: a row that is missing says something too.
create table marked_whole (
    name {TEXT} primary key,
    mark {BYTES} not null
){STRICT};
