//! A root key in a token, by PKCS#11 (SoftHSM2 plays it): moved there and back, and everything that can be wrong with it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use kernel::SeededChance;

use super::keys::changed;
use super::{EMAIL, Site, below, pause, rounds};

const MODULES: [&str; 2] = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so"];
const PIN: &str = "246810";

/// Makes a folder with a token in it; nothing, said so, where SoftHSM2 is not installed.
#[expect(clippy::disallowed_methods, reason = "the tool that makes tokens")]
fn site() -> Option<(Site, &'static str)> {
    let Some(module) = MODULES.into_iter().find(|path| Path::new(path).is_file()) else {
        eprintln!("skipped: no SoftHSM2 (apt-get install softhsm2)");
        return None;
    };
    let site = Site::new()?;
    std::fs::create_dir(site.path("tokens")).unwrap();
    let conf = format!("directories.tokendir = {}\nlog.level = ERROR\n", site.path("tokens").display());
    site.write("softhsm2.conf", conf.as_bytes(), 0o600);
    let mut tool = Command::new("softhsm2-util");
    tool.args(["--init-token", "--free", "--label", "custos", "--so-pin", "13579135", "--pin", PIN]);
    let done = tool.env("SOFTHSM2_CONF", site.path("softhsm2.conf")).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    site.write("pin", PIN.as_bytes(), 0o600);
    Some((site, module))
}

/// Writes a configuration whose root key is in the token.
fn config(site: &Site, module: &str, (token, key, pin): (&str, &str, &str)) -> String {
    let pin = site.path(pin);
    let lines = [
        "[pkcs11]".to_owned(),
        format!("module = \"{module}\""),
        format!("token = \"{token}\""),
        format!("key = \"{key}\""),
        format!("pin_file = \"{}\"", pin.display()),
    ];
    site.write(&format!("{token}-{key}.toml"), lines.join("\n").as_bytes(), 0o600)
}

/// Fails when: something that is done with the root key needs its bytes, a share is made of nothing, or the former key file opens the
/// house still.
#[test]
fn the_root_key_moves_into_a_token_and_back() {
    let Some((site, module)) = site() else { return };
    site.init();
    let token = config(&site, module, ("custos", "root", "pin"));
    let status = |more: &[&str]| site.run(&[more, &["key", "status"]].concat());
    assert!(changed(&site, &["--config", &token]).contains("comes from a token"));
    assert!(!site.data().join("root.key").exists());
    let shown = status(&["--config", &token]);
    assert!(shown.out.starts_with("root key   from a token  since "), "{shown:?}");
    assert!(site.refused(&["key", "status"]).contains("opened with a token"));
    let done = site.run(&["--config", &token, "key", "rotate"]);
    assert!(done.code == Some(0) && done.out.contains("is destroyed"), "{done:?}");
    assert_eq!(site.run(&["--config", &token, "doctor"]).code, Some(0));
    let shares = site.path("shares");
    let told = site.refused(&[
        "--config",
        &token,
        "key",
        "export-escrow",
        "--shares",
        "3",
        "--needed",
        "2",
        "--out",
        shares.to_str().unwrap(),
    ]);
    assert!(told.contains("never leaves it") && !shares.exists(), "{told}");
    assert!(site.refused(&["--config", &token, "key", "rotate", "--root"]).contains("the root key already"));
    // To another key in the same token, and back into a file.
    let second = config(&site, module, ("custos", "second", "pin"));
    changed(&site, &["--config", &second, "--from", &token]);
    assert!(site.refused(&["--config", &token, "doctor"]).contains("does not belong to this keyring"));
    changed(&site, &["--from", &second]);
    assert_eq!(site.run(&["doctor"]).code, Some(0));
    assert!(site.run(&["ledger", "verify"]).out.contains("the ledger is sound"));
}

