//! Near-duplicates: the same person entered twice, as it happens in every CRM.

use crate::contact;
use crate::dice::{Dice, Kind};
use crate::row::SampleContact;
use crate::sample::Sample;

/// Returns whom the contact at this index repeats: somebody of the same run, who is never a repetition himself.
pub(crate) fn original(sample: &Sample, index: usize) -> Option<usize> {
    let run = sample.twin_every;
    if run == 0 || index % run != run - 1 {
        return None;
    }
    let back = 1 + Dice::of(sample.seed, Kind::Twin, index).below(run - 1);
    index.checked_sub(back)
}

/// Makes the near-duplicate of a contact.
pub(crate) fn make(sample: &Sample, index: usize, mut contact: SampleContact) -> SampleContact {
    let mut dice = Dice::of(!sample.seed, Kind::Twin, index);
    let original = contact.index;
    match dice.below(5) {
        0 => respelled(&mut contact),
        1 => contact.name = shortened(&contact),
        2 if contact.phone.is_some() => telephoned(&mut contact),
        3 => contact.email = Some(contact::second_address(index, &contact)),
        _ => contact.name = slipped(&contact.name),
    }
    SampleContact { index, duplicate_of: Some(original), national_id: None, ..contact }
}

/// Writes the address in capitals and the number without spaces.
fn respelled(contact: &mut SampleContact) {
    contact.email = contact.email.as_deref().map(str::to_uppercase);
    contact.phone = contact.phone.as_deref().map(|phone| phone.replace(' ', ""));
    contact.title.clear();
}

/// Keeps a letter of the given name, or sets a Chinese name apart.
fn shortened(contact: &SampleContact) -> String {
    match contact.given.chars().next() {
        Some(letter) if !kernel::text::is_han(letter) => format!("{letter}. {}", contact.family),
        _ => format!("{} {}", contact.family, contact.given),
    }
}

/// Knows the number only, dialled the long way.
fn telephoned(contact: &mut SampleContact) {
    contact.email = None;
    contact.birthday = None;
    contact.phone = contact.phone.as_deref().map(|phone| phone.replace('+', "00").replace(' ', ""));
}

/// Exchanges the last two letters.
fn slipped(name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    if let [.., one, two] = letters.as_mut_slice() {
        std::mem::swap(one, two);
    }
    letters.into_iter().collect()
}
