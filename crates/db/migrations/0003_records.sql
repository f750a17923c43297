-- Record tables (r_<object>) are made from the object definitions; see schema.rs. Here is what they share.

-- Blind tokens: equality on sealed fields.
create table blind_token (
    object {TEXT} not null,
    field {TEXT} not null,
    token {BYTES} not null,
    record_id {ID} not null,
    primary key (object, field, token, record_id)
){ROWLESS};
create index blind_token_record on blind_token (record_id);

-- Keyed tokens of words: search over sealed fields.
create table search_doc (
    doc {SERIAL},
    object {TEXT} not null,
    record_id {ID} not null
){STRICT};
create unique index search_doc_record on search_doc (record_id);
{SEARCH_INDEX}
