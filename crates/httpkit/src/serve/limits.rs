//! How much one listener takes, and how long it waits.

use std::time::Duration;

/// How long one side may keep the other waiting: a grace, and more of it for every byte that moves.
///
/// A slow line moves bytes all the time and keeps its grace; a client that sends a byte now and then uses it up.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// The most that is waited in one go.
    pub grace: Duration,
    /// Bytes that buy one second.
    pub bytes_per_second: u32,
}

impl Patience {
    /// Returns the time that a number of bytes buys.
    pub(crate) fn worth(self, bytes: usize) -> Duration {
        let micros = (bytes as u64).saturating_mul(1_000_000) / u64::from(self.bytes_per_second.max(1));
        Duration::from_micros(micros)
    }
}

/// How much one listener takes, and how long it waits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections from one address (IPv6: from one /64). This very machine is exempt: a proxy may be on it.
    pub per_address: usize,
    /// For the TLS handshake.
    pub handshake: Duration,
    /// For the head of an HTTP/1 request.
    pub head: Duration,
    /// For a connection without a request in flight.
    pub idle: Duration,
    /// For a client to say the rest of a request or to take the rest of an answer.
    pub patience: Patience,
    /// For requests in flight when the server stops, and for an idle client to take the good-bye.
    pub farewell: Duration,
}

impl Default for Limits {
    /// The clocks sum up so that whoever is slow on purpose is gone within 30 seconds.
    fn default() -> Self {
        let connections = connections();
        Self {
            connections,
            per_address: connections / 4,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(20),
            patience: Patience { grace: Duration::from_secs(20), bytes_per_second: 1024 },
            farewell: Duration::from_secs(10),
        }
    }
}

/// Returns how many connections leave enough file handles for the database.
fn connections() -> usize {
    let handles = std::fs::read_to_string("/proc/self/limits").ok().and_then(|text| open_files(&text));
    handles.unwrap_or(1024).saturating_sub(256).clamp(128, 4096)
}

/// Reads the soft limit of open files.
fn open_files(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let soft = line.split_whitespace().next()?;
    if soft == "unlimited" { Some(usize::MAX) } else { soft.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_handles_bound_the_connections() {
        let table = "Limit   Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n";
        assert_eq!(open_files(table), Some(1024));
        assert_eq!(open_files("Max open files unlimited unlimited files"), Some(usize::MAX));
        assert_eq!(open_files(""), None);
        assert!((128..=4096).contains(&connections()));
    }

    #[test]
    fn bytes_buy_time() {
        let patience = Patience { grace: Duration::from_secs(20), bytes_per_second: 1024 };
        assert_eq!(patience.worth(1024 * 3), Duration::from_secs(3));
        assert_eq!(patience.worth(0), Duration::ZERO);
    }
}
