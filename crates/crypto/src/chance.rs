//! The machine's randomness.

use kernel::Chance;

/// The random generator of AWS-LC (CTR_DRBG, SP 800-90A), seeded by the operating system, through `aws-lc-rs`.
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        // The generator fails only where the operating system has none; going on with zeros would be a silent disaster.
        if aws_lc_rs::rand::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}
