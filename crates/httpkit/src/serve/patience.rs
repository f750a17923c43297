//! Waiting for a client, up to a point.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::limits::Patience;

/// What is left of the [`Patience`] with one client in one direction. The server's own time never counts.
pub(crate) struct Waiting {
    patience: Patience,
    left: Duration,
    since: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Waiting {
    pub(crate) const fn new(patience: Patience) -> Self {
        Self { patience, left: patience.grace, since: None, alarm: None }
    }

    /// Notes that bytes moved, or that nobody waits any more.
    pub(crate) fn moved(&mut self, bytes: usize) {
        if let Some(since) = self.since.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
        self.left = self.left.saturating_add(self.patience.worth(bytes)).min(self.patience.grace);
    }

    /// Notes that the client is waited for; ready when patience is lost.
    pub(crate) fn poll_lost(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.since.is_none() {
            let now = Instant::now();
            self.since = Some(now);
            match &mut self.alarm {
                Some(alarm) => alarm.as_mut().reset(now + self.left),
                None => self.alarm = Some(Box::pin(sleep_until(now + self.left))),
            }
        }
        self.alarm.as_mut().map_or(Poll::Pending, |alarm| alarm.as_mut().poll(cx))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    fn waiting(grace_millis: u64) -> Waiting {
        Waiting::new(Patience { grace: Duration::from_millis(grace_millis), bytes_per_second: 1000 })
    }

    #[tokio::test]
    async fn patience_is_lost_with_who_sends_nothing() {
        let mut waiting = waiting(5);
        poll_fn(|cx| waiting.poll_lost(cx)).await;
    }

    #[test]
    fn a_trickle_uses_patience_up_and_a_stream_keeps_it() {
        let mut trickle = waiting(1000);
        for _ in 0..3 {
            trickle.since = Instant::now().checked_sub(Duration::from_millis(400));
            trickle.moved(1);
        }
        assert_eq!(trickle.left, Duration::from_millis(1));
        let mut stream = waiting(1000);
        for _ in 0..30 {
            stream.since = Instant::now().checked_sub(Duration::from_millis(400));
            stream.moved(500);
        }
        assert_eq!(stream.left, Duration::from_secs(1));
    }
}
