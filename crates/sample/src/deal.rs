//! Deals.

use kernel::{Currency, Lang, Money};

use crate::dice::{Dice, Kind};
use crate::row::SampleDeal;
use crate::sample::Sample;
use crate::table::{WORDS, WORDS_ZH};
use crate::{company, contact};

/// Makes a deal.
pub(crate) fn make(sample: &Sample, index: usize) -> SampleDeal {
    let mut dice = Dice::of(sample.seed, Kind::Deal, index);
    let party = party(sample, &mut dice);
    let company = party.company.map(|index| company::make(sample, index));
    let chinese = company.as_ref().map_or(party.chinese, |company| company.language == Lang::Zh);
    let product = dice.pick(if chinese { &WORDS_ZH } else { &WORDS }.list("products"));
    let title = match (&company, chinese) {
        (Some(company), true) => format!("{} · {product}", company.short),
        (Some(company), false) => format!("{} – {product}", company.short),
        // A person's name has no place in a title that is not sealed.
        (None, _) => format!("{product} #{}", 1_000 + index),
    };
    let stage = stage(&mut dice);
    let currency = company.map_or(Currency::EUR, |company| company.currency);
    SampleDeal {
        index,
        title,
        contact: party.contact,
        company: party.company,
        stage,
        amount: amount(&mut dice, currency),
        close: sample.day(close(&mut dice, stage)),
        language: if chinese { Lang::Zh } else { Lang::En },
    }
}

struct Party {
    contact: Option<usize>,
    company: Option<usize>,
    chinese: bool,
}

/// Finds somebody to deal with, preferably at a company.
fn party(sample: &Sample, dice: &mut Dice) -> Party {
    let mut found = Party { contact: None, company: None, chinese: false };
    if sample.size.contacts == 0 {
        found.company = (sample.size.companies > 0).then(|| dice.below(sample.size.companies));
        return found;
    }
    for _ in 0..3 {
        let contact = contact::make(sample, dice.below(sample.size.contacts));
        found = Party { contact: Some(contact.index), company: contact.company, chinese: contact.language == Lang::Zh };
        if found.company.is_some() {
            break;
        }
    }
    found
}

fn stage(dice: &mut Dice) -> &'static str {
    match dice.below(100) {
        0..=17 => "qualified",
        18..=32 => "discovery",
        33..=45 => "proposal",
        46..=54 => "negotiation",
        55..=81 => "won",
        _ => "lost",
    }
}

/// Returns how many days from today a deal closes; a few open ones are overdue, as they are everywhere.
fn close(dice: &mut Dice, stage: &str) -> i32 {
    match stage {
        "won" | "lost" => -dice.between(1, 400),
        "negotiation" => dice.between(-7, 45),
        "proposal" => dice.between(-10, 90),
        _ => dice.between(5, 180),
    }
}

/// Draws an amount as people quote them: many small ones, few large ones, two or three digits that are not zero.
fn amount(dice: &mut Dice, currency: Currency) -> Money {
    let unit = 10_i64.pow(currency.exponent());
    // What costs a thousand in one currency costs a hundred thousand in another.
    let scale = match currency.as_str() {
        "JPY" => 100,
        "INR" => 50,
        "CNY" | "SEK" => 8,
        "PLN" => 4,
        _ => 1,
    };
    let leading = i64::from(dice.between(10, 99));
    let magnitude = 10_i64.pow(u32::try_from(dice.pick(&[1, 2, 2, 2, 3, 3, 3, 4])).unwrap_or(2));
    let half = if dice.percent(30) { magnitude / 2 } else { 0 };
    Money { minor: (leading * magnitude + half) * scale * unit, currency }
}
