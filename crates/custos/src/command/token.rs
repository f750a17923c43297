//! `custos token`.

use std::time::Duration;

use accounts::AccountFault;
use anyhow::{Context as _, Result, anyhow, bail};
use kernel::TokenId;
use tokens::{Standing, TokenForm};

use super::operator;
use crate::cli;
use crate::config::Config;
use crate::house;

/// Does what is asked about tokens.
///
/// # Errors
/// One line that says what is wrong.
pub(super) async fn run(config: &Config, wanted: cli::Token) -> Result<()> {
    match wanted {
        cli::Token::Create { user, expires, label, purpose, scope, field, rows, network, key } => {
            let key = match key {
                Some(file) => {
                    std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?
                }
                None => String::new(),
            };
            let scopes = (!scope.is_empty()).then_some(scope);
            let (lasts, networks) = (span(&expires)?, network.join(" "));
            let form = TokenForm { label, purpose, lasts, networks, scopes, fields: field, rows, key };
            create(config, &user, form).await
        }
        cli::Token::List => list(config).await,
        cli::Token::Revoke { id } => {
            let id: TokenId = id.parse().context("this is not the id of a token; `custos token list` prints them")?;
            let house = house::open(config).await?;
            let revoking = house.tokens.revoke(&operator(&house.db), id).await;
            revoking.context("there is no such token, or it was withdrawn before")
        }
    }
}

/// Makes a token and prints it, and nothing else.
async fn create(config: &Config, email: &str, form: TokenForm) -> Result<()> {
    let house = house::open(config).await?;
    let cx = operator(&house.db);
    let owner = house
        .accounts
        .standing_of(&cx, email)
        .await
        .with_context(|| format!("nobody active has the address {email}"))?;
    let objects = house.records.objects();
    let known = |object: &str, field: &str| objects.get(object).is_some_and(|object| object.field(field).is_some());
    let making = match tokens::fields_exist(&form.fields, known) {
        Ok(()) => house.tokens.create(&cx, owner.user, form).await,
        Err(fault) => Err(fault),
    };
    let made = making.map_err(|fault| match &fault {
        AccountFault::Invalid(wrongs) => {
            let named: Vec<String> = wrongs.iter().map(|wrong| format!("{}: {}", wrong.field, wrong.code)).collect();
            anyhow!("{}", named.join("; "))
        }
        _ => fault.into(),
    })?;
    println!("{}", made.token.expose());
    Ok(())
}

/// Prints a line for every token that is good or ended lately.
async fn list(config: &Config) -> Result<()> {
    let house = house::open(config).await?;
    for token in house.tokens.list_all(&operator(&house.db)).await? {
        let standing = match token.standing {
            Standing::Good => "good",
            Standing::Revoked => "withdrawn",
            Standing::Expired => "expired",
            Standing::Unused => "unused",
        };
        let used = token.used_at.map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
        let (id, hint, owner, until) = (token.id, &token.hint, token.owner, token.expires_at.to_rfc3339());
        println!("{id}  ...{hint}  {owner}  {standing:<9}  {until}  {used}  {}", token.label);
    }
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
