//! Rows of a file that leaves, safe to open in a spreadsheet, and cells that come back as they were.
//!
//! A spreadsheet takes a cell that begins with certain signs for a formula (OWASP, "CSV injection"). Such a cell gets an
//! apostrophe in front, and so does one that would look as if it had got one; [`unguarded`] takes exactly that one away again.

/// What a formula begins with, in the widths of Chinese and Japanese keyboards too.
const SIGNS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn looks_like_a_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(SIGNS)
}

/// Adds a row (RFC 4180).
pub fn write<'c>(out: &mut String, cells: impl IntoIterator<Item = &'c str>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let guard = if looks_like_a_formula(cell) { "'" } else { "" };
        let bare = !cell.contains(['"', ',', ';', '\t', '\r', '\n']) && cell.trim() == cell;
        if bare {
            out.push_str(guard);
            out.push_str(cell);
        } else {
            out.push('"');
            out.push_str(guard);
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        }
    }
    out.push_str("\r\n");
}

/// Takes the apostrophe away that [`write()`] put in front of a cell.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| looks_like_a_formula(rest)).unwrap_or(cell)
}
