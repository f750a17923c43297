-- Keys lie by their id: an index beside them would hold every id a second time.
create table keyring_key_rowless (
    id {ID} primary key,
    purpose {TEXT} not null,
    label {TEXT} not null,
    wrapped_by {ID} not null references keyring_epoch (id),
    wrapped {BYTES} not null,
    created_at {TIME} not null
){ROWLESS};
insert into keyring_key_rowless (id, purpose, label, wrapped_by, wrapped, created_at)
    select id, purpose, label, wrapped_by, wrapped, created_at from keyring_key;
drop table keyring_key;
alter table keyring_key_rowless rename to keyring_key;
create unique index keyring_key_named on keyring_key (purpose, label) where label <> '';
