//! Decisions, without clock or database.

use authz::Level;

/// What somebody has to prove with, beside a password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Has {
    /// A passkey that counts as one.
    pub(crate) passkey: bool,
    /// An app.
    pub(crate) app: bool,
    /// Recovery codes.
    pub(crate) paper: bool,
    /// One of them was used just now.
    pub(crate) lost: bool,
}

impl Has {
    /// Returns the strongest there is.
    pub(crate) const fn strongest(self) -> Level {
        match self {
            Self { passkey: true, .. } => Level::Resistant,
            Self { app: true, .. } => Level::Multi,
            Self { .. } => Level::Single,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_that_somebody_has() {
        let strongest = |passkey, app| Has { passkey, app, ..Has::default() }.strongest();
        assert_eq!((strongest(false, false), strongest(false, true)), (Level::Single, Level::Multi));
        assert_eq!((strongest(true, false), strongest(true, true)), (Level::Resistant, Level::Resistant));
    }
}
