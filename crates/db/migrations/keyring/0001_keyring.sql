-- One row a key, wrapped by the key named in wrapped_by (the epoch key; the epoch key by the root key).
create table keyring_key (
    id {ID} primary key,
    purpose {TEXT} not null,
    label {TEXT} not null,
    wrapped_by {ID},
    wrapped {BYTES} not null,
    created_at {TIME} not null
){STRICT};
create unique index keyring_key_named on keyring_key (purpose, label) where label <> '';

-- How the root key is found again, and a value that shows whether it is the right one.
create table keyring_root (
    only_one {INT} primary key check (only_one = 1),
    provider {TEXT} not null,
    salt {BYTES} not null,
    proof {BYTES} not null
){STRICT};
