-- What the index holds in PostgreSQL takes less room: a token of a word is a number of four bytes, not eight, and a blind token lies
-- like an id, with an index that does not repeat the record.
{LEANER_INDEX}
