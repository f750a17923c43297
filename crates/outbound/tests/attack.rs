//! Attacks on the way out: each is refused for its own reason.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use outbound::{Answer, Ask, Limits, Outbound, OutboundFault, Resolve, Resolved, Settings, Url};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A name server that gives its answers in turn, the last one for ever.
struct Names(Vec<Vec<IpAddr>>, AtomicUsize);

impl Names {
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let answers = answers.iter().map(|ips| ips.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        Arc::new(Self(answers, AtomicUsize::new(0)))
    }

    fn asked(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, _: &'a str) -> Resolved<'a> {
        let at = self.1.fetch_add(1, Ordering::SeqCst).min(self.0.len() - 1);
        Box::pin(async move { Ok(self.0[at].clone()) })
    }
}

fn quick() -> Limits {
    Limits { connect: Duration::from_millis(500), total: Duration::from_millis(1_500), body: 1_000 }
}

fn allowing(hosts: &[&str]) -> Settings {
    Settings { allow_private: hosts.iter().map(|host| (*host).to_owned()).collect(), ca_file: None, limits: quick() }
}

async fn get(outbound: &Outbound, url: &str) -> Result<Answer, OutboundFault> {
    outbound.send(Ask::get(Url::parse(url)?)).await
}

/// Answers every connection with these bytes, one piece after another with a pause before each, and counts connections.
async fn server(pieces: Vec<Vec<u8>>, pause: Duration) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, count) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&count);
    #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let mut asked = [0; 1_024];
            let _ = stream.read(&mut asked).await;
            for piece in &pieces {
                tokio::time::sleep(pause).await;
                if stream.write_all(piece).await.is_err() {
                    break;
                }
            }
        }
    });
    (port, count)
}

fn ok(body: &str) -> Vec<Vec<u8>> {
    vec![format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()]
}

#[tokio::test]
async fn an_allowed_host_on_this_machine_is_asked_in_the_clear() {
    let (port, _) = server(ok("hello"), Duration::ZERO).await;
    let outbound = Outbound::new(allowing(&["127.0.0.1"])).unwrap();
    let answer = get(&outbound, &format!("http://127.0.0.1:{port}/x?y=z")).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice(), answer.is_success()), (200, b"hello".as_slice(), true));
}

