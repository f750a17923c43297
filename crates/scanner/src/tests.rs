//! What is found and what is not. Numbers are made here, with their checksums; nothing that anybody has stands in these
//! files.

use proptest::prelude::*;

use super::*;

/// Gives a number the last digit that Luhn's sum asks for.
fn with_luhn(body: &str) -> String {
    (0..10).map(|digit| format!("{body}{digit}")).find(|number| !card::find(number).is_empty()).unwrap()
}

fn with_check(body: &str) -> String {
    let signs = "0123456789X".chars();
    signs.map(|sign| format!("{body}{sign}")).find(|number| !resident::find(number).is_empty()).unwrap()
}

fn with_digits(country: &str, account: &str) -> String {
    (0..100).map(|n| format!("{country}{n:02}{account}")).find(|number| !account::find(number).is_empty()).unwrap()
}

fn kinds(text: &str) -> Vec<Kind> {
    find(text).iter().map(|finding| finding.kind).collect()
}

fn random(letters: usize) -> String {
    "a1B2c3D4e5".chars().cycle().take(letters).collect()
}

#[test]
fn numbers_with_a_checksum_are_found_however_they_are_grouped() {
    let card = with_luhn("411111111111111");
    let spaced: String =
        card.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four)).collect::<Vec<_>>().join(" ");
    for text in [card.clone(), spaced.clone(), spaced.replace(' ', "-"), format!("卡号{card}。"), format!("({spaced})")]
    {
        assert_eq!(kinds(&text), [Kind::Card], "{text}");
    }
    assert_eq!(find(&format!("pay {spaced} now"))[0].of(&format!("pay {spaced} now")), spaced);
    let iban = with_digits("DE", "500105175407324931");
    let grouped: String =
        iban.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four)).collect::<Vec<_>>().join(" ");
    for text in [iban.clone(), grouped.clone(), format!("to {grouped} by Friday"), iban.to_lowercase()] {
        assert_eq!(kinds(&text), [Kind::Iban], "{text}");
    }
    let resident = with_check("11010119900307123");
    assert_eq!(kinds(&format!("身份证{resident}，请保密")), [Kind::ResidentId]);
    let upper =
        (0..40).map(|n| with_check(&format!("110101199003070{n:02}"))).find(|number| number.ends_with('X')).unwrap();
    assert_eq!(kinds(&upper.to_lowercase()), [Kind::ResidentId], "a small x is one too");
}

#[test]
fn one_wrong_digit_is_another_number() {
    let card = with_luhn("555555555555444");
    let resident = with_check("31010419851224301");
    let iban = with_digits("FR", "20041010050500013M02606");
    for whole in [card, resident, iban] {
        for at in 2..whole.len() {
            let other = |(place, sign): (usize, char)| match sign.to_digit(10) {
                Some(digit) if place == at => char::from_digit((digit + 1) % 10, 10).unwrap(),
                _ => sign,
            };
            let wrong: String = whole.chars().enumerate().map(other).collect();
            assert!(wrong == whole || kinds(&wrong).is_empty(), "{wrong}");
        }
    }
}

#[test]
fn what_people_write_every_day_is_left_alone() {
    for text in [
        "Call +49 30 5550 7700 or 13800138000 after six",
        "Order 20261126-000471, invoice 4711, 2026-11-26 14:05",
        "Please reset the password: forgotten again",
        "The password is on the wall, he says",
        "https://crm.example/reset?password=from-the-mail",
        "sk-learn is a library; ghp_ is a prefix; AKIA",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----",
        "see eyJhbGciOi for how it begins",
        "version 1.2.3.4, 192.0.2.17, 10:30-11:45",
        "他的密码忘了，请重置",
        "订单号 202611260001234567",
    ] {
        assert_eq!(kinds(text), [], "{text}");
    }
}

#[test]
fn keys_tokens_and_passwords_are_found() {
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----";
    let text = format!("here\n{key}\nthanks");
    assert_eq!(find(&text)[0].of(&text), key);
    assert_eq!(kinds("-----BEGIN PRIVATE KEY-----\ncut off"), [Kind::PrivateKey]);
    assert_eq!(kinds(&format!("AGE-SECRET-KEY-1{}", random(58).to_uppercase())), [Kind::PrivateKey]);
    for token in [
        format!("ghp_{}", random(36)),
        format!("custos_{}_{}", random(43), random(6)),
        format!("AKIA{}", random(16).to_uppercase()),
        format!("sk_live_{}", random(24)),
        format!("eyJ{}.eyJ{}.{}", random(20), random(20), random(43)),
    ] {
        let text = format!("token: {token}, valid till May");
        assert_eq!(find(&text).iter().map(|f| f.of(&text)).collect::<Vec<_>>(), [token.as_str()], "{text}");
    }
    for (text, secret) in [
        ("Password: Tr0ub4dor&3 (old)", "Tr0ub4dor&3"),
        ("his pwd=hunter2!, tell him", "hunter2!"),
        ("登录密码：abc12345。", "abc12345"),
        ("PASSWORT = \"n0rdlicht\"", "n0rdlicht"),
    ] {
        let found = find(text);
        assert_eq!(
            found.iter().map(|f| (f.kind, f.of(text))).collect::<Vec<_>>(),
            [(Kind::Password, secret)],
            "{text}"
        );
    }
}

#[test]
fn every_kind_has_a_word_of_its_own() {
    for kind in Kind::ALL {
        assert_eq!(Kind::parse(kind.code()), Some(kind));
    }
    assert_eq!(Kind::parse("cards"), None);
}

proptest! {
    /// Every place that is named lies in the text, on boundaries of characters, and no two overlap.
    #[test]
    fn places_are_places_of_the_text(text in "\\PC{0,200}", tail in "(password[:=] ?|密码：|eyJ|-----BEGIN |DE|AKIA|4){0,3}\\PC{0,40}") {
        let text = format!("{text}{tail}");
        let found = find(&text);
        for finding in &found {
            prop_assert!(!finding.of(&text).is_empty());
        }
        for pair in found.windows(2) {
            prop_assert!(pair[0].to <= pair[1].from);
        }
    }
}