/// Fails when: a first start makes a key file beside the token, or makes another key where one is missing.
#[test]
fn a_workspace_begins_in_a_token() {
    let Some((site, module)) = site() else { return };
    let token = config(&site, module, ("custos", "root", "pin"));
    let init = ["--config", &token, "init", "--admin-email", EMAIL, "--admin-name", "Ada", "--password-file"];
    let done = site.run(&[&init[..], &[&site.password()]].concat());
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(!site.data().join("root.key").exists());
    assert_eq!(site.run(&["--config", &token, "doctor"]).code, Some(0));
    let other = config(&site, module, ("custos", "other", "pin"));
    for _ in 0..2 {
        assert!(site.refused(&["--config", &other, "doctor"]).contains("no AES key with the label \"other\""));
    }
}

/// Fails when: anything that is wrong with a token is a panic, or is not named.
#[test]
fn what_is_wrong_with_a_token_is_named() {
    let Some((site, module)) = site() else { return };
    site.init();
    let good = config(&site, module, ("custos", "root", "pin"));
    changed(&site, &["--config", &good]);
    let told = |config: &str| site.refused(&["--config", config, "doctor"]);
    site.write("wrong", b"135790", 0o600);
    site.write("open", PIN.as_bytes(), 0o644);
    for (place, says) in [
        (("custos", "root", "wrong"), "refuses the PIN"),
        (("custos", "root", "open"), "chmod 600"),
        (("custos", "root", "missing"), "cannot be read"),
        (("else", "root", "pin"), "no token with the label \"else\""),
        (("custos", "else", "pin"), "no AES key with the label \"else\""),
    ] {
        let said = told(&config(&site, module, place));
        assert!(said.contains(says), "{place:?}: {said}");
    }
    let text = site.write("text.so", b"no library", 0o644);
    let copy = site.write("copy.so", &std::fs::read(module).unwrap(), 0o666);
    let nowhere = "/nowhere/module.so";
    for (module, says) in [
        (nowhere, "cannot be found"),
        ("module.so", "whole path"),
        (&copy, "others can change"),
        (&text, "cannot be loaded"),
    ] {
        let said = told(&config(&site, module, ("custos", "root", "pin")));
        assert!(said.contains(says), "{module}: {said}");
    }
    let both = site.write(
        "both.toml",
        b"passphrase_file = \"p\"\n[pkcs11]\nmodule = \"/m\"\ntoken = \"t\"\nkey = \"k\"\npin_file = \"p\"\n",
        0o600,
    );
    assert!(told(&both).contains("leave one of them out"));
    let good = config(&site, module, ("custos", "root", "pin"));
    assert_eq!(site.run(&["--config", &good, "doctor"]).code, Some(0), "and after all that the token is as it was");
}

/// Fails when: on the way between a file and a token there is a moment at which neither opens the house.
#[test]
fn the_way_into_a_token_is_killed_at_any_moment() {
    let Some((site, module)) = site() else { return };
    site.init();
    let chance = SeededChance::new(78);
    let opens = |config: Option<&str>| {
        let config: Vec<&str> = config.map(|file| vec!["--config", file]).unwrap_or_default();
        site.run(&[&config[..], &["key", "status"]].concat()).code == Some(0)
    };
    let mut takes = 300_000;
    let mut from: Option<String> = None;
    for round in 0..rounds(4) {
        let next = (round % 2 == 0).then(|| config(&site, module, ("custos", &format!("key {round}"), "pin")));
        let mut arguments: Vec<&str> = next.iter().flat_map(|file| ["--config", file]).collect();
        arguments.extend(["key", "rotate", "--root"]);
        arguments.extend(from.iter().flat_map(|file| ["--from", file]));
        let mut child = site.command(&arguments).spawn().unwrap();
        let (begun, moment) = (Instant::now(), Duration::from_micros(takes / 4 + below(&chance, takes)));
        while begun.elapsed() < moment && child.try_wait().unwrap().is_none() {
            pause();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let (old, new) = (opens(from.as_deref()), opens(next.as_deref()));
        assert!(old != new, "round {round}, killed after {moment:?}: old {old}, new {new}");
        if old {
            let started = Instant::now();
            assert_eq!(site.run(&arguments).code, Some(0));
            takes = u64::try_from(started.elapsed().as_micros()).unwrap();
        }
        from = next;
    }
}
