//! Private keys.

use crate::{Finding, Kind};

/// How other forms begin, and how many characters the secret has at least.
const OTHERS: [(&str, usize); 2] = [("AGE-SECRET-KEY-1", 58), ("PuTTY-User-Key-File-", 0)];

pub(crate) fn find(text: &str) -> Vec<Finding> {
    let kind = Kind::PrivateKey;
    let mut found = Vec::new();
    for (from, _) in text.match_indices("-----BEGIN ") {
        let Some(rest) = text.get(from + 11..) else { continue };
        let head = rest.find("-----").and_then(|end| rest.get(..end));
        if !head.is_some_and(|head| head.contains("PRIVATE KEY") && head.len() < 40) {
            continue;
        }
        let end = rest.find("-----END ").map(|at| from + 11 + at);
        let to = end.and_then(|at| text.get(at + 9..)?.find("-----").map(|close| at + 9 + close + 5));
        found.push(Finding { kind, from, to: to.unwrap_or(text.len()) });
    }
    for (prefix, least) in OTHERS {
        for (from, _) in text.match_indices(prefix) {
            let rest = text.get(from + prefix.len()..).unwrap_or_default();
            let more = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            if more >= least {
                let to = if least == 0 { text.len() } else { from + prefix.len() + more };
                found.push(Finding { kind, from, to });
            }
        }
    }
    found
}
