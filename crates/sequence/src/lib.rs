//! Gives ledger entries their place in the Merkle tree, signs the tree, and reads entries back.
//!
//! Entries are written without a place, inside the transactions they speak of; a sequencer then places what has been
//! committed, in one transaction at a time. So the order is commit-safe on both engines: an entry that commits late gets a
//! later place, and no place is ever left empty.

mod note;
pub mod outbox;

pub use note::newest_note;

use std::ops::Range;

use authz::{Action, Allowed, Cx, Lowers, Read, Resource};
use crypto::SigningKey;
use db::{Bare, Db, DbFault, Permitted, ReadTx, Val, WriteTx};
use kernel::{EntryId, TokenId, Uuid};
use ledger::{Act, ActorRef, Checkpoint, Entry, Filed, Frontier, Line, LogName, verbs};

/// At most this many entries are placed in one transaction, so that writers do not wait long and little is in memory: an
/// entry of an import packs the values of five hundred rows.
///
/// They share one row of the index for each record they speak of. Under load, entries that follow each other speak of the
/// same records: the page that everybody looks at is indexed once, not once for each look.
const SPAN: i64 = 32;

/// What the index knows lines by which say that something was found altered, whatever it was.
pub const DAMAGED: Uuid = Uuid::from_u128(0xda3a_6ed0_0000_7000_8000_0000_0000_0001);

/// Returns what the index knows lines by which wrote the row of a file. Those that read it are many more, and stand under its own id.
const fn written(file: Uuid) -> Uuid {
    Uuid::from_u128(file.as_u128() ^ 0xf11e_0000_0000_0000_0000_0000_0000_0000)
}

/// A ledger row: its place, its id and what it packs.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its place in the tree, counted from 0.
    pub position: u64,
    /// Its id.
    pub id: EntryId,
    /// What it packs.
    pub acts: Vec<Act>,
}

/// A ledger row as it is stored, for verification.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its place in the tree, counted from 0.
    pub position: u64,
    /// Its id.
    pub id: Uuid,
    /// The packed acts.
    pub body: Vec<u8>,
    /// The leaf as stored.
    pub leaf: Vec<u8>,
}

// Entries hold open facts and ciphertext; who may read them is decided by the callers below, which ask for a proof.
impl Bare for Stored {}
// A checkpoint is made to be published.
struct Note(String);
impl Bare for Note {}

/// Places all committed entries. Called by the schedule and before the ledger is shown.
///
/// # Errors
/// [`DbFault`].
pub async fn settle(db: &Db, cx: &Cx) -> Result<(), DbFault> {
    while db.write(cx, place_some).await? >= SPAN.unsigned_abs() {}
    Ok(())
}

/// Does what [`settle`] does, for a thread that may block.
///
/// # Errors
/// [`DbFault`].
pub fn settle_now(db: &Db, cx: &Cx) -> Result<(), DbFault> {
    while db.write_now(cx, place_some)? >= SPAN.unsigned_abs() {}
    Ok(())
}

/// Places the next entries and returns how many there were. One that does not bear its mark gets no place.
///
/// # Errors
/// [`DbFault`] of the engine, or of an entry that cannot be read.
pub fn place_some(tx: &mut WriteTx<'_>) -> Result<u64, DbFault> {
    // The row is taken first: on PostgreSQL a second sequencer waits here, on SQLite there is only one writer.
    tx.keep(
        "insert into ledger_tree (only_one, size, frontier) values (1, 0, ?1) on conflict (only_one) do update set size = ledger_tree.size",
        &[Frontier::new().to_bytes().into()],
    )?;
    let waiting = tx.bare(
        "select id, body, leaf, mark from ledger_entry where position is null and refused_at is null order by id limit ?1",
        &[SPAN.into()],
        |row| Ok((Stored { position: 0, id: row.get(0)?, body: row.get(1)?, leaf: row.get(2)? }, Mark(row.get(3)?))),
    )?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut frontier = frontier(tx)?;
    let (first, looked_at) = (frontier.size(), waiting.len() as u64);
    let mut ids: Vec<Uuid> = Vec::new();
    for (entry, mark) in waiting {
        let id = entry.id;
        let Some((leaf, packed)) = genuine(tx, entry, &mark) else {
            refuse(tx, id)?;
            continue;
        };
        let position = frontier.append(leaf);
        let sql = "update ledger_entry set position = ?2, mark = null where id = ?1";
        tx.keep(sql, &[id.into(), int(position)])?;
        let acts = packed.unpack()?;
        ids.extend(acts.iter().flat_map(|act| &act.lines).flat_map(|line| &line.ids));
        ids.extend(acts.iter().flat_map(|act| &act.lines).filter(|line| is_damage(line)).map(|_| DAMAGED));
        let filed = acts.iter().flat_map(|act| &act.lines).filter_map(Filed::of);
        ids.extend(filed.flat_map(|(_, files)| files.iter().copied().map(written)));
        // What a program did is found by its token.
        ids.extend(acts.iter().filter_map(|act| token_of(act.actor)));
    }
    let placed = frontier.size() - first;
    if placed == 0 {
        return Ok(looked_at);
    }
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        tx.keep(
            "insert into ledger_about (record_id, position, entries) values (?1, ?2, ?3)",
            &[id.into(), int(first), int(placed)],
        )?;
    }
    tx.keep("update ledger_tree set size = ?1, frontier = ?2", &[int(frontier.size()), frontier.to_bytes().into()])?;
    Ok(looked_at)
}

