-- Which keys of the keyring the tokens of records are made with. They stand beside the tokens, so that whoever looks into the index
-- sees both as they were at one moment. One key is current; while the tokens of another are made anew, that one goes; when none is
-- left it is gone, until the keyring has destroyed it. `upto` is the last number of the index that the going key may have made,
-- `walked` how far it was replaced.
create table index_key (
    id {ID} primary key,
    state {TEXT} not null check (state in ('current', 'going', 'gone')),
    since {TIME} not null,
    upto {INT} not null,
    walked {INT} not null,
    total {INT} not null,
    done {INT} not null
){STRICT};
create unique index index_key_state on index_key (state);
