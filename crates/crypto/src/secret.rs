//! A value that is not shown by accident.

use zeroize::Zeroize;

/// A secret: no `Debug`, no `Display`, no `Clone`; wiped when it goes.
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes a secret.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Returns the value, at the one place that needs it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