/// The mark of an entry that waits.
struct Mark(Option<Vec<u8>>);
// What is only compared.
impl Bare for Mark {}

/// Returns the leaf and the entry if the program wrote it: if it bears its mark, and its leaf is its own.
fn genuine(tx: &ReadTx<'_>, entry: Stored, Mark(mark): &Mark) -> Option<([u8; 32], Entry)> {
    let leaf = <[u8; 32]>::try_from(entry.leaf.as_slice()).ok()?;
    let bears = crypto::same(&tx.mark_of_entry(entry.id, &leaf), mark.as_deref()?);
    let packed = Entry { id: EntryId::from_uuid(entry.id), body: entry.body };
    (bears && packed.leaf() == leaf).then_some((leaf, packed))
}

/// Leaves an entry that the program did not write without a place, for whoever investigates.
fn refuse(tx: &mut WriteTx<'_>, id: Uuid) -> Result<(), DbFault> {
    tracing::error!(entry = %id, "a line of the ledger was planted, or altered before it had its place");
    let now = tx.now();
    tx.keep("update ledger_entry set refused_at = ?2 where id = ?1", &[id.into(), now.into()]).map(|_| ())
}

/// Counts the entries that the program did not write.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn refused(tx: &ReadTx<'_>) -> Result<u64, DbFault> {
    let sql = "select count(*) from ledger_entry where refused_at is not null";
    Ok(tx.bare_one(sql, &[], |row| row.get::<u64>(0))?.unwrap_or(0))
}

fn is_damage(line: &Line) -> bool {
    line.verb == verbs::DAMAGE
}

fn token_of(actor: ActorRef) -> Option<Uuid> {
    match actor {
        ActorRef::Token { token, .. } => Some(token.uuid()),
        _ => None,
    }
}

fn int(n: u64) -> Val {
    Val::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

fn frontier(tx: &ReadTx<'_>) -> Result<Frontier, DbFault> {
    struct Bytes(Vec<u8>);
    // Hashes of ciphertext.
    impl Bare for Bytes {}
    let stored = tx.bare_one("select frontier from ledger_tree", &[], |row| Ok(Bytes(row.get(0)?)))?;
    Ok(match stored {
        Some(Bytes(bytes)) => Frontier::from_bytes(&bytes)?,
        None => Frontier::new(),
    })
}

/// Signs the tree as it stands, if it grew since the last time, and returns the signed note.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn sign_tree(tx: &mut WriteTx<'_>, name: &LogName, key: &SigningKey) -> Result<Option<String>, DbFault> {
    let tree = frontier(tx)?;
    let signed = tx.bare_one("select coalesce(max(size), -1) from ledger_checkpoint", &[], |row| row.get::<i64>(0))?;
    let size = i64::try_from(tree.size()).unwrap_or(i64::MAX);
    if size == 0 || signed.is_some_and(|signed| signed >= size) {
        return Ok(None);
    }
    let note = Checkpoint::new(name.clone(), tree.size(), tree.root()).sign(key);
    tx.keep(
        "insert into ledger_checkpoint (size, note, signed_at) values (?1, ?2, ?3) on conflict (size) do nothing",
        &[size.into(), note.as_str().into(), tx.now().into()],
    )?;
    Ok(Some(note))
}

