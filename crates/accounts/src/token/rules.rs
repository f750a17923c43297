//! Decisions about tokens.

use std::time::Duration;

use kernel::UserId;
use ledger::ActorRef;

use super::TokenForm;
use crate::AccountFault;
use crate::input::Findings;

/// No token is good for longer than a year.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// A shorter one would have ended before it is pasted anywhere.
const SHORTEST: Duration = Duration::from_secs(60);

/// Takes the form of a token.
pub(crate) fn check(form: TokenForm) -> Result<TokenForm, AccountFault> {
    let mut findings = Findings::default();
    let label = findings.line("label", &form.label, 80);
    let lasts = match form.lasts {
        lasts if lasts > LONGEST => findings.add("expires", "too-long"),
        lasts if lasts < SHORTEST => findings.add("expires", "too-short"),
        lasts => Some(lasts),
    };
    match (label, lasts) {
        (Some(label), Some(lasts)) => Ok(TokenForm { label, lasts }),
        _ => Err(findings.fault()),
    }
}

/// Returns the last four characters, to tell a token from others: they are of its checksum, not of its secret.
pub(crate) fn hint(token: &str) -> String {
    token.chars().skip(token.chars().count().saturating_sub(4)).collect()
}

/// Tells whether `actor` may make a token that acts as `owner`: the owner, signed in; and whoever has the machine. Not an
/// administrator, who would gain rights that are not theirs; not a token, which would outlive its own end.
pub(crate) fn may_make(actor: ActorRef, owner: UserId) -> bool {
    match actor {
        ActorRef::User(user) => user == owner,
        ActorRef::Operator => true,
        ActorRef::Token { .. } | ActorRef::Job { .. } | ActorRef::Nobody | ActorRef::System => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(label: &str, lasts: Duration) -> bool {
        check(TokenForm { label: label.to_owned(), lasts }).is_ok()
    }

    #[test]
    fn a_token_has_a_label_and_an_end_within_a_year() {
        let day = Duration::from_secs(86_400);
        assert!(judged("reports", day * 30) && judged("reports", day * 365));
        assert!(!judged("reports", day * 367) && !judged("reports", Duration::ZERO) && !judged(" ", day));
    }

    #[test]
    fn nobody_makes_a_token_for_another() {
        let [one, other] = [1, 2].map(|n| UserId::from_uuid(kernel::Uuid::from_u128(n)));
        let token = kernel::TokenId::from_uuid(one.uuid());
        assert!(may_make(ActorRef::User(one), one) && may_make(ActorRef::Operator, one));
        assert!(!may_make(ActorRef::User(other), one) && !may_make(ActorRef::Nobody, one));
        assert!(!may_make(ActorRef::Token { token, user: one }, one));
    }
}
