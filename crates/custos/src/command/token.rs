//! `custos token`.

use std::time::Duration;

use accounts::TokenForm;
use anyhow::{Context as _, Result, bail};

use super::operator;
use crate::config::Config;
use crate::house;

/// Makes a token with its owner's rights and prints it, and nothing else.
///
/// # Errors
/// Nobody has the address, or the span is none.
pub(super) async fn create(config: &Config, email: &str, expires: &str, label: String) -> Result<()> {
    let lasts = span(expires)?;
    let house = house::open(config).await?;
    let cx = operator(&house.db);
    let owner = house
        .accounts
        .standing_of(&cx, email)
        .await
        .with_context(|| format!("nobody active has the address {email}"))?;
    let token = house.accounts.create_token(&cx, owner.user, TokenForm { label, lasts }).await?;
    println!("{}", token.token.expose());
    Ok(())
}

/// Takes `30d`, `12h` or `52w`.
fn span(text: &str) -> Result<Duration> {
    let wrong = || format!("{text} is not a span; write 30d, 12h or 52w");
    let split = text.char_indices().next_back().map(|(at, _)| at).with_context(wrong)?;
    let (number, unit) = text.split_at_checked(split).with_context(wrong)?;
    let number: u64 = number.parse().with_context(wrong)?;
    let hours = match unit {
        "h" => 1,
        "d" => 24,
        "w" => 24 * 7,
        _ => bail!("{}", wrong()),
    };
    Ok(Duration::from_secs(number.saturating_mul(hours * 3600)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read() {
        assert_eq!(span("30d").unwrap(), Duration::from_secs(30 * 86_400));
        assert_eq!(span("12h").unwrap(), Duration::from_secs(12 * 3600));
        for wrong in ["", "d", "30", "30m", "-1d", "30日"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
