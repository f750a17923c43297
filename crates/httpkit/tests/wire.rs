//! Where one request ends and the next begins, asked of the listener itself with bytes that no client sends by accident. A
//! server that sees another request than the proxy before it saw can be made to answer one person with what is another's
//! (request smuggling, RFC 9112 §11.2).
#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use http::{HeaderMap, Method, Uri};
use httpkit::{Limits, Listen};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// No answer takes so long, and nothing is waited for longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that says what it was asked.
struct Server {
    address: SocketAddr,
    heard: Arc<AtomicUsize>,
    _stop: oneshot::Sender<()>,
    _serving: JoinSet<()>,
}

async fn echo(
    State(heard): State<Arc<AtomicUsize>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Result<String, axum::extract::rejection::StringRejection>,
) -> String {
    heard.fetch_add(1, Ordering::SeqCst);
    let odd = headers.values().any(|value| value.as_bytes().iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
    format!("[{method} {uri} {:?} {odd}]", body.ok())
}

impl Server {
    async fn start() -> Self {
        let bound = Listen::new("127.0.0.1:0".parse().unwrap(), None).unwrap().bind().await.unwrap();
        let (address, heard) = (bound.address(), Arc::new(AtomicUsize::new(0)));
        let router = Router::new().fallback(echo).with_state(Arc::clone(&heard));
        let (stop, stopped) = oneshot::channel::<()>();
        let limits = Limits { head: Duration::from_secs(2), idle: Duration::from_secs(4), ..Limits::default() };
        let mut serving = JoinSet::new();
        serving.spawn(bound.serve(router, limits, async move {
            let _ = stopped.await;
        }));
        Self { address, heard, _stop: stop, _serving: serving }
    }

    /// Sends bytes, says that no more come, and returns all that comes back.
    async fn says(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // A server that has refused already may have hung up.
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let mut back = Vec::new();
        let reading = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut back)).await;
        assert!(reading.is_ok(), "it hangs: {}", String::from_utf8_lossy(bytes));
        String::from_utf8_lossy(&back).into_owned()
    }

    /// How many requests were heard while bytes were sent, and what came back.
    async fn hears(&self, bytes: &[u8]) -> (usize, String) {
        let before = self.heard.load(Ordering::SeqCst);
        let said = self.says(bytes).await;
        (self.heard.load(Ordering::SeqCst) - before, said)
    }
}

fn refused(said: &str) -> bool {
    let status = said.split(' ').nth(1).unwrap_or_default();
    said.is_empty() || matches!(status, "400" | "414" | "431" | "501")
}

/// What would be a second request, if the first ended where somebody wants it to.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn post(lines: &str, body: &str) -> Vec<u8> {
    format!("POST /first HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n{body}").into_bytes()
}

