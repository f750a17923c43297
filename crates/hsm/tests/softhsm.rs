//! A real module: SoftHSM2, which keeps its tokens in a folder. It finds the folder by its environment, so what is tested runs in a
//! process of its own: this test again, started with that environment. Where SoftHSM2 is not installed the test says so.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it skipped, and starts the tool that makes tokens"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use hsm::{HsmFault, TokenKey};

const MODULES: [&str; 2] = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so"];
const PIN: &str = "246810";
/// Set for the process that is played.
const FOLDER: &str = "CUSTOS_TEST_TOKENS";
const CONF: &str = "SOFTHSM2_CONF";

fn module() -> Option<PathBuf> {
    let found = MODULES.map(PathBuf::from).into_iter().find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: no SoftHSM2 (apt-get install softhsm2)");
    }
    found
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tool that makes tokens, and this test again, are what is tested with"
)]
fn run(program: &Path, arguments: &[&str], folder: &Path) {
    let conf = folder.join("softhsm2.conf");
    let done = Command::new(program).args(arguments).env(CONF, &conf).env(FOLDER, folder).output().unwrap();
    assert!(done.status.success(), "{program:?} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Makes a token.
fn token(folder: &Path, label: &str) {
    let made = ["--init-token", "--free", "--label", label, "--so-pin", "13579135", "--pin", PIN];
    run(Path::new("softhsm2-util"), &made, folder);
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_key_works_in_its_token_and_nothing_else_is_trusted() {
    if module().is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("tokens")).unwrap();
    let conf = format!("directories.tokendir = {}\nlog.level = ERROR\n", dir.path().join("tokens").display());
    write(&dir.path().join("softhsm2.conf"), &conf);
    for label in ["one", "two", "two"] {
        token(dir.path(), label);
    }
    // A key that was outside once.
    let known = dir.path().join("known");
    fs::write(&known, [7; 32]).unwrap();
    let import = [
        "--import",
        known.to_str().unwrap(),
        "--aes",
        "--token",
        "one",
        "--label",
        "known",
        "--id",
        "07",
        "--pin",
        PIN,
    ];
    run(Path::new("softhsm2-util"), &import, dir.path());
    run(&std::env::current_exe().unwrap(), &["--exact", "played", "--nocapture"], dir.path());
}

/// What runs with the tokens above.
#[test]
fn played() {
    let (Some(folder), Some(module)) = (std::env::var_os(FOLDER).map(PathBuf::from), module()) else { return };
    let pin = folder.join("pin");
    let at = |token: &str, key: &str| TokenKey::new(module.clone(), (token.to_owned(), key.to_owned()), pin.clone());
    write(&pin, PIN);
    seals(&at);
    refusals(&at);
    tries(&at("one", "root"), &pin);
}

/// Fails when: the place is not bound, or what was altered opens.
fn seals(at: &impl Fn(&str, &str) -> TokenKey) {
    assert!(matches!(at("one", "root").enter().err(), Some(HsmFault::NoKey { .. })), "nothing is made by looking");
    let (one, other) = (at("one", "root").make().unwrap(), at("one", "other").make().unwrap());
    let sealed = one.seal(b"here", &[42; 32], [9; 12]).unwrap();
    assert_eq!((sealed.len(), &sealed[..13]), (1 + 12 + 32 + 16, &[[1].as_slice(), &[9; 12]].concat()[..]));
    // Another session, the same key.
    let again = at("one", "root").make().unwrap();
    assert_eq!(again.open_seal(b"here", &sealed).unwrap().as_slice(), [42; 32]);
    assert!(matches!(again.open_seal(b"there", &sealed), Err(HsmFault::Altered)));
    assert!(matches!(other.open_seal(b"here", &sealed), Err(HsmFault::Altered)));
    for place in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[place] ^= 1;
        assert!(matches!(one.open_seal(b"here", &altered), Err(HsmFault::Altered)), "byte {place}");
        assert!(matches!(one.open_seal(b"here", &sealed[..place]), Err(HsmFault::Altered)), "cut at {place}");
    }
    assert_eq!(one.open_seal(b"here", &sealed).unwrap().as_slice(), [42; 32], "and the session goes on");
}

/// Fails when: a key that was outside is taken, or one of several is picked.
fn refusals(at: &impl Fn(&str, &str) -> TokenKey) {
    assert!(matches!(at("one", "known").enter().err(), Some(HsmFault::WeakKey(_))));
    assert!(matches!(at("one", "known").make().err(), Some(HsmFault::WeakKey(_))));
    assert!(matches!(at("three", "root").enter().err(), Some(HsmFault::NoToken(_))));
    assert!(matches!(at("two", "root").make().err(), Some(HsmFault::ManyTokens(_))));
}

/// Fails when: a PIN that was refused is tried again.
fn tries(key: &TokenKey, pin: &Path) {
    assert!(key.enter().is_ok());
    write(pin, "wrong-pin");
    assert!(matches!(key.enter().err(), Some(HsmFault::WrongPin(_))));
    // The right one now, in a file that looks as it did: it is not even tried.
    let looked = fs::metadata(pin).unwrap().modified().unwrap();
    let again = |at| {
        write(pin, PIN);
        fs::File::options().write(true).open(pin).unwrap().set_modified(at).unwrap();
        key.enter()
    };
    assert!(matches!(again(looked).err(), Some(HsmFault::WrongPin(_))));
    assert!(again(looked + std::time::Duration::from_secs(1)).is_ok());
}
