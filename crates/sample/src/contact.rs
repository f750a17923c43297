//! Contacts.

use kernel::{Date, Lang};

use crate::culture::{CULTURES, Culture};
use crate::dice::{Dice, Kind};
use crate::person::{Person, person};
use crate::row::{SampleCompany, SampleContact};
use crate::sample::Sample;
use crate::table::{COMPANIES, PEOPLE_ZH};
use crate::{company, number, twin};

/// A chair in a company: nobody else has the same number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Seat {
    company: usize,
    number: usize,
}

/// Makes a contact, or the near-duplicate that stands in its place.
pub(crate) fn make(sample: &Sample, index: usize) -> SampleContact {
    twin::original(sample, index)
        .map_or_else(|| own(sample, index), |original| twin::make(sample, index, own(sample, original)))
}

fn own(sample: &Sample, index: usize) -> SampleContact {
    let mut dice = Dice::of(sample.seed, Kind::Contact, index);
    let place = sample.contacts.at(index);
    let seat = seat(sample, place);
    let culture = culture(sample, seat, &mut dice);
    let person = person(&mut dice, culture);
    let employer = seat.map(|seat| company::make(sample, seat.company));
    let at_work = seat.zip(employer.as_ref()).filter(|_| index % 9 != 4);
    let email = at_work.map_or_else(|| personal(index, &person), |(seat, employer)| address(seat, employer, &person));
    let birthday = Date::from_days(dice.between(-7_300, 12_800));
    let national_id = number::national_id(&mut dice, culture, birthday);
    let (titles, cities) = culture.map_or_else(
        || (PEOPLE_ZH.list("titles"), PEOPLE_ZH.list("cities")),
        |culture| (COMPANIES.list("titles"), culture.cities.as_slice()),
    );
    let home = dice.pick(cities);
    let city =
        employer.map(|employer| employer.city).filter(|city| cities.contains(&city.as_str()) && dice.percent(80));
    SampleContact {
        index,
        email: dice.percent(96).then_some(email),
        phone: dice.percent(92).then(|| number::phone(culture, place)),
        title: dice.pick(titles).to_owned(),
        city: city.unwrap_or_else(|| home.to_owned()),
        company: seat.map(|seat| seat.company),
        stage: stage(&mut dice),
        language: if culture.is_none() { Lang::Zh } else { Lang::En },
        birthday: dice.percent(60).then_some(birthday),
        national_id: dice.percent(30).then_some(national_id),
        duplicate_of: None,
        name: person.full,
        given: person.given,
        family: person.family,
    }
}

/// Seats a contact: of ten, one works for nobody, five for the larger fifth of the companies, four for the others.
fn seat(sample: &Sample, place: usize) -> Option<Seat> {
    let all = sample.size.companies;
    let large = all.div_ceil(5);
    let (round, turn) = (place / 10, place % 10);
    let (position, first, count) = match turn {
        0 => return None,
        1..=5 => (round * 5 + turn - 1, 0, large),
        _ => (round * 4 + turn - 6, large, all - large),
    };
    let company = first + position.checked_rem(count)?;
    Some(Seat { company: sample.companies.at(company), number: position / count })
}

/// Chooses where somebody is from: mostly where their company is.
fn culture(sample: &Sample, seat: Option<Seat>, dice: &mut Dice) -> Option<&'static Culture> {
    let any = |dice: &mut Dice| CULTURES.get(dice.below(CULTURES.len()));
    let home = seat.map(|seat| company::culture(sample, seat.company));
    match home {
        Some(Some(home)) if dice.percent(75) => Some(home),
        Some(None) if dice.percent(97) => None,
        Some(Some(_)) if dice.percent(10) => None,
        None if dice.percent(company::CHINESE_OF_100) => None,
        _ => any(dice),
    }
}

/// Writes an address that nobody else has: the first three in a company write their names in three ways that cannot be
/// mistaken for each other, everybody else adds a number.
fn address(seat: Seat, employer: &SampleCompany, person: &Person) -> String {
    let (given, family) = (&person.plain_given, &person.plain_family);
    let letter = given.chars().next().unwrap_or('x');
    let local = match seat.number {
        0 => format!("{given}.{family}"),
        1 => format!("{letter}-{family}"),
        2 => format!("{family}{letter}"),
        number => format!("{given}.{family}{}", number + 1),
    };
    format!("{local}@{}", employer.domain)
}

fn personal(index: usize, person: &Person) -> String {
    let domain = if index.is_multiple_of(2) { "example.org" } else { "example.net" };
    format!("{}.{}{index}@{domain}", person.plain_given, person.plain_family)
}

/// Writes the other address of somebody who already has one.
pub(crate) fn second_address(index: usize, contact: &SampleContact) -> String {
    let local = contact.email.as_deref().and_then(|email| email.split('@').next()).unwrap_or("contact");
    format!("{local}.{index}@example.com")
}

fn stage(dice: &mut Dice) -> &'static str {
    match dice.below(100) {
        0..=44 => "lead",
        45..=64 => "qualified",
        65..=91 => "customer",
        _ => "former",
    }
}
