-- Of which terms the tokens of an index are made: one that was made with fewer than the program knows is made anew. A program that does
-- not know of it, and runs beside, must not make tokens as it did: it asks for a column that is not there any more, and is refused.
alter table index_key add column terms {INT} not null default 1;
alter table index_key rename column done to renewed;
