-- Keys of people that were destroyed, and when: what another process holds of them in memory goes too. Ids only.
create table keyring_destroyed (
    id {ID} primary key,
    destroyed_at {TIME} not null
){STRICT};
create index keyring_destroyed_at on keyring_destroyed (destroyed_at);
