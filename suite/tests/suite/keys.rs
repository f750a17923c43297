//! Keys in operation: the epoch key is changed while everybody goes on, is never lost, and who does it stands in the ledger.

mod root;

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use authz::{Level, Role};
use custody::{Custody, Rotation};
use db::{Keyring, Place};
use kernel::{Clock, Fault as _, ObjectName, SubjectId, Uuid};
use testkit::{Actor, App};
use vault::{Aad, KeyOf, Recovered, Root, Share, Turn, Vault, VaultConfig};

use crate::support::raw::Raw;
use crate::support::scene::CANARY;

/// More keys than one batch wraps anew.
const MANY: usize = 4_500;

testkit::on_both_engines! {
    the_epoch_key_is_changed_while_everybody_goes_on => super::serving;
    a_change_that_was_killed_goes_on_where_it_ended => super::killed;
    other_nodes_learn_of_the_new_key_and_never_wrap_with_the_old_one => super::nodes;
    the_keyring_itself_refuses_to_lose_a_key_in_use => super::kept;
    only_security_officers_who_proved_it_and_the_operator_change_keys => super::rights;
    a_key_that_is_too_old_is_changed_by_itself => super::due;
    shares_give_the_root_key_back_and_nothing_else_does => super::escrow;
}

/// Opens what another process would open.
async fn node(app: &App) -> Vault {
    let keyring = Keyring::open(app.keys().clone(), app.clock.now()).await.unwrap();
    let root = Root::KeyFile(app.folder().join("root.key"));
    let (clock, chance) = (app.clock.clone(), app.chance.clone());
    Vault::open(VaultConfig { root, keyring, clock, chance }).await.unwrap()
}

/// Does something that blocks where that is allowed.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

async fn finish(vault: &Vault) -> Rotation {
    let vault = vault.clone();
    blocking(move || {
        for _ in 0..1000 {
            if let Turn::Done(rotation) = vault.turn().unwrap() {
                return rotation;
            }
        }
        panic!("it does not end");
    })
    .await
}

/// Makes many people's keys and a seal under each.
async fn sealed(vault: &Vault, many: usize) -> Vec<(SubjectId, Vec<u8>)> {
    let vault = vault.clone();
    blocking(move || {
        let one = || {
            let subject = vault.new_subject().unwrap();
            (subject, vault.seal(KeyOf::Subject(subject), &aad(&name()), b"said in confidence").unwrap())
        };
        (0..many).map(|_| one()).collect()
    })
    .await
}

fn name() -> ObjectName {
    ObjectName::parse("contact").unwrap()
}

fn aad(object: &ObjectName) -> Aad<'_> {
    Aad { object, record: Uuid::nil(), purpose: "test" }
}

async fn opens(vault: &Vault, seals: &[(SubjectId, Vec<u8>)]) {
    let (vault, seals) = (vault.clone(), seals.to_vec());
    blocking(move || {
        for (subject, seal) in &seals {
            let plain = vault.open_seal(KeyOf::Subject(*subject), &aad(&name()), seal).unwrap();
            assert_eq!(&**plain, b"said in confidence");
        }
    })
    .await;
}

