//! The two languages of the interface.

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// Returns the BCP 47 tag for `lang` attributes. The script is named because Han shapes come out Japanese without.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-Hans",
        }
    }

    /// Returns the short code stored in preferences.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// Takes a short code or tag.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "en" => Some(Self::En),
            "zh" | "zh-Hans" | "zh-CN" => Some(Self::Zh),
            _ => None,
        }
    }

    /// Chooses from an `Accept-Language` header (RFC 9110 §12.5.4): the first range that is one of ours, in order of weight.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let mut best: Option<(Self, f32)> = None;
        for range in header.split(',').take(16) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let weight = parts.find_map(|p| p.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0_f32);
            let lang = match tag.split('-').next() {
                Some("zh") => Self::Zh,
                Some("en") => Self::En,
                _ => continue,
            };
            if best.is_none_or(|(_, w)| weight > w) {
                best = Some((lang, weight));
            }
        }
        best.map_or_else(Self::default, |(lang, _)| lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heavier_language_wins() {
        assert_eq!(Lang::accepted("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(Lang::accepted("fr,en;q=0.4,zh;q=0.5"), Lang::Zh);
        assert_eq!(Lang::accepted("de, *;q=0.1"), Lang::En);
    }
}
