//! A file comes in: looked at while it passes, sealed as it arrives, and there only when all of it is.

use std::collections::BTreeSet;
use std::io::{self, Write};

use authz::{Cx, Denied, Verb};
use bytes::Bytes;
use crypto::stream::SealWriter;
use crypto::{Key, Zeroizing};
use db::{Db, DbFault, WriteTx};
use kernel::{Fault as _, UserId};
use ledger::{Filed, Line};
use records::RecordRef;
use scanner::Kind as Secret;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use vault::VaultFault;

use crate::act::verb;
use crate::model::{Meta, Place, State, purpose};
use crate::preview;
use crate::secret::{self, Watch};
use crate::{Attachment, AttachmentFault, AttachmentId, Attachments, Kind, LARGEST, MOST, QUOTA, name, store};

/// So many files of one person are on their way at once.
const AT_ONCE: i64 = 4;
/// So much of a file is enough to know what it is.
const START: usize = 32 * 1024;
/// So much ciphertext goes into a row.
const PART: usize = 256 * 1024;
/// Pieces on their way that have not been sealed.
const AHEAD: usize = 4;

/// What somebody says about a file they bring.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What it is called.
    pub name: String,
    /// Whether secrets in it are meant.
    pub keep: bool,
}

/// Where the pieces of a file go. Dropped without [`end`](Self::end) the file has broken off.
pub struct Feed(mpsc::Sender<Option<Bytes>>);

impl Feed {
    /// Hands a piece on; false if no more is wanted: it was refused.
    pub async fn piece(&self, bytes: Bytes) -> bool {
        self.0.send(Some(bytes)).await.is_ok()
    }

    /// Says that all of it came.
    pub async fn end(self) {
        // Refused meanwhile: `Taking` says why.
        let _ = self.0.send(None).await;
    }
}

/// What comes of a file.
pub struct Taking(JoinHandle<Result<Attachment, AttachmentFault>>);

impl Taking {
    /// Waits for it.
    ///
    /// # Errors
    /// [`AttachmentFault`]: it was refused, or broke off. Nothing of it is left then.
    pub async fn done(self) -> Result<Attachment, AttachmentFault> {
        self.0.await.unwrap_or_else(|_| Err(DbFault::Abandoned.into()))
    }
}

impl Attachments {
    /// Takes a file for a record.
    #[must_use]
    pub fn attach(&self, cx: &Cx, at: RecordRef, wanted: Wanted) -> (Feed, Taking) {
        let (sending, pieces) = mpsc::channel(AHEAD);
        let (this, cx) = (self.clone(), cx.clone());
        let taking = tokio::task::spawn_blocking(move || this.take(&cx, at, &wanted, pieces));
        (Feed(sending), Taking(taking))
    }

    fn take(
        &self,
        cx: &Cx,
        at: RecordRef,
        wanted: &Wanted,
        pieces: mpsc::Receiver<Option<Bytes>>,
    ) -> Result<Attachment, AttachmentFault> {
        let this = self.clone();
        let (place, user) = self.db.write_now(cx, move |tx| this.begin(tx, at))?;
        let id = place.id;
        let taken =
            self.receive(cx, &place, pieces).and_then(|arrived| self.finish(cx, (place, user), wanted, arrived));
        if taken.is_err() {
            // What a program that is killed here leaves behind goes with `tidy`.
            let giving_up = self.db.write_now(cx, move |tx| store::give_up(tx, id));
            if let Err(fault) = giving_up {
                tracing::warn!(attachment = %id, code = fault.code(), "a file that broke off stays for a while");
            }
        }
        taken
    }

