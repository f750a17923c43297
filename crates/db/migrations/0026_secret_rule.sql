-- What becomes of a kind of secret that somebody writes into free text, where it is not the usual: warn, refuse, allow.
create table secret_rule (
    kind {TEXT} primary key,
    rule {TEXT} not null check (rule in ('warn', 'refuse', 'allow'))
){STRICT};
