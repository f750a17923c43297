//! `docs/asvs.toml`: every requirement's state, and tests that are really there; `docs/asvs.md` is made of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::support::assert_committed;

/// The states, with the words of the page.
const STATES: [(&str, &str); 4] =
    [("met", "met"), ("partly", "partly"), ("open", "**open**"), ("none", "does not apply")];

struct Requirement {
    id: String,
    asks: String,
    state: String,
    proof: Vec<String>,
    note: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn requirements() -> Vec<Requirement> {
    let text = std::fs::read_to_string(root().join("docs/asvs.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let take = |entry: &toml::Value| {
        let word = |key: &str| entry.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let proof = entry["proof"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        Requirement { id: word("id"), asks: word("asks"), state: word("state"), proof, note: word("note") }
    };
    table["requirement"].as_array().unwrap().iter().map(take).collect()
}

/// What there is of tests: functions of Rust, and the text of the browser's.
#[derive(Default)]
struct Tests {
    functions: BTreeSet<String>,
    browser: String,
}

impl Tests {
    fn gather() -> Self {
        let mut tests = Self::default();
        let mut folders = vec![root().join("crates"), root().join("suite"), root().join("e2e")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                let name = entry.file_name().to_string_lossy().into_owned();
                if path.is_dir() && name != "node_modules" && name != "target" {
                    folders.push(path);
                } else if name.ends_with(".rs") {
                    of_rust(&std::fs::read_to_string(path).unwrap(), &mut tests.functions);
                } else if name.ends_with(".test.mjs") {
                    tests.browser.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        tests
    }

    /// Tells whether a test has this name: a function, a title, or a page that the browser's loop over pages opens.
    fn has(&self, name: &str) -> bool {
        let title =
            name.strip_prefix("page: ").map_or_else(|| format!("\"{name}\""), |page| format!("name: \"{page}\""));
        self.functions.contains(name) || self.browser.contains(&title)
    }
}

fn of_rust(text: &str, names: &mut BTreeSet<String>) {
    for line in text.lines().map(str::trim) {
        let word = |rest: &str| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned);
        let function = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn ")).and_then(word);
        let listed = line.contains(" => ").then(|| word(line)).flatten();
        names.extend(function.into_iter().chain(listed).filter(|name| !name.is_empty()));
    }
}

#[test]
fn every_requirement_has_a_state_and_its_tests_are_there() {
    let (requirements, tests) = (requirements(), Tests::gather());
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for one in &requirements {
        if !seen.insert(&one.id) {
            wrong.push(format!("{} stands twice", one.id));
        }
        if !STATES.iter().any(|(state, _)| *state == one.state) {
            wrong.push(format!("{}: no state {}", one.id, one.state));
        }
        if one.state == "met" && one.proof.is_empty() && one.note.is_empty() {
            wrong.push(format!("{} is met by nothing", one.id));
        }
        let missing = one.proof.iter().filter(|name| !tests.has(name));
        wrong.extend(missing.map(|name| format!("{}: there is no test {name}", one.id)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_page_is_made_of_the_file() {
    let requirements = requirements();
    let mut page = String::from(
        "# OWASP ASVS 5.0 and the API Security Top 10\n\nChapters V4, V5, V6, V7, V8 and V10, and the ten risks of APIs of 2023. Made from `asvs.toml`; the suite fails when a test named here does not \
         exist. Requirements are in our words; the numbers are the standard's.\n\n",
    );
    for (state, word) in STATES {
        let count = requirements.iter().filter(|one| one.state == state).count();
        let _ = writeln!(page, "- {word}: {count}");
    }
    page.push_str("\n| requirement | asks | state | proved by |\n|---|---|---|---|\n");
    for one in &requirements {
        let word = STATES.iter().find(|(state, _)| *state == one.state).map_or("", |(_, word)| *word);
        let proof = one.proof.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let parts: Vec<&str> =
            [proof.as_str(), one.note.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
        let _ = writeln!(page, "| {} | {} | {word} | {} |", one.id, one.asks, parts.join(". "));
    }
    assert_committed("../../../docs/asvs.md", &page);
}
