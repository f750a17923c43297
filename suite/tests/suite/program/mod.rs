//! The program itself, as operators meet it: started, misused, killed.
//!
//! It is found in `CUSTOS_TEST_PROGRAM`, or beside this test (`target/debug/custos`); where it is neither, the tests say so.

mod commands;
mod erase;
mod keys;
mod kill;
mod notes;
mod token;
mod trouble;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kernel::{Chance as _, SeededChance};

/// The address of the first person.
const EMAIL: &str = "ada@example.org";
const PASSWORD: &str = "violet harbour 4 lanterns";
/// How long anything may take before a test gives up.
const LIMIT: Duration = Duration::from_secs(60);

/// Returns where the program is; says so where it is not.
fn program() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where the program is comes from whoever runs the tests")]
    let named = std::env::var_os("CUSTOS_TEST_PROGRAM").map(PathBuf::from);
    let beside = std::env::current_exe().unwrap().parent().unwrap().with_file_name("custos");
    let found = named.or_else(|| beside.is_file().then_some(beside));
    if found.is_none() {
        eprintln!("skipped: no custos beside the tests (cargo build -p custos), and CUSTOS_TEST_PROGRAM is not set");
    }
    found
}

/// What a command came to.
#[derive(Debug)]
struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

/// A folder in which the program works.
struct Site {
    program: PathBuf,
    dir: tempfile::TempDir,
}

impl Site {
    /// Makes a folder; nothing where the program is not there.
    fn new() -> Option<Self> {
        Some(Self { program: program()?, dir: tempfile::tempdir().unwrap() })
    }

    /// Makes a folder in which the first person is set up.
    fn set_up() -> Option<Self> {
        let made = Self::new()?;
        made.init();
        Some(made)
    }

    fn init(&self) {
        let done =
            self.run(&["init", "--admin-email", EMAIL, "--admin-name", "Ada", "--password-file", &self.password()]);
        assert_eq!(done.code, Some(0), "{done:?}");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes a file that only its owner may read, and returns where.
    fn password(&self) -> String {
        self.write("password", format!("{PASSWORD}\n").as_bytes(), 0o600)
    }

    fn write(&self, name: &str, bytes: &[u8], mode: u32) -> String {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Starts the program in an environment that says nothing else.
    #[expect(clippy::disallowed_methods, reason = "the program is what is tested")]
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env_clear()
            .env("CUSTOS_DATA", self.data())
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .env("PATH", "/usr/bin:/bin")
            .current_dir(self.dir.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    fn run(&self, arguments: &[&str]) -> Done {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Done { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a command that must fail with one line that says what is wrong, and returns what it says.
    fn refused(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!(done.code, Some(1), "{arguments:?}: {done:?}");
        // Warnings of the log stand before it and begin with a time; below it may stand the place in a file.
        let (log, own) =
            done.err.split_once("custos: ").unwrap_or_else(|| panic!("{arguments:?} does not say why: {done:?}"));
        assert!(log.is_empty() || log.ends_with('\n'), "{done:?}");
        assert!(own.lines().count() == 1 || own.contains("TOML parse error"), "{arguments:?}: one line, not {done:?}");
        assert!(!done.err.contains("panicked") && !done.err.contains("RUST_BACKTRACE"), "{done:?}");
        own.to_owned()
    }

    /// Starts the server and waits until it answers.
    fn serve(&self) -> Server {
        let mut child = self.command(&["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let Some(port) = line.trim().rsplit(':').next().and_then(|port| port.parse().ok()) else {
            let mut told = String::new();
            child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
            panic!("the server did not start: {line:?} {told}");
        };
        // Whoever writes into a pipe that nobody reads stops one day.
        let mut err = child.stderr.take().unwrap();
        std::thread::spawn(move || std::io::copy(&mut err, &mut std::io::sink()));
        let server = Server { child, port };
        until("the server answers", || server.get("/healthz", "").is_some_and(|answer| answer.0 == 200));
        server
    }

    /// Looks into the database from outside.
    fn raw(&self) -> rusqlite::Connection {
        self.open("custos.db")
    }

    /// Looks into the keyring.
    fn raw_keys(&self) -> rusqlite::Connection {
        self.open("keyring.db")
    }

    fn open(&self, name: &str) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.data().join(name)).unwrap();
        connection.busy_timeout(Duration::from_secs(20)).unwrap();
        connection
    }

    fn number(&self, sql: &str) -> i64 {
        self.raw().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// The files of uploads that are there.
    fn uploads(&self) -> usize {
        std::fs::read_dir(self.data().join("uploads")).map_or(0, Iterator::count)
    }
}

/// A running server; killed when it is let go.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Asks for a page with more header lines; nothing if nobody answers.
    fn get(&self, path: &str, lines: &str) -> Option<(u16, String)> {
        self.ask("GET", path, lines, "")
    }

    fn ask(&self, method: &str, path: &str, lines: &str, body: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n{lines}{length}\r\n{body}",
            self.port
        )
        .ok()?;
        let mut text = Vec::new();
        stream.read_to_end(&mut text).ok()?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let status = text.split(' ').nth(1)?.parse().ok()?;
        Some((status, text))
    }

    /// Tells it to stop, and waits until it has.
    #[expect(clippy::disallowed_methods, reason = "a signal is sent as an operator sends it")]
    fn stop(mut self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let mut ended = None;
        until("the server stops", || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        assert!(ended.unwrap().success(), "{ended:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something holds.
///
/// # Panics
/// If it does not within the limit.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + LIMIT;
    while !holds() {
        assert!(Instant::now() < end, "in vain: {what}");
        pause();
    }
}

#[expect(clippy::disallowed_methods, reason = "a moment between two looks at another process")]
fn pause() {
    std::thread::sleep(Duration::from_millis(3));
}

/// Copies a folder of data as a backup would.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(to, std::fs::Permissions::from_mode(0o700)).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        if entry.path().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Returns a number below `most`, by chance that can be had again.
fn below(chance: &SeededChance, most: u64) -> u64 {
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    u64::from_be_bytes(bytes) % most
}

/// Returns how often something is tried that chance decides: `usual`, 200 times in a long run (`CUSTOS_TEST_LONG=1`), or as
/// often as a larger number there says.
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says so")]
fn rounds(usual: u32) -> u32 {
    let long = std::env::var("CUSTOS_TEST_LONG").ok();
    long.map_or(usual, |long| long.parse().ok().filter(|times| *times > 1).unwrap_or(200))
}
