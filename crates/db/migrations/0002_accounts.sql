-- The company that runs this installation. One row, made at first run.
create table workspace (
    only_one {INT} not null unique check (only_one = 1),
    id {ID} primary key,
    name {TEXT} not null,
    created_at {TIME} not null
){STRICT};

-- People who may sign in. Name, e-mail address and preferences lie in sealed, under the person's own key; email_blind
-- finds the address again. The password is an Argon2id hash in PHC form, null until the person has joined.
create table app_user (
    id {ID} primary key,
    email_blind {BYTES} not null,
    sealed {BYTES} not null,
    subject_id {ID} not null,
    password {TEXT},
    roles {TEXT} not null,
    state {TEXT} not null check (state in ('active', 'invited', 'disabled')),
    created_at {TIME} not null,
    version {INT} not null
){STRICT};
create unique index app_user_email on app_user (email_blind);

-- Sign-ins. Only a keyed hash of the cookie's secret is kept; idle_until moves while the session is used, until does not.
create table session (
    id {ID} primary key,
    secret_hash {BYTES} not null,
    user_id {ID} not null references app_user (id),
    created_at {TIME} not null,
    seen_at {TIME} not null,
    idle_until {TIME} not null,
    until {TIME} not null,
    via {TEXT} not null,
    agent {TEXT},
    ip {TEXT},
    ended_at {TIME}
){STRICT};
create index session_of_user on session (user_id) where ended_at is null;
create index session_until on session (until);

-- One-time links: to set up the workspace, to join it, to sign in to a demo.
create table link (
    id {ID} primary key,
    hash {BYTES} not null,
    purpose {TEXT} not null check (purpose in ('setup', 'join', 'signin')),
    user_id {ID} references app_user (id),
    expires_at {TIME} not null,
    used_at {TIME}
){STRICT};
create unique index link_hash on link (hash);
create index link_of_user on link (user_id);

-- Tokens for programs. The label is somebody's own words, so it is sealed under the owner's key.
create table api_token (
    id {ID} primary key,
    user_id {ID} not null references app_user (id),
    hash {BYTES} not null,
    hint {TEXT} not null,
    label {BYTES} not null,
    created_at {TIME} not null,
    expires_at {TIME} not null,
    used_at {TIME},
    revoked_at {TIME}
){STRICT};
create unique index api_token_hash on api_token (hash);
create index api_token_of_user on api_token (user_id);

-- Tries to sign in, counted by blind tokens of the e-mail address and of the network.
create table sign_in_throttle (
    key {BYTES} primary key,
    started_at {TIME} not null,
    tries {INT} not null
){STRICT};
create index sign_in_throttle_started on sign_in_throttle (started_at);
