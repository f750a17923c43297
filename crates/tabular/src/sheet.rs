//! A workbook that leaves (ECMA-376, part 1): one table, written from top to bottom into anything that takes bytes.
//!
//! Every text is an inline string, which no program takes for a formula; nothing is gathered, so that a file of any size takes the
//! same memory and never lies anywhere but where it is written to. A sheet that is full goes on in the next one, under the same
//! first row.

use std::io::{self, Cursor, Read as _, Write};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{ZipArchive, ZipWriter};

/// The most rows a program opens in a sheet (ECMA-376 leaves it open; every known one takes 2^20).
const ROWS: usize = 1_048_576;
/// The most UTF-16 units a program opens in a cell. A text that is longer is cut, and ends with `…`.
const UNITS: usize = 32_767;

const TYPES: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
const SPACE: &str = "http://schemas.openxmlformats.org/";
const DECLARED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'c> {
    /// Text, whatever it looks like.
    Text(&'c str),
    /// A number as decimal digits with a point. One of more than 15 digits is written as text: programs would round it.
    Number(&'c str),
}

/// Returns the XML of a workbook's sheets, one after the other, at most `most` bytes; nothing if it is no workbook.
#[must_use]
pub fn sheets_of(file: &[u8], most: u64) -> Option<String> {
    let mut book = ZipArchive::new(Cursor::new(file)).ok()?;
    let (mut text, mut left) = (Vec::new(), most);
    for at in 0..book.len() {
        let Ok(part) = book.by_index(at) else { continue };
        if part.name().is_ok_and(|name| name.starts_with("xl/")) {
            left -= io::copy(&mut part.take(left), &mut text).ok()?;
        }
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// Writes a workbook. [`finish`](Self::finish) must be called, or the file will not open.
pub struct Sheet<W: Write> {
    out: ZipWriter<StreamWriter<W>>,
    sheets: usize,
    rows: usize,
    most: usize,
    first: Option<String>,
    line: String,
}

impl<W: Write> Sheet<W> {
    /// Starts a file.
    ///
    /// # Errors
    /// Of `out`.
    pub fn new(out: W) -> io::Result<Self> {
        Self::of(out, ROWS)
    }

    fn of(out: W, most: usize) -> io::Result<Self> {
        let out = ZipWriter::new_stream(out);
        let mut sheet = Self { out, sheets: 0, rows: 0, most, first: None, line: String::new() };
        sheet.open()?;
        Ok(sheet)
    }

    fn file(&mut self, name: &str) -> io::Result<()> {
        // A size that is not known at the beginning may be one that takes 64 bits.
        Ok(self.out.start_file(name, SimpleFileOptions::DEFAULT.large_file(true))?)
    }

    fn open(&mut self) -> io::Result<()> {
        self.sheets += 1;
        self.rows = 0;
        self.file(&format!("xl/worksheets/sheet{}.xml", self.sheets))?;
        let start = format!("{DECLARED}<worksheet xmlns=\"{SPACE}spreadsheetml/2006/main\"><sheetData>");
        self.out.write_all(start.as_bytes())
    }

    fn close(&mut self) -> io::Result<()> {
        self.out.write_all(b"</sheetData></worksheet>")
    }

    /// Adds a row. The first one stands on top of every sheet.
    ///
    /// # Errors
    /// Of the underlying writer.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = Cell<'c>>) -> io::Result<()> {
        if self.rows == self.most {
            self.close()?;
            self.open()?;
            if let Some(first) = &self.first {
                self.out.write_all(first.as_bytes())?;
                self.rows = 1;
            }
        }
        self.line.clear();
        self.line.push_str("<row>");
        for cell in cells {
            put(&mut self.line, cell);
        }
        self.line.push_str("</row>");
        self.out.write_all(self.line.as_bytes())?;
        self.rows += 1;
        if self.first.is_none() {
            self.first = Some(self.line.clone());
        }
        Ok(())
    }

    /// Writes what ties the sheets together, and returns what was written to.
    ///
    /// # Errors
    /// Of the underlying writer.
    pub fn finish(mut self) -> io::Result<W> {
        self.close()?;
        let (mut types, mut sheets, mut parts) = (String::new(), String::new(), String::new());
        for n in 1..=self.sheets {
            types +=
                &format!("<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{TYPES}worksheet+xml\"/>");
            sheets += &format!("<sheet name=\"{n}\" sheetId=\"{n}\" r:id=\"r{n}\"/>");
            parts += &format!(
                "<Relationship Id=\"r{n}\" Type=\"{SPACE}officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
            );
        }
        let relations = format!("{SPACE}package/2006/relationships");
        let files = [
            (
                "[Content_Types].xml",
                format!(
                    "<Types xmlns=\"{SPACE}package/2006/content-types\"><Default Extension=\"rels\" \
                     ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override \
                     PartName=\"/xl/workbook.xml\" ContentType=\"{TYPES}sheet.main+xml\"/>{types}</Types>"
                ),
            ),
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{relations}\"><Relationship Id=\"r1\" \
                     Type=\"{SPACE}officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{SPACE}spreadsheetml/2006/main\" \
                     xmlns:r=\"{SPACE}officeDocument/2006/relationships\"><sheets>{sheets}</sheets></workbook>"
                ),
            ),
            ("xl/_rels/workbook.xml.rels", format!("<Relationships xmlns=\"{relations}\">{parts}</Relationships>")),
        ];
        for (name, text) in files {
            self.file(name)?;
            self.out.write_all(DECLARED.as_bytes())?;
            self.out.write_all(text.as_bytes())?;
        }
        Ok(self.out.finish()?.into_inner())
    }
}

