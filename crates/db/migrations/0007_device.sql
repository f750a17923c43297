-- Browsers that somebody has signed in with: their tries are counted by themselves, so that guesses from elsewhere do not
-- keep the owner out. Only the keyed hash of what the browser holds is stored.
create table device (
    hash {BYTES} not null,
    user_id {ID} not null references app_user (id),
    seen_at {TIME} not null,
    primary key (hash, user_id)
){STRICT};
create index device_seen on device (seen_at);
