//! The mark in the id of every row, which says to us, and to nobody else, who took it out.
//!
//! Five letters behind the record's id, made of export and record under a key. They look like the tail of an id; sorting,
//! leaving rows out and other formats leave them as they are. Whoever takes the whole column away takes the marks away.

use vault::Vault;

use kernel::{RecordId, Uuid};

use crate::ExportId;

const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// How many letters a mark has: one of 33 million, by chance.
const LETTERS: usize = 5;
/// How long an id is as text.
pub(crate) const ID: usize = 36;

/// Makes the mark of a record in an export.
#[must_use]
pub fn of(vault: &Vault, export: ExportId, record: RecordId) -> String {
    let bytes = vault.blind("export.mark", &format!("{export}/{record}"));
    bytes
        .iter()
        .take(LETTERS)
        .map(|byte| ALPHABET.get(usize::from(byte & 31)).map_or('a', |c| char::from(*c)))
        .collect()
}

/// Spells the id of a row.
#[must_use]
pub fn spell(vault: &Vault, export: ExportId, record: RecordId) -> String {
    format!("{record}-{}", of(vault, export, record))
}

/// Finds the ids and marks in any text, whatever stands around them.
#[must_use]
pub fn find(text: &str) -> Vec<(RecordId, String)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(window) = bytes.get(at..at + ID + 1 + LETTERS) {
        match read(window) {
            Some(one) => {
                found.push(one);
                at += ID + 1 + LETTERS;
            }
            None => at += 1,
        }
    }
    found
}

fn read(window: &[u8]) -> Option<(RecordId, String)> {
    let (id, tail) = window.split_at_checked(ID)?;
    // Most windows are no id, and that is seen at their first bytes.
    if id.get(8) != Some(&b'-') || id.get(13) != Some(&b'-') || tail.first() != Some(&b'-') {
        return None;
    }
    let id = Uuid::try_parse(std::str::from_utf8(id).ok()?).ok()?;
    let mark = std::str::from_utf8(tail.get(1..)?).ok()?;
    mark.bytes().all(|b| ALPHABET.contains(&b)).then(|| (RecordId::from_uuid(id), mark.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_wherever_they_stand() {
        let id = "01a19b7c-a680-7231-a279-f6b5abd679e9";
        let text = format!("x;\"{id}-abcde\",y\n{id}-23456\n{id}\n{id}-ABCDE {id}-abcd");
        let found: Vec<String> = find(&text).into_iter().map(|(_, mark)| mark).collect();
        assert_eq!(found, ["abcde", "23456"]);
    }
}
