-- Orders of sealed fields. The ranks lie in a column of the object's table. `stamp` changes with every placing, under a row lock:
-- one at a time, and whoever remembers keys knows by it whether they still fit. `through` is how far a run over records without
-- a rank has come, `done` that it is over.
create table field_order (
    object {TEXT} not null,
    field {TEXT} not null,
    version {INT} not null,
    stamp {INT} not null,
    former {INT} not null,
    through {ID},
    done {BOOL} not null,
    primary key (object, field)
){STRICT};
