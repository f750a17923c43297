//! A closed loop of HTTP/1.1 requests over connections that stay open.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What a load came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    /// Answers a second.
    pub(crate) rate: f64,
    /// The time within which 95 of 100 answers came, in milliseconds.
    pub(crate) p95: f64,
    /// The time within which 99 of 100 answers came, in milliseconds.
    pub(crate) p99: f64,
    /// The time within which half of the answers came, in milliseconds.
    pub(crate) median: f64,
}

/// What is asked, of whom, and for how long.
pub(crate) struct Load {
    pub(crate) port: u16,
    pub(crate) paths: Arc<Vec<String>>,
    pub(crate) token: Option<String>,
    pub(crate) connections: usize,
    pub(crate) span: Duration,
}

impl Load {
    /// Runs the load after a short warm-up.
    pub(crate) async fn run(&self) -> Result<Outcome> {
        self.round(Duration::from_millis(800)).await?;
        self.round(self.span).await
    }

    async fn round(&self, span: Duration) -> Result<Outcome> {
        let next = Arc::new(AtomicU64::new(0));
        let begun = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..self.connections {
            let (paths, token, next, port) =
                (Arc::clone(&self.paths), self.token.clone(), Arc::clone(&next), self.port);
            tasks.spawn(async move { client(port, &paths, token.as_deref(), &next, begun + span).await });
        }
        let mut times = Vec::new();
        while let Some(done) = tasks.join_next().await {
            times.extend(done.context("a client ended early")??);
        }
        let elapsed = begun.elapsed().as_secs_f64();
        times.sort_unstable();
        let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |d| d.as_secs_f64() * 1000.0);
        Ok(Outcome { rate: times.len() as f64 / elapsed, p95: at(95), p99: at(99), median: at(50) })
    }
}

async fn client(
    port: u16,
    paths: &[String],
    token: Option<&str>,
    next: &AtomicU64,
    until: Instant,
) -> Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.context("cannot connect")?;
    stream.set_nodelay(true)?;
    let authorization = token.map_or_else(String::new, |t| format!("Authorization: Bearer {t}\r\n"));
    let mut buffer = vec![0; 256 * 1024];
    let mut times = Vec::new();
    while Instant::now() < until {
        let number = usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap_or(0);
        let path = paths.get(number % paths.len().max(1)).context("no paths")?;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n{authorization}\r\n");
        let asked = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        let _ = answer(&mut stream, &mut buffer, path).await?;
        times.push(asked.elapsed());
    }
    Ok(times)
}

/// Asks once and returns the JSON of the answer.
pub(crate) async fn get(port: u16, path: &str, token: &str) -> Result<serde_json::Value> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.context("cannot connect")?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = vec![0; 64 * 1024];
    let body = answer(&mut stream, &mut buffer, path).await?;
    Ok(serde_json::from_slice(buffer.get(body).unwrap_or_default())?)
}

/// Reads one answer with a Content-Length, checks that it is a 200 and returns where in the buffer its body lies.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>, path: &str) -> Result<Range<usize>> {
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            buffer.resize(filled * 2, 0);
        }
        let room = buffer.get_mut(filled..).context("buffer")?;
        let read = stream.read(room).await?;
        if read == 0 {
            bail!("the server closed the connection");
        }
        filled += read;
        let seen = buffer.get(..filled).context("buffer")?;
        let Some(head_end) = seen.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(seen.get(..head_end).unwrap_or_default()).to_ascii_lowercase();
        if !head.starts_with("http/1.1 200") {
            bail!("{path} answered {}", head.lines().next().unwrap_or_default());
        }
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|value| value.trim().parse().ok())
            .context("an answer without Content-Length")?;
        if filled >= head_end + 4 + length {
            return Ok(head_end + 4..head_end + 4 + length);
        }
    }
}
