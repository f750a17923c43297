-- The keyed tokens of sealed text: an inverted index over an array of numbers. What it knows beside them stands in `dialect.rs`.
alter table search_doc add column tokens bigint[];
create index search_doc_tokens on search_doc using gin
    ((tokens || array[-1 - (doc >> 10), -4294967296 - (doc >> 14)])) with (fastupdate = off);