    /// Makes room, before anything is taken.
    fn begin(&self, tx: &mut WriteTx<'_>, at: RecordRef) -> Result<(Place, UserId), AttachmentFault> {
        let user = tx.cx().person().ok_or(Denied::Forbidden(Verb::Update))?;
        let record = self.open(tx, &at)?;
        store::one_at_a_time(tx, user)?;
        store::give_up_old(tx, user)?;
        let held = store::held(tx, at.id, user)?;
        if held.arriving >= AT_ONCE {
            return Err(AttachmentFault::Busy);
        }
        if held.on_record >= MOST {
            return Err(AttachmentFault::Many);
        }
        if held.bytes >= QUOTA {
            return Err(AttachmentFault::Quota);
        }
        let place = Place { at, subject: record.subject(), id: tx.new_id() };
        store::begin(tx, &place, user)?;
        Ok((place, user))
    }

    /// Seals what comes.
    fn receive(
        &self,
        cx: &Cx,
        place: &Place,
        mut pieces: mpsc::Receiver<Option<Bytes>>,
    ) -> Result<Arrived, AttachmentFault> {
        let sink = Sink { db: self.db.clone(), cx: cx.clone(), id: place.id, number: 0, waiting: Vec::new() };
        let key = self.vault.new_file_key();
        let sealing = (&key, &place.aad(purpose::BYTES));
        let mut writer: SealWriter<Sink> = self.vault.seal_file(sealing, place.id.uuid(), sink).map_err(inside)?;
        let mut look = Look::default();
        loop {
            match pieces.blocking_recv() {
                None => return Err(AttachmentFault::Broken),
                Some(None) => break,
                Some(Some(bytes)) => {
                    look.take(&bytes)?;
                    writer.write_all(&bytes).map_err(inside)?;
                }
            }
        }
        let arrived = look.finish(key)?;
        writer.finish().and_then(Sink::finish).map_err(inside)?;
        Ok(arrived)
    }

    /// Makes it one that is there, if the record still lets its bearer change it.
    fn finish(
        &self,
        cx: &Cx,
        (place, user): (Place, UserId),
        wanted: &Wanted,
        mut arrived: Arrived,
    ) -> Result<Attachment, AttachmentFault> {
        let (this, keep) = (self.clone(), wanted.keep);
        let called = name::safe(&wanted.name, arrived.kind);
        arrived.secrets.extend(scanner::find(&called).into_iter().map(|finding| finding.kind));
        self.db.write_now(cx, move |tx| {
            let record = this.open(tx, &place.at)?;
            if record.subject() != place.subject {
                // It is about somebody else now: the file is sealed for whom it was about.
                return Err(DbFault::Stale.into());
            }
            store::one_at_a_time(tx, user)?;
            let held = store::held(tx, place.at.id, user)?;
            if held.on_record > MOST {
                return Err(AttachmentFault::Many);
            }
            if held.bytes > QUOTA {
                return Err(AttachmentFault::Quota);
            }
            secret::judge(tx, &arrived.secrets, keep)?;
            let version = this.keep(tx, &place, (called, arrived.kind), &arrived)?;
            let line = Line::done(verb::ATTACH, place.at.object.clone()).about(place.at.id).about(place.id);
            let line = line.fact("kind", arrived.kind.code()).fact("bytes", arrived.size.to_string());
            tx.note(Filed::As(version).on(policy::holding(&arrived.secrets, line)));
            let kept = store::find(tx, place.at.id, place.id)?.ok_or(AttachmentFault::Broken)?;
            Ok(kept.open(&this.vault)?.shown)
        })
    }

    /// Writes the row of a file that has come to its end, and returns its version.
    fn keep(
        &self,
        tx: &mut WriteTx<'_>,
        place: &Place,
        known: (String, Kind),
        arrived: &Arrived,
    ) -> Result<i64, AttachmentFault> {
        let begun = store::find(tx, place.at.id, place.id)?.filter(|kept| kept.state == State::Arriving);
        let mut kept = begun.ok_or(AttachmentFault::Broken)?;
        if let Some(jpeg) = &arrived.preview {
            let sealed = place.close_picture(&self.vault, (&arrived.key, jpeg)).map_err(inside)?;
            store::picture(tx, place.id, sealed)?;
        }
        let over = kept.version;
        kept.sealed = Meta::new(place.id, known, arrived.size, &arrived.key).close(&self.vault, place)?;
        kept.size = i64::try_from(arrived.size).unwrap_or(i64::MAX);
        (kept.state, kept.version, kept.previewed) = (State::Kept, over + 1, arrived.preview.is_some());
        // Given up meanwhile.
        if store::write(tx, self.vault.marker(), (&kept, over))? {
            Ok(kept.version)
        } else {
            Err(AttachmentFault::Broken)
        }
    }
}

