//! Forms in which two values meet that are one slip apart.

/// Shorter values are not forgiven a slip: too many others are one slip away.
const LEAST: usize = 5;
/// Longer ones neither: nobody types so much.
const MOST: usize = 80;

/// Returns the forms of a normal value: itself, and itself without each of its letters. Two values share one if a letter is missing in
/// one of them, another one stands in its place, or it stands elsewhere.
#[must_use]
pub fn slips(normal: &str) -> Vec<String> {
    let letters: Vec<char> = normal.chars().collect();
    let mut forms = vec![normal.to_owned()];
    if !(LEAST..=MOST).contains(&letters.len()) {
        return forms;
    }
    let without = |at: usize| -> String {
        letters.iter().enumerate().filter(|(nth, _)| *nth != at).map(|(_, letter)| *letter).collect()
    };
    forms.extend((0..letters.len()).map(without));
    forms.sort_unstable();
    forms.dedup();
    forms
}
