//! A symmetric key.

use kernel::Chance;
use zeroize::Zeroizing;

/// 256 bits. No `Debug`, no `Clone`; wiped when it goes.
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// Makes a key.
    pub fn generate(chance: &dyn Chance) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        chance.fill(bytes.as_mut_slice());
        Self(bytes)
    }

    /// Takes the bytes of a key.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Returns the bytes, for wrapping.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
