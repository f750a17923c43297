//! What a file is, by what is in it.
//!
//! A list of what is taken, known by the first bytes that its format gives it; everything else is refused: programs, pages and
//! drawings that a browser would run (HTML, SVG), and whatever nobody knows.

/// A kind of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// ISO 32000.
    Pdf,
    /// ISO/IEC 15948.
    Png,
    /// ISO/IEC 10918.
    Jpeg,
    /// GIF89a.
    Gif,
    /// RFC 9649.
    Webp,
    /// TIFF 6.0.
    Tiff,
    /// ISO/IEC 23008-12.
    Heic,
    /// A text document, ISO/IEC 29500.
    Docx,
    /// A workbook of the same.
    Xlsx,
    /// Slides of the same.
    Pptx,
    /// A text document, ISO/IEC 26300.
    Odt,
    /// A workbook of the same.
    Ods,
    /// Slides of the same.
    Odp,
    /// A document of an older office program, or a mail of one.
    Office,
    /// Rich Text Format.
    Rtf,
    /// An archive, which stays packed.
    Zip,
    /// Another.
    SevenZip,
    /// Another.
    Gzip,
    /// Sound: MPEG.
    Mp3,
    /// Sound: RIFF.
    Wav,
    /// Sound: Ogg.
    Ogg,
    /// Moving pictures, or sound, ISO/IEC 14496-12.
    Mp4,
    /// Text of any kind that is not run by anything.
    Text,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Pdf,
        Self::Png,
        Self::Jpeg,
        Self::Gif,
        Self::Webp,
        Self::Tiff,
        Self::Heic,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Ods,
        Self::Odp,
        Self::Office,
        Self::Rtf,
        Self::Zip,
        Self::SevenZip,
        Self::Gzip,
        Self::Mp3,
        Self::Wav,
        Self::Ogg,
        Self::Mp4,
        Self::Text,
    ];

    /// Returns the ends that the names of such files have. The first is given to one that has none of them.
    #[must_use]
    pub const fn ends(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Gif => &["gif"],
            Self::Webp => &["webp"],
            Self::Tiff => &["tif", "tiff"],
            Self::Heic => &["heic", "heif"],
            Self::Docx => &["docx", "dotx"],
            Self::Xlsx => &["xlsx", "xltx"],
            Self::Pptx => &["pptx", "potx", "ppsx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Odp => &["odp"],
            Self::Office => &["doc", "xls", "ppt", "msg", "wps", "et"],
            Self::Rtf => &["rtf"],
            Self::Zip => &["zip"],
            Self::SevenZip => &["7z"],
            Self::Gzip => &["gz", "tgz"],
            Self::Mp3 => &["mp3"],
            Self::Wav => &["wav"],
            Self::Ogg => &["ogg", "oga", "opus"],
            Self::Mp4 => &["mp4", "m4a", "m4v", "mov"],
            Self::Text => &["txt", "csv", "tsv", "md", "json", "log", "eml", "ics", "vcf", "yaml", "yml", "toml"],
        }
    }

    /// Returns the word by which it is stored and answered.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Tiff => "tiff",
            Self::Office => "office",
            Self::Gzip => "gzip",
            Self::Text => "text",
            other => match other.ends() {
                [first, ..] => first,
                [] => "",
            },
        }
    }

    /// Takes such a word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// Tells whether there can be a preview of it.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Webp)
    }

    /// Finds out what a file is by how it begins; `start` is all of it or its first few kilobytes.
    #[must_use]
    pub fn of(start: &[u8]) -> Option<Self> {
        let at = |offset: usize, bytes: &[u8]| start.get(offset..).is_some_and(|rest| rest.starts_with(bytes));
        let known: [(&[u8], Self); 13] = [
            (b"%PDF-", Self::Pdf),
            (b"\x89PNG\r\n\x1a\n", Self::Png),
            (b"\xff\xd8\xff", Self::Jpeg),
            (b"GIF87a", Self::Gif),
            (b"GIF89a", Self::Gif),
            (b"II*\0", Self::Tiff),
            (b"MM\0*", Self::Tiff),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Self::Office),
            (b"{\\rtf", Self::Rtf),
            (b"7z\xbc\xaf\x27\x1c", Self::SevenZip),
            (b"\x1f\x8b\x08", Self::Gzip),
            (b"OggS\0", Self::Ogg),
            (b"\xff\xfb", Self::Mp3),
        ];
        if let Some((_, kind)) = known.iter().find(|(magic, _)| start.starts_with(magic)) {
            return Some(*kind);
        }
        match () {
            () if at(0, b"RIFF") && at(8, b"WEBP") => Some(Self::Webp),
            () if at(0, b"RIFF") && at(8, b"WAVE") => Some(Self::Wav),
            () if at(0, b"PK\x03\x04") => Some(packed(start)),
            () if at(0, b"PK\x05\x06") => Some(Self::Zip),
            () if at(0, b"ID3") && start.get(3).is_some_and(|version| *version < 9) => Some(Self::Mp3),
            () if at(4, b"ftyp") => Some(boxed(start)),
            () => (is_text(start) && !is_run(start)).then_some(Self::Text),
        }
    }
}

