use proptest::prelude::*;

use super::*;

/// The key and note of the Go reference implementation's documentation (golang.org/x/mod/sumdb/note).
const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_TEXT: &str =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_SIGNATURE: &str = "\n— PeterNeumann \
    x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn go_note() -> String {
    format!("{GO_TEXT}{GO_SIGNATURE}")
}

fn name(text: &str) -> LogName {
    LogName::parse(text).unwrap()
}

#[test]
fn the_note_of_the_reference_implementation_opens_and_is_made_again() {
    let (name, key) = parse_verifier_line(GO_KEY).unwrap();
    assert_eq!(key_id(&name, &key), [0xc7, 0x4f, 0x20, 0xa3]);
    assert_eq!(verifier_line(&name, &key), GO_KEY);
    assert_eq!(open(&go_note(), &name, &key), Ok(GO_TEXT));
    let seed = base64::decode(GO_SEED).unwrap()[1..].try_into().unwrap();
    assert_eq!(sign(GO_TEXT, &name, &SigningKey::from_seed(seed)), Ok(go_note()));
}

#[test]
fn the_example_of_the_specification_opens() {
    let (name, key) =
        parse_verifier_line("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").unwrap();
    let note = "This is an example message.\n\n— example.com/foo \
        Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    assert_eq!(open(note, &name, &key), Ok("This is an example message.\n"));
}

#[test]
fn signatures_by_others_are_passed_over_and_never_suffice() {
    let (go, key) = parse_verifier_line(GO_KEY).unwrap();
    let witness = SigningKey::from_seed([3; 32]);
    let other = sign(GO_TEXT, &name("witness.example/w1"), &witness).unwrap();
    let other_line = other.strip_prefix(GO_TEXT).unwrap().trim_start_matches('\n');
    assert_eq!(open(&format!("{}{other_line}", go_note()), &go, &key), Ok(GO_TEXT));
    assert_eq!(open(&other, &go, &key), Err(LedgerFault::SignerUnknown));
    // The same name with another key has another id.
    let namesake = sign(GO_TEXT, &go, &witness).unwrap();
    assert_eq!(open(&namesake, &go, &key), Err(LedgerFault::SignerUnknown));
    assert_eq!(open(&go_note(), &name("Peter"), &key), Err(LedgerFault::SignerUnknown));
}

#[test]
fn a_wrong_signature_by_the_known_key_spoils_the_note() {
    let (go, key) = parse_verifier_line(GO_KEY).unwrap();
    let changed = go_note().replace("answer", "anwser");
    assert_eq!(open(&changed, &go, &key), Err(LedgerFault::SignatureWrong));
    let short = format!("{}\n\u{2014} PeterNeumann {}\n", GO_TEXT, base64::encode(&[0xc7, 0x4f, 0x20, 0xa3, 1]));
    assert_eq!(open(&short, &go, &key), Err(LedgerFault::SignatureWrong));
}

#[test]
fn what_is_no_note_is_refused() {
    let (go, key) = parse_verifier_line(GO_KEY).unwrap();
    let note = go_note();
    for wrong in [
        "",
        "\n\n",
        GO_TEXT,
        note.trim_end(),
        &note.replace("— ", "- "),
        &note.replace("answer", "\tanswer"),
        &note.replace("AM=", "AM"),
        &format!("{note}\n"),
        &format!("{note}{}", "— a AAAAAAA=\n".repeat(64)),
    ] {
        assert_eq!(open(wrong, &go, &key), Err(LedgerFault::NoteMalformed), "{wrong}");
    }
    let signer = SigningKey::from_seed([1; 32]);
    for wrong in ["no newline", "a\rb\n", ""] {
        assert_eq!(sign(wrong, &go, &signer), Err(LedgerFault::NoteMalformed));
    }
    for wrong in ["", "a b", "a+b", "a\u{a0}b", "a\nb", &"a".repeat(201)] {
        assert_eq!(LogName::parse(wrong), Err(LedgerFault::NameRefused));
    }
    for wrong in ["", "a", "a+b", "a+00000000+AAAA", &GO_KEY.replace("c74f", "c74e"), &GO_KEY.replace("+AR", "+BR")] {
        assert!(parse_verifier_line(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn what_is_signed_opens_and_what_is_changed_does_not(
        text in "[a-zß 愛\n]{0,40}\n", seed: [u8; 32], spot in any::<prop::sample::Index>(), flip in 0_u32..7,
    ) {
        let (signer, name) = (SigningKey::from_seed(seed), name("crm.example/ledger"));
        let note = sign(&text, &name, &signer).unwrap();
        prop_assert_eq!(open(&note, &name, &signer.verifying()), Ok(text.as_str()));
        let mut bytes = note.into_bytes();
        let at = spot.index(bytes.len());
        bytes[at] ^= 1 << flip;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(open(&changed, &name, &signer.verifying()).is_err());
        }
    }

    #[test]
    fn hostile_text_never_panics(text: String, lines in "[a-z\n]{0,9}\n\n(— [a-z+ ]{0,4} [A-Za-z0-9+/=]{0,12}\n?){0,3}") {
        let (name, key) = parse_verifier_line(GO_KEY).unwrap();
        prop_assert!(open(&text, &name, &key).is_err());
        prop_assert!(open(&lines, &name, &key).is_err());
        prop_assert!(parse_verifier_line(&text).is_err());
    }
}
