-- Two people who check who is on the phone. Codes are not stored: they are made from the id under a key; of the one a customer types
-- only a blind token is, to find it by.
create table call_check (
    id {ID} primary key,
    starter_id {ID} not null references app_user (id),
    other_id {ID} references app_user (id),
    contact_id {ID},
    code {BYTES},
    expires_at {TIME} not null,
    starter_tries {INT} not null,
    other_tries {INT} not null,
    starter_done_at {TIME},
    other_done_at {TIME}
){STRICT};
create index call_check_of_starter on call_check (starter_id);
create index call_check_of_other on call_check (other_id);
create unique index call_check_code on call_check (code) where code is not null;
create index call_check_expires on call_check (expires_at);

-- Questions to the page for customers, counted by a blind token of the network.
create table call_asked (
    key {BYTES} primary key,
    started_at {TIME} not null,
    tries {INT} not null
){STRICT};
create index call_asked_started on call_asked (started_at);
