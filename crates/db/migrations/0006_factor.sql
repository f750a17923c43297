-- How strongly the person of a session proved who they are (1 to 3: authz::Level), and when for the last time.
alter table session add column level {INT} not null default 1;
alter table session add column level_at {TIME} not null default 0;

-- What people prove who they are with, beside a password. Sealed under the person's own key. A passkey is found by a blind
-- token of its credential id.
create table factor (
    id {ID} primary key,
    user_id {ID} not null references app_user (id),
    kind {TEXT} not null check (kind in ('passkey', 'totp', 'recovery')),
    lookup {BYTES},
    sealed {BYTES} not null,
    created_at {TIME} not null,
    used_at {TIME},
    version {INT} not null
){STRICT};
create unique index factor_lookup on factor (kind, lookup) where lookup is not null;
create index factor_of_user on factor (user_id);

-- Questions that wait for an answer: the ceremonies of passkeys, the second step of a sign-in. Each is answered once. What is
-- needed to judge the answer is sealed.
create table challenge (
    id {ID} primary key,
    purpose {TEXT} not null,
    user_id {ID} references app_user (id),
    session_id {ID},
    sealed {BYTES} not null,
    expires_at {TIME} not null
){STRICT};
create index challenge_expires on challenge (expires_at);