fn put(out: &mut String, cell: Cell<'_>) {
    match cell {
        Cell::Text("") | Cell::Number("") => out.push_str("<c/>"),
        Cell::Number(number) if is_exact(number) => {
            out.push_str("<c><v>");
            out.push_str(number);
            out.push_str("</v></c>");
        }
        Cell::Number(text) | Cell::Text(text) => {
            out.push_str("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">");
            let end = fitting(text);
            escape(out, text.get(..end).unwrap_or(text));
            if end < text.len() {
                out.push('…');
            }
            out.push_str("</t></is></c>");
        }
    }
}

/// Tells whether it is a plain decimal number of at most 15 digits.
fn is_exact(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    plain(whole) && plain(part) && digits.len() <= 16 && (whole == "0" || !whole.starts_with('0'))
}

/// Returns how many bytes of a text are written: all of it, or what leaves room for a sign that says that it goes on. A sign that is
/// escaped counts as one once it is read.
fn fitting(text: &str) -> usize {
    if text.len() <= UNITS {
        return text.len();
    }
    let (mut units, mut cut) = (0, 0);
    for (at, c) in text.char_indices() {
        if units < UNITS {
            cut = at;
        }
        units += c.len_utf16();
        if units > UNITS {
            return cut;
        }
    }
    text.len()
}

/// Spells text as XML 1.0 takes it; what it does not take, and a carriage return, which it would change, as `_xHHHH_`
/// (ECMA-376, part 1, §22.9.2.19), and what already looks like that too.
fn escape(out: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' => out.push(c),
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => out.push_str(&format!("_x{:04X}_", u32::from(c))),
            '_' if looks_escaped(text.get(at..).unwrap_or_default()) => out.push_str("_x005F_"),
            other => out.push(other),
        }
    }
}

