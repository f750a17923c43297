//! Custos as its operator runs it: the release binary and its commands.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

const ADMIN: &str = "bench@example.org";
const PASSWORD: &str = "only for the bench, thrown away 7391";

/// An installation in a folder of its own.
pub(crate) struct Install {
    binary: PathBuf,
    pub(crate) data: PathBuf,
}

/// A server that runs.
pub(crate) struct Running {
    child: Child,
    pub(crate) port: u16,
    /// From the start of the process to its first page.
    pub(crate) first_page: Duration,
}

/// What an import came to.
#[derive(Clone, Copy)]
pub(crate) struct Import {
    pub(crate) elapsed: Duration,
    /// Seconds of one core.
    pub(crate) processor: f64,
    /// The most memory it held, in MB.
    pub(crate) peak: f64,
}

impl Install {
    /// Sets Custos up in `data`.
    pub(crate) async fn new(binary: &Path, data: PathBuf) -> Result<Self> {
        let install = Self { binary: binary.to_owned(), data };
        let password = install.data.with_extension("password");
        std::fs::write(&password, PASSWORD)?;
        let password = password.to_string_lossy().into_owned();
        let arguments = ["init", "--admin-email", ADMIN, "--admin-name", "Bench", "--password-file", &password];
        install.run(&arguments).await?;
        // A load looks at more people than anybody's work does; counting them is what is measured.
        let most = budget::MOST.to_string();
        let limits = ["--soft-hour", &most, "--soft-day", &most, "--hard-hour", &most, "--hard-day", &most];
        install.run(&[&["budget", "set"], &limits[..]].concat()).await?;
        Ok(install)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        // The bench is a flood by one person.
        command.env("CUSTOS_REQUESTS_PER_MINUTE", "4000000000");
        command.args(arguments).arg("--data").arg(&self.data).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    async fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command(arguments).output().await?;
        if !output.status.success() {
            bail!("custos {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Imports a CSV file of `rows` contacts and returns how long it took, the processor time, and the peak of memory in
    /// MB. All of them must have gone in.
    pub(crate) async fn import(&self, file: &Path, rows: u32) -> Result<Import> {
        let begun = Instant::now();
        let file = file.to_string_lossy().into_owned();
        let arguments = ["import", &file, "--object", "contact", "--as", ADMIN];
        let mut child = self.command(&arguments).stdout(Stdio::piped()).spawn()?;
        let id = child.id().context("the import ended at once")?;
        let mut said = String::new();
        let (mut peak, mut processor) = (0.0_f64, 0.0_f64);
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        let mut reader = child.stdout.take().context("no output")?;
        let reading = reader.read_to_string(&mut said);
        tokio::pin!(reading);
        loop {
            tokio::select! {
                read = &mut reading => { read?; break }
                _ = tick.tick() => {
                    peak = peak.max(memory(id, "VmHWM"));
                    processor = processor.max(processor_time(id));
                }
            }
        }
        let status = child.wait().await?;
        if !status.success() || !said.contains(&format!("{rows} created")) {
            bail!("the import did not take every row: {}", said.lines().last().unwrap_or_default());
        }
        Ok(Import { elapsed: begun.elapsed(), processor, peak })
    }

    /// Makes an API token.
    pub(crate) async fn token(&self) -> Result<String> {
        Ok(self.run(&["token", "create", "--user", ADMIN, "--expires", "1d"]).await?.trim().to_owned())
    }

    /// Starts the server and waits for its first page.
    pub(crate) async fn serve(&self) -> Result<Running> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let begun = Instant::now();
        let mut child = self
            .command(&["serve", "--listen", &format!("127.0.0.1:{port}")])
            .stderr(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().context("no output")?;
        #[expect(clippy::disallowed_methods, reason = "the reader ends with the process it reads from")]
        tokio::task::spawn(async move {
            let mut lines = BufReader::new(stdout).lines();
            while let Ok(Some(_)) = lines.next_line().await {}
        });
        while begun.elapsed() < Duration::from_secs(60) {
            if first_page(port).await.is_ok() {
                return Ok(Running { child, port, first_page: begun.elapsed() });
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("the server did not answer within a minute")
    }
}

async fn first_page(port: u16) -> Result<()> {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
    stream
        .write_all(format!("GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").as_bytes())
        .await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    if answer.starts_with(b"HTTP/1.1 200") { Ok(()) } else { bail!("not yet") }
}

impl Running {
    /// Returns the memory the server holds, in MB.
    pub(crate) fn memory(&self) -> f64 {
        self.child.id().map_or(0.0, |id| memory(id, "VmRSS"))
    }

    /// Ends the server.
    pub(crate) async fn stop(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}

fn memory(process: u32, what: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    line.and_then(|value| value.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// Returns the processor time a process has taken, in seconds (proc(5): fields 14 and 15, in hundredths).
pub(crate) fn processor_time(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// Returns the processor time that the threads of this process have taken so far, in seconds, to the nanosecond (proc(5)'s
/// `schedstat`): for spans in which no thread ends.
pub(crate) fn own_time() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let taken = threads.filter_map(|thread| {
        let stat = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        stat.split_whitespace().next()?.parse::<f64>().ok()
    });
    taken.sum::<f64>() / 1e9
}
