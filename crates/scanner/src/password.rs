//! Passwords that somebody names as one.

use crate::{Finding, Kind};

/// What passwords are announced by, in lower case.
const WORDS: [&str; 10] =
    ["password", "passwort", "passwd", "passcode", "pwd", "contraseña", "mot de passe", "密码", "密碼", "口令"];
/// A password has so many characters at least.
const LEAST: usize = 6;

pub(crate) fn find(text: &str) -> Vec<Finding> {
    // Letter by letter, so that places in both are the same.
    let lower: String =
        text.chars().map(|c| c.to_lowercase().next().filter(|l| l.len_utf8() == c.len_utf8()).unwrap_or(c)).collect();
    let mut found = Vec::new();
    for word in WORDS {
        for (at, _) in lower.match_indices(word) {
            let Some(rest) = text.get(at + word.len()..) else { continue };
            let Some(given) = announced(rest) else { continue };
            let secret = given.split_whitespace().next().unwrap_or_default();
            let secret = secret.trim_end_matches(['.', ',', ';', ')', '"', '\'', '。', '，']);
            if is_one(secret) {
                let from = text.len() - given.len();
                found.push(Finding { kind: Kind::Password, from, to: from + secret.len() });
            }
        }
    }
    found.sort_by_key(|finding| finding.from);
    found.dedup();
    found
}

/// Returns what stands behind a colon, an equals sign, or 是.
fn announced(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches(' ');
    let given = rest.strip_prefix([':', '=', '：', '是']).or_else(|| rest.strip_prefix("is "))?;
    let given = given.trim_start_matches(' ');
    Some(given.strip_prefix(['"', '\'', '“', '`']).unwrap_or(given))
}

/// A word alone is rather a remark: "password: forgotten".
fn is_one(secret: &str) -> bool {
    secret.chars().count() >= LEAST
        && secret.chars().any(|c| c.is_ascii_digit() || "!@#$%^&*+=?".contains(c))
        && secret.chars().any(char::is_alphanumeric)
        && !secret.contains("://")
}
