//! What is kept of a person under seal, and how they like to work.

use db::DbFault;
use kernel::{Email, Lang, SubjectId, UserId};
use minicbor::{Decode, Encode};
use vault::{Aad, KeyOf, Vault};

use crate::{AccountFault, object};

/// Which colours a person looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Theme {
    /// Those of the device.
    #[default]
    #[n(0)]
    Device,
    /// Dark on light.
    #[n(1)]
    Light,
    /// Light on dark.
    #[n(2)]
    Dark,
}

impl Theme {
    /// Returns the word for forms and style sheets.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Takes a word from a form.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Device, Self::Light, Self::Dark].into_iter().find(|theme| theme.code() == code)
    }
}

/// How a person likes to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// The language; that of the browser when none was chosen.
    pub lang: Option<Lang>,
    /// The colours.
    pub theme: Theme,
    /// Whether single keys do something: off for who speaks to the machine (WCAG 2.2, 2.1.4).
    pub single_keys: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { lang: None, theme: Theme::Device, single_keys: true }
    }
}

/// What is sealed about a person.
#[derive(Clone, Encode, Decode)]
pub struct Profile {
    #[n(0)]
    /// The name.
    pub name: String,
    #[n(1)]
    /// The e-mail address.
    pub email: String,
    #[n(2)]
    lang: Option<String>,
    #[n(3)]
    theme: Theme,
    #[n(4)]
    single_keys: bool,
    /// Whether the password is too short to stand without a second factor.
    #[n(5)]
    pub leans: Option<bool>,
}

impl Profile {
    /// Describes somebody.
    #[must_use]
    pub fn new(name: String, email: &Email, preferences: Preferences) -> Self {
        let mut profile = Self {
            name,
            email: email.as_str().to_owned(),
            lang: None,
            theme: Theme::Device,
            single_keys: true,
            leans: None,
        };
        profile.prefer(preferences);
        profile
    }

    /// Returns how the person likes to work.
    #[must_use]
    pub fn preferences(&self) -> Preferences {
        let lang = self.lang.as_deref().and_then(Lang::parse);
        Preferences { lang, theme: self.theme, single_keys: self.single_keys }
    }

    /// Takes how the person likes to work.
    pub fn prefer(&mut self, preferences: Preferences) {
        self.lang = preferences.lang.map(|lang| lang.code().to_owned());
        self.theme = preferences.theme;
        self.single_keys = preferences.single_keys;
    }

    /// Seals the profile for its place.
    ///
    /// # Errors
    /// [`AccountFault`] of the keys.
    pub fn seal(&self, vault: &Vault, user: UserId, subject: SubjectId) -> Result<Vec<u8>, AccountFault> {
        let plain = crypto::Zeroizing::new(minicbor::to_vec(self).map_err(|_| DbFault::Shape(0))?);
        let (object, record) = (object::user(), user.uuid());
        Ok(vault.seal(KeyOf::Subject(subject), &Aad { object: &object, record, purpose: PURPOSE }, &plain)?)
    }

    /// Opens a sealed profile.
    ///
    /// # Errors
    /// [`AccountFault`] of the keys: another place's, or of somebody erased.
    pub fn open(vault: &Vault, user: UserId, subject: SubjectId, sealed: &[u8]) -> Result<Self, AccountFault> {
        let (object, record) = (object::user(), user.uuid());
        let plain =
            vault.open_seal(KeyOf::Subject(subject), &Aad { object: &object, record, purpose: PURPOSE }, sealed)?;
        Ok(minicbor::decode(&plain).map_err(|_| DbFault::Shape(0))?)
    }
}

const PURPOSE: &str = "profile";
