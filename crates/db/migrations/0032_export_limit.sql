-- How many rows somebody takes out in a day before it takes a second person, where it is not the usual: one row, or none.
create table export_limit (
    id {INT} primary key check (id = 1),
    rows_alone {INT} not null check (rows_alone between 1 and 10000)
){STRICT};
