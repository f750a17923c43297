//! An import that is killed without a warning is finished by the next start: every row once.

use std::path::Path;
use std::time::{Duration, Instant};

use kernel::SeededChance;

use super::{EMAIL, Site, below, copy, pause, rounds, until};

/// Rows of the file.
const ROWS: usize = 3_000;

/// Writes the file and returns where it lies.
fn file(site: &Site) -> String {
    let sample = sample::Sample::new(41, sample::Size { contacts: ROWS, companies: 150, deals: 0 });
    let mut bytes = Vec::new();
    sample::csv::write_contacts(&sample, &mut bytes).unwrap();
    site.write("people.csv", &bytes, 0o600)
}

/// What an import leaves: contacts, companies, words, values that are looked up, rows counted.
fn state(site: &Site) -> (i64, i64, i64, i64, i64) {
    (
        site.number("select count(*) from r_contact"),
        site.number("select count(*) from r_company"),
        site.number("select count(*) from search_doc"),
        site.number("select count(*) from blind_token"),
        site.number("select coalesce(sum(created + updated + skipped + wrong), 0) from import_run"),
    )
}

fn import(file: &str) -> [&str; 6] {
    ["import", file, "--object", "contact", "--as", EMAIL]
}

/// Fails when: the mark of an import is moved in another transaction than its rows, a job is lost with its worker, or a
/// lease never ends.
#[test]
fn an_import_that_is_killed_at_any_moment_ends_with_every_row_once() {
    let Some(site) = Site::set_up() else { return };
    let file = file(&site);
    copy(&site.data(), &site.path("before"));
    let started = Instant::now();
    let whole = site.run(&import(&file));
    let takes = u64::try_from(started.elapsed().as_micros()).unwrap();
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let expected = state(&site);
    assert_eq!(expected.4, i64::try_from(ROWS).unwrap());
    let chance = SeededChance::new(2026);
    for round in 0..rounds(3) {
        std::fs::remove_dir_all(site.data()).unwrap();
        copy(&site.path("before"), &site.data());
        let moment = Duration::from_micros(takes / 20 + below(&chance, takes * 9 / 10));
        kill_at(&site, &file, moment);
        finish(&site, &file);
        assert_eq!(state(&site), expected, "round {round}, killed after {moment:?}");
        sound(&site);
    }
}

/// Starts the import and kills it after a while.
fn kill_at(site: &Site, file: &str, moment: Duration) {
    let mut child = site.command(&import(file)).spawn().unwrap();
    let end = Instant::now() + moment;
    while Instant::now() < end && child.try_wait().unwrap().is_none() {
        pause();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Lets a server finish what is under way; what never began is begun again.
fn finish(site: &Site, file: &str) {
    let began = Path::new(&site.data().join("custos.db")).exists()
        && site.number("select count(*) from import_run where state in ('running', 'done')") == 1;
    let (planned, left) = (site.number("select count(*) from import_run where state = 'planned'"), site.uploads());
    if !began {
        assert!(planned + i64::try_from(left).unwrap() <= 2, "at most the file that nobody knows yet, and its plan");
        assert_eq!(site.number("select count(*) from r_contact"), 0);
        site.raw().execute_batch("delete from import_run").unwrap();
        let _ = std::fs::remove_dir_all(site.data().join("uploads"));
        assert_eq!(site.run(&import(file)).code, Some(0));
        return;
    }
    let server = site.serve();
    until("the import is done", || site.number("select count(*) from import_run where state = 'done'") == 1);
    until("its job is gone", || site.number("select count(*) from job") == 0);
    assert_eq!(server.get("/readyz", "").unwrap().0, 200);
    server.stop();
}

fn sound(site: &Site) {
    assert_eq!(site.uploads(), 0, "no file is left");
    let done = site.run(&["ledger", "verify"]);
    assert!(done.code == Some(0) && done.out.contains("the ledger is sound"), "{done:?}");
}

/// Fails when: a server that is told to stop leaves a step half done, or does not go on where it stood.
#[test]
fn an_import_goes_on_after_the_server_was_told_to_stop() {
    let Some(site) = Site::set_up() else { return };
    let file = file(&site);
    kill_until(&site, &file, "select count(*) from import_run where state = 'running'");
    for _ in 0..3 {
        let server = site.serve();
        let before = site.number("select coalesce(sum(offset_now), 0) from import_run");
        until("a step is taken, or all are", || {
            site.number("select coalesce(sum(offset_now), 0) from import_run") > before
                || site.number("select count(*) from import_run where state = 'done'") == 1
        });
        server.stop();
    }
    let server = site.serve();
    until("the import is done", || site.number("select count(*) from import_run where state = 'done'") == 1);
    until("its job is gone", || site.number("select count(*) from job") == 0);
    server.stop();
    assert_eq!(site.number("select created + skipped + wrong from import_run"), i64::try_from(ROWS).unwrap());
    sound(&site);
}

/// Starts the import and kills it as soon as something is to be seen in the database.
fn kill_until(site: &Site, file: &str, sql: &str) {
    let mut child = site.command(&import(file)).spawn().unwrap();
    until("the import runs", || site.number(sql) == 1);
    child.kill().unwrap();
    child.wait().unwrap();
}
