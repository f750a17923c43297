//! The forms of file in which rows leave.

use std::io::{self, Write};

use authz::Cx;
use tabular::{Cell, Sheet};

use crate::{ExportCell, ExportId, Exports};

/// A form of file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Comma-separated values (RFC 4180), safe to open in a spreadsheet.
    #[default]
    Csv,
    /// A workbook (ECMA-376), in which no text is a formula.
    Xlsx,
}

impl Form {
    /// Every form.
    pub const ALL: &'static [Self] = &[Self::Csv, Self::Xlsx];

    /// Returns the end of a file's name, which is also its word in forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Takes the word of a form.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|form| form.code() == code)
    }
}

/// Writes the rows of an export that is being fetched, part by part, and returns what was written to. For a thread that may block.
///
/// # Errors
/// Of `out`; of another kind if the rows cannot be read.
pub fn write<W: Write>(out: W, form: Form, (exports, cx, id): (&Exports, &Cx, ExportId)) -> io::Result<W> {
    let parts = (0..).map_while(|number| exports.part_now(cx, id, number).map_err(io::Error::other).transpose());
    match form {
        Form::Csv => csv(out, parts),
        Form::Xlsx => xlsx(out, parts),
    }
}

type Part = io::Result<Vec<Vec<ExportCell>>>;

fn csv<W: Write>(mut out: W, parts: impl Iterator<Item = Part>) -> io::Result<W> {
    // Spreadsheets take a file without it for one of their country's encoding.
    let mut text = String::from('\u{feff}');
    for part in parts {
        for row in part? {
            tabular::write(&mut text, row.iter().map(|cell| cell.text.as_str()));
        }
        out.write_all(text.as_bytes())?;
        text.clear();
    }
    Ok(out)
}

fn xlsx<W: Write>(out: W, parts: impl Iterator<Item = Part>) -> io::Result<W> {
    let mut sheet = Sheet::new(out)?;
    for part in parts {
        for row in part? {
            sheet.row(row.iter().map(|cell| {
                let text = cell.text.as_str();
                if cell.number { Cell::Number(text) } else { Cell::Text(text) }
            }))?;
        }
    }
    sheet.finish()
}
