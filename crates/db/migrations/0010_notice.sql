-- What people are told about their own accounts. What happened is sealed under the person's own key. seen_at is set once it
-- was seen in a browser that the person had used before it happened; seen in another, it is out of the way there only.
create table notice (
    id {ID} primary key,
    user_id {ID} not null references app_user (id),
    subject_id {ID} not null,
    session_id {ID},
    kind {TEXT} not null,
    sealed {BYTES} not null,
    created_at {TIME} not null,
    seen_at {TIME}
){STRICT};
create index notice_of_user on notice (user_id, id);
create index notice_unseen on notice (user_id) where seen_at is null;
create index notice_of_session on notice (session_id) where seen_at is null;
create index notice_created on notice (created_at);

create table notice_seen (
    notice_id {ID} not null,
    browser {BYTES} not null,
    primary key (notice_id, browser)
){ROWLESS};

-- Who came in, when, and from where; and how many failed after them. A browser is a blind token of what it holds.
create table entry (
    id {ID} primary key,
    user_id {ID} not null references app_user (id),
    subject_id {ID} not null,
    session_id {ID} not null,
    browser {BYTES} not null,
    sealed {BYTES} not null,
    created_at {TIME} not null,
    failed_after {INT} not null,
    greeted_at {TIME}
){STRICT};
create index entry_of_user on entry (user_id, id);
create index entry_of_session on entry (session_id);
create index entry_created on entry (created_at);
