-- Objects whose key was changed, and how far their records are sealed anew.
create table resealing (
    object {TEXT} primary key,
    since {TIME} not null,
    done {INT} not null,
    behind {ID}
){STRICT};