/// Fails when: a key is lost or left behind, something new is wrapped by the old key, or the old key stays anywhere in the
/// keyring's files.
async fn serving(app: App) {
    let (founder, keys) = (app.founder().await, Raw::open(app.keys()).await);
    let custody = Custody::new(app.db.clone(), app.vault.clone(), app.records.clone());
    let before = founder.create("contact", &[("name", CANARY)]).await.unwrap();
    let seals = sealed(&app.vault, MANY).await;
    let old = keys.blobs("select wrapped from keyring_epoch").await.remove(0);
    let total = keys.number("select count(*) from keyring_key").await;
    let begun = custody.rotate(&app.operator()).await.unwrap();
    assert_eq!((begun.total, begun.done), (total.unsigned_abs(), 0));
    let (own, cx) = (custody.clone(), jobs::system_cx(&app.db));
    let between = blocking(move || own.step(&cx)).await.unwrap().unwrap();
    assert!(between.done > 0 && between.done < between.total, "{between:?}");
    let shown = custody.report(&app.operator()).await.unwrap().keys;
    assert_eq!(shown.rotation, Some(between.clone()), "progress is shown");
    assert_eq!(shown.epochs.iter().map(|epoch| epoch.current).collect::<Vec<_>>(), [false, true]);
    assert_eq!(shown.epochs[1].wraps, between.done);
    // Nothing that was opened is in memory any more: everything is asked of the keyring.
    app.clock.advance(Duration::from_secs(24 * 3600));
    opens(&app.vault, &seals[..50]).await;
    opens(&app.vault, &seals[MANY - 100..]).await;
    let during = Actor::again(&app, &founder.email).await.create("contact", &[("name", "During")]).await.unwrap();
    let (own, cx) = (custody.clone(), jobs::system_cx(&app.db));
    blocking(move || while own.step(&cx).unwrap().is_some() {}).await;
    assert_eq!(keys.number("select count(*) from keyring_epoch").await, 1);
    assert_eq!(keys.number("select count(distinct wrapped_by) from keyring_key").await, 1);
    assert!(keys.number("select count(*) from keyring_key").await >= total);
    app.clock.advance(Duration::from_secs(24 * 3600));
    let founder = Actor::again(&app, &founder.email).await;
    for at in [&before, &during] {
        assert!(founder.record(at).await.is_ok());
    }
    opens(&app.vault, &seals).await;
    opens(&node(&app).await, &seals).await;
    if let Place::File(path) = app.keys() {
        for file in [path.clone(), path.with_extension("db-wal")] {
            let bytes = std::fs::read(&file).unwrap_or_default();
            assert!(!bytes.windows(old.len()).any(|window| window == old), "the old key lies in {}", file.display());
        }
    }
    let raw = Raw::data(&app).await;
    let told = raw.blobs("select body from ledger_entry").await;
    for step in ["begun", "ended"] {
        let said = |body: &&Vec<u8>| {
            let text = String::from_utf8_lossy(body);
            text.contains("key-rotate") && text.contains(step)
        };
        assert_eq!(told.iter().filter(said).count(), 1, "{step}");
    }
    app.finish(&[]).await;
}

/// Fails when: what was done stands only in memory, or a second change begins over the first.
async fn killed(app: App) {
    let seals = sealed(&app.vault, MANY).await;
    let first = app.vault.clone();
    let rotation = blocking(move || {
        let (rotation, begun) = first.rotate().unwrap();
        assert!(begun);
        assert!(matches!(first.turn().unwrap(), Turn::More(_)));
        rotation
    })
    .await;
    // The program is gone; another one starts.
    let second = node(&app).await;
    let own = second.clone();
    let (again, begun) = blocking(move || own.rotate().unwrap()).await;
    assert_eq!((again.id, again.new, begun), (rotation.id, rotation.new, false), "the same one goes on");
    assert!(again.done > 0);
    let ended = finish(&second).await;
    assert_eq!((ended.id, ended.old), (rotation.id, rotation.old));
    opens(&second, &seals).await;
    assert_eq!(Raw::open(app.keys()).await.number("select count(*) from keyring_epoch").await, 1);
    // The end was not told yet: it is, by whoever runs next.
    let custody = Custody::new(app.db.clone(), second.clone(), app.records.clone());
    let cx = jobs::system_cx(&app.db);
    assert!(blocking(move || custody.step(&cx)).await.unwrap().is_none());
    assert!(blocking(move || second.untold()).await.unwrap().is_empty());
    app.finish(&[]).await;
}

/// Fails when: a key wrapped by an unknown epoch key is an error, or a node that did not hear of the change wraps with the old key.
async fn nodes(app: App) {
    let other = node(&app).await;
    let seals = sealed(&other, 3).await;
    let first = app.vault.clone();
    let rotation = blocking(move || first.rotate().unwrap().0).await;
    // It has heard nothing yet, and its reserve is used up: it makes new ones.
    let more = sealed(&other, 100).await;
    let keys = Raw::open(app.keys()).await;
    let (old, new) = (keys.id(rotation.old.uuid()), keys.id(rotation.new.uuid()));
    let wrapped =
        async |by: &str| keys.number(&format!("select count(*) from keyring_key where wrapped_by = {by}")).await;
    let (before, fresh) = (wrapped(&old).await, wrapped(&new).await);
    assert!(before > 0 && fresh >= 87, "what is new is wrapped by the new key: {fresh}");
    finish(&app.vault).await;
    app.clock.advance(Duration::from_secs(24 * 3600));
    for vault in [&app.vault, &other] {
        opens(vault, &seals).await;
        opens(vault, &more).await;
    }
    // And twice more, with nobody telling it.
    for _ in 0..2 {
        let first = app.vault.clone();
        blocking(move || first.rotate().unwrap()).await;
        finish(&app.vault).await;
        app.clock.advance(Duration::from_secs(24 * 3600));
        opens(&other, &seals).await;
    }
    // Two nodes at one change.
    let first = app.vault.clone();
    blocking(move || first.rotate().unwrap()).await;
    let turns = [&app.vault, &other].map(|vault| {
        let vault = vault.clone();
        tokio::task::spawn_blocking(move || while vault.turn().unwrap() != Turn::Idle {})
    });
    for turn in turns {
        turn.await.unwrap();
    }
    app.clock.advance(Duration::from_secs(24 * 3600));
    opens(&app.vault, &more).await;
    opens(&other, &more).await;
    app.finish(&[]).await;
}

