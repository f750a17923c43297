-- Requests of people who lost every way to sign in. Anybody can leave one for any address: whose it is, if anybody's, is found
-- out afterwards, so that the answer is the same. Only keyed hashes of the link and of the code that is read out are kept.
create table rescue (
    id {ID} primary key,
    email_blind {BYTES} not null,
    user_id {ID} references app_user (id),
    hash {BYTES} not null,
    spoken {BYTES} not null,
    recovery_hash {BYTES},
    strong {INT} not null,
    sealed {BYTES} not null,
    asked_at {TIME} not null,
    expires_at {TIME} not null,
    ready_at {TIME},
    ended_at {TIME},
    how {TEXT}
){STRICT};
create unique index rescue_hash on rescue (hash);
create index rescue_of_user on rescue (user_id) where ended_at is null;
create index rescue_unsettled on rescue (asked_at) where user_id is null and ended_at is null;
create index rescue_expires on rescue (expires_at);

-- Who agreed to one. Nobody counts twice.
create table rescue_approval (
    rescue_id {ID} not null references rescue (id),
    user_id {ID} not null references app_user (id),
    approved_at {TIME} not null,
    primary key (rescue_id, user_id)
){STRICT};
