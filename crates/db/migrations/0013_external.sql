-- Accounts of the company's identity provider that belong to people here, found by a blind token of issuer and subject.
create table external_identity (
    id {ID} primary key,
    user_id {ID} not null references app_user (id),
    lookup {BYTES} not null,
    created_at {TIME} not null,
    used_at {TIME}
){STRICT};
create unique index external_identity_lookup on external_identity (lookup);
create index external_identity_of_user on external_identity (user_id);

-- Who has gone to the provider and is expected back. What is needed to judge what they bring is sealed; it is taken out once.
create table external_flow (
    id {ID} primary key,
    session_id {ID},
    sealed {BYTES} not null,
    expires_at {TIME} not null
){STRICT};
create index external_flow_expires on external_flow (expires_at);

-- Which session at the provider began one here, as blind tokens, so that it can end it; what signs out there is sealed under
-- the person's key.
create table external_session (
    session_id {ID} primary key,
    user_id {ID} not null references app_user (id),
    lookup {BYTES} not null,
    sid {BYTES},
    sealed {BYTES} not null
){STRICT};
create index external_session_lookup on external_session (lookup);
create index external_session_sid on external_session (sid) where sid is not null;

-- Logout tokens that were taken, by a blind token of their id, until they are too old to be taken again.
create table external_logout (
    id {BYTES} primary key,
    expires_at {TIME} not null
){STRICT};
create index external_logout_expires on external_logout (expires_at);
