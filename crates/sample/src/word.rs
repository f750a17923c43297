//! Notes and tasks.

use kernel::Lang;

use crate::dice::{Dice, Kind};
use crate::row::{About, SampleNote, SampleTask};
use crate::sample::Sample;
use crate::table::{Table, WORDS, WORDS_ZH};
use crate::{company, contact, deal};

/// Makes a note.
pub(crate) fn note(sample: &Sample, index: usize) -> SampleNote {
    let mut dice = Dice::of(sample.seed, Kind::Note, index);
    let about = about(sample, &mut dice);
    let names = Names::of(sample, about);
    let words = names.words();
    let parts = ["openings", "middles", "closings"].map(|section| dice.pick(words.list(section)));
    // Not everybody writes down what comes next.
    let kept = if dice.percent(70) { parts.len() } else { parts.len() - 1 };
    let between = if names.language == Lang::Zh { "" } else { " " };
    let text = parts.iter().take(kept).copied().collect::<Vec<_>>().join(between);
    SampleNote {
        index,
        about,
        text: names.fill(&text),
        on: sample.day(-dice.between(0, 400)),
        language: names.language,
    }
}

/// Makes a task.
pub(crate) fn task(sample: &Sample, index: usize) -> SampleTask {
    let mut dice = Dice::of(sample.seed, Kind::Task, index);
    let about = about(sample, &mut dice);
    let names = Names::of(sample, about);
    let days = dice.between(-30, 45);
    SampleTask {
        index,
        about,
        title: names.fill(dice.pick(names.words().list("tasks"))),
        due: sample.day(days),
        done: dice.percent(if days < 0 { 85 } else { 15 }),
        language: names.language,
    }
}

fn about(sample: &Sample, dice: &mut Dice) -> About {
    let size = sample.size;
    match dice.below(10) {
        0..=5 if size.contacts > 0 => About::Contact(dice.below(size.contacts)),
        9 if size.companies > 0 => About::Company(dice.below(size.companies)),
        _ if size.deals > 0 => About::Deal(dice.below(size.deals)),
        _ => About::Contact(dice.below(size.contacts)),
    }
}

/// The names a text may mention.
struct Names {
    given: Option<String>,
    company: Option<String>,
    language: Lang,
}

impl Names {
    fn of(sample: &Sample, about: About) -> Self {
        let (contact, company) = match about {
            About::Company(index) => (None, Some(index)),
            About::Contact(index) => (Some(index), None),
            About::Deal(index) => {
                let deal = deal::make(sample, index);
                (deal.contact, deal.company)
            }
        };
        let contact = contact.map(|index| contact::make(sample, index));
        let company = company.or_else(|| contact.as_ref()?.company).map(|index| company::make(sample, index));
        let language = match (&contact, &company) {
            (Some(contact), _) => contact.language,
            (None, Some(company)) => company.language,
            (None, None) => Lang::En,
        };
        let given = contact.map(|contact| if language == Lang::Zh { contact.name } else { contact.given });
        Self { given, company: company.map(|company| company.short), language }
    }

    fn words(&self) -> &'static Table {
        if self.language == Lang::Zh { &WORDS_ZH } else { &WORDS }
    }

    fn fill(&self, text: &str) -> String {
        let (somebody, somewhere) = match self.language {
            Lang::Zh => ("对方", "对方公司"),
            Lang::En => ("their buyer", "their office"),
        };
        let given = self.given.as_deref().unwrap_or(somebody);
        let text = text.replace("{given}", given).replace("{company}", self.company.as_deref().unwrap_or(somewhere));
        // A stand-in may begin the sentence.
        let mut chars = text.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
    }
}
