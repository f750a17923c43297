//! A PostgreSQL cluster of our own for one run of the tests.

use std::fs::{self, File};
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::{packages, tool};

/// The account Debian's package makes; PostgreSQL refuses to run as root.
const ACCOUNT: &str = "postgres";

/// A running cluster; it stops and disappears when dropped.
pub(crate) struct Cluster {
    server: Child,
    folder: PathBuf,
    url: String,
}

/// Who runs the server: the numbers of another account, or nothing for ourselves.
type Owner = Option<(u32, u32)>;

impl Cluster {
    /// Makes a cluster in a temporary folder and starts it on a free port of the loopback interface.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not come up; its own words are in the message.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let binaries = binaries().context("no PostgreSQL found: install the package `postgresql`")?;
        let owner = owner()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        // Not TMPDIR: the other account has to reach it, and a socket's path has 107 bytes.
        let folder = PathBuf::from(format!("/tmp/custos-postgres-{}-{port}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let password = password()?;
        initialise(&binaries, &folder, owner, &password)?;
        let server = serve(&binaries, &folder, owner, port)?;
        let url = format!("postgres://{ACCOUNT}:{password}@127.0.0.1:{port}/postgres");
        let mut cluster = Self { server, folder, url };
        cluster.wait(&binaries, port)?;
        println!("PostgreSQL is up on port {port} in {}", cluster.folder.display());
        Ok(cluster)
    }

    /// Returns where the tests find it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn wait(&mut self, binaries: &Path, port: u16) -> anyhow::Result<()> {
        for _ in 0..300 {
            let mut ask = tool::program(binaries.join("pg_isready"));
            ask.args(["--quiet", "--host=127.0.0.1", "--port", &port.to_string()]);
            if ask.status()?.success() {
                return Ok(());
            }
            if self.server.try_wait()?.is_some() {
                break;
            }
            pause();
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        bail!("PostgreSQL did not start:\n{log}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT is its fast shutdown; a kill would leave shared memory behind.
        let asked = tool::program("kill").args(["-INT", &self.server.id().to_string()]).status();
        let ended = |server: &mut Child| matches!(server.try_wait(), Ok(Some(_)));
        for _ in 0..200 {
            if asked.is_err() || ended(&mut self.server) {
                break;
            }
            pause();
        }
        if !ended(&mut self.server) && self.server.kill().and_then(|()| self.server.wait()).is_err() {
            println!("PostgreSQL (process {}) could not be stopped", self.server.id());
        }
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            println!("{} stays behind: {error}", self.folder.display());
        }
    }
}

/// Finds the folder with the server's programs, the newest version first.
pub(crate) fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .collect();
    found.sort();
    let newest = found.pop().map(|(_, folder)| folder);
    newest.or_else(|| tool::find("initdb")?.parent().map(Path::to_owned))
}

fn owner() -> anyhow::Result<Owner> {
    if !packages::is_root()? {
        return Ok(None);
    }
    let id = |flag: &str| -> anyhow::Result<u32> {
        let text = tool::read(tool::program("id").args([flag, ACCOUNT]))?;
        text.trim().parse().with_context(|| format!("`id {flag} {ACCOUNT}` wrote no number"))
    };
    Ok(Some((id("-u")?, id("-g")?)))
}

fn password() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn initialise(binaries: &Path, folder: &Path, owner: Owner, password: &str) -> anyhow::Result<()> {
    let secret = folder.join("password");
    fs::write(&secret, password)?;
    if let Some((user, group)) = owner {
        chown(folder, Some(user), Some(group))?;
        chown(&secret, Some(user), Some(group))?;
    }
    let mut make = server_program(&binaries.join("initdb"), folder, owner);
    make.arg("--pgdata=data").arg("--pwfile=password").args(["--username", ACCOUNT]);
    make.args(["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"]);
    tool::read(&mut make)?;
    fs::remove_file(&secret)?;
    Ok(())
}

fn serve(binaries: &Path, folder: &Path, owner: Owner, port: u16) -> anyhow::Result<Child> {
    let log = File::create(folder.join("log"))?;
    let mut serve = server_program(&binaries.join("postgres"), folder, owner);
    serve.args(["-D", "data", "-k"]).arg(folder).args(["-p", &port.to_string()]);
    // Nothing here has to outlive a power cut, and the tests open many databases at once.
    for setting in [
        "listen_addresses=127.0.0.1",
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        "max_connections=300",
    ] {
        serve.args(["-c", setting]);
    }
    serve.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    serve.spawn().context("cannot start PostgreSQL")
}

fn server_program(program: &Path, folder: &Path, owner: Owner) -> Command {
    let mut command = tool::program(program);
    command.current_dir(folder);
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}

#[expect(clippy::disallowed_methods, reason = "a chore has nothing else to do meanwhile")]
fn pause() {
    std::thread::sleep(Duration::from_millis(100));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_differ() {
        assert_ne!(password().unwrap(), password().unwrap());
        assert_eq!(password().unwrap().len(), 32);
    }

    #[test]
    #[ignore = "starts a server, as every run of `cargo xtask test` does"]
    fn a_cluster_answers_and_leaves_nothing_behind() {
        let cluster = Cluster::start().unwrap();
        let folder = cluster.folder.clone();
        let psql = binaries().unwrap().join("psql");
        let answer = tool::read(tool::program(psql).args([cluster.url(), "-Atc", "show fsync"])).unwrap();
        assert_eq!(answer.trim(), "off");
        drop(cluster);
        assert!(!folder.exists());
    }
}
