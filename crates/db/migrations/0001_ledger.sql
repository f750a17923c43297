-- What happened. One row packs the acts of one transaction or of one batch of reads; its leaf is hashed over id and body.
-- The sequencer sets position, the row's place in the Merkle tree; nothing else is ever changed.
create table ledger_entry (
    id {ID} primary key,
    body {BYTES} not null,
    leaf {BYTES} not null,
    position {INT}
){STRICT};
create unique index ledger_entry_position on ledger_entry (position) where position is not null;
create index ledger_entry_unplaced on ledger_entry (id) where position is null;

-- Where entries speak of a record: somewhere among so many entries from a position on. An index that can be made again
-- from the entries.
create table ledger_about (
    record_id {ID} not null,
    position {INT} not null,
    entries {INT} not null,
    primary key (record_id, position)
){ROWLESS};

-- The right edge of the Merkle tree, so that appending needs no other row. One row.
create table ledger_tree (
    only_one {INT} primary key check (only_one = 1),
    size {INT} not null,
    frontier {BYTES} not null
){STRICT};

-- Signed statements "the tree had this size and this root" (C2SP tlog-checkpoint).
create table ledger_checkpoint (
    size {INT} primary key,
    note {TEXT} not null,
    signed_at {TIME} not null
){STRICT};

-- How far each reader of the ledger has come.
create table ledger_cursor (
    reader {TEXT} primary key,
    position {INT} not null
){STRICT};
