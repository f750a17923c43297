-- What programs propose and people have not answered. What it is lies sealed under the key of the person it is about, if there is one;
-- answered, nothing is left in `sealed`.
create table proposal (
    id {ID} primary key,
    user_id {ID} not null,
    token_id {ID} not null,
    object {TEXT} not null,
    record_id {ID},
    version {INT},
    subject_id {ID},
    sealed {BYTES} not null,
    asked_at {TIME} not null,
    expires_at {TIME} not null,
    ended_at {TIME}
){STRICT};
create index proposal_of on proposal (user_id, expires_at);
create index proposal_by on proposal (token_id, asked_at);
