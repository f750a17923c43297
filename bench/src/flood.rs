//! A flood of sign-ins, and what everybody else notices of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::custos::Running;
use crate::load::Load;
use crate::report::{Bound, Line};

/// So many tries come in a second.
const RATE: u64 = 500;
/// So many people read meanwhile, each one page after another.
const READERS: usize = 4;
/// So many tries wait for an answer at once; those beyond wait for a place.
const PATIENCE: usize = 256;

/// Compares how long reads take while nobody and while a flood signs in.
pub(crate) async fn measure(running: &Running, paths: Vec<String>, token: String, seconds: u64) -> Result<Line> {
    let span = Duration::from_secs(seconds.max(5));
    let readers = Load { port: running.port, paths: Arc::new(paths), token: Some(token), connections: READERS, span };
    let quiet = readers.run().await?;
    let port = running.port;
    let mut flooding = JoinSet::new();
    flooding.spawn(flood(port));
    let flooded = readers.run().await?;
    flooding.abort_all();
    let answers = answers(port).await?;
    Ok(Line {
        name: format!("reads during {RATE} sign-ins a second, p99"),
        value: flooded.p99 / quiet.p99,
        unit: "times",
        bound: Bound::AtMost(3.0),
        detail: format!(
            "p99 {:.2} ms against {:.2} ms, median {:.2} against {:.2}; of 100 tries at once {answers}",
            flooded.p99, quiet.p99, flooded.median, quiet.median
        ),
    })
}

/// Tries to sign in as somebody else every time, until it is stopped.
async fn flood(port: u16) {
    let places = Arc::new(Semaphore::new(PATIENCE));
    let mut tick = tokio::time::interval(Duration::from_micros(1_000_000 / RATE));
    let mut tries = JoinSet::new();
    for number in 0_u64.. {
        tick.tick().await;
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        tries.spawn(async move {
            let _place = place;
            attempt(port, number).await
        });
        while tries.try_join_next().is_some() {}
    }
}

/// Says how a hundred tries at once are answered, by status.
async fn answers(port: u16) -> Result<String> {
    let mut tries: JoinSet<Result<u16>> = (0..100).map(|number| attempt(port, 30_000 + number)).collect();
    let mut counts: BTreeMap<u16, u32> = BTreeMap::new();
    while let Some(done) = tries.join_next().await {
        *counts.entry(done??).or_default() += 1;
    }
    Ok(counts.iter().map(|(status, count)| format!("{count} were answered {status}")).collect::<Vec<_>>().join(", "))
}

/// Tries to sign in once and returns the status of the answer.
async fn attempt(port: u16, number: u64) -> Result<u16> {
    // From ever another network: what one network may try is heard no more after the tenth.
    let [.., high, low] = number.to_be_bytes();
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, high, low, 9], 0)))?;
    let mut stream = socket.connect(SocketAddr::from(([127, 0, 0, 1], port))).await?;
    let form = format!("email=flood{number}%40example.org&password=not+the+password+of+{number}");
    let request = format!(
        "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let head = String::from_utf8_lossy(answer.get(..64.min(answer.len())).unwrap_or_default()).into_owned();
    head.split_whitespace().nth(1).and_then(|status| status.parse().ok()).context("an answer without a status")
}
