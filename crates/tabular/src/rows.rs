//! Every row of a file, or the reason why it is none.

use std::io::{self, Read};

use crate::encoding::{Dialect, Sign};
use crate::layout::{Layout, Mark};
use crate::row::{Limits, Row, RowFault, Why};
use crate::scan::{Bounds, Scan, Verdict};
use crate::window::Window;

/// A row over at most this many lines is looked at again when its number of cells is wrong.
///
/// A quote that opens by mistake and happens to meet a closing one swallows good rows. Looking again costs each line at
/// most this many readings, so a hostile file stays linear.
const SECOND_LOOK: u64 = 8;

/// The rows of a file, one after the other, in bounded memory.
///
/// A wrong row is an item like any other, and reading goes on behind it. Blank rows, which spreadsheets leave at the
/// end, are passed over. A quote that is not closed (none follows before the end of the file or within the limit of a
/// cell, or the next one evidently opens another cell) costs the rest of its line: reading goes on with the next line.
pub struct Rows<R> {
    window: Window<R>,
    layout: Layout,
    bounds: Bounds,
    exact: bool,
    skip: u64,
    next: Mark,
    done: bool,
}

impl<R: Read> Rows<R> {
    /// Reads a file from its first byte by a layout.
    pub const fn new(reader: R, layout: Layout) -> Self {
        let mark = layout.data;
        Self::resume(reader, layout, mark)
    }

    /// Reads on at a mark; the reader still starts at the first byte, and what lies before the mark is passed over.
    pub const fn resume(reader: R, layout: Layout, mark: Mark) -> Self {
        let bounds = Bounds { cell: Limits::USUAL.cell, row: Limits::USUAL.row, columns: layout.columns.len() };
        Self { window: Window::new(reader), layout, bounds, exact: true, skip: mark.offset, next: mark, done: false }
    }

    /// Reads on at a mark without reading what lies before it.
    ///
    /// # Errors
    /// What the reader says when it is moved.
    pub fn seek(mut reader: R, layout: Layout, mark: Mark) -> io::Result<Self>
    where
        R: io::Seek,
    {
        reader.seek(io::SeekFrom::Start(mark.offset))?;
        Ok(Self { skip: 0, ..Self::resume(reader, layout, mark) })
    }

    /// Takes other limits than the usual ones.
    #[must_use]
    pub const fn limited(mut self, limits: Limits) -> Self {
        self.bounds.cell = limits.cell;
        self.bounds.row = limits.row;
        self
    }

    /// Takes rows of any number of cells up to `most`, for looking at a file whose layout is not known.
    pub(crate) const fn loose(mut self, most: usize) -> Self {
        self.exact = false;
        self.bounds.columns = most;
        self
    }

    /// Returns the place behind the last item, where another reader can go on.
    #[must_use]
    pub const fn mark(&self) -> Mark {
        self.next
    }

    fn advance(&mut self) -> io::Result<Option<Result<Row, RowFault>>> {
        self.arrive()?;
        loop {
            let mut scan = Scan::new(self.layout.dialect(), self.bounds);
            let verdict = self.scan(&mut scan, 0)?;
            if self.window.bytes().is_empty() {
                return Ok(None);
            }
            match verdict {
                Verdict::Row if scan.ink => return self.complete(&scan).map(Some),
                Verdict::Row => self.pass(scan.at, scan.breaks),
                _ => return self.recover(&scan, verdict).map(|fault| Some(Err(fault))),
            }
        }
    }