/// Tells documents that are archives inside from archives: by the names in front of their first members.
fn packed(start: &[u8]) -> Kind {
    let first = start.get(30..).unwrap_or_default();
    let documents: [(&[u8], Kind); 3] = [
        (b"mimetypeapplication/vnd.oasis.opendocument.text", Kind::Odt),
        (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", Kind::Ods),
        (b"mimetypeapplication/vnd.oasis.opendocument.presentation", Kind::Odp),
    ];
    if let Some((_, kind)) = documents.iter().find(|(name, _)| first.starts_with(name)) {
        return *kind;
    }
    let is_office = [&b"[Content_Types].xml"[..], b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/"];
    if !is_office.iter().any(|name| first.starts_with(name)) {
        return Kind::Zip;
    }
    let members: [(&[u8], Kind); 3] = [(b"word/", Kind::Docx), (b"xl/", Kind::Xlsx), (b"ppt/", Kind::Pptx)];
    let found = members.iter().find(|(name, _)| start.windows(name.len()).any(|window| window == *name));
    found.map_or(Kind::Zip, |(_, kind)| *kind)
}

/// Tells pictures from films, by the brand of the box.
fn boxed(start: &[u8]) -> Kind {
    let brand = start.get(8..12).unwrap_or_default();
    let pictures: [&[u8]; 6] = [b"heic", b"heix", b"mif1", b"msf1", b"heim", b"hevc"];
    if pictures.contains(&brand) { Kind::Heic } else { Kind::Mp4 }
}

/// Tells whether bytes are text: in UTF-16 with its mark, or in any encoding that leaves ASCII as it is.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    if is_wide(bytes) {
        return true;
    }
    bytes.iter().all(|byte| *byte >= 0x20 && *byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
}

/// Tells whether a text is UTF-16.
pub(crate) fn is_wide(start: &[u8]) -> bool {
    start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff")
}

/// Tells whether a browser, a shell or an office program would run a text.
fn is_run(start: &[u8]) -> bool {
    let text: Vec<u8> = start.iter().copied().filter(|byte| *byte != 0).take(8192).collect();
    let text = String::from_utf8_lossy(&text).to_ascii_lowercase();
    let text = text.trim_start_matches(|c: char| !c.is_ascii_graphic());
    if text.starts_with("#!") || text.starts_with("@echo") || text.starts_with("<?php") {
        return true;
    }
    // Of markup the first kilobytes count: a page has its tags there. A mail may hold a page further down, and stays a mail.
    let tags = ["<!doctype html", "<html", "<svg", "<script", "<iframe", "<body", "<hta:", "<xsl:", "<?xml-stylesheet"];
    text.starts_with('<') && tags.iter().any(|tag| text.contains(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A member of an archive: its header up to its name.
    fn member(name: &str) -> Vec<u8> {
        [b"PK\x03\x04", &[0; 26][..], name.as_bytes(), b"..."].concat()
    }

    /// Fails when: a kind is known by its name, or documents are taken for archives.
    #[test]
    fn files_are_known_by_how_they_begin() {
        let cases: [(&[u8], Kind); 16] = [
            (b"%PDF-1.7\n%\xe2\xe3", Kind::Pdf),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind::Png),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind::Jpeg),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Kind::Webp),
            (b"RIFF\x24\0\0\0WAVEfmt ", Kind::Wav),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Kind::Heic),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", Kind::Mp4),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Office),
            (&member("word/document.xml"), Kind::Docx),
            (&[member("[Content_Types].xml"), member("xl/workbook.xml")].concat(), Kind::Xlsx),
            (&member("mimetypeapplication/vnd.oasis.opendocument.text"), Kind::Odt),
            (&member("photos/xl/1.jpg"), Kind::Zip),
            (b"name,city\nZoe,Reims\n", Kind::Text),
            ("姓名，城市\n王小明，上海\n".as_bytes(), Kind::Text),
            (b"\xd0\xd5\xc3\xfb,\xb3\xc7\xca\xd0\r\n", Kind::Text),
            (b"\xff\xfeh\0i\0\n\0", Kind::Text),
        ];
        for (start, kind) in cases {
            assert_eq!(Kind::of(start), Some(kind), "{:?}", String::from_utf8_lossy(start));
        }
    }

    /// Fails when: what a machine or a browser runs is taken.
    #[test]
    fn what_is_run_is_not_taken() {
        let cases: [&[u8]; 12] = [
            b"MZ\x90\0\x03\0\0\0",
            b"\x7fELF\x02\x01\x01\0",
            b"\xca\xfe\xba\xbe\0\0\0\x34",
            b"\xcf\xfa\xed\xfe\x07\0\0\x01",
            b"#!/bin/sh\nrm -rf /\n",
            b"\xef\xbb\xbf<!DOCTYPE html><title>x</title>",
            b"  \n<HTML><body onload=alert(1)>",
            b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"<!-- hi --><script>alert(1)</script>",
            b"\xff\xfe<\0h\0t\0m\0l\0>\0",
            b"@echo off\r\n",
            b"text and then\0nothing",
        ];
        for start in cases {
            assert_eq!(Kind::of(start), None, "{:?}", String::from_utf8_lossy(start));
        }
    }

    #[test]
    fn words_are_their_own_and_ends_lead_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.code()), Some(*kind));
            assert!(kind.ends().iter().all(|end| end.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())));
        }
    }
}
