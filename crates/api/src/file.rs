//! What is said of a file on a record, and how one is named that comes in.

use attachments::Attachment;
use httpkit::{Pairs, Refusal};
use serde::Serialize;

use crate::query;

/// A file on a record.
#[derive(Serialize)]
pub(crate) struct FileView<'f> {
    id: String,
    /// Nothing of one that was altered outside of the program.
    name: Option<&'f str>,
    /// What it is, by its content.
    kind: Option<&'static str>,
    bytes: u64,
    attached_by: String,
    attached_at: String,
}

impl<'f> FileView<'f> {
    pub(crate) fn of(file: &'f Attachment) -> Self {
        Self {
            id: file.id.to_string(),
            name: file.name(),
            kind: file.kind().map(attachments::Kind::code),
            bytes: file.size,
            attached_by: file.by.to_string(),
            attached_at: file.at.to_rfc3339(),
        }
    }
}

/// The parameters of a file that comes in.
pub(crate) struct Naming {
    pub(crate) name: String,
    pub(crate) keep: bool,
}

/// The most characters of a name that is sent.
const LONGEST: usize = 255;

impl Naming {
    /// Takes them.
    ///
    /// # Errors
    /// [`Refusal`] that names each parameter that is wrong.
    pub(crate) fn of(pairs: &Pairs) -> Result<Self, Refusal> {
        query::known(pairs, &[("name", false), ("keep_secrets", false)])?;
        let name = pairs.get("name").filter(|name| (1..=LONGEST).contains(&name.chars().count()));
        let name = name.ok_or_else(|| Refusal::invalid("invalid").wrong("name", "needed"))?;
        let keep = match pairs.get("keep_secrets") {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(Refusal::invalid("invalid").wrong("keep_secrets", "choice")),
        };
        Ok(Self { name: name.to_owned(), keep })
    }
}