fn looks_escaped(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.get(..2) == Some(b"_x")
        && bytes.get(6) == Some(&b'_')
        && bytes.get(2..6).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _, Xlsx};
    use proptest::prelude::*;

    use super::*;

    fn written(rows: &[Vec<Cell<'_>>], most: usize) -> Vec<u8> {
        let mut sheet = Sheet::of(Vec::new(), most).unwrap();
        for row in rows {
            sheet.row(row.iter().copied()).unwrap();
        }
        sheet.finish().unwrap()
    }

    /// Reads every sheet with a reader that is not ours.
    fn read(file: Vec<u8>) -> Vec<Vec<Vec<Data>>> {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
        let sheets = book.worksheets();
        sheets.into_iter().map(|(_, range)| range.rows().map(<[Data]>::to_vec).collect()).collect()
    }

    /// Fails when: a text is written as a formula or a number, or `escape` leaves out what XML does not take.
    #[test]
    fn texts_come_back_as_they_were_and_none_is_a_formula() {
        let texts =
            ["=1+1", "+1", "@SUM(A1)", "007", "1e5", "a<b>&\"c\"", "王小明 🦊", "_x0041_", "_x41_", "a\nb\tc", " x "];
        let file = written(&[texts.map(Cell::Text).to_vec()], 9);
        assert!(!String::from_utf8_lossy(&file).contains("<f>"));
        assert_eq!(read(file), [[texts.map(|text| Data::String(text.to_owned())).to_vec()]]);
    }

    #[test]
    fn what_a_workbook_says_is_read_up_to_a_limit() {
        let file = written(&[vec![Cell::Text(&"many ".repeat(50_000))]], 9);
        assert!(file.len() < 20_000 && sheets_of(&file, u64::MAX).unwrap().matches("many").count() > 6_000);
        assert_eq!(sheets_of(&file, 1_000).unwrap().len(), 1_000);
        assert_eq!(sheets_of(b"name,email", 9), None);
    }

    #[test]
    fn numbers_are_numbers_as_far_as_programs_keep_them() {
        let cells = ["12", "-3.50", "0", "0.1", "123456789012345"].map(Cell::Number);
        let rows = read(written(&[cells.to_vec()], 9)).remove(0).remove(0);
        assert_eq!(rows, [12.0, -3.5, 0.0, 0.1, 123_456_789_012_345.0].map(Data::Float));
        let texts = ["1234567890123456.5", "1e5", "007", "-", ".5", "12 EUR"];
        let rows = read(written(&[texts.map(Cell::Number).to_vec()], 9)).remove(0).remove(0);
        assert_eq!(rows, texts.map(|text| Data::String(text.to_owned())));
    }

    #[test]
    fn a_full_sheet_goes_on_in_the_next_one_under_the_same_head() {
        let rows: Vec<Vec<Cell<'_>>> = ["name", "a", "b", "c", "d"].iter().map(|text| vec![Cell::Text(text)]).collect();
        let sheets = read(written(&rows, 3));
        let text = |rows: &[Vec<Data>]| rows.iter().map(|row| row[0].to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(sheets.iter().map(|rows| text(rows)).collect::<Vec<_>>(), ["name a b", "name c d"]);
    }

    #[test]
    fn a_text_that_is_longer_than_programs_open_is_cut_and_says_so() {
        for (text, whole) in [
            ("x".repeat(UNITS), true),
            ("🦊".repeat(UNITS / 2), true),
            ("🦊".repeat(UNITS / 2 + 1), false),
            ("x".repeat(UNITS + 1), false),
        ] {
            let read = read(written(&[vec![Cell::Text(&text), Cell::Text("z")]], 9)).remove(0).remove(0);
            let (got, next) = (read[0].to_string(), read[1].to_string());
            assert_eq!((got == text, next.as_str()), (whole, "z"));
            assert!(got.encode_utf16().count() <= UNITS && (whole || got.ends_with('…')));
        }
    }

    proptest! {
        #[test]
        fn whatever_a_cell_holds_comes_back(texts in prop::collection::vec("[^\r]{1,40}", 1..6)) {
            let cells: Vec<Cell<'_>> = texts.iter().map(|text| Cell::Text(text)).collect();
            let row = read(written(&[cells], 9)).remove(0).remove(0);
            prop_assert_eq!(row, texts.into_iter().map(Data::String).collect::<Vec<_>>());
        }
    }
}
