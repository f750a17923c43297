//! A browser with a script and a key in it, as the pages of the program make of it.

use axum::Router;
use testkit::{Device, PASSWORD};

use super::http::{Answer, Client};

/// A browser in which somebody is signed in, tied to its key.
pub(crate) struct Tied {
    pub(crate) device: Device,
    pub(crate) client: Client,
    /// The session's cookie line as it is held now.
    pub(crate) cookie: String,
}

/// Returns the session's cookie as an answer sets it.
pub(crate) fn set_cookie(answer: &Answer) -> Option<String> {
    let lines = answer.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    lines.filter_map(|line| line.split(';').next()).find(|line| line.starts_with("__Host-custos=")).map(str::to_owned)
}

impl Tied {
    /// Signs somebody in.
    pub(crate) async fn enter(site: &Router, email: &str) -> Self {
        Self::enter_with(site, email).await.0
    }

    /// Does the same and returns the answer too.
    pub(crate) async fn enter_with(site: &Router, email: &str) -> (Self, Answer) {
        let device = Device::default();
        let nobody = Client::nobody(site).with("sec-fetch-site", "same-origin");
        let entered =
            nobody.post("/sign-in", &[("email", email), ("password", PASSWORD), ("device_key", &device.key())]).await;
        assert_eq!(entered.status, 303, "{entered:?}");
        let cookie = set_cookie(&entered).unwrap();
        (Self { device, client: nobody.with("cookie", &cookie), cookie }, entered)
    }

    /// All that lies in the profile of the browser, the page's key too, on another machine.
    pub(crate) fn profile(&self) -> Self {
        Self { device: self.device.clone(), client: self.client.clone(), cookie: self.cookie.clone() }
    }

    /// The same cookie in the browser of somebody who has copied it.
    pub(crate) fn copied(&self) -> Client {
        self.client.clone()
    }

    /// Asks for a question.
    pub(crate) async fn question(&self, purpose: &str) -> (Answer, serde_json::Value) {
        let asked = self.client.post("/device/ask", &[("purpose", purpose)]).await;
        let question = serde_json::from_str(&asked.text).unwrap_or_default();
        (asked, question)
    }

    /// Signs, and holds the cookie that comes back.
    pub(crate) async fn prove(&mut self, purpose: &str) -> Answer {
        let (asked, question) = self.question(purpose).await;
        if asked.status != 200 {
            return asked;
        }
        let text = |name: &str| question[name].as_str().unwrap().to_owned();
        let signature = self.device.answer(purpose, &text("session"), &text("challenge"));
        let fields = [("purpose", purpose), ("challenge", &text("challenge")), ("signature", &signature)];
        let proved = self.client.post("/device/prove", &fields).await;
        if let Some(cookie) = set_cookie(&proved) {
            self.client = self.client.with("cookie", &cookie);
            self.cookie = cookie;
        }
        proved
    }
}
