-- Epoch keys lie apart: one that still wraps a key cannot be removed, says the database itself, whichever process asks.
create table keyring_epoch (
    id {ID} primary key,
    state {TEXT} not null check (state in ('current', 'retiring')),
    wrapped {BYTES} not null,
    created_at {TIME} not null
){STRICT};
create unique index keyring_epoch_state on keyring_epoch (state);
insert into keyring_epoch (id, state, wrapped, created_at)
    select id, 'current', wrapped, created_at from keyring_key where purpose = 'epoch';

create table keyring_key_next (
    id {ID} primary key,
    purpose {TEXT} not null,
    label {TEXT} not null,
    wrapped_by {ID} not null references keyring_epoch (id),
    wrapped {BYTES} not null,
    created_at {TIME} not null
){STRICT};
insert into keyring_key_next (id, purpose, label, wrapped_by, wrapped, created_at)
    select id, purpose, label, wrapped_by, wrapped, created_at from keyring_key where purpose <> 'epoch';
drop table keyring_key;
alter table keyring_key_next rename to keyring_key;
create unique index keyring_key_named on keyring_key (purpose, label) where label <> '';

-- One row for each time the epoch key was changed: how far it is, and whether its end is in the ledger.
create table keyring_rotation (
    id {ID} primary key,
    old_epoch {ID} not null,
    new_epoch {ID} not null,
    total {INT} not null,
    done {INT} not null,
    started_at {TIME} not null,
    ended_at {TIME},
    told {BOOL} not null
){STRICT};
