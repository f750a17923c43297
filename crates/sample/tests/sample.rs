//! What everybody who uses the invented data counts on.

use std::collections::HashSet;

use kernel::{Date, Email, Lang, Phone};
use sample::{About, CONTACT_STAGES, DEAL_STAGES, Sample, SampleContact, Size};

const SIZE: Size = Size { contacts: 20_000, companies: 3_000, deals: 5_000 };

fn sample() -> Sample {
    Sample::new(11, SIZE)
}

fn share<T>(rows: impl ExactSizeIterator<Item = T>, of: impl Fn(&T) -> bool) -> usize {
    let all = rows.len();
    rows.filter(|row| of(row)).count() * 100 / all
}

#[test]
fn the_same_seed_gives_the_same_rows_and_another_seed_gives_others() {
    let (one, two, other) = (sample(), sample(), Sample::new(12, SIZE));
    for index in [0, 1, 77, SIZE.contacts - 1] {
        assert_eq!(one.contact(index), two.contact(index));
        assert_ne!(one.contact(index).name, other.contact(index).name);
    }
    assert!(one.companies().eq(two.companies()));
    assert!(one.deals().eq(two.deals()));
    assert!(one.notes().eq(two.notes()));
    assert!(one.tasks().eq(two.tasks()));
}

#[test]
fn as_many_rows_come_as_were_asked_for() {
    let sample = sample();
    assert_eq!(sample.contacts().count(), SIZE.contacts);
    assert_eq!(sample.companies().count(), SIZE.companies);
    assert_eq!(sample.deals().count(), SIZE.deals);
    assert!(sample.contacts().enumerate().all(|(place, contact)| contact.index == place));
    let nothing = Sample::new(1, Size { contacts: 0, companies: 0, deals: 0 }).with_near_duplicates(3);
    assert_eq!(nothing.contacts().len() + nothing.deals().len() + nothing.notes().len() + nothing.tasks().len(), 0);
}

#[test]
fn odd_sizes_make_rows_too() {
    for (contacts, companies, deals) in [(1, 0, 3), (0, 1, 3), (0, 0, 3), (3, 1, 1), (1, 7, 0), (40, 2, 9)] {
        let sample = Sample::new(5, Size { contacts, companies, deals }).with_near_duplicates(2);
        let within = |contact: &SampleContact| contact.company.is_none_or(|company| company < companies);
        assert!(sample.contacts().all(|contact| within(&contact)));
        assert!(sample.deals().all(|deal| deal.contact.is_none_or(|contact| contact < contacts)));
        assert!(sample.notes().all(|note| !note.text.is_empty()));
        assert!(sample.tasks().all(|task| !task.title.is_empty()));
    }
}

#[test]
fn about_nine_in_twenty_are_chinese() {
    let sample = sample();
    assert!((42..=48).contains(&share(sample.contacts(), |contact| contact.language == Lang::Zh)));
    assert!((42..=48).contains(&share(sample.companies(), |company| company.language == Lang::Zh)));
    let han = |contact: &SampleContact| contact.name.chars().all(kernel::text::is_han);
    assert!(sample.contacts().all(|contact| han(&contact) == (contact.language == Lang::Zh)));
}

#[test]
fn nobody_can_be_reached() {
    for contact in sample().contacts() {
        if let Some(email) = &contact.email {
            assert!(Email::parse(email).is_ok(), "{email}");
            let (_, domain) = email.split_once('@').unwrap();
            assert!(domain.ends_with(".example") || ["example.org", "example.net"].contains(&domain), "{email}");
        }
        if let Some(phone) = &contact.phone {
            assert!(Phone::parse(phone).is_ok(), "{phone}");
        }
    }
    assert!(sample().companies().all(|company| company.domain.ends_with(".example")));
}

#[test]
fn no_two_contacts_share_an_address_or_a_number() {
    let sample = Sample::new(2, Size { contacts: 100_000, companies: 40_000, deals: 0 });
    let (mut emails, mut phones, mut names) = (HashSet::new(), HashSet::new(), HashSet::new());
    for contact in sample.contacts() {
        let SampleContact { email, phone, name, .. } = contact;
        assert!(email.clone().is_none_or(|email| emails.insert(email)), "{email:?}");
        assert!(phone.clone().is_none_or(|phone| phones.insert(phone)), "{phone:?}");
        names.insert(name);
    }
    assert!(names.len() > 95_000, "only {} names for 100,000 people", names.len());
    let domains: HashSet<String> = sample.companies().map(|company| company.domain).collect();
    let names: HashSet<String> = sample.companies().map(|company| company.name).collect();
    assert_eq!((domains.len(), names.len()), (40_000, 40_000));
}

#[test]
fn near_duplicates_repeat_somebody_recognisably() {
    let sample = sample().with_near_duplicates(20);
    let twins: Vec<SampleContact> = sample.contacts().filter(|contact| contact.duplicate_of.is_some()).collect();
    assert_eq!(twins.len(), SIZE.contacts / 20);
    for twin in twins {
        let original = sample.contact(twin.duplicate_of.unwrap());
        assert_eq!(original.duplicate_of, None);
        assert_ne!(original, twin);
        let email = |contact: &SampleContact| contact.email.as_deref().map(|e| Email::parse(e).unwrap().folded());
        let phone = |contact: &SampleContact| contact.phone.as_deref().map(|p| Phone::parse(p).unwrap().normal());
        let shared = email(&twin).is_some() && email(&twin) == email(&original)
            || phone(&twin).is_some() && phone(&twin) == phone(&original)
            || twin.name == original.name
            || twin.birthday == original.birthday;
        assert!(shared, "{twin:?} is not like {original:?}");
    }
}

#[test]
fn deals_are_plausible_and_lie_around_the_day() {
    let today = Date::new(2031, 5, 20).unwrap();
    let sample = sample().around(today);
    let mut seen = HashSet::new();
    for deal in sample.deals() {
        assert!(DEAL_STAGES.contains(&deal.stage));
        seen.insert(deal.stage);
        assert!((10_000..=10_000_000_000).contains(&deal.amount.minor), "{:?}", deal.amount);
        let days = deal.close.days() - today.days();
        let closed = ["won", "lost"].contains(&deal.stage);
        assert!(if closed { (-400..0).contains(&days) } else { (-10..=180).contains(&days) }, "{deal:?}");
        let contact = sample.contact(deal.contact.unwrap());
        assert_eq!(contact.company, deal.company);
        assert!(!deal.title.contains(&contact.name), "{deal:?}");
    }
    assert_eq!(seen.len(), DEAL_STAGES.len());
    assert!(sample.contacts().all(|contact| CONTACT_STAGES.contains(&contact.stage)));
}

#[test]
fn notes_and_tasks_speak_both_languages_and_leave_no_blanks() {
    let sample = sample();
    assert!((35..=55).contains(&share(sample.notes(), |note| note.language == Lang::Zh)));
    let kinds: HashSet<u8> = sample
        .notes()
        .map(|note| match note.about {
            About::Company(_) => 0,
            About::Contact(_) => 1,
            About::Deal(_) => 2,
        })
        .collect();
    assert_eq!(kinds.len(), 3);
    assert!(sample.notes().all(|note| !note.text.contains(['{', '}', '|'])));
    assert!(sample.tasks().all(|task| !task.title.contains(['{', '}', '|'])));
    assert!(sample.tasks().any(|task| task.done) && sample.tasks().any(|task| !task.done));
}