    /// Passes over what lies before the place to start at.
    fn arrive(&mut self) -> io::Result<()> {
        while self.skip > 0 {
            if self.window.bytes().is_empty() {
                self.window.fill()?;
            }
            let held = self.window.bytes().len();
            if held == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is shorter than it was"));
            }
            let step = usize::try_from(self.skip).map_or(held, |left| left.min(held));
            self.window.pass(step);
            self.skip -= step as u64;
        }
        Ok(())
    }

    /// Runs a scan that starts `from` bytes into the window to its verdict.
    fn scan(&mut self, scan: &mut Scan, from: usize) -> io::Result<Verdict> {
        loop {
            let bytes = self.window.bytes().get(from..).unwrap_or_default();
            match scan.advance(bytes, self.window.end()) {
                Verdict::More => self.window.fill()?,
                verdict => return Ok(verdict),
            }
        }
    }

    fn pass(&mut self, bytes: usize, lines: u64) {
        self.window.pass(bytes);
        self.next.offset += bytes as u64;
        self.next.line += lines;
    }

    fn fault(&mut self, column: Option<usize>, why: Why) -> RowFault {
        self.next.rows += 1;
        let column = column.and_then(|at| self.layout.columns.get(at).cloned());
        RowFault { number: self.next.rows, line: self.next.line, column, why }
    }

    /// Takes a row that ends as it should.
    fn complete(&mut self, scan: &Scan) -> io::Result<Result<Row, RowFault>> {
        let expected = self.bounds.columns;
        if scan.surplus || (self.exact && scan.count < expected) {
            let again = self.looks_like_a_row(scan)?;
            let fault = self.fault(None, Why::CellCount { expected, found: scan.count });
            match again {
                Some(second) => self.pass(second, 1),
                None => self.pass(scan.at, scan.breaks),
            }
            return Ok(Err(fault));
        }
        let taken = self.decode(scan);
        let item = match taken {
            Ok(cells) => {
                self.next.rows += 1;
                Ok(Row { number: self.next.rows, line: self.next.line, offset: self.next.offset, cells })
            }
            Err((column, why)) => Err(self.fault(Some(column), why)),
        };
        self.pass(scan.at, scan.breaks);
        Ok(item)
    }

    fn decode(&self, scan: &Scan) -> Result<Vec<String>, (usize, Why)> {
        let dialect = self.layout.dialect();
        let mut cells = Vec::with_capacity(scan.cells.len());
        for (column, span) in scan.cells.iter().enumerate() {
            let text = span.text(dialect, self.window.bytes()).ok_or((column, Why::InvalidBytes))?;
            if text.contains('\0') {
                return Err((column, Why::Nul));
            }
            cells.push(text);
        }
        Ok(cells)
    }

    /// Returns where the second line of a wrong row starts if that line is a right row by itself.
    fn looks_like_a_row(&mut self, scan: &Scan) -> io::Result<Option<usize>> {
        let Some(second) = scan.second.filter(|_| self.exact && scan.breaks <= SECOND_LOOK) else {
            return Ok(None);
        };
        let mut other = Scan::new(self.layout.dialect(), self.bounds);
        let verdict = self.scan(&mut other, second)?;
        let right = verdict == Verdict::Row && other.count == self.bounds.columns && other.breaks <= 1;
        Ok(right.then_some(second))
    }

    /// Reports a row that does not end and moves to where the next one may start.
    fn recover(&mut self, scan: &Scan, verdict: Verdict) -> io::Result<RowFault> {
        let why = match verdict {
            Verdict::LongRow => Why::RowTooLong(self.bounds.row),
            Verdict::LongCell if !scan.quoted() => Why::CellTooLong(self.bounds.cell),
            Verdict::LongCell if scan.reopen.is_none() => Why::CellTooLong(self.bounds.cell),
            _ => Why::UnclosedQuote,
        };
        let fault = self.fault(Some(scan.count), why);
        match scan.reopen {
            Some(at) => self.pass(at, scan.opened + 1),
            None => {
                self.pass(scan.at, scan.breaks);
                self.pass_line()?;
            }
        }
        Ok(fault)
    }

    /// Passes over everything up to and with the next break, however far it is.
    fn pass_line(&mut self) -> io::Result<()> {
        let dialect: Dialect = self.layout.dialect();
        loop {
            let (bytes, end) = (self.window.bytes(), self.window.end());
            let mut at = 0;
            let mut found = false;
            while let Some(unit) = dialect.unit(bytes, at, end) {
                at += unit.length;
                if unit.sign == Sign::Break {
                    found = true;
                    break;
                }
            }
            self.pass(at, u64::from(found));
            if found || end {
                return Ok(());
            }
            self.window.fill()?;
        }
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = io::Result<Result<Row, RowFault>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let item = self.advance().transpose();
        self.done = !matches!(item, Some(Ok(_)));
        item
    }
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
