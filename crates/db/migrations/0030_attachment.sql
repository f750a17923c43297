-- Files on records. What one is called, what it is and its preview lie sealed under the key of the person the record is about, and so
-- does what is in it: chunks of one stream (`vault::stream`), several in a part. `state` is `arriving` until all of it is there,
-- then `kept`, and `removed` while it can be taken back. `size` counts bytes as people see them.
create table attachment (
    id {ID} primary key,
    object {TEXT} not null,
    record_id {ID} not null,
    subject_id {ID},
    user_id {ID} not null,
    state {TEXT} not null,
    size {INT} not null,
    parts {INT} not null,
    sealed {BYTES} not null,
    preview {BYTES},
    created_at {TIME} not null,
    removed_at {TIME}
){STRICT};
create index attachment_on on attachment (record_id, state);
create index attachment_by on attachment (user_id, state);
create index attachment_about on attachment (subject_id);
create table attachment_part (
    attachment_id {ID} not null,
    number {INT} not null,
    sealed {BYTES} not null,
    primary key (attachment_id, number)
){STRICT};
