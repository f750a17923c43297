//! Which encoding the first bytes of a file look like.

use crate::encoding::Encoding;

/// Bytes per ten characters that must be zero on one side, and almost never on the other, for UTF-16 without a mark.
const ZEROS: usize = 1;

/// Returns the encoding and how many bytes its byte order mark takes.
///
/// Order matters: a mark is certain; UTF-8 has a form that other text hardly ever meets by chance; GB18030 accepts much
/// that is not Chinese, so it also has to look Chinese; anything at all is Windows-1252.
pub(crate) fn guess(head: &[u8], whole: bool) -> (Encoding, usize) {
    if head.starts_with(&[0xef, 0xbb, 0xbf]) {
        return (Encoding::Utf8, 3);
    }
    if head.starts_with(&[0xff, 0xfe]) {
        return (Encoding::Utf16Le, 2);
    }
    if head.starts_with(&[0xfe, 0xff]) {
        return (Encoding::Utf16Be, 2);
    }
    let encoding = wide(head)
        .or_else(|| utf8(head, whole).then_some(Encoding::Utf8))
        .or_else(|| gb18030(head, whole).then_some(Encoding::Gb18030))
        .unwrap_or(Encoding::Windows1252);
    (encoding, 0)
}

/// Text of any script has ASCII in a table (delimiters, breaks, digits), so UTF-16 shows zeros on one side only.
fn wide(head: &[u8]) -> Option<Encoding> {
    let (mut first, mut second, mut pairs) = (0_usize, 0_usize, 0_usize);
    for pair in head.chunks_exact(2) {
        if let [one, two] = pair {
            pairs += 1;
            first += usize::from(*one == 0 && *two != 0);
            second += usize::from(*two == 0 && *one != 0);
        }
    }
    let many = |zeros: usize| zeros > 1 && zeros * 10 >= pairs * ZEROS;
    if many(second) && first * 10 <= second {
        return Some(Encoding::Utf16Le);
    }
    (many(first) && second * 10 <= first).then_some(Encoding::Utf16Be)
}

/// One broken row does not make a file another encoding: what is right has to outweigh what is wrong by far.
fn utf8(head: &[u8], whole: bool) -> bool {
    let (mut right, mut wrong) = (0_usize, 0_usize);
    for chunk in head.utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    let cut = !whole && head.utf8_chunks().last().is_some_and(|chunk| matches!(chunk.invalid().len(), 1..4));
    wrong -= usize::from(cut && wrong > 0);
    wrong == 0 || right >= wrong * 10
}

/// Accepts GB18030 when nearly all of it decodes and at least half of its pairs are in GB2312's own zone, where written
/// Chinese lives. Western text falls outside: its accented letters stand next to ASCII ones.
fn gb18030(head: &[u8], whole: bool) -> bool {
    let (mut common, mut rare, mut wrong) = (0_usize, 0_usize, 0_usize);
    let mut at = 0;
    while let Some(&lead) = head.get(at) {
        let rest = head.get(at + 1..).unwrap_or_default();
        let length = match (lead, rest) {
            (0..=0x7f, _) => {
                at += 1;
                continue;
            }
            (0x81..=0xfe, [0x40..=0x7e | 0x80..=0xfe, ..]) => 2,
            (0x81..=0xfe, [0x30..=0x39, 0x81..=0xfe, 0x30..=0x39, ..]) => 4,
            (0x81..=0xfe, [] | [0x30..=0x39] | [0x30..=0x39, 0x81..=0xfe]) if !whole => break,
            _ => 1,
        };
        let native = matches!((lead, rest), (0xa1..=0xa9 | 0xb0..=0xf7, [0xa1..=0xfe, ..]));
        match (length, native) {
            (1, _) => wrong += 1,
            (_, true) => common += 1,
            (_, false) => rare += 1,
        }
        at += length;
    }
    common > 0 && common >= rare && (common + rare) >= wrong * 50
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHINESE: &str = "姓名,公司,备注\n王小明,云帆科技有限公司,重点客户\n李娜,远中食品,「待跟进」\n";

    fn wide_of(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn each_encoding_is_recognised() {
        let gb = encoding_rs::GB18030.encode(CHINESE).0.into_owned();
        let western = encoding_rs::WINDOWS_1252.encode("name,city\nJosé Muñoz,Málaga\nSchröder,Köln\n").0.into_owned();
        for (bytes, expected) in [
            (b"a,b\n1,2\n".to_vec(), Encoding::Utf8),
            (CHINESE.as_bytes().to_vec(), Encoding::Utf8),
            (gb, Encoding::Gb18030),
            (western, Encoding::Windows1252),
            (wide_of(CHINESE, false), Encoding::Utf16Le),
            (wide_of(CHINESE, true), Encoding::Utf16Be),
            (wide_of("a,b\n1,2\n", false), Encoding::Utf16Le),
            (b"4,5,\xa9".to_vec(), Encoding::Windows1252),
            (Vec::new(), Encoding::Utf8),
        ] {
            assert_eq!(guess(&bytes, true), (expected, 0), "{bytes:?}");
        }
    }

    #[test]
    fn a_mark_decides_and_is_counted() {
        assert_eq!(guess(b"\xef\xbb\xbfa", true), (Encoding::Utf8, 3));
        assert_eq!(guess(b"\xff\xfea\0", true), (Encoding::Utf16Le, 2));
        assert_eq!(guess(b"\xfe\xff\0a", true), (Encoding::Utf16Be, 2));
    }

    #[test]
    fn one_row_in_another_encoding_does_not_change_the_guess() {
        let mut bytes = CHINESE.as_bytes().to_vec();
        bytes.extend_from_slice(b"Caf\xe9,x,y\n");
        assert_eq!(guess(&bytes, true).0, Encoding::Utf8);
    }

    #[test]
    fn a_head_that_ends_inside_a_character_is_still_itself() {
        for cut in 1..4 {
            let bytes = CHINESE.as_bytes().get(..CHINESE.len() - 2 - cut).unwrap_or_default();
            assert_eq!(guess(bytes, false).0, Encoding::Utf8);
        }
        let gb = encoding_rs::GB18030.encode(CHINESE).0;
        assert_eq!(guess(gb.get(..5).unwrap_or_default(), false).0, Encoding::Gb18030);
    }

    #[test]
    fn a_few_nul_bytes_do_not_make_utf16() {
        let text = format!("{}x,a\0b\n", "1,some plain text\n".repeat(20));
        assert_eq!(guess(text.as_bytes(), true).0, Encoding::Utf8);
    }
}