/// What came, when all of it did.
struct Arrived {
    kind: Kind,
    size: u64,
    secrets: BTreeSet<Secret>,
    preview: Option<Zeroizing<Vec<u8>>>,
    /// What it was sealed with.
    key: Key,
}

/// Looks at a file that passes.
#[derive(Default)]
struct Look {
    size: u64,
    /// How it begins, until it is known what it is.
    start: Zeroizing<Vec<u8>>,
    kind: Option<Kind>,
    text: Option<Watch>,
    /// All of a picture that is not too large to be drawn.
    picture: Option<preview::Waiting>,
}

impl Look {
    fn take(&mut self, bytes: &[u8]) -> Result<(), AttachmentFault> {
        self.size += bytes.len() as u64;
        if self.size > LARGEST {
            return Err(AttachmentFault::Large);
        }
        if self.kind.is_some() {
            return self.pass(bytes);
        }
        self.start.extend_from_slice(bytes);
        if self.start.len() >= START { self.decide() } else { Ok(()) }
    }

    fn decide(&mut self) -> Result<(), AttachmentFault> {
        let start = std::mem::take(&mut self.start);
        let kind = Kind::of(&start).ok_or(AttachmentFault::Kind)?;
        self.kind = Some(kind);
        self.text = (kind == Kind::Text).then(Watch::default);
        self.picture = kind.is_picture().then(preview::Waiting::default);
        self.pass(&start)
    }

    fn pass(&mut self, bytes: &[u8]) -> Result<(), AttachmentFault> {
        if self.picture.as_mut().is_some_and(|picture| !picture.keep(bytes)) {
            self.picture = None;
        }
        let is_text = self.text.as_mut().is_none_or(|watch| watch.take(bytes));
        if is_text { Ok(()) } else { Err(AttachmentFault::Kind) }
    }

    fn finish(mut self, key: Key) -> Result<Arrived, AttachmentFault> {
        if self.size == 0 {
            return Err(AttachmentFault::Empty);
        }
        if self.kind.is_none() {
            self.decide()?;
        }
        let kind = self.kind.ok_or(AttachmentFault::Kind)?;
        let preview = self.picture.and_then(|picture| picture.draw(kind));
        Ok(Arrived { kind, size: self.size, secrets: self.text.map(Watch::finish).unwrap_or_default(), preview, key })
    }
}

/// Stores ciphertext, part by part.
struct Sink {
    db: Db,
    cx: Cx,
    id: AttachmentId,
    number: i64,
    waiting: Vec<u8>,
}

impl Sink {
    fn store(&mut self) -> io::Result<()> {
        let (id, number, part) = (self.id, self.number, std::mem::take(&mut self.waiting));
        let stored = self.db.write_now(&self.cx, move |tx| store::part(tx, (id, number), part));
        self.number += 1;
        if stored.map_err(io::Error::other)? { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn finish(mut self) -> io::Result<()> {
        if self.waiting.is_empty() { Ok(()) } else { self.store() }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PART {
            self.store()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Finds the fault that an error of reading or writing carries.
pub(crate) fn inside(error: io::Error) -> AttachmentFault {
    match error.kind() {
        io::ErrorKind::InvalidData => return AttachmentFault::Damaged,
        io::ErrorKind::UnexpectedEof => return AttachmentFault::Broken,
        _ => {}
    }
    let error = match error.downcast::<DbFault>() {
        Ok(fault) => return fault.into(),
        Err(error) => error,
    };
    error.downcast::<VaultFault>().map_or(DbFault::Abandoned.into(), AttachmentFault::from)
}