/// Fails when: the foreign key is not there, or SQLite is not told to look at it.
async fn kept(app: App) {
    let seals = sealed(&app.vault, 1).await;
    let keyring = Keyring::open(app.keys().clone(), app.clock.now()).await.unwrap();
    let refused =
        blocking(move || keyring.within(|tx| tx.run("delete from keyring_epoch where state = 'current'", &[])));
    assert!(refused.await.is_err(), "an epoch key that wraps something was removed");
    opens(&app.vault, &seals).await;
    app.finish(&[]).await;
}

/// Fails when: `rotate` or `report` asks for another right, or for no proof.
async fn rights(app: App) {
    let custody = Custody::new(app.db.clone(), app.vault.clone(), app.records.clone());
    for role in [Role::Administrator, Role::Auditor, Role::PrivacyOfficer, Role::Manager, Role::Agent, Role::Viewer] {
        let other = app.person(&format!("Other {}", role.code().replace('_', " ")), role).await;
        assert_eq!(custody.report(&other.cx).await.unwrap_err().code(), "forbidden", "{role:?}");
        assert_eq!(custody.rotate(&other.cx).await.unwrap_err().code(), "forbidden", "{role:?}");
        assert_eq!(custody.rotate_index(&other.cx).await.unwrap_err().code(), "forbidden", "{role:?}");
        assert_eq!(custody.rotate_object(&other.cx, name()).await.unwrap_err().code(), "forbidden", "{role:?}");
    }
    let officer = app.person("Olga Watch", Role::SecurityOfficer).await;
    let program = app.program(&app.token(&officer).await).await;
    assert!(custody.rotate(&program).await.is_err(), "no program");
    assert!(custody.rotate_index(&program).await.is_err(), "no program");
    assert!(custody.rotate_object(&program, name()).await.is_err(), "no program");
    app.asks(Level::Resistant, 10).await;
    let officer = Actor::again(&app, &officer.email).await;
    assert!(custody.report(&officer.cx).await.is_ok());
    assert_eq!(custody.rotate(&officer.cx).await.unwrap_err().code(), "step-up-resistant");
    assert_eq!(custody.rotate_index(&officer.cx).await.unwrap_err().code(), "step-up-resistant");
    assert_eq!(custody.rotate_object(&officer.cx, name()).await.unwrap_err().code(), "step-up-resistant");
    let standing = custody.report(&officer.cx).await.unwrap();
    assert!(standing.keys.rotation.is_none() && standing.index.len() == 1, "nothing was begun");
    app.asks(Level::Single, 12 * 60).await;
    let officer = Actor::again(&app, &officer.email).await;
    let begun = custody.rotate(&officer.cx).await.unwrap();
    assert_eq!(custody.rotate(&officer.cx).await.unwrap().id, begun.id, "one at a time");
    app.finish(&[]).await;
}

/// Fails when: the schedule is not looked at, or begins anew while a change is young.
async fn due(app: App) {
    let year = Duration::from_secs(365 * 24 * 3600);
    let custody = Custody::new(app.db.clone(), app.vault.clone(), app.records.clone());
    let never = custody.clone().with_schedule(None);
    let step = async |custody: &Custody| {
        let (custody, cx) = (custody.clone(), jobs::system_cx(&app.db));
        blocking(move || custody.step(&cx)).await.unwrap()
    };
    assert!(step(&custody).await.is_none());
    app.clock.advance(year);
    assert!(step(&never).await.is_none(), "only when somebody asks");
    assert!(step(&custody).await.is_some());
    while step(&custody).await.is_some() {}
    assert!(step(&custody).await.is_none(), "young again");
    let raw = Raw::data(&app).await;
    let told = raw.blobs("select body from ledger_entry").await;
    let said = |word: &str| told.iter().filter(|body| String::from_utf8_lossy(body).contains(word)).count();
    assert_eq!((said("due"), said("ended")), (1, 1));
    app.finish(&[]).await;
}

