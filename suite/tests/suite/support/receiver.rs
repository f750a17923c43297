//! A server of somebody else that is told what happens here, and answers as it likes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use crypto::sha256;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::Value;
use tokio::net::TcpListener;

/// What came.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) at: i64,
    pub(crate) signatures: Vec<String>,
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Tells which of the signatures a secret made, by the recipe of Standard Webhooks and nothing of the program.
    pub(crate) fn signed_by(&self, secret: &str) -> Vec<usize> {
        self.signed_at(secret, self.at)
    }

    /// The same as if it had been sent at another time.
    pub(crate) fn signed_at(&self, secret: &str, at: i64) -> Vec<usize> {
        let key = unbase64(secret.strip_prefix("whsec_").unwrap());
        let tag = hmac(&key, format!("{}.{at}.{}", self.id, self.body).as_bytes());
        let made = |line: &String| line.strip_prefix("v1,").is_some_and(|text| unbase64(text) == tag);
        self.signatures.iter().enumerate().filter(|(_, line)| made(line)).map(|(at, _)| at).collect()
    }
}

/// HMAC over SHA-256, written out (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let pad = |with: u8| (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect::<Vec<u8>>();
    let inner = sha256(&[pad(0x36), message.to_vec()].concat());
    sha256(&[pad(0x5c), inner.to_vec()].concat()).to_vec()
}

/// Base64 (RFC 4648 §4), read out.
fn unbase64(text: &str) -> Vec<u8> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = text
        .trim_end_matches('=')
        .chars()
        .flat_map(|letter| {
            let value = letters.find(letter).unwrap();
            (0..6).rev().map(move |at| u8::from(value >> at & 1 == 1))
        })
        .collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}

#[derive(Default)]
struct Inner {
    got: Mutex<Vec<Got>>,
    answer: Mutex<(u16, usize, Duration)>,
}

/// The server.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    inner: Arc<Inner>,
}

impl Receiver {
    /// Starts one that takes everything.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let inner = Arc::new(Inner::default());
        let router = Router::new().fallback(take).with_state(Arc::clone(&inner));
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        let receiver = Self { url, inner };
        receiver.answer(204, 0, Duration::ZERO);
        receiver
    }

    /// Says what it answers from now on: the status, with how large a body, and after how long.
    pub(crate) fn answer(&self, status: u16, body: usize, after: Duration) {
        *self.inner.answer.lock().unwrap() = (status, body, after);
    }

    /// Returns what has come since it was last asked.
    pub(crate) fn got(&self) -> Vec<Got> {
        std::mem::take(&mut self.inner.got.lock().unwrap())
    }
}

async fn take(State(inner): State<Arc<Inner>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let line = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let got = Got {
        path: uri.path().to_owned(),
        id: line("webhook-id"),
        at: line("webhook-timestamp").parse().unwrap_or_default(),
        signatures: line("webhook-signature").split(' ').map(str::to_owned).collect(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    inner.got.lock().unwrap().push(got);
    let (status, size, after) = *inner.answer.lock().unwrap();
    tokio::time::sleep(after).await;
    (StatusCode::from_u16(status).unwrap(), [("location", "/elsewhere")], "x".repeat(size)).into_response()
}
