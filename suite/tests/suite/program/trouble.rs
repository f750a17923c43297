//! Keys that others can read, folders that are not there, databases that are held, disks that are full.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{EMAIL, Server, Site, until};

/// Every command that opens the house.
const OPENING: &[&[&str]] = &[
    &["serve", "--listen", "127.0.0.1:0"],
    &["doctor"],
    &["ledger", "verify"],
    &["token", "create", "--user", EMAIL, "--expires", "1d"],
    &["user", "invite", "--email", "x@example.org", "--name", "X"],
];

/// Fails when: `read_file` in the vault does not look at the mode, or makes a new key over a missing one.
#[test]
fn a_root_key_that_is_exposed_missing_or_another_is_refused() {
    let Some(site) = Site::set_up() else { return };
    let key = site.data().join("root.key");
    let good = std::fs::read(&key).unwrap();
    for mode in [0o644, 0o640, 0o604, 0o666] {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        for command in OPENING {
            let told = site.refused(command);
            assert!(told.contains("root.key") && told.contains("chmod 600"), "{mode:o} {command:?}: {told}");
        }
    }
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    for (bytes, says) in [
        (&b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"[..], "does not belong"),
        (b"short", "64 hexadecimal"),
        (b"", "64 hexadecimal"),
        (&[0xff; 64], "root.key"),
    ] {
        std::fs::write(&key, bytes).unwrap();
        let told = site.refused(&["doctor"]);
        assert!(told.contains(says), "{told}");
    }
    std::fs::remove_file(&key).unwrap();
    let told = site.refused(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(told.contains("root.key") && told.contains("missing"), "{told}");
    assert!(!key.exists(), "no other key takes its place");
    std::fs::write(&key, &good).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(site.run(&["doctor"]).code, Some(0));
}

/// Fails when: a fault of the file system becomes a panic, or a line that does not name the file.
#[test]
fn a_folder_or_file_that_cannot_be_used_is_named() {
    let Some(site) = Site::set_up() else { return };
    let file = site.write("a file", b"x", 0o600);
    for folder in [file.clone(), format!("{file}/below"), "/proc/nothing".to_owned()] {
        for command in [&["doctor"][..], &["serve", "--listen", "127.0.0.1:0"]] {
            let told = site.refused(&[&["--data", &folder][..], command].concat());
            assert!(told.contains(&folder), "{told}");
        }
    }
    for name in ["custos.db", "keyring.db"] {
        let path = site.data().join(name);
        let good = std::fs::read(&path).unwrap();
        for bad in [
            &b"this is no database, and long enough not to be taken for an empty one; it goes on for a while ........"
                [..],
            &good[..4096],
        ] {
            std::fs::write(&path, bad).unwrap();
            let told = site.refused(&["doctor"]);
            let which = if name == "keyring.db" { "keyring" } else { "database" };
            assert!(told.contains(which), "{name}: {told}");
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        site.refused(&["doctor"]);
        std::fs::remove_dir(&path).unwrap();
        std::fs::write(&path, good).unwrap();
    }
    assert_eq!(site.run(&["doctor"]).code, Some(0));
}

/// Fails when: a second server on one port, or a database of another program's version, is not told in one line.
#[test]
fn a_port_that_is_taken_and_a_newer_database_are_told() {
    let Some(site) = Site::set_up() else { return };
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = site.refused(&["serve", "--listen", &address]);
    assert!(told.contains(&address), "{told}");
    site.raw()
        .execute_batch("insert into schema_migration (number, name, digest, applied_at) values (99, 'later', x'00', 0)")
        .unwrap();
    let told = site.refused(&["doctor"]);
    assert!(told.contains("newer version of the program"), "{told}");
}

/// Fails when: a lock is waited for without end, or answered with 500.
#[test]
fn a_database_that_is_held_answers_503_and_commands_say_so() {
    let Some(site) = Site::set_up() else { return };
    let token = token(&site);
    let server = site.serve();
    let holder = site.raw();
    holder.execute_batch("begin immediate").unwrap();
    let told = site.refused(&["user", "invite", "--email", "x@example.org", "--name", "X"]);
    assert!(told.contains("locked by another process"), "{told}");
    let (status, text) = api(&server, &token);
    assert_eq!(status, 503, "{text}");
    assert!(text.to_lowercase().contains("retry-after:"), "{text}");
    assert_eq!(server.get("/readyz", "").unwrap().0, 503);
    assert_eq!(server.get("/healthz", "").unwrap().0, 200, "it lives all the same");
    holder.execute_batch("rollback").unwrap();
    until("it works again", || api(&server, &token).0 == 200);
    server.stop();
    assert_eq!(site.run(&["ledger", "verify"]).code, Some(0));
}

fn token(site: &Site) -> String {
    let done = site.run(&["token", "create", "--user", EMAIL, "--expires", "1d"]);
    done.out.trim().to_owned()
}

fn api(server: &Server, token: &str) -> (u16, String) {
    server.get("/api/v1/contacts", &format!("authorization: Bearer {token}\r\n")).unwrap()
}

fn make(server: &Server, token: &str, name: &str) -> (u16, String) {
    let body = format!("{{\"fields\":{{\"name\":\"{name}\",\"notes\":\"{}\"}}}}", "n".repeat(8_000));
    server
        .ask(
            "POST",
            "/api/v1/contacts",
            &format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n"),
            &body,
        )
        .unwrap()
}

/// A small disk of its own; taken away when it is let go.
struct Disk(PathBuf);

impl Disk {
    /// Mounts one; nothing where that is not allowed.
    #[expect(clippy::disallowed_methods, reason = "a disk is mounted as an operator mounts it")]
    fn mount(at: &Path, megabytes: u32) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let options = format!("size={megabytes}m,mode=0700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            Some(Self(at.to_owned()))
        } else {
            eprintln!("skipped: no small disk can be mounted here");
            None
        }
    }
}

impl Drop for Disk {
    #[expect(clippy::disallowed_methods, reason = "it is unmounted as an operator unmounts it")]
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Fills what is left of a disk.
fn fill(folder: &Path) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(folder.join("filler")).unwrap();
    for size in [64 * 1024, 4096, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

/// Fails when: a full disk becomes a 500, a lost answer or a damaged database.
#[test]
fn a_full_disk_answers_503_and_loses_nothing() {
    let Some(site) = Site::new() else { return };
    let Some(_disk) = Disk::mount(&site.data(), 12) else { return };
    site.init();
    let token = token(&site);
    let server = site.serve();
    let mut kept = 0;
    for n in 0..3 {
        assert_eq!(make(&server, &token, &format!("Person {n}")).0, 201);
        kept += 1;
    }
    fill(&site.data());
    // The log has room for a while: what is there already is written over.
    until("the disk is full", || {
        let (status, text) = make(&server, &token, "Person more");
        assert!(matches!(status, 201 | 503), "{status}: {text}");
        kept += i64::from(status == 201);
        status == 503
    });
    let (status, text) = make(&server, &token, "Person more");
    assert!(status == 503 && text.contains("disk-full"), "{text}");
    let (status, text) = api(&server, &token);
    assert!(matches!(status, 200 | 503), "a read whose line does not fit is not answered: {text}");
    let told = site.refused(&[
        "import",
        &site.write(
            "p.csv",
            format!("name,notes\n{}", format!("Ann,{}\n", "n".repeat(2_000)).repeat(500)).as_bytes(),
            0o600,
        ),
        "--object",
        "contact",
        "--as",
        EMAIL,
    ]);
    assert!(told.to_lowercase().contains("full") || told.contains("No space"), "{told}");
    assert_eq!(server.get("/healthz", "").unwrap().0, 200);
    assert_eq!(server.get("/readyz", "").unwrap().0, 503, "a server that can write no more is not ready");
    std::fs::remove_file(site.data().join("filler")).unwrap();
    until("it works again", || make(&server, &token, "Person after").0 == 201);
    kept += 1;
    until("it is ready again", || server.get("/readyz", "").unwrap().0 == 200);
    server.stop();
    assert_eq!(site.number("select count(*) from r_contact"), kept, "all that was answered, and nothing else");
    assert_eq!(site.number("select count(*) from pragma_integrity_check where integrity_check = 'ok'"), 1);
    let done = site.run(&["ledger", "verify"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(site.uploads(), 0, "what did not fit is not left");
}
