//! What several tests need.

pub(crate) mod app;
pub(crate) mod apps;
pub(crate) mod browser;
pub(crate) mod html;
pub(crate) mod http;
pub(crate) mod idp;
pub(crate) mod import;
pub(crate) mod ledger;
pub(crate) mod raw;
pub(crate) mod reading;
pub(crate) mod receiver;
pub(crate) mod scene;
pub(crate) mod source;

use std::path::{Path, PathBuf};

/// Returns a file or folder that some machines have beside the project; says so where it is not there.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(path);
    let found = here.exists().then_some(here);
    eprintln!("shared/data/{path} {}", if found.is_some() { "is there" } else { "is not there: not tried" });
    found
}

/// Compares a text with the committed one, or writes it where `CUSTOS_BLESS=1`.
pub(crate) fn assert_committed(path: &str, now: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite").join(path);
    #[expect(clippy::disallowed_methods, reason = "whoever runs the tests says so")]
    let bless = std::env::var_os("CUSTOS_BLESS").is_some();
    if bless {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, now).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    if known != now {
        let (ours, theirs): (Vec<_>, Vec<_>) = (now.lines().collect(), known.lines().collect());
        let gone = theirs.iter().filter(|line| !ours.contains(line)).map(|line| format!("- {line}\n"));
        let new = ours.iter().filter(|line| !theirs.contains(line)).map(|line| format!("+ {line}\n"));
        let diff: String = gone.chain(new).collect();
        panic!(
            "{} is not what the program says now:\n{diff}\nif this is meant: CUSTOS_BLESS=1 cargo nextest run -p suite",
            file.display()
        );
    }
}
