//! Keys that are changed by command: killed at any moment, and while the server runs.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use kernel::SeededChance;

use super::{EMAIL, Site, below, pause, rounds, until};

pub(super) fn changed(site: &Site, more: &[&str]) -> String {
    let done = site.run(&[&["key", "rotate", "--root"][..], more].concat());
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:?}");
    done.out
}

/// Fails when: between any two steps neither the old root key nor the new one opens the house.
#[test]
fn the_root_key_is_changed_and_killed_at_any_moment() {
    let Some(site) = Site::set_up() else { return };
    let started = Instant::now();
    changed(&site, &[]);
    let takes = u64::try_from(started.elapsed().as_micros()).unwrap();
    let chance = SeededChance::new(77);
    for round in 0..rounds(8) {
        let moment = Duration::from_micros(takes / 4 + below(&chance, takes));
        let mut child = site.command(&["key", "rotate", "--root"]).spawn().unwrap();
        let end = Instant::now() + moment;
        while Instant::now() < end && child.try_wait().unwrap().is_none() {
            pause();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let done = site.run(&["key", "status"]);
        assert_eq!(done.code, Some(0), "round {round}, killed after {moment:?}: {done:?}");
    }
    assert!(changed(&site, &["--destroy-former"]).contains("key file"));
    let done = site.run(&["ledger", "verify"]);
    assert!(done.code == Some(0) && done.out.contains("the ledger is sound"), "{done:?}");
}

/// Fails when: a server that runs is disturbed, or the command believes a configuration without the way to the present key.
#[test]
fn the_root_key_is_changed_under_a_server_that_goes_on() {
    let Some(site) = Site::set_up() else { return };
    let server = site.serve();
    let told = changed(&site, &[]);
    for said in ["root.key.", "export-escrow", "start each anew", "`custos key rotate`"] {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert_eq!(site.run(&["key", "rotate"]).code, Some(0), "by the root key of now");
    assert_eq!(server.get("/readyz", "").unwrap().0, 200);
    server.stop();
    site.serve().stop();
    // To a passphrase, to another one, and back.
    let phrase = |name: &str, words: &str| site.write(name, words.as_bytes(), 0o600);
    let config = |name: &str, file: &str| site.write(name, format!("passphrase_file = \"{file}\"\n").as_bytes(), 0o600);
    let first = config("first.toml", &phrase("first", "seven lamps at the quay\n"));
    let second = config("second.toml", &phrase("second", "nine boats without a name\n"));
    let told = site.refused(&["--config", &first, "key", "status"]);
    assert!(told.contains("opened with a key file") && told.contains("key rotate --root"), "{told}");
    assert!(changed(&site, &["--config", &first]).contains("from a passphrase"));
    let status = site.run(&["--config", &first, "key", "status"]).out;
    assert!(status.starts_with("root key   from a passphrase  since "), "{status}");
    let told = site.refused(&["key", "rotate", "--root"]);
    assert!(told.contains("opened with a passphrase") && told.contains("--from"), "{told}");
    assert!(site.refused(&["--config", &first, "key", "rotate", "--root"]).contains("the root key already"));
    assert!(site.refused(&["--config", &second, "key", "rotate", "--root"]).contains("does not belong"));
    changed(&site, &["--config", &second, "--from", &first]);
    assert!(site.refused(&["--config", &first, "doctor"]).contains("does not belong"));
    changed(&site, &["--from", &second]);
    assert_eq!(site.run(&["doctor"]).code, Some(0));
    assert_eq!(site.run(&["key", "rotate", "--destroy-former"]).code, Some(2), "only with --root");
}

/// What the key of companies seals: records, and the keys of files on them.
fn seals(site: &Site) -> BTreeSet<Vec<u8>> {
    let (raw, mut seals) = (site.raw(), BTreeSet::new());
    for sql in ["select sealed from r_company", "select sealed from attachment"] {
        let mut statement = raw.prepare(sql).unwrap();
        seals.extend(statement.query_map([], |row| row.get(0)).unwrap().map(Result::<Vec<u8>, _>::unwrap));
    }
    seals
}

/// Fails when: a change of an object's key that is killed does not go on where it ended, or leaves something to the former key.
#[test]
fn the_key_of_an_object_is_changed_and_killed_at_any_moment() {
    let Some(site) = Site::set_up() else { return };
    let firms: String = (0..600).map(|n| format!("Firm {n}\n")).collect();
    let file = site.write("firms.csv", format!("Name\n{firms}").as_bytes(), 0o600);
    let done = site.run(&["import", &file, "--object", "company", "--as", EMAIL]);
    assert_eq!((done.code, site.number("select count(*) from r_company")), (Some(0), 600), "{done:?}");
    let token = site.run(&["token", "create", "--user", EMAIL, "--expires", "30d"]).out;
    let bearer = format!("authorization: Bearer {}\r\n", token.trim());
    let server = site.serve();
    let found = server.get("/api/v1/companies?limit=20", &bearer).unwrap().1;
    let firms: Vec<&str> = found.split("\"id\":\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(firms.len(), 20, "{found}");
    let files = |firm: &str| format!("/api/v1/companies/{firm}/attachments");
    for firm in &firms {
        let (path, text) = (format!("{}?name=a.txt", files(firm)), format!("what {firm} signed"));
        let answer = server.ask("POST", &path, &format!("{bearer}content-type: application/octet-stream\r\n"), &text);
        assert_eq!(answer.as_ref().unwrap().0, 201, "{answer:?}");
    }
    server.stop();
    let (rotate, chance) = (["key", "rotate", "--object", "company"], SeededChance::new(43));
    for round in 0..rounds(2) {
        let before = seals(&site);
        let mut child = site.command(&rotate).spawn().unwrap();
        // Others are given time to learn of the key; then it goes fast.
        let behind = i64::try_from(100 * below(&chance, 6)).unwrap();
        until("it is under way", || site.number("select coalesce(max(done), -1) from resealing") >= behind);
        child.kill().unwrap();
        child.wait().unwrap();
        let done = site.run(&rotate);
        assert_eq!(done.code, Some(0), "round {round}, killed behind {behind}: {done:?}");
        assert_eq!(before.intersection(&seals(&site)).count(), 0, "round {round}, killed behind {behind}");
    }
    site.raw_keys().execute_batch("delete from keyring_key where label like 'company#%'").unwrap();
    let server = site.serve();
    for firm in &firms {
        let (status, told) = server.get(&format!("/api/v1/companies/{firm}"), &bearer).unwrap();
        assert!(status == 200 && told.contains("Firm "), "{told}");
        let listed = server.get(&files(firm), &bearer).unwrap().1;
        let id = listed.split("\"id\":\"").nth(1).unwrap().split('"').next().unwrap();
        let (status, sent) = server.get(&format!("{}/{id}", files(firm)), &bearer).unwrap();
        assert!(status == 200 && sent.ends_with(&format!("what {firm} signed")), "{sent}");
    }
    server.stop();
    let done = site.run(&["ledger", "verify"]);
    assert!(done.code == Some(0) && done.out.contains("the ledger is sound"), "{done:?}");
}

/// Fails when: a server that starts does not look for destroyed keys that were put back.
#[test]
fn a_destroyed_key_that_was_put_back_is_gone_after_a_start() {
    let Some(site) = Site::set_up() else { return };
    let put = "insert into keyring_key (id, purpose, label, wrapped_by, wrapped, created_at) \
               select x'019a0000000070008000000000000001', purpose, '', wrapped_by, wrapped, created_at \
               from keyring_key where purpose = 'subject' limit 1; \
               insert into keyring_destroyed (id, destroyed_at) values (x'019a0000000070008000000000000001', 0)";
    site.raw_keys().execute_batch(put).unwrap();
    let back = || {
        let sql = "select count(*) from keyring_key where id in (select id from keyring_destroyed)";
        site.raw_keys().query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(back(), 1);
    let server = site.serve();
    until("it is gone again", || back() == 0);
    assert_eq!(site.number("select count(*) from integrity_finding where kind = 'back' and object = 'key'"), 1);
    server.stop();
    assert_eq!(site.run(&["doctor"]).code, Some(0));
}
