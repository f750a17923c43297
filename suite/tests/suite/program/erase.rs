//! Somebody is erased while the program is killed, at whatever moment: it goes on to its end, or it is as not begun, never half.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kernel::{EntryId, SeededChance, Uuid};
use ledger::Entry;

use super::{EMAIL, Server, Site, below, copy, pause, rounds, until};

const PERSON: &str = "Xolotlanna Quagmire";
const ADDRESS: &str = "xolotlanna@quagmire.example";
/// What the bytes of all files are looked through for.
const TRACES: [&str; 3] = ["xolotlanna", "quagmire", "pyramid street"];
const OFFICER: &str = "pia@example.org";
/// What they say of themselves at the door.
const SECRET: &str = "password=copper-lantern-meadow-52";
const KEY: &str = "select count(*) from keyring_key where id = ?1";

/// A workspace in which somebody may be erased, before that begins.
struct Before {
    /// Where the form goes.
    path: String,
    /// The id of their key, and what it lies as.
    subject: Vec<u8>,
    wrapped: Vec<u8>,
    /// What is known of them and of somebody else.
    known: Known,
}

/// What finds a record, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    sealed: Vec<u8>,
    has_key: bool,
    tokens: i64,
    words: i64,
    ranked: bool,
}

fn known(site: &Site) -> Known {
    let person = spelled(site);
    let sealed = format!("select sealed from r_contact where id = {person}");
    Known {
        sealed: site.raw().query_row(&sealed, [], |row| row.get(0)).unwrap(),
        has_key: site.number(&format!("select subject_id is not null from r_contact where id = {person}")) == 1,
        tokens: site.number(&format!("select count(*) from blind_token where record_id = {person}")),
        words: site.number(&format!("select count(*) from search_doc where record_id = {person}")),
        ranked: site.number(&format!("select name_rank is not null from r_contact where id = {person}")) == 1,
    }
}

/// The id of whoever is erased, as SQL: of two people who were brought in the one who came first.
fn spelled(site: &Site) -> String {
    let id = "select 'x''' || hex(id) || '''' from r_contact order by id limit 1";
    site.raw().query_row(id, [], |row| row.get(0)).unwrap()
}

/// The lines of a form from our own page.
fn own(server: &Server) -> String {
    format!(
        "origin: http://localhost:{}\r\nsec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\n",
        server.port
    )
}

impl Before {
    fn new(site: &Site) -> Self {
        let rows = format!("name,email,street\n{PERSON},{ADDRESS},Pyramid Street 1\n");
        for (name, rows) in [("one.csv", rows), ("two.csv", "name,email\nBo Kept,bo@kept.example\n".to_owned())] {
            let file = site.write(name, rows.as_bytes(), 0o600);
            assert_eq!(site.run(&["import", &file, "--object", "contact", "--as", EMAIL]).code, Some(0));
        }
        assert_eq!(site.run(&["policy", "set", "--danger", "single", "--minutes", "720"]).code, Some(0));
        let invite = ["user", "invite", "--email", OFFICER, "--name", "Pia Erases", "--role", "privacy_officer"];
        let link = site.run(&invite).out;
        let join = format!("/join/{}", link.trim().rsplit('/').next().unwrap());
        let server = site.serve();
        let joined = server.ask("POST", &join, &own(&server), &format!("name=Pia+Erases&{SECRET}")).unwrap();
        assert_eq!(joined.0, 303, "{joined:?}");
        server.stop();
        let id = spelled(site);
        let hex = id.trim_start_matches("x'").trim_end_matches('\'');
        let id = Uuid::from_u128(u128::from_str_radix(hex, 16).unwrap());
        let of = format!("select subject_id from r_contact where id = {}", spelled(site));
        let subject: Vec<u8> = site.raw().query_row(&of, [], |row| row.get(0)).unwrap();
        let kept = "select wrapped from keyring_key where id = ?1";
        let wrapped = site.raw_keys().query_row(kept, [&subject], |row| row.get(0));
        Self { subject, path: format!("/contacts/{id}/erase"), wrapped: wrapped.unwrap(), known: known(site) }
    }

    /// Sends the form, with the cookies of whoever erases, and waits for no answer.
    fn send(&self, server: &Server, cookies: &str) -> TcpStream {
        let form = "basis=request&reason=number+7&sure=yes&alone=yes";
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        let (lines, length, port) = (own(server), form.len(), server.port);
        write!(
            stream,
            "POST {} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n{lines}{}content-length: {length}\r\n\r\n{form}",
            self.path, cookies
        )
        .unwrap();
        stream
    }

    /// Looks at what is there: all of them, or nothing but the row that says that somebody was erased.
    fn judge(&self, site: &Site) -> bool {
        let begun = site.number("select count(*) from erasure") == 1;
        // Nobody says that the key is gone before no file holds it.
        if site.number("select count(*) from erasure where state <> 'begun'") == 1 {
            assert_eq!(lies(site, &self.wrapped), Vec::<PathBuf>::new(), "their key");
        }
        let now = known(site);
        if begun {
            let nothing = Known { sealed: now.sealed.clone(), has_key: false, tokens: 0, words: 0, ranked: false };
            assert_eq!(now, nothing);
            assert_ne!(now.sealed, self.known.sealed);
        } else {
            assert_eq!(now, self.known);
        }
        begun
    }
}

