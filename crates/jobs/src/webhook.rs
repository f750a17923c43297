//! Telling others what happened.

use std::time::Duration;

use db::Db;
use kernel::Fault as _;
use tokio::sync::watch;
use webhooks::Courier;

use crate::system_cx;

/// How often it is looked whether anything is to be told.
const PAUSE: Duration = Duration::from_millis(500);

/// Sends webhooks, beside everything else: a server that answers slowly keeps nobody else waiting.
pub struct WebhookWork {
    db: Db,
    courier: Courier,
}

impl WebhookWork {
    /// Takes the handles.
    #[must_use]
    pub const fn new(db: Db, courier: Courier) -> Self {
        Self { db, courier }
    }

    /// Works until `stop` turns true; what is being sent then is finished.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let [one, two, three, four] = [(); 4].map(|()| self.send(stop.clone()));
        tokio::join!(self.fan_out(stop.clone()), one, two, three, four);
    }

    async fn fan_out(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let done = self.courier.webhooks().fan_out(&system_cx(&self.db)).await;
            self.rest(done, &mut stop).await;
        }
    }

    async fn send(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let done = self.courier.send_next(&system_cx(&self.db)).await;
            self.rest(done, &mut stop).await;
        }
    }

    /// Goes on at once if there was something to do; otherwise waits a moment, or until there is no time left.
    async fn rest(&self, done: Result<bool, webhooks::WebhookFault>, stop: &mut watch::Receiver<bool>) {
        match done {
            Ok(true) => return,
            Ok(false) => {}
            Err(fault) => tracing::warn!(code = fault.code(), "a webhook could not be worked on"),
        }
        let _ = tokio::time::timeout(PAUSE, stop.changed()).await;
    }
}
