-- A blind token belongs to one field of one object by how it is made: what it stands for need not be part of the key, which the index
-- by record repeats.
create table blind_token_next (
    token {BYTES} not null,
    record_id {ID} not null,
    object {TEXT} not null,
    field {TEXT} not null,
    primary key (token, record_id)
){ROWLESS};
insert into blind_token_next (token, record_id, object, field) select token, record_id, object, field from blind_token;
drop table blind_token;
alter table blind_token_next rename to blind_token;
create index blind_token_record on blind_token (record_id);
