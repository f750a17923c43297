//! The site a passkey is bound to.

use webauthn_rs::prelude::Url;

/// A name and an origin under which pages are served: a passkey made here answers nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    name: String,
    origin: Url,
}

impl Site {
    /// Takes the host, with its port, that a request came for, which must be one of ours.
    ///
    /// Nothing where browsers know no passkeys: under a bare address (WebAuthn §5.1.2 asks for a name), and in the clear from
    /// another machine (W3C Secure Contexts §3.1).
    #[must_use]
    pub fn parse(host: &str, secure: bool) -> Option<Self> {
        let scheme = if secure { "https" } else { "http" };
        let origin = Url::parse(&format!("{scheme}://{host}")).ok()?;
        let name = origin.domain()?.to_owned();
        let own_machine = name == "localhost" || name.ends_with(".localhost");
        let whole = origin.path() == "/" && origin.query().is_none() && origin.username().is_empty();
        (whole && !name.ends_with('.') && (secure || own_machine)).then_some(Self { name, origin })
    }

    /// Returns the name without its port: the id of the relying party.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the origin of the pages.
    pub(crate) const fn origin(&self) -> &Url {
        &self.origin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name_and_a_page_that_browsers_trust() {
        for (host, secure, name) in [
            ("localhost:8080", false, Some("localhost")),
            ("localhost", false, Some("localhost")),
            ("crm.localhost:8080", false, Some("crm.localhost")),
            ("crm.example", true, Some("crm.example")),
            ("crm.example:8443", true, Some("crm.example")),
            ("crm.example", false, None),
            ("evillocalhost", false, None),
            ("127.0.0.1:8080", false, None),
            ("192.0.2.1", true, None),
            ("[::1]:8080", true, None),
            ("crm.example.", true, None),
            ("", true, None),
            ("a@crm.example", true, None),
            ("crm.example/path", true, None),
            ("crm.example?q", true, None),
        ] {
            assert_eq!(Site::parse(host, secure).as_ref().map(Site::name), name, "{host}");
        }
    }
}
