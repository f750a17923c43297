-- Records that look like another, found by comparing keyed tokens. `one` is the smaller id; `why` names what they have in common, so
-- that nobody is told of what they share in a field that is hidden from whoever looks.
create table duplicate_pair (
    object {TEXT} not null,
    strength {INT} not null,
    one {ID} not null,
    other {ID} not null,
    why {TEXT} not null,
    primary key (object, strength, one, other, why)
){ROWLESS};
create index duplicate_pair_one on duplicate_pair (one);
create index duplicate_pair_other on duplicate_pair (other);

-- Pairs of which somebody said that they are two.
create table duplicate_apart (
    object {TEXT} not null,
    one {ID} not null,
    other {ID} not null,
    decided_by {ID} not null,
    decided_at {TIME} not null,
    primary key (object, one, other)
){ROWLESS};
create index duplicate_apart_other on duplicate_apart (other);

-- What was merged, and what linked to it: whoever opens the one in the bin is led to the other, and the merge can be taken back.
create table duplicate_merge (
    object {TEXT} not null,
    record_id {ID} not null,
    into_id {ID} not null,
    request_id {ID} not null,
    merged_by {ID},
    merged_at {TIME} not null,
    primary key (object, record_id)
){ROWLESS};
create index duplicate_merge_request on duplicate_merge (request_id);
create table duplicate_moved (
    request_id {ID} not null,
    object {TEXT} not null,
    record_id {ID} not null,
    field {TEXT} not null,
    from_id {ID} not null,
    primary key (request_id, object, record_id, field)
){ROWLESS};
