-- Programs of others that an administrator registered and a second person agreed to. What they are called, where they answer and
-- what they may do lies sealed. `used_at` is what a code is exchanged and an app is stopped over, one after the other.
create table app (
    id {ID} primary key,
    sealed {BYTES} not null,
    created_by {ID} not null references app_user (id),
    approved_by {ID} references app_user (id),
    approved_at {TIME} not null,
    used_at {TIME},
    ended_at {TIME},
    ended_by {ID} references app_user (id)
){STRICT};

-- What somebody's browser carries to an app after they agreed: only its hash, for a minute, once (RFC 6749 §4.1.2). `token_id` is what
-- was made of it, to be ended if it comes again.
create table app_code (
    hash {BYTES} primary key,
    app_id {ID} not null references app (id),
    user_id {ID} not null references app_user (id),
    challenge {BYTES} not null,
    redirect {BYTES} not null,
    scopes {TEXT} not null,
    until {TIME} not null,
    taken_at {TIME},
    token_id {ID} references api_token (id)
){STRICT};
create index app_code_until on app_code (until);

-- What an app renews its token with, each once. One that was taken and comes again ends the token (RFC 9700 §4.14.2).
create table app_refresh (
    hash {BYTES} primary key,
    token_id {ID} not null references api_token (id),
    made_at {TIME} not null,
    taken_at {TIME}
){STRICT};
create index app_refresh_token on app_refresh (token_id);
create index app_refresh_made on app_refresh (made_at);

-- A token that an app holds is one of its owner. It keeps its id while its secret is renewed, so that what it read is found in one place.
-- `fresh_until` ends the secret, `watched_until` the app's first day.
alter table api_token add column app_id {ID} references app (id);
alter table api_token add column fresh_until {TIME};
alter table api_token add column watched_until {TIME};
create index api_token_of_app on api_token (app_id) where app_id is not null;

-- Whom an app saw on its first day, whoever it acted for: packed like `seen`.
alter table sight add column probation {BYTES};
