//! E-mail addresses and phone numbers: kept as typed, compared in a normal form.

use crate::text;

/// Why text is not an e-mail address or a phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContactFault {
    /// Not of the form `name@domain.tld`.
    #[error("not an e-mail address")]
    Email,
    /// Too few or too many digits, or letters among them.
    #[error("not a phone number")]
    Phone,
}

/// An e-mail address (the addr-spec of RFC 5322 §3.4.1 without comments and quoted local parts, RFC 6531 letters allowed).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Takes an address; surrounding white space is dropped.
    ///
    /// # Errors
    /// [`ContactFault::Email`] if it has no single `@`, no dot in its domain, white space, or more than 254 bytes.
    pub fn parse(input: &str) -> Result<Self, ContactFault> {
        let text = input.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(ContactFault::Email)?;
        let forbidden = |c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '@' | ',' | ';' | '<' | '>' | '"' | '(' | ')' | '\\')
        };
        let local_fits = !local.is_empty() && local.len() <= 64 && !local.starts_with('.') && !local.ends_with('.');
        let domain_fits = domain.contains('.') && domain.split('.').all(label_fits);
        if text.len() > 254 || local.contains(forbidden) || !local_fits || !domain_fits {
            return Err(ContactFault::Email);
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the form that two spellings of one address share.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

fn label_fits(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
}

/// A phone number as people write it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone {
    typed: String,
    normal: String,
    extension: String,
}

impl Phone {
    /// Takes a number with the usual decoration (`+`, `00`, brackets, dots, dashes, spaces) and an optional extension
    /// (`x12`, `ext. 12`, `#12`, `转12`).
    ///
    /// # Errors
    /// [`ContactFault::Phone`] unless it has 5 to 17 digits and nothing else.
    pub fn parse(input: &str) -> Result<Self, ContactFault> {
        let typed = input.trim();
        if typed.len() > 60 {
            return Err(ContactFault::Phone);
        }
        let lower = text::narrow(typed).to_lowercase();
        let (number, extension) = split_extension(&lower);
        let decorated =
            |c: char| matches!(c, '+' | ' ' | '\u{a0}' | '(' | ')' | '.' | '-' | '/' | '\u{2010}'..='\u{2015}');
        if number.chars().any(|c| !c.is_ascii_digit() && !decorated(c))
            || extension.chars().any(|c| !c.is_ascii_digit())
        {
            return Err(ContactFault::Phone);
        }
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        if !(5..=17).contains(&digits.len()) {
            return Err(ContactFault::Phone);
        }
        let normal = match (number.trim_start().starts_with('+'), digits.strip_prefix("00")) {
            (true, _) => format!("+{digits}"),
            (false, Some(rest)) => format!("+{rest}"),
            (false, None) => digits,
        };
        Ok(Self { typed: typed.to_owned(), normal, extension: extension.to_owned() })
    }

    /// Returns the number as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// Returns the form that two spellings of one number share: E.164 (`+` and digits) where the country is written,
    /// bare digits otherwise, `x` and the extension behind it.
    #[must_use]
    pub fn normal(&self) -> String {
        if self.extension.is_empty() { self.normal.clone() } else { format!("{}x{}", self.normal, self.extension) }
    }
}

fn split_extension(lower: &str) -> (&str, &str) {
    for mark in ["ext.", "ext", "x", "#", "转"] {
        if let Some((number, extension)) = lower.split_once(mark) {
            return (number, extension.trim());
        }
    }
    (lower, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_or_refused() {
        for good in ["a@b.cc", " edward.rogers+crm2@example.org ", "小明@例子.中国", "x_y@a-b.example"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for wrong in
            ["", "a", "a@b", "a@@b.cc", "a b@c.dd", "a@-b.cc", ".a@b.cc", "a@b..cc", "<a@b.cc>", "a@b.cc\n,x@y.zz"]
        {
            assert!(Email::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn two_spellings_of_one_number_are_equal_in_normal_form() {
        for (one, two) in [
            ("+44 20 496 0786", "0044-20-4960786"),
            ("(422)787-2331x71127", "422.787.2331 ext. 71127"),
            ("＋８６ 138 0013 8000", "+8613800138000"),
        ] {
            assert_eq!(Phone::parse(one).unwrap().normal(), Phone::parse(two).unwrap().normal());
        }
        for wrong in ["", "12", "call me", "1-800-FLOWERS", "123456789012345678"] {
            assert!(Phone::parse(wrong).is_err(), "{wrong}");
        }
    }
}