#[tokio::test]
async fn private_addresses_are_never_connected_to() {
    let (port, count) = server(ok("secret"), Duration::ZERO).await;
    let outbound = Outbound::new(allowing(&["id.example"])).unwrap();
    for host in
        ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "10.0.0.1", "169.254.169.254", "localhost"]
    {
        for scheme in ["http", "https"] {
            let refused = get(&outbound, &format!("{scheme}://{host}:{port}/")).await.err().unwrap();
            assert!(matches!(refused, OutboundFault::Private), "{scheme} {host}: {refused}");
        }
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_even_if_it_leads_outside_too() {
    let (port, count) = server(ok("secret"), Duration::ZERO).await;
    for answers in [
        &["127.0.0.1"][..],
        &["10.1.2.3"],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:10.0.0.1"],
        &["64:ff9b::a00:1"],
        &["fd00::1"],
        &["100.64.0.1"],
        &["8.8.8.8", "127.0.0.1"],
        &["0.0.0.0"],
    ] {
        let outbound = Outbound::resolving(allowing(&["other.example"]), Names::of(&[answers])).unwrap();
        let refused = get(&outbound, &format!("https://id.example:{port}/")).await.err().unwrap();
        assert!(matches!(refused, OutboundFault::Private), "{answers:?}: {refused}");
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_gives_out_credentials_is_refused_though_its_host_is_allowed() {
    for answer in ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "fe80::1"] {
        let outbound = Outbound::resolving(allowing(&["id.example"]), Names::of(&[&[answer]])).unwrap();
        let refused = get(&outbound, "https://id.example/").await.err().unwrap();
        assert!(matches!(refused, OutboundFault::Private), "{answer}: {refused}");
    }
}

#[tokio::test]
async fn a_name_is_resolved_once_and_a_second_answer_changes_nothing() {
    let (port, count) = server(ok("mine"), Duration::ZERO).await;
    let names = Names::of(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let outbound = Outbound::resolving(allowing(&["id.example"]), names.clone()).unwrap();
    assert_eq!(get(&outbound, &format!("http://id.example:{port}/")).await.unwrap().body, b"mine");
    assert_eq!((names.asked(), count.load(Ordering::SeqCst)), (1, 1));
    let refused = get(&outbound, &format!("http://id.example:{port}/")).await.err().unwrap();
    assert!(matches!(refused, OutboundFault::Private), "{refused}");
}

#[tokio::test]
async fn the_clear_is_for_this_machine_only() {
    for (answer, host) in [("8.8.8.8", "id.example"), ("10.0.0.1", "id.example"), ("8.8.8.8", "free.example")] {
        let outbound = Outbound::resolving(allowing(&["id.example"]), Names::of(&[&[answer]])).unwrap();
        let refused = get(&outbound, &format!("http://{host}/")).await.err().unwrap();
        assert!(matches!(refused, OutboundFault::Clear), "{answer}: {refused}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let to = b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest/meta-data/\r\ncontent-length: 0\r\n\r\n"
        .to_vec();
    let (port, count) = server(vec![to], Duration::ZERO).await;
    let outbound = Outbound::new(allowing(&["127.0.0.1"])).unwrap();
    let refused = get(&outbound, &format!("http://127.0.0.1:{port}/")).await.err().unwrap();
    assert!(matches!(refused, OutboundFault::Redirect), "{refused}");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_body_that_trickles_is_not_waited_for() {
    let mut pieces = vec![b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n".to_vec()];
    pieces.extend(vec![b"x".to_vec(); 900]);
    let (port, _) = server(pieces, Duration::from_millis(20)).await;
    let outbound = Outbound::new(allowing(&["127.0.0.1"])).unwrap();
    let started = Instant::now();
    let refused = get(&outbound, &format!("http://127.0.0.1:{port}/")).await.err().unwrap();
    assert!(matches!(refused, OutboundFault::Slow), "{refused}");
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let (port, _) = server(vec![Vec::new(); 100], Duration::from_millis(100)).await;
    let outbound = Outbound::new(allowing(&["127.0.0.1"])).unwrap();
    for scheme in ["http", "https"] {
        let refused = get(&outbound, &format!("{scheme}://127.0.0.1:{port}/")).await.err().unwrap();
        assert!(matches!(refused, OutboundFault::Slow), "{refused}");
    }
}

#[tokio::test]
async fn more_than_is_taken_is_not_read() {
    let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400)).into_bytes();
    let mut endless = vec![b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec()];
    endless.extend(vec![chunk; 1_000]);
    let said = b"HTTP/1.1 200 OK\r\ncontent-length: 9000000000\r\n\r\nx".to_vec();
    for (pieces, what) in [(endless, "chunked"), (vec![said], "said")] {
        let (port, _) = server(pieces, Duration::ZERO).await;
        let outbound = Outbound::new(allowing(&["127.0.0.1"])).unwrap();
        let refused = get(&outbound, &format!("http://127.0.0.1:{port}/")).await.err().unwrap();
        assert!(matches!(refused, OutboundFault::Large | OutboundFault::Slow), "{what}: {refused}");
    }
    let headers = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(200_000)).into_bytes();
    let (port, _) = server(vec![headers], Duration::ZERO).await;
    let outbound = Outbound::new(allowing(&["127.0.0.1"])).unwrap();
    let refused = get(&outbound, &format!("http://127.0.0.1:{port}/")).await.err().unwrap();
    assert!(matches!(refused, OutboundFault::Protocol(_)), "{refused}");
}

#[tokio::test]
async fn what_is_not_http_is_a_fault() {
    for bytes in [&b"SSH-2.0-OpenSSH_9.9\r\n"[..], b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\nshort", b""] {
        let (port, _) = server(vec![bytes.to_vec()], Duration::ZERO).await;
        let outbound = Outbound::new(allowing(&["127.0.0.1"])).unwrap();
        let refused = get(&outbound, &format!("http://127.0.0.1:{port}/")).await.err().unwrap();
        assert!(matches!(refused, OutboundFault::Protocol(_) | OutboundFault::Slow), "{refused}");
    }
}

#[tokio::test]
async fn a_server_without_a_trusted_certificate_is_refused() {
    let (port, _) = server(ok("not TLS"), Duration::ZERO).await;
    let outbound = Outbound::new(allowing(&["127.0.0.1"])).unwrap();
    let refused = get(&outbound, &format!("https://127.0.0.1:{port}/")).await.err().unwrap();
    assert!(matches!(refused, OutboundFault::Tls(_)), "{refused}");
    let missing = Settings { ca_file: Some(PathBuf::from("/nowhere/ca.pem")), ..Settings::default() };
    assert!(matches!(Outbound::new(missing).err(), Some(OutboundFault::Roots(_))));
}
