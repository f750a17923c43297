//! Somebody's authenticator app.

use accounts::Enrolment;
use crypto::Secret;
use kernel::{Clock as _, Timestamp};
use testkit::{Actor, App, PASSWORD};

use super::html::Page;
use super::http::Answer;

/// An app with a secret in it.
#[derive(Clone)]
pub(crate) struct Authenticator(Vec<u8>);

impl Authenticator {
    /// Reads the secret as a person types it: base32 (RFC 4648 §6) in groups.
    pub(crate) fn typed(text: &str) -> Self {
        let mut bits = Vec::new();
        for letter in text.chars().filter(|c| *c != ' ') {
            let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
            bits.extend((0..5).rev().map(|at| value >> at & 1 == 1));
        }
        Self(bits.chunks(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect())
    }

    /// Shows the code of a moment (RFC 6238).
    pub(crate) fn at(&self, now: Timestamp) -> String {
        let step = u64::try_from(now.micros() / 30_000_000).unwrap();
        let tag = crypto::mac_sha1(&self.0, &step.to_be_bytes());
        let at = usize::from(tag[19] & 15);
        let part = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]) & 0x7fff_ffff;
        format!("{:06}", part % 1_000_000)
    }

    pub(crate) fn now(&self, app: &App) -> String {
        self.at(app.clock.now())
    }
}

/// Returns the step that a page asks for.
pub(crate) fn step_of(answer: &Answer) -> String {
    let page = Page::read(&answer.text);
    let step = page.all("input").find(|input| input.get("name") == Some("step"));
    step.unwrap_or_else(|| panic!("no step: {answer:?}")).get("value").unwrap().to_owned()
}

/// Offers somebody a secret, and returns the id of the question and the app it was put into.
pub(crate) async fn offered(app: &App, actor: &Actor) -> (String, Authenticator) {
    let offer = app.accounts.offer_totp(&actor.cx, Secret::new(PASSWORD.to_owned())).await.unwrap();
    (offer.id.to_string(), Authenticator::typed(offer.text.expose()))
}

/// Gives somebody an app, and returns it with the cookie that goes on and the recovery codes.
pub(crate) async fn enrolled(app: &App, actor: &Actor) -> (Authenticator, String, Vec<String>) {
    let (id, authenticator) = offered(app, actor).await;
    let code = Secret::new(authenticator.now(app));
    let Enrolment::Done { session, codes } = app.accounts.confirm_totp(&actor.cx, &id, code).await.unwrap() else {
        panic!("the code was wrong")
    };
    let codes = codes.unwrap().iter().map(|code| code.expose().clone()).collect();
    (authenticator, session.cookie.expose().clone(), codes)
}
