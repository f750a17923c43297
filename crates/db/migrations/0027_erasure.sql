-- Somebody who is erased, or was. What is here says nothing about them: ids, whose key is gone, and how many rows went.
create table erasure (
    id {ID} primary key,
    object {TEXT} not null,
    record_id {ID} not null,
    subject_id {ID} not null,
    basis {TEXT} not null,
    user_id {ID} not null references app_user (id),
    agreed_by {ID} references app_user (id),
    state {TEXT} not null,
    gone {BYTES} not null,
    began_at {TIME} not null,
    live_at {TIME},
    done_at {TIME},
    certificate {TEXT}
){STRICT};
create unique index erasure_of_record on erasure (record_id);
create index erasure_open on erasure (began_at) where done_at is null;

-- Records that are not to be erased, until when. Why lies sealed under the person's own key.
create table legal_hold (
    id {ID} primary key,
    object {TEXT} not null,
    record_id {ID} not null,
    subject_id {ID} not null,
    reason {BYTES} not null,
    user_id {ID} not null references app_user (id),
    placed_at {TIME} not null,
    until {TIME} not null,
    lifted_by {ID} references app_user (id),
    lifted_at {TIME}
){STRICT};
create unique index legal_hold_standing on legal_hold (record_id) where lifted_at is null;
