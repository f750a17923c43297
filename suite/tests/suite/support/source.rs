//! The string literals of the program's own source.

use std::path::{Path, PathBuf};

/// Returns every string literal in `*/src/**.rs` below a folder, with its file; tests are left out.
pub(crate) fn literals(crates: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for file in files(crates) {
        let inside = file.components().any(|part| part.as_os_str() == "src");
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if !inside || name.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        found.extend(of(shipped).into_iter().map(|literal| (file.clone(), literal)));
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Returns the literals of one file: comments and characters are passed over, escapes and continued lines undone.
fn of(source: &str) -> Vec<String> {
    let (mut literals, mut chars) = (Vec::new(), source.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => while chars.next().is_some_and(|c| c != '\n') {},
            '\'' => {
                // A character or a lifetime: what matters is that '"' opens no literal.
                let rest: String = chars.clone().take(2).collect();
                if rest.starts_with('\\') || rest.ends_with('\'') {
                    let escaped = chars.next() == Some('\\');
                    if escaped {
                        chars.next();
                    }
                }
            }
            '"' => literals.push(literal(&mut chars)),
            _ => {}
        }
    }
    literals
}

fn literal(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => match chars.next() {
                Some('\n') => while chars.peek().is_some_and(|c| c.is_whitespace()) && chars.next().is_some() {},
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(other) => text.push(other),
                None => break,
            },
            other => text.push(other),
        }
    }
    text
}

#[test]
fn literals_are_found_as_the_compiler_sees_them() {
    let source = "// \"no\"\nlet a = \"one \\\n    two\"; let c = '\"'; fn f<'a>(x: &'a str) {} const D: &str = \"say \\\"so\\\"\";";
    assert_eq!(of(source), ["one two", "say \"so\""]);
}
