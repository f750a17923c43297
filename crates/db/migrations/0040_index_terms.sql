-- Of which terms the tokens of an index are made: one that was made with fewer than the program knows is made anew.
alter table index_key add column terms {INT} not null default 1;