/// Returns every signed note, oldest first.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn notes(tx: &ReadTx<'_>) -> Result<Vec<String>, DbFault> {
    let notes = tx.bare("select note from ledger_checkpoint order by size", &[], |row| Ok(Note(row.get(0)?)))?;
    Ok(notes.into_iter().map(|note| note.0).collect())
}

/// Returns stored rows from a position on, at most `most`: what a verifier reads, page by page.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn stored_from(tx: &ReadTx<'_>, position: u64, most: u32) -> Result<Vec<Stored>, DbFault> {
    tx.bare(
        "select position, id, body, leaf from ledger_entry where position >= ?1 order by position limit ?2",
        &[int(position), most.into()],
        |row| Ok(Stored { position: row.get(0)?, id: row.get(1)?, body: row.get(2)?, leaf: row.get(3)? }),
    )
}

/// Returns entries from a position on, oldest first, for the outbox.
pub(crate) fn entries_from(tx: &ReadTx<'_>, position: u64, most: u32) -> Result<Vec<Placed>, DbFault> {
    stored_from(tx, position, most)?.into_iter().map(placed).collect()
}

/// Returns entries before a position, newest first, for somebody who may read the whole ledger.
///
/// # Errors
/// [`DbFault`] of the engine, or of an entry that cannot be read.
pub fn entries(
    tx: &ReadTx<'_>,
    _proof: &Allowed<Read>,
    before: Option<u64>,
    most: u32,
) -> Result<Vec<Placed>, DbFault> {
    let rows = tx.bare(
        "select position, id, body from ledger_entry where position < ?1 order by position desc limit ?2",
        &[before.map_or(Val::Int(i64::MAX), int), most.into()],
        |row| Ok(Stored { position: row.get(0)?, id: row.get(1)?, body: row.get(2)?, leaf: Vec::new() }),
    )?;
    rows.into_iter().map(placed).collect()
}

/// Returns entries that speak of a record the actor may read, newest first.
///
/// # Errors
/// [`DbFault`] of the engine, or of an entry that cannot be read.
pub fn entries_about<T: Resource, A: Action + Lowers<Read>>(
    tx: &ReadTx<'_>,
    record: &Permitted<T, A>,
    before: Option<u64>,
    most: u32,
) -> Result<Vec<Placed>, DbFault> {
    let id = record.facts().id;
    let mut found = Vec::new();
    let mut end = before.unwrap_or(u64::MAX);
    while found.len() < most as usize {
        let spans = tx.bare(
            "select position, entries from ledger_about where record_id = ?1 and position < ?2 \
             order by position desc limit ?3",
            &[id.into(), int(end), most.into()],
            |row| Ok((row.get::<u64>(0)?, row.get::<u64>(1)?)),
        )?;
        let Some((last, _)) = spans.last().copied() else { break };
        for (first, entries) in spans {
            found.extend(speaking_of(tx, id, (first, end.min(first + entries)))?);
        }
        end = last;
    }
    found.truncate(most as usize);
    Ok(found)
}

/// Returns how many entries have their place.
///
/// # Errors
/// [`DbFault`] of the engine.
pub fn size(tx: &ReadTx<'_>) -> Result<u64, DbFault> {
    Ok(frontier(tx)?.size())
}

/// Tells whether an entry from a position on speaks of a record. Only for the program itself.
///
/// # Errors
/// [`DbFault::Mismatch`] for anybody else; [`DbFault`] of the engine.
pub fn is_spoken_of(tx: &ReadTx<'_>, id: Uuid, from: u64) -> Result<bool, DbFault> {
    own(tx)?;
    let sql = "select 1 from ledger_about where record_id = ?1 and position >= ?2 limit 1";
    Ok(tx.bare_one(sql, &[id.into(), int(from)], |row| row.get::<i64>(0))?.is_some())
}

/// Returns what was done in the entries at some positions that speak of a record, oldest first. Only for the program itself.
///
/// # Errors
/// [`DbFault::Mismatch`] for anybody else; [`DbFault`] of the engine, or of an entry that cannot be read.
pub fn acts_about(tx: &ReadTx<'_>, id: Uuid, at: Range<u64>) -> Result<Vec<Act>, DbFault> {
    own(tx)?;
    let spans = tx.bare(
        "select position, entries from ledger_about where record_id = ?1 and position >= ?2 and position < ?3 order by position",
        &[id.into(), int(at.start), int(at.end)],
        |row| Ok((row.get::<u64>(0)?, row.get::<u64>(1)?)),
    )?;
    let mut acts = Vec::new();
    for (first, entries) in spans {
        let mut found = speaking_of(tx, id, (first, at.end.min(first + entries)))?;
        found.reverse();
        acts.extend(found.into_iter().flat_map(|entry| entry.acts));
    }
    Ok(acts)
}

