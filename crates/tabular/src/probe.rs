//! Reading the first rows by a guess, to see how well the guess fits.

use std::collections::BTreeMap;

use crate::encoding::{Dialect, Encoding, Sign};
use crate::layout::{Delimiter, Layout, Mark};
use crate::row::{Row, RowFault};
use crate::rows::Rows;

/// Rows looked at.
const PROBED: usize = 200;
/// Columns a table has at most.
const COLUMNS: usize = 2_000;
/// Rows of title or comment above a table that are passed over at most.
const TITLES: usize = 10;

/// The first lines of a file in a known encoding.
pub(crate) struct Probe<'a> {
    bytes: &'a [u8],
    encoding: Encoding,
}

/// The first rows by one delimiter.
pub(crate) struct Table {
    /// The good ones, without titles above them.
    pub(crate) rows: Vec<Row>,
    /// How many cells most of them have.
    pub(crate) width: usize,
    /// How well the delimiter fits.
    fit: f64,
}

impl<'a> Probe<'a> {
    pub(crate) const fn new(bytes: &'a [u8], encoding: Encoding) -> Self {
        Self { bytes, encoding }
    }

    /// Reads the line `sep=;` with which a file may tell Excel its delimiter, and passes over it.
    pub(crate) fn directive(&self, start: Mark) -> (Option<Delimiter>, Mark) {
        let dialect = Dialect { encoding: self.encoding, delimiter: b',' };
        let from = usize::try_from(start.offset).unwrap_or(usize::MAX);
        let mut at = from;
        while let Some(unit) = dialect.unit(self.bytes, at, true) {
            let next = at + unit.length;
            if unit.sign == Sign::Break {
                let line = self.bytes.get(from..at).and_then(|line| self.encoding.decode(line)).unwrap_or_default();
                let delimiter = directive(&line);
                let behind = Mark::top(start.line + 1, next as u64);
                return (delimiter, if delimiter.is_some() { behind } else { start });
            }
            if at - from > 16 {
                break;
            }
            at = next;
        }
        (None, start)
    }

    /// Returns the common delimiter that fits best; the comma when none parts anything.
    pub(crate) fn delimiter(&self, start: Mark) -> Delimiter {
        let mut best = (Delimiter::COMMA, 0.0);
        for delimiter in Delimiter::COMMON {
            let fit = self.table(delimiter, start).map_or(0.0, |table| table.fit);
            if fit > best.1 {
                best = (delimiter, fit);
            }
        }
        best.0
    }

    /// Reads the first rows by one delimiter; fails when the very first one cannot be read.
    pub(crate) fn table(&self, delimiter: Delimiter, start: Mark) -> Result<Table, RowFault> {
        let mut rows = Vec::new();
        let mut seen = 0_usize;
        for item in self.rows(delimiter, start).take(PROBED).flatten() {
            seen += 1;
            match item {
                Ok(row) => rows.push(row),
                Err(fault) if rows.is_empty() => return Err(fault),
                Err(_) => {}
            }
        }
        let (width, alike) = commonest(&rows);
        let titles = rows.iter().take(TITLES).take_while(|row| width > 1 && row.cells.len() * 2 < width.max(3)).count();
        rows.drain(..titles);
        let share = alike as f64 / seen.saturating_sub(titles).max(1) as f64;
        // Where a wrong delimiter parts the data by chance, it seldom parts the header.
        let headed = titles == 0 && rows.first().is_some_and(|row| row.cells.len() == width);
        let headed = if headed { 1.0 } else { 0.5 };
        Ok(Table { rows, width, fit: share * share * (width.max(1) as f64).ln() * headed })
    }

    /// Returns the place behind the row that starts at a place.
    pub(crate) fn behind(&self, delimiter: Delimiter, row: Mark) -> Mark {
        let mut rows = self.rows(delimiter, row);
        let _ = rows.next();
        Mark { rows: 0, ..rows.mark() }
    }

    fn rows(&self, delimiter: Delimiter, data: Mark) -> Rows<&'a [u8]> {
        let layout = Layout { encoding: self.encoding, delimiter, header: false, columns: Vec::new(), data };
        Rows::new(self.bytes, layout).loose(COLUMNS)
    }
}

fn directive(line: &str) -> Option<Delimiter> {
    let (key, value) = line.trim_matches('"').split_once('=')?;
    let mut signs = value.chars();
    let sign = signs.next().filter(|_| key.eq_ignore_ascii_case("sep") && signs.next().is_none())?;
    Delimiter::parse(sign)
}

/// Returns the number of cells that most rows have, and how many have it.
fn commonest(rows: &[Row]) -> (usize, usize) {
    let mut widths = BTreeMap::new();
    for row in rows {
        *widths.entry(row.cells.len()).or_insert(0_usize) += 1;
    }
    widths.into_iter().max_by_key(|(width, count)| (*count, *width)).unwrap_or_default()
}
