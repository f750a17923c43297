//! Companies.

use std::sync::LazyLock;

use kernel::{Currency, Lang};

use crate::culture::{CULTURES, Culture};
use crate::dice::{Dice, Kind, Order};
use crate::number;
use crate::person::plain;
use crate::row::SampleCompany;
use crate::sample::Sample;
use crate::table::{COMPANIES, COMPANIES_ZH, PEOPLE_ZH, Said};

/// Of a hundred companies, how many are Chinese.
pub(crate) const CHINESE_OF_100: usize = 45;

/// Returns where a company is from; nothing means China.
pub(crate) fn culture(sample: &Sample, index: usize) -> Option<&'static Culture> {
    let mut dice = Dice::of(sample.seed, Kind::Company, index);
    if dice.percent(CHINESE_OF_100) { None } else { CULTURES.get(dice.below(CULTURES.len())) }
}

/// Makes a company.
pub(crate) fn make(sample: &Sample, index: usize) -> SampleCompany {
    let culture = culture(sample, index);
    // Other dice than those that chose the country, or all companies of one country would be alike.
    let mut dice = Dice::of(!sample.seed, Kind::Company, index);
    let city = dice.pick(culture.map_or_else(|| PEOPLE_ZH.list("cities"), |culture| &culture.cities));
    let place = Place { number: sample.companies.at(index), seed: sample.seed, city };
    let name = named(culture, &place, &mut dice);
    let size = 4_u32 << dice.below(9);
    SampleCompany {
        index,
        name: name.full,
        short: name.short,
        domain: format!("{}.example", name.slug),
        phone: number::phone(culture, sample.size.contacts.saturating_add(index)),
        industry: name.trade,
        city: city.to_owned(),
        country: culture.map_or("cn", |culture| culture.code).to_uppercase(),
        employees: size + u32::try_from(dice.below(size as usize)).unwrap_or_default(),
        currency: culture.map_or(Currency::CNY, Culture::currency),
        language: if culture.is_none() { Lang::Zh } else { Lang::En },
    }
}

struct Named {
    full: String,
    short: String,
    slug: String,
    trade: String,
}

/// What a name is made from.
struct Place {
    number: usize,
    seed: u64,
    city: &'static str,
}

/// Names the company at a place in the order; two places have two names and two domains.
fn named(culture: Option<&Culture>, place: &Place, dice: &mut Dice) -> Named {
    match culture {
        None => chinese(place, dice),
        Some(culture) => western(culture, place, dice),
    }
}

struct Chinese {
    first: Vec<Said>,
    second: Vec<Said>,
    trades: Vec<Said>,
}

static CHINESE: LazyLock<Chinese> = LazyLock::new(|| Chinese {
    first: COMPANIES_ZH.said("first"),
    second: COMPANIES_ZH.said("second"),
    trades: COMPANIES_ZH.said("trades"),
});

fn chinese(place: &Place, dice: &mut Dice) -> Named {
    let lists = (CHINESE.first.as_slice(), CHINESE.second.as_slice(), CHINESE.trades.as_slice());
    let Choice { first, second, trade, round } = choose(place, lists);
    let city = place.city;
    let form = dice.pick(COMPANIES_ZH.list("forms"));
    let short = format!("{}{}{}", first.0, second.0, trade.0);
    let branch = if round == 0 { String::new() } else { format!("第{}分公司", round + 1) };
    Named {
        full: format!("{city}{short}{form}{branch}"),
        slug: slug(&format!("{}{}-{}", first.1, second.1, trade.1), round),
        trade: trade.0.to_owned(),
        short,
    }
}

fn western(culture: &Culture, place: &Place, dice: &mut Dice) -> Named {
    let lists = (COMPANIES.list("first"), COMPANIES.list("second"), COMPANIES.list("trades"));
    let Choice { first, second, trade, round } = choose(place, lists);
    let number = if round == 0 { String::new() } else { format!(" {}", round + 1) };
    let short = format!("{first}{second} {trade}{number}");
    Named {
        full: format!("{short} {}", dice.pick(&culture.forms)),
        slug: slug(&format!("{first}{second}-{}", plain(trade)), round),
        trade: trade.to_owned(),
        short,
    }
}

struct Choice<T> {
    first: T,
    second: T,
    trade: T,
    /// How often all names have been used up before.
    round: usize,
}

/// Chooses one of each list: every combination once before any comes again.
fn choose<T: Copy + Default>(place: &Place, (first, second, trade): (&[T], &[T], &[T])) -> Choice<T> {
    let all = (first.len() * second.len() * trade.len()).max(1);
    let number = Order::new(place.seed, all).at(place.number % all);
    let rest = number / first.len().max(1);
    Choice {
        first: at(first, number),
        second: at(second, rest),
        trade: at(trade, rest / second.len().max(1)),
        round: place.number / all,
    }
}

fn at<T: Copy + Default>(list: &[T], number: usize) -> T {
    list.get(number % list.len().max(1)).copied().unwrap_or_default()
}

fn slug(text: &str, round: usize) -> String {
    let text = text.to_ascii_lowercase();
    if round == 0 { text } else { format!("{text}-{}", round + 1) }
}