/// Fails when: two lengths, or a length and chunks, are both believed.
#[tokio::test]
async fn a_message_that_says_two_ways_where_it_ends_hides_no_second_one() {
    let server = Server::start().await;
    let chunked = "0\r\n\r\n";
    for (what, lines, body) in [
        ("two lengths", "Content-Length: 0\r\nContent-Length: 44\r\n", String::new()),
        ("two lengths, turned", "Content-Length: 44\r\nContent-Length: 0\r\n", String::new()),
        ("a list of lengths", "Content-Length: 0, 44\r\n", String::new()),
        ("a length with a sign", "Content-Length: +0\r\n", String::new()),
        ("a length below nothing", "Content-Length: -1\r\n", String::new()),
        ("a length of 16", "Content-Length: 0x2c\r\n", String::new()),
        ("a length with a gap", "Content-Length: 4 4\r\n", String::new()),
        ("no number", "Content-Length: \r\n", String::new()),
        ("more than there is", "Content-Length: 18446744073709551616\r\n", String::new()),
        ("length and chunks", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", chunked.to_owned()),
        ("chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", chunked.to_owned()),
        ("chunks, not last", "Transfer-Encoding: chunked, identity\r\n", chunked.to_owned()),
        ("chunks that are none", "Transfer-Encoding: xchunked\r\n", chunked.to_owned()),
        ("chunks behind a tab", "Transfer-Encoding:\tchunked x\r\n", chunked.to_owned()),
        ("chunks of nothing", "Transfer-Encoding: \r\n", chunked.to_owned()),
        ("chunks in two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n", chunked.to_owned()),
        ("a space before the colon", "Transfer-Encoding : chunked\r\n", chunked.to_owned()),
        ("a length behind a space", "Content-Length : 44\r\n", String::new()),
    ] {
        let (heard, said) = server.hears(&post(lines, &format!("{body}{HIDDEN}"))).await;
        assert!(!said.contains("[GET /hidden"), "{what}: {said}");
        // Either it is refused, or it is one request and the connection ends with it (RFC 9112 §6.3).
        assert!(refused(&said) || heard <= 1, "{what}: {heard} {said}");
    }
    // Where both are said in an order that a server may read, the chunks count, and nothing follows on that line.
    let (heard, _) =
        server.hears(&post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")).await;
    assert!(heard <= 1);
    // One that says it once is heard, and so is what follows it.
    let (heard, said) = server.hears(&post("Content-Length: 5\r\n", &format!("hello{HIDDEN}"))).await;
    assert_eq!(heard, 2, "{said}");
    assert!(said.contains("[POST /first Some(\"hello\") false]") && said.contains("[GET /hidden"), "{said}");
    let (heard, said) =
        server.hears(&post("Transfer-Encoding: chunked\r\n", &format!("5\r\nhello\r\n0\r\n\r\n{HIDDEN}"))).await;
    assert_eq!(heard, 2, "{said}");
}

/// Fails when: a chunk is read otherwise than by its number.
#[tokio::test]
async fn a_chunk_is_as_long_as_it_says() {
    let server = Server::start().await;
    for (what, body) in [
        ("no number", "x\r\nhello\r\n0\r\n\r\n"),
        ("a sign", "+5\r\nhello\r\n0\r\n\r\n"),
        ("more than there is", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
        ("longer than it says", "4\r\nhello\r\n0\r\n\r\n"),
        ("no end of line", "5\r\nhello0\r\n\r\n"),
        ("a bare line feed behind the number", "5\nhello\r\n0\r\n\r\n"),
        ("cut off", "5\r\nhel"),
    ] {
        let (_, said) = server.hears(&post("Transfer-Encoding: chunked\r\n", &format!("{body}{HIDDEN}"))).await;
        assert!(!said.contains("[GET /hidden") && !said.contains("Some(\"hello\")"), "{what}: {said}");
    }
}

/// Fails when: a body that is shorter than its length is taken for whole.
#[tokio::test]
async fn a_body_is_as_long_as_it_says_and_so_is_an_answer() {
    let server = Server::start().await;
    let (_, said) = server.hears(&post("Content-Length: 50\r\n", "hello")).await;
    assert!(!said.contains("Some(\"hello\")"), "{said}");
    let said = server.says(b"GET /long HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
    let (head, body) = said.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!(length.parse::<usize>().unwrap(), body.len());
    assert!(!head.contains("transfer-encoding"), "{head}");
    // What a HEAD is answered with has no body, whatever it says of one.
    let said = server.says(b"HEAD /long HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
    assert!(said.ends_with("\r\n\r\n") && !said.contains("[HEAD"), "{said}");
}

/// Fails when: a header goes on in the next line, ends without a carriage return and is two to somebody, or holds what is none.
#[tokio::test]
async fn a_header_is_one_line() {
    let server = Server::start().await;
    for (what, bytes) in [
        ("folded", "GET /first HTTP/1.1\r\nHost: localhost\r\nX-One: a\r\n b\r\n\r\n"),
        ("folded, the length", "POST /first HTTP/1.1\r\nHost: localhost\r\nContent-Length:\r\n 44\r\n\r\n"),
        ("folded at once", "GET /first HTTP/1.1\r\n Host: localhost\r\n\r\n"),
        ("a bare carriage return", "GET /first HTTP/1.1\r\nHost: localhost\r\nX-One: a\rX-Two: b\r\n\r\n"),
        ("nothing", "GET /first HTTP/1.1\r\nHost: localhost\r\nX-One: a\0b\r\n\r\n"),
        ("a name with a space", "GET /first HTTP/1.1\r\nHost: localhost\r\nX One: a\r\n\r\n"),
        ("a name with nothing", "GET /first HTTP/1.1\r\nHost: localhost\r\n: a\r\n\r\n"),
        ("no colon", "GET /first HTTP/1.1\r\nHost: localhost\r\nX-One\r\n\r\n"),
        ("a space in the address", "GET /fi rst HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("another version", "GET /first HTTP/9.9\r\nHost: localhost\r\n\r\n"),
        ("no version", "GET /first\r\nHost: localhost\r\n\r\n"),
        ("a method with a colon", "GE:T /first HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("a tunnel", "\x16\x03\x01\x02\r\n\r\n"),
    ] {
        let (heard, said) = server.hears(bytes.as_bytes()).await;
        assert!(refused(&said) && heard == 0, "{what}: {heard} {said}");
    }
    // A line that ends in a bare line feed is one line and no more (RFC 9112 §2.2): what follows stays what it is.
    let bytes = format!("GET /first HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n{HIDDEN}");
    let (heard, said) = server.hears(bytes.as_bytes()).await;
    assert!(!said.contains("true]") && (refused(&said) || heard == 2), "{heard} {said}");
}

/// Fails when: `max_headers` or `max_buf_size` is taken away.
#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = Server::start().await;
    let many: String = (0..101).map(|n| format!("X-{n}: a\r\n")).collect();
    let large = format!("X-One: {}\r\n", "a".repeat(40 * 1024));
    let far = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(40 * 1024));
    let head = |lines: &str| format!("GET /first HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n");
    for bytes in [head(&many), head(&large), far] {
        let (heard, said) = server.hears(bytes.as_bytes()).await;
        assert!(refused(&said) && heard == 0, "{heard} {}", &said[..said.len().min(200)]);
    }
    let some: String = (0..98).map(|n| format!("X-{n}: a\r\n")).collect();
    assert_eq!(server.hears(head(&some).as_bytes()).await.0, 1);
}

/// A head of HTTP/2 whose every field is spelled out (RFC 7541 §6.2.2), in one frame.
fn h2(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).unwrap());
            block.extend_from_slice(text.as_bytes());
        }
    }
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend_from_slice(&[0, 0, 0, 4, 0, 0, 0, 0, 0]);
    let length = u32::try_from(block.len()).unwrap().to_be_bytes();
    bytes.extend_from_slice(&length[1..]);
    // HEADERS, END_STREAM and END_HEADERS, stream 1.
    bytes.extend_from_slice(&[1, 5, 0, 0, 0, 1]);
    bytes.extend_from_slice(&block);
    bytes
}

/// Fails when: HTTP/2 takes a header of a connection, a line break, or a name that HTTP/1 would read otherwise.
#[tokio::test]
async fn a_head_of_http_2_says_nothing_that_http_1_would_read_otherwise() {
    let server = Server::start().await;
    let head = |more: &[(&'static str, &'static str)]| {
        let fixed = [(":method", "GET"), (":scheme", "http"), (":path", "/first"), (":authority", "localhost")];
        h2(&[&fixed[..], more].concat())
    };
    assert_eq!(server.hears(&head(&[])).await.0, 1);
    assert_eq!(server.hears(&head(&[("x-one", "a")])).await.0, 1);
    for more in [
        ("connection", "close"),
        ("transfer-encoding", "chunked"),
        ("keep-alive", "timeout=5"),
        ("upgrade", "h2c"),
        ("proxy-connection", "close"),
        ("te", "chunked"),
        ("x-one", "a\r\ntransfer-encoding: chunked"),
        ("x-one", "a\nb"),
        ("x-one", "a\0b"),
        ("x-one: a\r\nx-two", "b"),
        ("X-One", "a"),
        ("content-length", "44"),
        (":path", "/hidden"),
    ] {
        let (heard, _) = server.hears(&head(&[more])).await;
        assert_eq!(heard, 0, "{more:?}");
    }
}
