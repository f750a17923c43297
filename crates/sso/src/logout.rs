//! Out here and out there.

use std::time::Duration;

use authz::Cx;
use kernel::{Fault as _, UserId};
use ledger::{Line, verbs};
use outbound::encode;
use vault::{Aad, KeyOf};

use crate::claims::{LoggedOut, SKEW};
use crate::{Sso, SsoFault, sso, store};
use proofs::jws::Token;

/// A logout token is remembered for this long; after that it is too old to be taken.
const KEPT: Duration = Duration::from_secs(30 * 60);

impl Sso {
    /// Returns where the person who acts signs out at the provider too, if the provider began their session and can end it
    /// (OpenID Connect RP-Initiated Logout 1.0 §2). To be asked before they sign out here.
    ///
    /// # Errors
    /// [`SsoFault::Db`]; [`SsoFault::Vault`]. A provider that does not answer is no reason to stay signed in.
    pub async fn farewell(&self, cx: &Cx, back: &str) -> Result<Option<String>, SsoFault> {
        let Some((session, user)) = cx.session().zip(cx.person()) else { return Ok(None) };
        let (vault, accounts) = (self.vault().clone(), self.accounts().clone());
        let looking = self.db().read(cx, move |tx| -> Result<_, SsoFault> {
            let Some(begun) = store::begun(tx, session)?.filter(|begun| begun.user == user) else { return Ok(None) };
            let (object, subject) = (sso::session(), accounts.subject_of(tx, user)?);
            let aad = Aad { object: &object, record: user.uuid(), purpose: "sso.token" };
            Ok(Some(vault.open_seal(KeyOf::Subject(subject), &aad, &begun.sealed)?))
        });
        let Some(token) = looking.await? else { return Ok(None) };
        let Ok(metadata) = self.provider().metadata(self.settings(), self.db().now()).await else { return Ok(None) };
        let (Some(end), Ok(token)) = (&metadata.end_session, std::str::from_utf8(&token)) else { return Ok(None) };
        let end = end.to_string();
        let client = encode(&self.settings().client_id);
        Ok(Some(format!(
            "{end}{}id_token_hint={}&client_id={client}&post_logout_redirect_uri={}",
            if end.contains('?') { "&" } else { "?" },
            encode(token),
            encode(back)
        )))
    }

    /// Ends the sessions that the provider says have ended there (OpenID Connect Back-Channel Logout 1.0 §2.6, §2.7).
    ///
    /// # Errors
    /// [`SsoFault::Token`], [`SsoFault::Clock`] if the token does not hold or was taken before; each leaves a line.
    pub async fn log_out(&self, cx: &Cx, token: &str) -> Result<(), SsoFault> {
        let told = match self.told(token).await {
            Ok(told) => told,
            Err(fault) => {
                let (code, why) = (fault.code(), fault.why().unwrap_or("unknown"));
                let noting = self.db().write(cx, move |tx| -> Result<(), SsoFault> {
                    tx.note(
                        Line::failed(verbs::SESSION_END, sso::session(), code).fact("by", "provider").fact("why", why),
                    );
                    Ok(())
                });
                noting.await?;
                return Err(fault);
            }
        };
        let sso = self.clone();
        let ending = self.db().write(cx, move |tx| -> Result<_, SsoFault> {
            let until = tx.now().plus(KEPT);
            if !store::spend(tx, sso.vault().blind("sso.logout", &told.id), until)? {
                tx.note(
                    Line::failed(verbs::SESSION_END, sso::session(), "sso-token")
                        .fact("by", "provider")
                        .fact("why", "again"),
                );
                return Ok(None);
            }
            let begun = match (&told.session, &told.subject) {
                (Some(sid), _) => store::begun_by_session(tx, sso.lookup_session(sid))?,
                (None, Some(subject)) => store::begun_by(tx, sso.lookup(subject))?,
                (None, None) => Vec::new(),
            };
            let mut whose: Vec<UserId> = Vec::new();
            for one in begun {
                if sso.accounts().end_vouched(tx, one.session, one.user)? {
                    whose.push(one.user);
                }
            }
            // Also of nobody: that the provider said so is written down.
            let line = Line::done(verbs::SESSION_END, sso::session()).fact("by", "provider");
            tx.note(line.fact("sessions", whose.len().to_string()));
            Ok(Some(whose))
        });
        let whose = ending.await?.ok_or(SsoFault::Token("again"))?;
        whose.into_iter().for_each(|user| self.accounts().forget(user));
        Ok(())
    }

    async fn told(&self, text: &str) -> Result<LoggedOut, SsoFault> {
        let (settings, now) = (self.settings(), self.db().now());
        let token = Token::parse(text)?;
        let keys = self.provider().keys(settings, &token, now).await?;
        let claims = token.open(&keys)?;
        LoggedOut::check(token.kind.as_deref(), &claims, (&settings.issuer, &settings.client_id), now)
    }

    /// Removes what nobody came back to and what stands for sessions that have ended. For a daily job.
    ///
    /// # Errors
    /// [`SsoFault::Db`].
    pub async fn tidy(&self, cx: &Cx) -> Result<u64, SsoFault> {
        let tidying = self
            .db()
            .write(cx, |tx| -> Result<u64, SsoFault> { Ok(store::remove_old(tx)? + store::remove_ended(tx)?) });
        tidying.await
    }
}

const _: () = assert!(KEPT.as_secs() > 10 * 60 + 2 * SKEW.as_secs(), "forgotten before it is too old");
