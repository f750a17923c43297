//! Decisions, without clock or database.

use approvals::Terms;
use outbound::Url;

use crate::AppFault;
use crate::model::Agreed;

/// So many addresses an app answers at.
const MOST_ADDRESSES: usize = 5;

/// What an administrator types about a new app.
#[derive(Clone, Debug, Default)]
pub struct AppForm {
    /// What it is called.
    pub name: String,
    /// Who made it.
    pub maker: String,
    /// Where it answers, one address a line.
    pub addresses: String,
    /// What it may do, as `contact:read`.
    pub scopes: Vec<String>,
}

/// Something to be put behind an address, and what it is.
pub type Spelled<'a> = (&'static str, &'a str);

fn line(field: &'static str, typed: &str, most: usize) -> Result<String, AppFault> {
    let text = kernel::text::clean(typed, most).map_err(|_| AppFault::Form(field, "control-character"))?;
    if text.is_empty() {
        return Err(AppFault::Form(field, "missing"));
    }
    if text.contains(['\n', '\t']) { Err(AppFault::Form(field, "control-character")) } else { Ok(text) }
}

/// Tells whether an app can answer there: by TLS, or on the machine of whoever uses it (RFC 8252 §7.3); with nothing behind `#`.
fn is_address(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let origin = url.origin();
    let own = |host: &str| origin.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
    origin.starts_with("https://") || own("http://127.0.0.1") || own("http://[::1]")
}

/// Takes what an administrator typed.
pub(crate) fn agreed(form: &AppForm) -> Result<Agreed, AppFault> {
    let (name, maker) = (line("name", &form.name, 80)?, line("maker", &form.maker, 120)?);
    let mut addresses: Vec<String> = form.addresses.split_whitespace().map(str::to_owned).collect();
    addresses.sort_unstable();
    addresses.dedup();
    if addresses.is_empty() || !addresses.iter().all(|text| is_address(text)) {
        return Err(AppFault::Form("addresses", "not-an-address"));
    }
    if addresses.len() > MOST_ADDRESSES {
        return Err(AppFault::Form("addresses", "too-long"));
    }
    let scopes = tokens::scopes_of(&form.scopes).map_err(|code| AppFault::Form("scopes", code))?;
    Ok(Agreed { name, maker, addresses, scopes })
}

/// Makes of a form the terms that a second person agrees to.
///
/// # Errors
/// [`AppFault::Form`].
pub fn terms(form: &AppForm) -> Result<Terms, AppFault> {
    let Agreed { name, maker, addresses, scopes } = agreed(form)?;
    let words = |list: &[String]| list.to_vec();
    let (addresses, scopes) = (words(&addresses), words(&scopes));
    let terms = Terms::new().text("app", name).text("maker", maker);
    let terms = terms.words("addresses", addresses.iter().map(String::as_str));
    Ok(terms.words("scopes", scopes.iter().map(String::as_str)))
}

/// Reads the terms back; what does not come out the same is void.
pub(crate) fn of_terms(read: &Terms) -> Result<Agreed, AppFault> {
    let words = |name| read.words_of(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let text = |name| read.text_of(name).unwrap_or_default().to_owned();
    let form = AppForm {
        name: text("app"),
        maker: text("maker"),
        addresses: words("addresses").join("\n"),
        scopes: words("scopes"),
    };
    if terms(&form)? == *read { agreed(&form) } else { Err(AppFault::Form("name", "control-character")) }
}

/// Takes a challenge of RFC 7636 §4.2: the SHA-256 of something the app keeps. The plain kind is not taken.
pub(crate) fn challenge(text: &str, method: &str) -> Option<[u8; 32]> {
    if method != "S256" || text.len() != 43 {
        return None;
    }
    crypto::unbase64url(text)?.try_into().ok()
}

/// Tells whether a verifier is what the challenge was made of.
pub(crate) fn verifies(verifier: &str, challenge: &[u8; 32]) -> bool {
    let known = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'.' | b'_' | b'~');
    let formed = (43..=128).contains(&verifier.len()) && verifier.bytes().all(known);
    formed && crypto::same(&crypto::sha256(verifier.as_bytes()), challenge)
}

/// Returns the scopes that are asked for: all of the app's if nothing is said, and never another one.
pub(crate) fn asked(scope: Option<&str>, allowed: &[String]) -> Option<Vec<String>> {
    let Some(scope) = scope.filter(|scope| !scope.trim().is_empty()) else { return Some(allowed.to_vec()) };
    let mut scopes: Vec<String> = scope.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes.iter().all(|scope| allowed.contains(scope)).then_some(scopes)
}

/// Returns a registered address with an answer behind it.
#[must_use]
pub fn address(redirect: &str, answer: &[Spelled<'_>]) -> String {
    let mut url = redirect.to_owned();
    for (name, value) in answer {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(name);
        url.push('=');
        url.push_str(&outbound::encode(value));
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> AppForm {
        AppForm {
            name: "Mailer".to_owned(),
            maker: "Mailer GmbH".to_owned(),
            addresses: "https://mailer.example/back".to_owned(),
            scopes: vec!["contact:read".to_owned()],
        }
    }

    /// Fails when: an address is taken that leads to another place than it seems, or a scope that programs cannot have.
    #[test]
    fn a_form_is_taken_whole_or_refused() {
        let of = |change: fn(&mut AppForm)| {
            let mut form = form();
            change(&mut form);
            agreed(&form).is_ok()
        };
        assert!(
            of(|_| ()) && of(|form| form.addresses = "http://127.0.0.1:8123/back https://a.example/b?c=d".to_owned())
        );
        for wrong in [
            "",
            "mailer.example",
            "http://mailer.example/",
            "http://127.0.0.1.example/",
            "https://a.example/#x",
            "javascript:alert(1)",
        ] {
            assert!(agreed(&AppForm { addresses: wrong.to_owned(), ..form() }).is_err(), "{wrong}");
        }
        assert!(!of(|form| form.scopes.clear()) && !of(|form| form.scopes.push("user:read".to_owned())));
        assert!(!of(|form| form.name = " ".to_owned()) && !of(|form| form.maker = "a\nb".to_owned()));
        let terms = terms(&form()).unwrap();
        assert_eq!(of_terms(&terms).unwrap(), agreed(&form()).unwrap());
        assert!(of_terms(&terms.text("app", "another")).is_err());
    }

    /// The example of RFC 7636, appendix B.
    #[test]
    fn a_challenge_is_met_by_its_verifier_alone() {
        let (verifier, text) =
            ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let made = challenge(text, "S256").unwrap();
        assert!(verifies(verifier, &made) && !verifies(&verifier.replace('d', "e"), &made) && !verifies("", &made));
        assert_eq!((challenge(text, "plain"), challenge(text, ""), challenge("", "S256")), (None, None, None));
    }

    #[test]
    fn an_app_asks_for_what_it_was_allowed_or_less() {
        let allowed = ["contact:read".to_owned(), "deal:read".to_owned()];
        assert_eq!(asked(None, &allowed).unwrap(), allowed);
        assert_eq!(asked(Some("deal:read"), &allowed).unwrap(), ["deal:read"]);
        assert_eq!(asked(Some("deal:read deal:update"), &allowed), None);
    }

    #[test]
    fn an_answer_stands_behind_the_address() {
        assert_eq!(
            address("https://a.example/b", &[("code", "x"), ("state", "a&b=c d")]),
            "https://a.example/b?code=x&state=a%26b%3Dc%20d"
        );
        assert_eq!(address("https://a.example/b?c=d", &[("code", "x")]), "https://a.example/b?c=d&code=x");
    }
}