/// Fails when: shares are believed without the proof in the keyring, a key file is overwritten or open to others, or anybody but the
/// operator gets shares.
async fn escrow(app: App) {
    let custody = Custody::new(app.db.clone(), app.vault.clone(), app.records.clone());
    let seals = sealed(&app.vault, 1).await;
    let keyring = Keyring::open(app.keys().clone(), app.clock.now()).await.unwrap();
    let prove = async |shares: Vec<Share>| {
        let keyring = keyring.clone();
        blocking(move || Recovered::prove(keyring, &shares)).await
    };
    let split = async |cx: &authz::Cx, numbers| {
        let (custody, cx) = (custody.clone(), cx.clone());
        blocking(move || custody.escrow(&cx, numbers)).await
    };
    let officer = app.person("Olga Watch", Role::SecurityOfficer).await;
    assert!(split(&officer.cx, (2, 3)).await.is_err(), "only whoever has the machine");
    for numbers in [(1, 3), (4, 3), (2, 17)] {
        assert!(split(&app.operator(), numbers).await.is_err(), "{numbers:?}");
    }
    let shares = split(&app.operator(), (2, 3)).await.unwrap();
    let paper: Vec<String> = shares.iter().map(|share| share.spell().expose().clone()).collect();
    let read = |picked: &[usize]| picked.iter().map(|at| Share::parse(&paper[*at]).unwrap()).collect::<Vec<_>>();
    let told = async |shares| prove(shares).await.err().map(|fault| fault.to_string()).unwrap_or_default();
    assert!(told(read(&[1])).await.contains("2 shares are needed and 1 are there"));
    assert!(told(read(&[1, 1])).await.contains("there twice"));
    let more = split(&app.operator(), (2, 3)).await.unwrap();
    let mixed = vec![Share::parse(&paper[0]).unwrap(), Share::parse(more[1].spell().expose()).unwrap()];
    assert!(told(mixed).await.contains("different sets"));
    // Good shares of a key that is another keyring's.
    let strange = crypto::split(&crypto::Key::generate(&*app.chance), (2, 2), &*app.chance).unwrap();
    assert!(told(strange).await.contains("does not belong to this keyring"));
    let path = app.folder().join("root.key");
    let before = std::fs::read_to_string(&path).unwrap();
    let (own, there) = (path.clone(), prove(read(&[0, 2])).await.unwrap());
    assert!(blocking(move || there.keep(&own)).await.is_err(), "a key file that is there is not touched");
    std::fs::remove_file(&path).unwrap();
    let (own, recovered) = (path.clone(), prove(read(&[2, 1])).await.unwrap());
    assert!(!path.exists(), "proving writes nothing");
    blocking(move || recovered.keep(&own)).await.unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    opens(&node(&app).await, &seals).await;
    app.finish(&[]).await;
}

/// Fails when: the shares hold the passphrase's place in the configuration and not the key that was stretched from it.
#[tokio::test(flavor = "multi_thread")]
async fn shares_replace_a_passphrase_that_was_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let (clock, chance) = (std::sync::Arc::new(kernel::SystemClock), std::sync::Arc::new(crypto::SystemChance));
    let place = Place::File(dir.path().join("keyring.db"));
    let open = async |root| {
        let keyring = Keyring::open(place.clone(), clock.now()).await.unwrap();
        Vault::open(VaultConfig { root, keyring, clock: clock.clone(), chance: chance.clone() }).await
    };
    let vault = open(Root::Passphrase(crypto::Secret::new("seven lamps at the quay".to_owned()))).await.unwrap();
    let seals = sealed(&vault, 1).await;
    let own = vault.clone();
    let shares = blocking(move || own.escrow((2, 2))).await.unwrap();
    drop(vault);
    let keyring = Keyring::open(place.clone(), clock.now()).await.unwrap();
    let path = dir.path().join("root.key");
    let own = path.clone();
    blocking(move || {
        let recovered = Recovered::prove(keyring, &shares).unwrap();
        assert_eq!(recovered.provider(), "passphrase");
        recovered.keep(&own).unwrap();
    })
    .await;
    opens(&open(Root::KeyFile(path)).await.unwrap(), &seals).await;
    let other = open(Root::Passphrase(crypto::Secret::new("seven lamps at the quay".to_owned()))).await;
    assert!(other.is_err(), "and the passphrase opens it no more");
}
