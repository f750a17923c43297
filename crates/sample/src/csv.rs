//! Contacts as a CSV file (RFC 4180), for tests and measurements of the import.

use std::io::{self, Write};

use crate::sample::Sample;

/// The first line of [`write_contacts`].
pub const HEADER: &[&str] =
    &["name", "email", "phone", "title", "city", "company", "stage", "language", "birthday", "national_id"];

/// Writes all contacts and returns how many there were. Nothing is kept, so the file may be of any size; hand in a
/// buffered writer.
///
/// # Errors
/// Whatever the writer reports.
pub fn write_contacts(sample: &Sample, out: &mut impl Write) -> io::Result<u64> {
    write_row(out, HEADER)?;
    let mut rows = 0;
    for contact in sample.contacts() {
        let company = contact.company.map(|index| sample.company(index).name);
        let birthday = contact.birthday.map(|date| date.to_string());
        let or_empty = |value: &Option<String>| value.clone().unwrap_or_default();
        let row = [
            contact.name.clone(),
            or_empty(&contact.email),
            or_empty(&contact.phone),
            contact.title.clone(),
            contact.city.clone(),
            or_empty(&company),
            contact.stage.to_owned(),
            contact.language.code().to_owned(),
            or_empty(&birthday),
            or_empty(&contact.national_id),
        ];
        write_row(out, &row)?;
        rows += 1;
    }
    out.flush()?;
    Ok(rows)
}

/// Writes one row, its cells quoted where they need it.
///
/// # Errors
/// Whatever the writer reports.
pub fn write_row(out: &mut impl Write, cells: &[impl AsRef<str>]) -> io::Result<()> {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        write_cell(out, cell.as_ref())?;
    }
    out.write_all(b"\r\n")
}

/// Quotes a cell that would otherwise end early or lose its spaces.
fn write_cell(out: &mut impl Write, cell: &str) -> io::Result<()> {
    let bare = !cell.contains(['"', ',', ';', '\t', '\r', '\n']) && cell.trim() == cell;
    if bare {
        return out.write_all(cell.as_bytes());
    }
    write!(out, "\"{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Size;

    #[test]
    fn cells_are_quoted_only_where_they_must() {
        let mut out = Vec::new();
        write_row(&mut out, &["plain", "a,b", "say \"so\"", "two\nlines", " spaced", ""]).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "plain,\"a,b\",\"say \"\"so\"\"\",\"two\nlines\",\" spaced\",\r\n");
    }

    #[test]
    fn every_contact_is_one_line_under_the_header() {
        let sample = Sample::new(3, Size { contacts: 50, companies: 9, deals: 0 });
        let mut out = Vec::new();
        assert_eq!(write_contacts(&sample, &mut out).unwrap(), 50);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 51);
        assert!(text.starts_with("name,email,phone,"));
    }
}
