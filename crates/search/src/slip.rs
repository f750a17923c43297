//! Forms in which two values meet that are one slip apart.

/// Shorter values are not forgiven a slip: too many others are one slip away.
const LEAST: usize = 5;
/// Longer ones neither: nobody types so much.
const MOST: usize = 80;

/// Returns the forms of a normal value, each in two parts: itself, and itself without each of its letters. Two values share one if a
/// letter is missing in one of them, another one stands in its place, or it stands elsewhere. A form may come twice.
pub fn slips(normal: &str) -> impl Iterator<Item = [&str; 2]> {
    let forgiven = (LEAST..=MOST).contains(&normal.chars().count());
    let without = |(at, letter): (usize, char)| Some([normal.get(..at)?, normal.get(at + letter.len_utf8()..)?]);
    let letters = normal.char_indices().filter(move |_| forgiven).filter_map(without);
    std::iter::once([normal, ""]).chain(letters)
}
