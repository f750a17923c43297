-- What takes a second person. The terms, the reason and what was answered are sealed; the hash of the terms is what the second
-- person agreed to, and nothing updates either.
create table approval (
    id {ID} primary key,
    rule {TEXT} not null,
    hash {BYTES} not null,
    initiator_id {ID} not null references app_user (id),
    sealed {BYTES} not null,
    state {TEXT} not null,
    alone {INT} not null,
    asked_at {TIME} not null,
    expires_at {TIME} not null,
    decider_id {ID} references app_user (id),
    decided_at {TIME},
    answer {BYTES},
    ended_at {TIME},
    fault {TEXT},
    reviewer_id {ID} references app_user (id),
    reviewed_at {TIME},
    review {BYTES}
){STRICT};
create index approval_open on approval (expires_at) where ended_at is null;
create index approval_of_initiator on approval (initiator_id);
create index approval_unreviewed on approval (asked_at) where alone = 1 and reviewed_at is null;
