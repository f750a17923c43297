//! A file goes out: looked through to its end first, then opened as it is sent.

use std::io::{self, Read};

use authz::{Cx, Denied};
use bytes::Bytes;
use crypto::Key;
use db::{Db, ReadTx};
use ledger::Line;
use records::RecordRef;
use tokio::sync::mpsc;

use crate::act::{damaged, verb};
use crate::arrive::inside;
use crate::model::{Kept, Opened, Place, State, purpose};
use crate::{Attachment, AttachmentFault, AttachmentId, Attachments, store};

/// Pieces on their way that have not been sent.
const AHEAD: usize = 4;
/// How many bytes a piece has.
const PIECE: usize = 64 * 1024;

/// A file on its way out.
pub struct Fetched {
    /// What it is.
    pub attachment: Attachment,
    /// What is in it, piece by piece. An error ends it: what came before is not the whole file.
    pub pieces: mpsc::Receiver<io::Result<Bytes>>,
}

impl Attachments {
    /// Hands a file to whoever may read the record, with a line that says so.
    ///
    /// # Errors
    /// Hidden if there is none or the record is; [`AttachmentFault::Damaged`] if it is not as it was brought: nothing of it
    /// goes out then.
    pub async fn fetch(&self, cx: &Cx, at: RecordRef, id: AttachmentId) -> Result<Fetched, AttachmentFault> {
        let (this, cx) = (self.clone(), cx.clone());
        let looking = tokio::task::spawn_blocking(move || this.look_through(&cx, &at, id).map(|found| (found, cx)));
        let ((kept, opened), cx) = looking.await.map_err(|_| db::DbFault::Abandoned)??;
        let (sending, pieces) = mpsc::channel(AHEAD);
        let (this, attachment) = (self.clone(), opened.shown);
        tokio::task::spawn_blocking(move || {
            if let Err(fault) = this.send(&cx, (&kept, &opened.key), &sending) {
                tracing::warn!(attachment = %id, error = %fault, "a file was not sent whole");
                let _ = sending.blocking_send(Err(fault));
            }
        });
        Ok(Fetched { attachment, pieces })
    }

    /// Shows a small picture of a file to whoever may read the record: one that was drawn here.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch); hidden where there is none.
    pub async fn preview(&self, cx: &Cx, at: RecordRef, id: AttachmentId) -> Result<Vec<u8>, AttachmentFault> {
        let this = self.clone();
        let reading = self.db.read(cx, move |tx| {
            let (kept, opened) = this.find_to_read(tx, &at, id)?;
            let sealed = store::preview(tx, id)?.ok_or(Denied::Hidden)?;
            match kept.place.open_picture(&this.vault, (&opened.key, &sealed.0)).map_err(inside) {
                Err(AttachmentFault::Damaged) => Err(damaged(tx, &at, id)),
                opened => opened,
            }
        });
        reading.await
    }

    fn find_to_read(
        &self,
        tx: &ReadTx<'_>,
        at: &RecordRef,
        id: AttachmentId,
    ) -> Result<(Kept, Opened), AttachmentFault> {
        let _ = self.records.read_record(tx, at)?;
        self.find(tx, (at, id), (verb::FETCH, State::Kept))
    }

    /// Finds a file and looks whether all of it opens, before it is written down that it went out.
    fn look_through(&self, cx: &Cx, at: &RecordRef, id: AttachmentId) -> Result<(Kept, Opened), AttachmentFault> {
        let (this, record) = (self.clone(), at.clone());
        let (kept, opened) = self.db.read_now(cx, move |tx| this.find_to_read(tx, &record, id))?;
        let whole = self.is_whole(cx, &kept, &opened)?;
        let about = at.clone();
        self.db.read_now(cx, move |tx| -> Result<(), AttachmentFault> {
            if whole {
                tx.note(Line::done(verb::FETCH, about.object.clone()).about(about.id).about(id));
                return Ok(());
            }
            Err(damaged(tx, &about, id))
        })?;
        Ok((kept, opened))
    }

    fn is_whole(&self, cx: &Cx, kept: &Kept, opened: &Opened) -> Result<bool, AttachmentFault> {
        let counted = self.unseal(cx, (kept, &opened.key)).and_then(|mut file| io::copy(&mut file, &mut io::sink()));
        match counted {
            Ok(bytes) => Ok(bytes == opened.shown.size),
            Err(fault) if fault.kind() == io::ErrorKind::InvalidData => Ok(false),
            Err(fault) => Err(inside(fault)),
        }
    }

    fn unseal(&self, cx: &Cx, (kept, key): (&Kept, &Key)) -> io::Result<impl Read + use<>> {
        let place: &Place = &kept.place;
        let parts = Parts {
            db: self.db.clone(),
            cx: cx.clone(),
            id: place.id,
            next: 0,
            of: kept.parts,
            part: io::Cursor::default(),
        };
        self.vault.open_file((key, &place.aad(purpose::BYTES)), place.id.uuid(), parts)
    }

    fn send(&self, cx: &Cx, file: (&Kept, &Key), sending: &mpsc::Sender<io::Result<Bytes>>) -> io::Result<()> {
        let mut file = self.unseal(cx, file)?;
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            file.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
            if piece.is_empty() {
                return Ok(());
            }
            if sending.blocking_send(Ok(piece.into())).is_err() {
                // Whoever fetched it went away.
                return Ok(());
            }
        }
    }
}

/// The ciphertext of a file, part by part.
struct Parts {
    db: Db,
    cx: Cx,
    id: AttachmentId,
    next: i64,
    of: i64,
    part: io::Cursor<Vec<u8>>,
}

impl Read for Parts {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.part.read(out)?;
            if count > 0 || self.next >= self.of || out.is_empty() {
                return Ok(count);
            }
            let (id, number) = (self.id, self.next);
            let read =
                self.db.read_now(&self.cx, move |tx| store::part_of(tx, id, number)).map_err(io::Error::other)?;
            // A part that is missing is one that was taken away.
            let Some(part) = read else { return Err(io::ErrorKind::InvalidData.into()) };
            self.part = io::Cursor::new(part.0);
            self.next += 1;
        }
    }
}
