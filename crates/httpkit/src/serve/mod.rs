//! The accept loop.
//!
//! Four clocks guard a connection, because each covers what the others do not see: one for the TLS handshake; hyper's for
//! the head of an HTTP/1 request; the [`Patience`] with a client that keeps the server waiting in the middle of a request
//! or of an answer; and the idle time of a connection that asks for nothing, whatever bytes trickle in. The [`Gate`](gate)
//! counts connections, and when it is full the one that was silent longest makes place.

mod body;
mod connection;
mod fault;
mod gate;
mod limits;
mod listen;
mod patience;
mod pulse;
mod stream;
mod tls;

pub use fault::ServeFault;
pub(crate) use gate::household;
pub use limits::{Limits, Patience};
pub use listen::{Bound, Listen, base_url};
