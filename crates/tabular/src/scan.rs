//! Finding the cells of one row, without decoding and without ever going back.

use crate::encoding::{Dialect, Sign};

/// A cell as it lies in the file, quotes and all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    from: usize,
    to: usize,
    shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Bare,
    Quoted,
    /// Quoted with doubled quotes inside or text behind the closing one.
    Mixed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Bare,
    Quoted,
    /// Behind a quote that closes, or is the first of two.
    Closing,
    /// In the space behind a closing quote.
    Behind,
    /// In text behind a closing quote, which other readers take as part of the cell.
    Tail,
}

/// How looking for the end of a row ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// More bytes are needed.
    More,
    /// The row ends; behind its break the next one starts.
    Row,
    /// A quote opens a cell and does not close it.
    Unclosed,
    /// A cell is longer than allowed.
    LongCell,
    /// The row is longer than allowed.
    LongRow,
}

/// How long things may be, in bytes of the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) cell: usize,
    pub(crate) row: usize,
    pub(crate) columns: usize,
}

/// The cells of a row as far as they are known.
pub(crate) struct Scan {
    dialect: Dialect,
    bounds: Bounds,
    state: State,
    shape: Shape,
    from: usize,
    /// Where the next unit stands; at the end, where the next row starts.
    pub(crate) at: usize,
    /// The first cells, up to the number of columns.
    pub(crate) cells: Vec<Span>,
    /// How many cells there are.
    pub(crate) count: usize,
    /// Whether anything but space stands in the row.
    pub(crate) ink: bool,
    /// Whether anything but space stands beyond the last column.
    pub(crate) surplus: bool,
    /// Breaks passed inside quotes, and at the end of the row.
    pub(crate) breaks: u64,
    /// Where the second physical line of the row starts.
    pub(crate) second: Option<usize>,
    /// Breaks before the quote that opened last.
    pub(crate) opened: u64,
    /// Where the line behind that quote's line starts.
    pub(crate) reopen: Option<usize>,
}

impl Scan {
    pub(crate) fn new(dialect: Dialect, bounds: Bounds) -> Self {
        Self {
            dialect,
            bounds,
            state: State::Start,
            shape: Shape::Bare,
            from: 0,
            at: 0,
            cells: Vec::new(),
            count: 0,
            ink: false,
            surplus: false,
            breaks: 0,
            second: None,
            opened: 0,
            reopen: None,
        }
    }

    /// Tells whether the last unit stands inside quotes.
    pub(crate) const fn quoted(&self) -> bool {
        matches!(self.state, State::Quoted)
    }

    /// Goes on over bytes that start with the row; each call must see the former bytes and may see more.
    pub(crate) fn advance(&mut self, bytes: &[u8], end: bool) -> Verdict {
        while let Some(unit) = self.dialect.unit(bytes, self.at, end) {
            if let Some(verdict) = self.step(unit.sign, unit.length) {
                return verdict;
            }
            if self.at - self.from > self.bounds.cell {
                return Verdict::LongCell;
            }
            if self.at > self.bounds.row {
                return Verdict::LongRow;
            }
        }
        match (end, self.state) {
            (false, _) => Verdict::More,
            (true, State::Quoted) => Verdict::Unclosed,
            (true, _) => {
                self.close(0);
                Verdict::Row
            }
        }
    }

    fn step(&mut self, sign: Sign, length: usize) -> Option<Verdict> {
        self.at += length;
        if self.inks(sign) {
            self.ink = true;
            self.surplus |= self.count >= self.bounds.columns;
        }
        match (self.state, sign) {
            (State::Start, Sign::Quote) => self.open(),
            (State::Quoted, Sign::Quote) => self.state = State::Closing,
            (State::Quoted, Sign::Break) => self.wrap(),
            (State::Quoted, _) => {}
            (_, Sign::Delimiter) => self.close(length),
            (_, Sign::Break) => {
                self.close(length);
                self.breaks += 1;
                return Some(Verdict::Row);
            }
            (State::Closing, Sign::Quote) => {
                self.shape = Shape::Mixed;
                self.state = State::Quoted;
            }
            (State::Closing | State::Behind, Sign::Space) => {
                self.shape = Shape::Mixed;
                self.state = State::Behind;
            }
            // On the opening line text behind the quote is sloppy; on a later line it shows that this quote opens the
            // next cell and the former one was never closed.
            (State::Closing | State::Behind, _) if self.reopen.is_some() => return Some(Verdict::Unclosed),
            (State::Closing | State::Behind | State::Tail, _) => {
                self.shape = Shape::Mixed;
                self.state = State::Tail;
            }
            (State::Start | State::Bare, _) => self.state = State::Bare,
        }
        None
    }

    /// Tells whether a sign leaves something to see in its cell.
    const fn inks(&self, sign: Sign) -> bool {
        match sign {
            Sign::Other => true,
            Sign::Quote => !matches!(self.state, State::Start | State::Quoted),
            Sign::Delimiter => self.quoted(),
            Sign::Break | Sign::Space => false,
        }
    }

    fn open(&mut self) {
        self.state = State::Quoted;
        self.shape = Shape::Quoted;
        self.opened = self.breaks;
        self.reopen = None;
    }

    fn wrap(&mut self) {
        self.breaks += 1;
        self.second.get_or_insert(self.at);
        self.reopen.get_or_insert(self.at);
    }

    /// Ends a cell whose last unit, of that length, is not part of it.
    fn close(&mut self, length: usize) {
        if self.cells.len() < self.bounds.columns {
            self.cells.push(Span { from: self.from, to: self.at - length, shape: self.shape });
        }
        self.count += 1;
        self.from = self.at;
        self.state = State::Start;
        self.shape = Shape::Bare;
        self.reopen = None;
    }
}

impl Span {
    /// Returns the text of the cell, or nothing when its bytes are not of the encoding.
    pub(crate) fn text(self, dialect: Dialect, row: &[u8]) -> Option<String> {
        let raw = row.get(self.from..self.to).unwrap_or_default();
        let quote = dialect.encoding.width();
        match self.shape {
            Shape::Bare => dialect.encoding.decode(raw),
            Shape::Quoted => {
                dialect.encoding.decode(raw.get(quote..raw.len().saturating_sub(quote)).unwrap_or_default())
            }
            Shape::Mixed => dialect.encoding.decode(&unquote(dialect, raw)),
        }
    }
}

/// Takes the quotes off: the first, the one that closes, and one of every two between them.
fn unquote(dialect: Dialect, raw: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(raw.len());
    let mut at = dialect.encoding.width();
    let mut inside = true;
    while let Some(unit) = dialect.unit(raw, at, true) {
        let next = at + unit.length;
        let mut piece = raw.get(at..next).unwrap_or_default();
        at = next;
        if inside && unit.sign == Sign::Quote {
            match dialect.unit(raw, next, true) {
                Some(second) if second.sign == Sign::Quote => at = next + second.length,
                _ => {
                    inside = false;
                    piece = &[];
                }
            }
        }
        text.extend_from_slice(piece);
    }
    text
}
