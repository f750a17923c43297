-- A file on a record bears a mark over its row, and counts how often it was brought, removed and taken back, so that the ledger can
-- say which row is the newest. Its key lies in `sealed`. Rows from before bear no mark, and are refused.
alter table attachment add column version {INT} not null default 0;
alter table attachment add column row_mark {BYTES};

-- What an object's key sealed is sealed anew part by part: records, files on them, rows of the program's own.
alter table resealing add column part {TEXT} not null default 'records';
