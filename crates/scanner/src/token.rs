//! Tokens and keys of services, by the beginnings their issuers give them so that they can be found.

use crate::span::{before, runs};
use crate::{Finding, Kind};

/// A beginning, and how many characters follow at least and at most.
const KNOWN: &[(&str, usize, usize)] = &[
    ("custos_", 43, 50),
    // GitHub, GitLab
    ("ghp_", 36, 255),
    ("gho_", 36, 255),
    ("ghu_", 36, 255),
    ("ghs_", 36, 255),
    ("ghr_", 36, 255),
    ("github_pat_", 22, 255),
    ("glpat-", 20, 255),
    // Slack
    ("xoxb-", 20, 255),
    ("xoxp-", 20, 255),
    ("xoxa-", 20, 255),
    ("xoxs-", 20, 255),
    ("xapp-", 20, 255),
    // Amazon, Google, Aliyun, Tencent
    ("AKIA", 16, 16),
    ("ASIA", 16, 16),
    ("AIza", 35, 35),
    ("GOCSPX-", 28, 28),
    ("LTAI", 12, 26),
    ("AKID", 28, 44),
    // Stripe, Shopify, SendGrid, Twilio
    ("sk_live_", 16, 255),
    ("rk_live_", 16, 255),
    ("sk_test_", 16, 255),
    ("whsec_", 24, 255),
    ("shpat_", 32, 32),
    // Models
    ("sk-ant-", 20, 255),
    ("sk-proj-", 20, 255),
    ("sk-", 32, 255),
    ("hf_", 30, 64),
    // Registries
    ("npm_", 36, 36),
    ("pypi-AgE", 50, 255),
    ("dckr_pat_", 20, 64),
];

pub(crate) fn find(text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (from, run) in runs(text, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        let known = |(prefix, least, most): &(&str, usize, usize)| {
            run.strip_prefix(prefix).is_some_and(|rest| (*least..=*most).contains(&rest.len()) && is_random(rest))
        };
        if KNOWN.iter().any(known) && before(text, from) != Some('.') {
            found.push(Finding { kind: Kind::Token, from, to: from + run.len() });
        }
    }
    found.extend(signed(text));
    found
}

/// Tells whether something could be made by chance: a long word or a name with dashes is not.
fn is_random(rest: &str) -> bool {
    rest.bytes().any(|b| b.is_ascii_digit()) && rest.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Signed tokens (JSON Web Tokens, RFC 7519): three parts, the first two of which are JSON in base64url.
fn signed(text: &str) -> impl Iterator<Item = Finding> {
    let is = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    runs(text, is).filter_map(|(from, run)| {
        let whole = run.trim_end_matches('.');
        let mut parts = whole.split('.');
        let (head, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
        let json = |part: &str| part.starts_with("eyJ") && part.len() >= 12;
        let one = parts.next().is_none() && json(head) && json(claims) && signature.len() >= 16;
        one.then_some(Finding { kind: Kind::Token, from, to: from + whole.len() })
    })
}
