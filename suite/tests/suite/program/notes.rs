//! Notes of the ledger that were kept elsewhere.

use super::{Done, EMAIL, Site, copy};

/// Takes a note out into a file outside of the data folder.
fn keep(site: &Site, name: &str) -> String {
    let file = site.path(name).to_str().unwrap().to_owned();
    let done = site.run(&["ledger", "checkpoint", "--output", &file]);
    assert_eq!((done.code, done.out.as_str(), done.err.as_str()), (Some(0), "", ""), "{done:?}");
    file
}

fn verify(site: &Site, against: &[&str]) -> Done {
    let with = if against.is_empty() { &[][..] } else { &["--against"] };
    site.run(&[&["ledger", "verify"], with, against].concat())
}

fn sound(site: &Site, against: &[&str]) -> String {
    let done = verify(site, against);
    assert!(done.code == Some(0) && done.out.contains("the ledger is sound"), "{done:?}");
    done.out
}

/// Does something that leaves lines.
fn go_on(site: &Site) {
    assert_eq!(site.run(&["token", "create", "--user", EMAIL, "--expires", "30d"]).code, Some(0));
}

/// Puts the database back to a copy from before; the keyring stays as it is.
fn put_back(site: &Site, from: &str) {
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(site.data().join(format!("custos.db{end}")));
    }
    copy(&site.path(from), &site.path("again"));
    std::fs::copy(site.path("again").join("custos.db"), site.data().join("custos.db")).unwrap();
    let log = site.path("again").join("custos.db-wal");
    if log.exists() {
        std::fs::copy(log, site.data().join("custos.db-wal")).unwrap();
    }
}

/// Fails when: notes that were kept elsewhere are not compared, or are compared with the database's own ones only.
#[test]
fn data_that_were_put_back_are_sound_by_themselves_and_fail_a_note_kept_elsewhere() {
    let Some(site) = Site::set_up() else { return };
    let early = keep(&site, "early");
    copy(&site.data(), &site.path("before"));
    go_on(&site);
    let late = keep(&site, "late");
    assert!(sound(&site, &[&early, &late]).contains("2 signed notes"));
    put_back(&site, "before");
    sound(&site, &[]);
    sound(&site, &[&early]);
    let done = verify(&site, &[&early, &late]);
    assert!(done.code == Some(1) && done.out.contains("taken away since"), "{done:?}");
    assert!(done.err.contains("the ledger was tampered with"), "{done:?}");
    // It goes on from there, and is longer than the note in the end.
    for _ in 0..3 {
        go_on(&site);
    }
    keep(&site, "later");
    sound(&site, &[]);
    let done = verify(&site, &[&late]);
    assert!(done.code == Some(1) && done.out.contains("taken away or altered since"), "{done:?}");
}

/// Fails when: what is printed is not the note and nothing else, or a file is written over.
#[test]
fn a_note_is_taken_out_as_it_was_signed() {
    let Some(site) = Site::set_up() else { return };
    let first = keep(&site, "first");
    let printed = site.run(&["ledger", "checkpoint"]);
    assert_eq!((printed.code, printed.err.as_str()), (Some(0), ""), "{printed:?}");
    let stored: String = site
        .raw()
        .query_row("select note from ledger_checkpoint order by size desc limit 1", [], |row| row.get(0))
        .unwrap();
    assert_eq!(printed.out, stored);
    assert_eq!(std::fs::read_to_string(&first).unwrap(), stored, "nothing happened in between");
    let told = site.refused(&["ledger", "checkpoint", "--output", &first]);
    assert!(told.contains("is there already"), "{told}");
    let inside = site.data().join("note");
    let told = site.refused(&["ledger", "checkpoint", "--output", inside.to_str().unwrap()]);
    assert!(told.contains("elsewhere") && !inside.exists(), "{told}");
    // Several in one file, beside a server that signs too.
    let server = site.serve();
    go_on(&site);
    let second = site.run(&["ledger", "checkpoint"]).out;
    server.stop();
    assert_ne!(second, stored);
    let both = site.write("both", format!("{stored}\n{second}").as_bytes(), 0o600);
    assert!(sound(&site, &[&both]).contains("2 signed notes"));
}

/// Fails when: a file that proves nothing passes, or is not named.
#[test]
fn what_is_no_note_of_this_ledger_is_refused_by_name() {
    let (Some(site), Some(other)) = (Site::set_up(), Site::set_up()) else { return };
    let note = std::fs::read_to_string(keep(&site, "note")).unwrap();
    let foreign = std::fs::read_to_string(keep(&other, "note")).unwrap();
    let grown = note.lines().nth(1).unwrap().to_owned() + "0";
    let altered = note.replacen(note.lines().nth(1).unwrap(), &grown, 1);
    for (bytes, says) in [
        (b"PK\x03\x04".to_vec(), "not a signed note"),
        (vec![0xff; 9], "not a signed note"),
        (Vec::new(), "not a signed note"),
        (note.trim_end().rsplit_once('\n').unwrap().0.into(), "not a signed note"),
        (foreign.into_bytes(), "not signed by the expected key"),
        (note.replace("custos/ledger", "example.com/log").into_bytes(), "another log's"),
        (altered.into_bytes(), "the signature is wrong"),
    ] {
        let file = site.write("wrong", &[note.as_bytes(), &bytes].concat(), 0o600);
        let file = if bytes.is_empty() { site.write("empty", b"", 0o600) } else { file };
        let told = site.refused(&["ledger", "verify", "--against", &file]);
        assert!(told.contains(says) && told.contains(&file), "{says}: {told}");
    }
    assert!(site.refused(&["ledger", "verify", "--against", "/nowhere/note"]).contains("/nowhere/note"));
    // A row that was altered, its leaf and all, and every note taken away: nothing inside tells.
    let file = site.path("note");
    site.raw()
        .execute_batch("delete from ledger_entry; delete from ledger_tree; delete from ledger_checkpoint")
        .unwrap();
    sound(&site, &[]);
    let done = verify(&site, &[file.to_str().unwrap()]);
    assert!(done.code == Some(1) && done.out.contains("more than the 0 that are there"), "{done:?}");
}
