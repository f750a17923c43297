//! The PIN: read from a file when it is needed, and never tried twice when it is wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::PoisonError;
use std::time::SystemTime;

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;
use zeroize::Zeroizing;

use crate::{HsmFault, TokenKey};

impl TokenKey {
    /// Opens a session and signs in to it.
    pub(crate) fn sign_in(&self, module: &Pkcs11, slot: Slot, to_make: bool) -> Result<Session, HsmFault> {
        let session = if to_make { module.open_rw_session(slot)? } else { module.open_ro_session(slot)? };
        let about = module.get_token_info(slot)?;
        if !about.login_required() {
            return Ok(session);
        }
        let (pin, of) = self.pin()?;
        if self.refused.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|refused| refused == of) {
            return Err(HsmFault::WrongPin(self.pin_file.clone()));
        }
        self.may_try(Standing::of(&about))?;
        match session.login(UserType::User, Some(&pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _)) => {
                *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(of);
                Err(HsmFault::WrongPin(self.pin_file.clone()))
            }
            Err(Error::Pkcs11(RvError::PinLocked | RvError::PinExpired | RvError::UserPinNotInitialized, _)) => {
                Err(HsmFault::Locked(self.token.clone()))
            }
            Err(other) => Err(other.into()),
        }
    }

    fn may_try(&self, standing: Standing) -> Result<(), HsmFault> {
        match standing {
            Standing::Open => Ok(()),
            Standing::LastTry => Err(HsmFault::LastTry(self.token.clone())),
            Standing::Locked => Err(HsmFault::Locked(self.token.clone())),
        }
    }

    /// Reads the PIN, and of when its file is.
    fn pin(&self) -> Result<(AuthPin, SystemTime), HsmFault> {
        let failed = |e| HsmFault::PinFile(self.pin_file.clone(), e);
        let about = fs::metadata(&self.pin_file).map_err(failed)?;
        let text = Zeroizing::new(fs::read_to_string(&self.pin_file).map_err(failed)?);
        let pin = text.lines().next().unwrap_or_default();
        if pin.is_empty() || about.permissions().mode() & 0o077 != 0 {
            return Err(HsmFault::PinForm(self.pin_file.clone()));
        }
        Ok((AuthPin::from(pin.to_owned()), about.modified().map_err(failed)?))
    }
}

/// How a token stands to PINs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Open,
    LastTry,
    Locked,
}

impl Standing {
    fn of(about: &TokenInfo) -> Self {
        Self::told(about.user_pin_locked() || !about.user_pin_initialized(), about.user_pin_final_try())
    }

    const fn told(locked: bool, last: bool) -> Self {
        match (locked, last) {
            (true, _) => Self::Locked,
            (false, true) => Self::LastTry,
            (false, false) => Self::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(pin_file: std::path::PathBuf) -> TokenKey {
        TokenKey::new("/lib/none.so".into(), ("t".to_owned(), "k".to_owned()), pin_file)
    }

    /// Fails when: the try that would lock a token is made.
    #[test]
    fn the_last_try_is_left_to_a_person() {
        let key = key("/nowhere".into());
        assert!(key.may_try(Standing::told(false, false)).is_ok());
        assert!(matches!(key.may_try(Standing::told(false, true)), Err(HsmFault::LastTry(_))));
        assert!(matches!(key.may_try(Standing::told(true, true)), Err(HsmFault::Locked(_))));
    }

    #[test]
    fn a_pin_is_the_first_line_of_a_file_of_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pin");
        let key = key(path.clone());
        assert!(matches!(key.pin(), Err(HsmFault::PinFile(..))));
        for (text, mode, good) in
            [("1234\nmore", 0o600, true), ("1234", 0o400, true), ("\n1234", 0o600, false), ("1234", 0o640, false)]
        {
            let _ = fs::remove_file(&path);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(key.pin().is_ok(), good, "{text:?} {mode:o}");
        }
    }
}
