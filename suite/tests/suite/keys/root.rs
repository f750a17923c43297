//! The root key is changed: whenever the program is killed, the old or the new one opens the house, and who did it is in the ledger.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use authz::Role;
use crypto::Secret;
use custody::{Custody, Former};
use db::{Keyring, Place};
use kernel::{Fault as _, SubjectId};
use testkit::App;
use vault::{Recovered, Root, Share, Vault, VaultConfig, VaultFault};

use super::{blocking, finish, node, opens, sealed};
use crate::support::raw::Raw;

testkit::on_both_engines! {
    a_change_of_the_root_key_that_is_killed_leaves_a_house_that_opens => super::killed;
    the_former_root_key_opens_nothing_and_its_shares_are_told_apart => super::former;
    two_at_once_and_a_server_that_runs_lose_nothing => super::together;
    only_the_operator_changes_the_root_key => super::rights;
}

fn home(app: &App) -> PathBuf {
    app.folder().join("root.key")
}

/// Returns the key files of a folder: the name of each, what is in it, and who may read it.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let keys = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("root.key"));
    let mut keys: Vec<_> = keys
        .map(|entry| {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
            (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    keys.sort();
    keys
}

async fn custody(app: &App, vault: &Vault) -> (Custody, authz::Cx) {
    (Custody::new(app.db.clone(), vault.clone(), app.records.clone()), app.operator())
}

/// How many lines of the ledger say that the root key was changed.
async fn lines(app: &App) -> usize {
    let told = Raw::data(app).await.blobs("select body from ledger_entry").await;
    told.iter().filter(|body| String::from_utf8_lossy(body).contains("key-root")).count()
}

/// Fails when: the new key is not on disk before the keyring says so, an epoch key is left wrapped by the old one, a file is
/// overwritten before its key is known to be the former one, or the line is lost with the program.
async fn killed(app: App) {
    let seals = sealed(&app.vault, 3).await;
    let first = files(&app.folder());
    // Killed when the new key is written, and nothing else.
    let (own, path) = (app.vault.clone(), home(&app));
    blocking(move || drop(own.next_root(Root::KeyFile(path)).unwrap())).await;
    assert_eq!(files(&app.folder()).len(), 2, "the new key is on disk first");
    opens(&node(&app).await, &seals).await;
    assert_eq!(files(&app.folder())[0], first[0], "and the key file is as it was");
    // Killed when the keyring says so, and the files are not in order.
    let (own, path) = (app.vault.clone(), home(&app));
    blocking(move || drop(own.next_root(Root::KeyFile(path)).unwrap().commit().unwrap())).await;
    assert_eq!(files(&app.folder())[0], first[0]);
    opens(&app.vault, &seals).await;
    let second = node(&app).await;
    opens(&second, &seals).await;
    let after = files(&app.folder());
    assert_ne!(after[0].1, first[0].1, "who opens puts the new key in its place");
    assert!(after[1..].iter().any(|(_, key)| *key == first[0].1), "and keeps the former one");
    // Nobody has told the ledger: whoever runs next does, once.
    assert_eq!(lines(&app).await, 0);
    for _ in 0..2 {
        let (custody, cx) =
            (Custody::new(app.db.clone(), second.clone(), app.records.clone()), jobs::system_cx(&app.db));
        assert!(blocking(move || custody.step(&cx)).await.unwrap().is_none());
        assert_eq!(lines(&app).await, 1);
    }
    // To its end, and the former key is not kept.
    let before = files(&app.folder());
    let (custody, cx) = custody(&app, &second).await;
    let path = home(&app);
    let kept =
        blocking(move || custody.change_root(&cx, Root::KeyFile(path)).unwrap().settle(Former::Destroyed).unwrap());
    assert_eq!(kept.await, None);
    let after = files(&app.folder());
    assert!(after.iter().all(|(_, key)| *key != before[0].1), "the former key is on no file any more");
    assert_eq!(after.len(), before.len());
    assert_eq!(lines(&app).await, 2);
    let third = node(&app).await;
    opens(&third, &seals).await;
    // Epoch keys are changed as before, and by the new root key.
    let own = third.clone();
    blocking(move || own.rotate().unwrap()).await;
    finish(&third).await;
    opens(&node(&app).await, &seals).await;
    app.finish(&[]).await;
}

/// Fails when: an old wrapping of an epoch key stays in a file, the old proof is believed, or shares of the former key are called
/// strange without saying why.
async fn former(app: App) {
    let seals = sealed(&app.vault, 1).await;
    let keys = Raw::open(app.keys()).await;
    let wrapped = keys.blobs("select wrapped from keyring_epoch").await.remove(0);
    let salt = keys.blobs("select salt from keyring_root").await;
    let own = app.vault.clone();
    let shares = blocking(move || own.escrow((2, 2))).await.unwrap();
    app.clock.advance(std::time::Duration::from_secs(24 * 3600));
    let (custody, cx) = custody(&app, &app.vault).await;
    let path = home(&app);
    let kept = blocking(move || custody.change_root(&cx, Root::KeyFile(path)).unwrap().settle(Former::Kept).unwrap());
    let kept = kept.await.unwrap();
    assert_eq!(keys.blobs("select salt from keyring_root").await, salt, "it names the workspace in every seal");
    if let Place::File(path) = app.keys() {
        for file in [path.clone(), path.with_extension("db-wal")] {
            let bytes = std::fs::read(&file).unwrap_or_default();
            assert!(!bytes.windows(wrapped.len()).any(|window| window == wrapped), "in {}", file.display());
        }
    }
    let keyring = Keyring::open(app.keys().clone(), kernel::Clock::now(&*app.clock)).await.unwrap();
    let told = blocking(move || Recovered::prove(keyring, &shares)).await.err().unwrap();
    assert!(
        told.to_string().contains("does not belong to this keyring: it has had its present root key since 2026-11-03")
    );
    // The former key in its old place: the right one lies nowhere.
    let present = std::fs::read(home(&app)).unwrap();
    std::fs::copy(&kept, home(&app)).unwrap();
    let keyring = Keyring::open(app.keys().clone(), kernel::Clock::now(&*app.clock)).await.unwrap();
    let (clock, chance) = (app.clock.clone(), app.chance.clone());
    let refused = Vault::open(VaultConfig { root: Root::KeyFile(home(&app)), keyring, clock, chance }).await;
    assert!(matches!(refused.err(), Some(VaultFault::WrongRoot)));
    std::fs::write(home(&app), present).unwrap();
    opens(&node(&app).await, &seals).await;
    app.finish(&[]).await;
}

/// Fails when: the second of two changes is believed, or a server loses what it holds.
async fn together(app: App) {
    let other = node(&app).await;
    let seals = sealed(&other, 3).await;
    let prepared = async |vault: &Vault| {
        let (vault, path) = (vault.clone(), home(&app));
        blocking(move || vault.next_root(Root::KeyFile(path)).unwrap()).await
    };
    let (one, two) = (prepared(&app.vault).await, prepared(&other).await);
    blocking(move || one.commit().unwrap().settle(Former::Kept).unwrap()).await;
    let late = blocking(move || two.commit()).await;
    assert!(matches!(late.err(), Some(VaultFault::Moving)));
    assert_eq!(files(&app.folder()).len(), 2, "the present key and the former one, and not the one of the second");
    // The other server heard nothing; it goes on, and makes and changes keys by the root key of now.
    let more = sealed(&other, 100).await;
    let own = other.clone();
    blocking(move || own.rotate().unwrap()).await;
    finish(&other).await;
    app.clock.advance(std::time::Duration::from_secs(24 * 3600));
    for vault in [&app.vault, &other, &node(&app).await] {
        opens(vault, &seals).await;
        opens(vault, &more).await;
    }
    app.finish(&[]).await;
}

/// Fails when: anybody at a browser, or a program, may do it.
async fn rights(app: App) {
    let officer = app.person("Olga Watch", Role::SecurityOfficer).await;
    let before = files(&app.folder());
    let (custody, _) = custody(&app, &app.vault).await;
    let (cx, path) = (officer.cx.clone(), home(&app));
    let refused = blocking(move || custody.change_root(&cx, Root::KeyFile(path)).map(|_| ())).await;
    assert_eq!(refused.unwrap_err().code(), "not-found");
    assert_eq!(files(&app.folder()), before);
    app.finish(&[]).await;
}

/// A keyring in a folder of its own.
struct Alone {
    dir: tempfile::TempDir,
}

impl Alone {
    async fn keyring(&self) -> Keyring {
        let place = Place::File(self.dir.path().join("keyring.db"));
        Keyring::open(place, kernel::Clock::now(&kernel::SystemClock)).await.unwrap()
    }

    async fn open(&self, root: Root) -> Result<Vault, VaultFault> {
        let (clock, chance) = (Arc::new(kernel::SystemClock), Arc::new(crypto::SystemChance));
        Vault::open(VaultConfig { root, keyring: self.keyring().await, clock, chance }).await
    }

    fn file(&self) -> Root {
        Root::KeyFile(self.dir.path().join("root.key"))
    }

    /// Changes the root key to its end.
    async fn change(&self, from: Root, to: Root) -> Result<Option<PathBuf>, VaultFault> {
        let vault = self.open(from).await.unwrap();
        blocking(move || vault.next_root(to)?.commit()?.settle(Former::Kept)).await
    }
}

fn words(text: &str) -> Root {
    Root::Passphrase(Secret::new(text.to_owned()))
}

const LAMPS: &str = "seven lamps at the quay";
const BOATS: &str = "nine boats without a name";

async fn all_open(alone: &Alone, root: Root, seals: &[(SubjectId, Vec<u8>)]) {
    opens(&alone.open(root).await.unwrap(), seals).await;
}

/// Fails when: what the root key came from before opens the keyring still, the same passphrase is taken for another one, a passphrase
/// is stretched with the salt of the one before, or a key that lies in the way is lost.
#[tokio::test(flavor = "multi_thread")]
async fn the_root_key_moves_between_a_file_and_passphrases() {
    let alone = Alone { dir: tempfile::tempdir().unwrap() };
    let seals = sealed(&alone.open(alone.file()).await.unwrap(), 2).await;
    let kept = alone.change(alone.file(), words(LAMPS)).await.unwrap().unwrap();
    assert!(kept.exists() && !alone.dir.path().join("root.key").exists());
    all_open(&alone, words(LAMPS), &seals).await;
    let told = alone.open(alone.file()).await.err().unwrap().to_string();
    assert!(told.contains("opened with a passphrase") && told.contains("key rotate --root"), "{told}");
    assert!(matches!(alone.open(words(BOATS)).await.err(), Some(VaultFault::WrongRoot)));
    assert!(matches!(alone.change(words(LAMPS), words(LAMPS)).await, Err(VaultFault::SameRoot)));
    let vault = alone.open(words(LAMPS)).await.unwrap();
    let shares: Vec<Share> = blocking(move || vault.escrow((2, 2)).unwrap()).await;
    assert_eq!(alone.change(words(LAMPS), words(BOATS)).await.unwrap(), None);
    assert!(matches!(alone.open(words(LAMPS)).await.err(), Some(VaultFault::WrongRoot)));
    all_open(&alone, words(BOATS), &seals).await;
    assert_eq!(alone.change(words(BOATS), words(LAMPS)).await.unwrap(), None);
    let keyring = alone.keyring().await;
    let told = blocking(move || Recovered::prove(keyring, &shares)).await;
    assert!(
        matches!(told.err(), Some(VaultFault::OtherShares(_))),
        "the same passphrase with another salt is another key"
    );
    // A stranger's key lies in the way.
    let strange = format!("{}\n", "5a".repeat(32));
    let path = alone.dir.path().join("root.key");
    std::fs::write(&path, "no key").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(alone.change(words(LAMPS), alone.file()).await, Err(VaultFault::Malformed(_))));
    all_open(&alone, words(LAMPS), &seals).await;
    std::fs::write(&path, &strange).unwrap();
    let kept = alone.change(words(LAMPS), alone.file()).await.unwrap().unwrap();
    assert_eq!(std::fs::read_to_string(kept).unwrap(), strange);
    all_open(&alone, alone.file(), &seals).await;
}

/// Fails when: the former key does not lie where a copy of the keyring from before looks for it, or a link to where the key was put
/// is replaced by the key itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_from_before_opens_with_the_key_that_was_kept_and_a_key_elsewhere_stays_there() {
    let alone = Alone { dir: tempfile::tempdir().unwrap() };
    let vault = tempfile::tempdir().unwrap();
    let elsewhere = vault.path().join("secret");
    std::os::unix::fs::symlink(&elsewhere, alone.dir.path().join("root.key")).unwrap();
    std::fs::write(&elsewhere, format!("{}\n", "17".repeat(32))).unwrap();
    std::fs::set_permissions(&elsewhere, std::fs::Permissions::from_mode(0o600)).unwrap();
    let seals = sealed(&alone.open(alone.file()).await.unwrap(), 2).await;
    // Everything is closed: the copy is whole.
    let (keyring, copy) = (alone.dir.path().join("keyring.db"), vault.path().join("copy"));
    std::fs::copy(&keyring, &copy).unwrap();
    let kept = alone.change(alone.file(), alone.file()).await.unwrap().unwrap();
    assert_eq!(kept.parent(), std::fs::canonicalize(vault.path()).ok().as_deref());
    assert!(alone.dir.path().join("root.key").is_symlink());
    all_open(&alone, alone.file(), &seals).await;
    std::fs::rename(&copy, &keyring).unwrap();
    all_open(&alone, alone.file(), &seals).await;
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap().trim(), "17".repeat(32), "put back into its place");
}
