//! Bodies that keep the time.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body as Answer;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Instant;

use super::limits::Patience;
use super::patience::Waiting;
use super::pulse::Pulse;

/// A request in flight.
pub(crate) struct InFlight {
    pulse: Arc<Pulse>,
    number: u64,
    patience: Patience,
}

impl InFlight {
    pub(crate) fn new(pulse: Arc<Pulse>, patience: Patience) -> Self {
        let number = pulse.open();
        Self { pulse, number, patience }
    }

    /// Notes that the client now has to take a number of bytes.
    fn gave(&self, bytes: usize) {
        self.pulse.expect(self.number, Some(Instant::now() + self.patience.grace + self.patience.worth(bytes)));
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.pulse.close(self.number);
    }
}

/// The body of a request; it fails when the client loses the server's patience.
pub(crate) struct Heard {
    body: Incoming,
    waiting: Waiting,
    pulse: Arc<Pulse>,
    /// Whether the client is waited for just now.
    waits: bool,
}

impl Heard {
    pub(crate) const fn new(body: Incoming, pulse: Arc<Pulse>, patience: Patience) -> Self {
        Self { body, waiting: Waiting::new(patience), pulse, waits: false }
    }

    fn wait(&mut self, waits: bool) {
        if self.waits != waits {
            self.waits = waits;
            self.pulse.work(if waits { -1 } else { 1 });
        }
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        self.wait(false);
    }
}

impl Body for Heard {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                let bytes =
                    frame.as_ref().and_then(|f| f.as_ref().ok()).and_then(Frame::data_ref).map_or(0, Bytes::len);
                self.waiting.moved(bytes);
                self.wait(false);
                Poll::Ready(frame.map(|frame| frame.map_err(io::Error::other)))
            }
            Poll::Pending => {
                self.wait(true);
                match self.waiting.poll_lost(cx) {
                    Poll::Ready(()) => Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into()))),
                    Poll::Pending => Poll::Pending,
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer; its connection is closed when the client does not take it. The time in which the server itself
/// has nothing to send (live updates) does not count.
pub(crate) struct Spoken {
    body: Answer,
    flight: InFlight,
}

impl Spoken {
    pub(crate) fn new(body: Answer, flight: InFlight) -> Self {
        flight.gave(0);
        Self { body, flight }
    }
}

impl Body for Spoken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match &frame {
            Poll::Ready(Some(Ok(piece))) => self.flight.gave(piece.data_ref().map_or(0, Bytes::len)),
            Poll::Ready(_) | Poll::Pending => self.flight.pulse.expect(self.flight.number, None),
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
