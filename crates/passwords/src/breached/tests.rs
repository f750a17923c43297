use std::io::Cursor;

use crypto::Secret;

use super::*;

fn list(lines: &str) -> (tempfile::TempDir, std::path::PathBuf, u64) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("list");
    let count = build_breached(Cursor::new(lines.as_bytes().to_vec()), &out).unwrap();
    (dir, out, count)
}

fn holds(list: &Breached, password: &str) -> bool {
    list.holds(&Secret::new(password.to_owned())).unwrap()
}

#[test]
fn what_was_put_in_is_found_and_nothing_else() {
    // The SHA-1 of "abc", and of the empty password with a count as in public lists.
    let hashes = "a9993e364706816aba3e25717850c26c9cd0d89d\r\nDA39A3EE5E6B4B0D3255BFEF95601890AFD80709:42\n";
    let many: String = (0..20_000).map(|n| format!("word {n}\n")).collect();
    let (_dir, out, count) = list(&format!("{hashes}{many}cafe\u{301} au lait\n\n{}\nlast", "x".repeat(9_000)));
    assert_eq!(count, 20_004);
    let list = Breached::open(&out).unwrap();
    assert_eq!(list.count(), count);
    for known in ["abc", "", "caf\u{e9} au lait", "last", "word 0", "word 19999"] {
        assert!(holds(&list, known), "{known}");
    }
    assert!((0..20_000).all(|n| holds(&list, &format!("word {n}"))));
    assert!(!(20_000..120_000).any(|n| holds(&list, &format!("word {n}"))));
}

#[test]
fn a_list_in_any_order_and_doubled_makes_the_same_file() {
    let (_one_dir, one, _) = list("b\na\nc\na\n");
    let (_other_dir, other, count) = list("a\nb\nc\n");
    assert_eq!(count, 3);
    assert_eq!(std::fs::read(one).unwrap(), std::fs::read(other).unwrap());
    let (_dir, empty, count) = list("");
    assert_eq!(count, 0);
    assert!(!holds(&Breached::open(&empty).unwrap(), "a"));
}

#[test]
fn a_file_that_is_not_whole_does_not_open() {
    let (dir, out, _) = list("a\nb\nc\n");
    let whole = std::fs::read(&out).unwrap();
    let damaged = dir.path().join("damaged");
    let open = |bytes: &[u8]| {
        std::fs::write(&damaged, bytes).unwrap();
        Breached::open(&damaged).err().map(|fault| fault.to_string()).unwrap_or_default()
    };
    assert_eq!(open(&whole), "");
    for at in [30, 59, 60, 70, whole.len() - 1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        assert!(open(&bytes).contains("damaged"), "byte {at}");
    }
    assert!(open(&whole[..whole.len() - 1]).contains("damaged"));
    assert!(open(&[&whole[..], b"x"].concat()).contains("damaged"));
    let mut newer = whole.clone();
    newer[16] = 2;
    assert!(open(&newer).contains("format 2"));
    for other in [&b""[..], b"PK\x03\x04", &[0; 100]] {
        assert!(open(other).contains("is not a list"));
    }
    assert!(Breached::open(&dir.path().join("nowhere")).is_err());
}