/// Signs in whoever erases, and returns their cookies. Nothing ties their session to a browser, so that what they proved is soon
/// too old for an erasing.
fn signed_in(server: &Server) -> String {
    let form = format!("email={}&{SECRET}", OFFICER.replace('@', "%40"));
    let entered = server.ask("POST", "/sign-in", &own(server), &form).unwrap();
    assert_eq!(entered.0, 303, "{entered:?}");
    let pairs = entered.1.lines().filter_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
    format!("cookie: {}\r\n", pairs.collect::<Vec<_>>().join("; "))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// In which files something lies.
fn lies(site: &Site, wanted: &[u8]) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap().to_ascii_lowercase();
        bytes.windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted))
    };
    files(&site.data()).into_iter().filter(holds).collect()
}

/// How often the ledger says that an erasing came so far.
fn told(site: &Site, state: &str) -> usize {
    let raw = site.raw();
    let mut statement = raw.prepare("select body from ledger_entry").unwrap();
    let bodies = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let acts =
        bodies.flat_map(|body| Entry { id: EntryId::from_uuid(Uuid::nil()), body: body.unwrap() }.unpack().unwrap());
    let lines = acts.flat_map(|act| act.lines).filter(|line| line.object.as_str() == "erasure");
    lines.filter(|line| line.fact_of("state").is_some_and(|said| said == state)).count()
}

/// Fails when: an erasing begins in more than one transaction, its state is written before it is done, or a step is not to be done
/// twice.
#[test]
fn an_erasing_that_is_killed_at_any_moment_goes_on_or_has_not_begun() {
    let Some(site) = Site::set_up() else { return };
    let before = Before::new(&site);
    copy(&site.data(), &site.path("before"));
    assert!(!lies(&site, &before.wrapped).is_empty(), "looking for the key has no power");
    let chance = SeededChance::new(7);
    for round in 0..rounds(2) {
        std::fs::remove_dir_all(site.data()).unwrap();
        copy(&site.path("before"), &site.data());
        let begun = killed(&site, &before, &chance);
        eprintln!(
            "round {round}: {}",
            if begun { "begun before the first kill" } else { "not begun at the first kill" }
        );
        ended(&site, &before);
    }
}

/// Kills the program while it begins, and behind each step; tells whether it had begun at the first time.
fn killed(site: &Site, before: &Before, chance: &SeededChance) -> bool {
    let soon = |most: u64| {
        let end = std::time::Instant::now() + Duration::from_micros(below(chance, most));
        while std::time::Instant::now() < end {
            std::hint::spin_loop();
        }
    };
    let server = site.serve();
    let cookies = signed_in(&server);
    let sent = before.send(&server, &cookies);
    soon(12_000);
    drop((server, sent));
    let begun = before.judge(site);
    let mut server = site.serve();
    let _again = (!begun).then(|| before.send(&server, &cookies));
    until("it has begun", || site.number("select count(*) from erasure") == 1);
    let gone = || site.raw_keys().query_row(KEY, [&before.subject], |row| row.get::<_, i64>(0)).unwrap() == 0;
    let state = |sql: &str| site.number(sql) == 1;
    for (step, most) in [("begun", 4_000), ("key", 1), ("keyless", 4_000), ("swept", 4_000)] {
        until(step, || match step {
            "begun" => true,
            "key" => gone(),
            "keyless" => state("select count(*) from erasure where state <> 'begun'"),
            _ => state("select count(*) from erasure where state in ('swept', 'done')"),
        });
        soon(most);
        drop(server);
        assert!(before.judge(site));
        server = site.serve();
    }
    until("it is done", || site.number("select count(*) from erasure where state = 'done'") == 1);
    pause();
    server.stop();
    begun
}

fn ended(site: &Site, before: &Before) {
    assert!(before.judge(site));
    for state in ["begun", "keyless", "swept", "done"] {
        assert_eq!(told(site, state), 1, "{state}");
    }
    assert_eq!(lies(site, &before.wrapped), Vec::<PathBuf>::new(), "their key");
    for trace in TRACES {
        assert_eq!(lies(site, trace.as_bytes()), Vec::<PathBuf>::new(), "{trace}");
    }
    assert_eq!(site.number("select count(*) from r_contact where subject_id is not null"), 1, "somebody else stays");
    let note: String = site.raw().query_row("select certificate from erasure", [], |row| row.get(0)).unwrap();
    let checked = site.run(&["erasure", "verify", &site.write("certificate", note.as_bytes(), 0o600)]);
    assert!(checked.code == Some(0) && checked.out.contains("the certificate is sound"), "{checked:?}");
    let verified = site.run(&["ledger", "verify"]);
    assert!(verified.code == Some(0) && verified.out.contains("the ledger is sound"), "{verified:?}");
}
