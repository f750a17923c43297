-- Contacts that nobody deals with. Which ones they are lies sealed: whoever holds a copy of the database does not learn whom to
-- leave out. Behind `place` of the ledger nothing has been looked at yet.
create table canary (
    id {ID} primary key,
    sealed {BYTES} not null,
    place {INT} not null,
    created_by {ID} not null,
    created_at {TIME} not null
){STRICT};

-- Who touched one, how, and when officers were told. The same person in the same way is told of once an hour.
create table canary_touch (
    id {ID} primary key,
    canary_id {ID} not null references canary (id),
    user_id {ID},
    verb {TEXT} not null,
    via {TEXT} not null,
    at {TIME} not null
){STRICT};
create index canary_touch_of on canary_touch (canary_id, at);