/// Returns what the ledger says last of the row of a file, and nothing else of what it says.
///
/// # Errors
/// [`DbFault`] of the engine, or of an entry that cannot be read.
pub fn filed(tx: &ReadTx<'_>, file: Uuid) -> Result<Option<Filed>, DbFault> {
    let sql = "select position, entries from ledger_about where record_id = ?1 order by position desc limit 1";
    let last = tx.bare_one(sql, &[written(file).into()], |row| Ok((row.get::<u64>(0)?, row.get::<u64>(1)?)))?;
    let Some((first, entries)) = last else { return Ok(None) };
    let rows = stored_from(tx, first, u32::try_from(entries).unwrap_or(u32::MAX))?;
    let mut said = None;
    for row in rows {
        for line in placed(row)?.acts.iter().flat_map(|act| &act.lines) {
            if let Some((now, _)) = Filed::of(line).filter(|(_, files)| files.contains(&file)) {
                said = Some(said.map_or(now, |before| now.later(before)));
            }
        }
    }
    Ok(said)
}

/// Entries hold what everybody did: without a proof they are read by the program alone.
fn own(tx: &ReadTx<'_>) -> Result<(), DbFault> {
    if tx.cx().actor() == ActorRef::System { Ok(()) } else { Err(DbFault::Mismatch) }
}

/// Returns what a token did, newest first, from at most `most` spans of the ledger: to its owner, and with a proof to whoever may
/// read the ledger. Whose a token is, the acts say themselves; those of anybody else are left out.
///
/// # Errors
/// [`DbFault`] of the engine, or of an entry that cannot be read.
pub fn acts_of_token(
    tx: &ReadTx<'_>,
    token: TokenId,
    proof: Option<&Allowed<Read>>,
    most: u32,
) -> Result<Vec<Act>, DbFault> {
    let own = tx.cx().person();
    let spans = tx.bare(
        "select position, entries from ledger_about where record_id = ?1 order by position desc limit ?2",
        &[token.into(), most.into()],
        |row| Ok((row.get::<u64>(0)?, row.get::<u64>(1)?)),
    )?;
    let mut acts = Vec::new();
    for (first, entries) in spans {
        let rows = tx.bare(
            "select position, id, body from ledger_entry where position >= ?1 and position < ?2 order by position desc",
            &[int(first), int(first + entries)],
            |row| Ok(Stored { position: row.get(0)?, id: row.get(1)?, body: row.get(2)?, leaf: Vec::new() }),
        )?;
        for row in rows {
            let theirs = |act: &Act| match act.actor {
                ActorRef::Token { token: by, user } => by == token && (proof.is_some() || own == Some(user)),
                _ => false,
            };
            acts.extend(placed(row)?.acts.into_iter().rev().filter(theirs));
        }
    }
    Ok(acts)
}

/// Returns the entries within a span that speak of a record, newest first.
fn speaking_of(tx: &ReadTx<'_>, id: Uuid, (first, end): (u64, u64)) -> Result<Vec<Placed>, DbFault> {
    let rows = tx.bare(
        "select position, id, body from ledger_entry where position >= ?1 and position < ?2 order by position desc",
        &[int(first), int(end)],
        |row| Ok(Stored { position: row.get(0)?, id: row.get(1)?, body: row.get(2)?, leaf: Vec::new() }),
    )?;
    let entries = rows.into_iter().map(placed).collect::<Result<Vec<_>, _>>()?;
    let named = |line: &Line| line.ids.contains(&id) || (id == DAMAGED && is_damage(line));
    let speaks = |entry: &Placed| entry.acts.iter().flat_map(|act| &act.lines).any(named);
    Ok(entries.into_iter().filter(speaks).collect())
}

fn placed(row: Stored) -> Result<Placed, DbFault> {
    let id = EntryId::from_uuid(row.id);
    let acts = Entry { id, body: row.body }.unpack()?;
    Ok(Placed { position: row.position, id, acts })
}
