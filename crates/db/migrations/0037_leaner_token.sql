-- How a blind token is made says of which field of which object it is: nothing asks for that by name any more.
create table blind_token_next (
    token {BYTES} not null,
    record_id {ID} not null,
    primary key (token, record_id)
){ROWLESS};
insert into blind_token_next (token, record_id) select token, record_id from blind_token;
drop table blind_token;
alter table blind_token_next rename to blind_token;
create index blind_token_record on blind_token (record_id);
