//! Commands: what they say, and what they refuse.

use super::{EMAIL, Site};
use crate::support::assert_committed;

/// Every command there is.
const COMMANDS: &[&[&str]] = &[
    &[],
    &["serve"],
    &["init"],
    &["demo"],
    &["import"],
    &["user"],
    &["user", "invite"],
    &["user", "accept"],
    &["user", "recover"],
    &["token"],
    &["token", "create"],
    &["token", "list"],
    &["token", "revoke"],
    &["passwords"],
    &["passwords", "build"],
    &["policy"],
    &["policy", "show"],
    &["policy", "set"],
    &["budget"],
    &["budget", "show"],
    &["budget", "set"],
    &["key"],
    &["key", "status"],
    &["key", "rotate"],
    &["key", "export-escrow"],
    &["key", "recover"],
    &["ledger"],
    &["ledger", "verify"],
    &["ledger", "checkpoint"],
    &["export"],
    &["export", "trace"],
    &["erasure"],
    &["erasure", "verify"],
    &["doctor"],
    &["config"],
    &["config", "check"],
];

/// Fails when: a command, an option or a sentence about one changes.
#[test]
fn the_help_of_every_command_is_the_committed_one() {
    let Some(site) = Site::new() else { return };
    let mut text = String::new();
    for command in COMMANDS {
        let done = site.run(&[command, &["--help"][..]].concat());
        assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{command:?}");
        text.push_str(&format!("$ custos {}\n\n{}\n", [command, &["--help"][..]].concat().join(" "), done.out));
    }
    // What is set in the environment is shown, and is another folder every time.
    let text = text.replace(site.dir.path().to_str().unwrap(), "/tmp");
    let text: String = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    assert_committed("program/help.txt", &text);
    for listed in text.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
        let word = listed.trim().split(' ').next().unwrap();
        let known = word.starts_with('-')
            || word == "help"
            || word.starts_with(['<', '['])
            || COMMANDS.iter().any(|c| c.contains(&word));
        assert!(known, "a command that is not asked for its help: {word}");
    }
}

/// Fails when: `house::open` does not hand the list to the accounts, or starts with one that is not whole.
#[test]
fn a_breached_password_is_refused_and_so_is_a_damaged_list() {
    let Some(site) = Site::new() else { return };
    let breached = "quagmire lantern 7 orchids";
    let (list, out) = (site.write("list", format!("{breached}\nother\n").as_bytes(), 0o600), site.path("breached"));
    let made = site.run(&["passwords", "build", &list, "--out", out.to_str().unwrap()]);
    assert!(made.code == Some(0) && made.out.contains("2 passwords"), "{made:?}");
    let config = site.write("custos.toml", format!("breached_passwords = {out:?}").as_bytes(), 0o600);
    let password = site.write("breached password", breached.as_bytes(), 0o600);
    let init = ["--config", &config, "init", "--admin-email", EMAIL, "--admin-name", "Ada", "--password-file"];
    let told = site.refused(&[&init[..], &[&password]].concat());
    assert!(told.contains("password-common"), "{told}");
    assert_eq!(site.run(&[&init[..], &[&site.password()]].concat()).code, Some(0));
    let mut bytes = std::fs::read(&out).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    for (bytes, says) in [(&bytes[..], "damaged"), (b"PK\x03\x04", "is not a list")] {
        std::fs::write(&out, bytes).unwrap();
        let told = site.refused(&["--config", &config, "serve", "--listen", "127.0.0.1:0"]);
        assert!(told.contains(says) && told.contains("breached"), "{told}");
    }
}

/// Fails when: `init` does not ask whether somebody can sign in already.
#[test]
fn a_workspace_is_set_up_once() {
    let Some(site) = Site::set_up() else { return };
    let again = site.refused(&[
        "init",
        "--admin-email",
        "eve@example.org",
        "--admin-name",
        "Eve",
        "--password-file",
        &site.password(),
    ]);
    assert!(again.contains("set up already"), "{again}");
    assert_eq!(site.number("select count(*) from app_user"), 1);
    let server = site.serve();
    assert_eq!(server.get("/setup/anything", "").unwrap().0, 404);
    server.stop();
}

/// Fails when: `init` takes a password that accounts would refuse, or tells it.
#[test]
fn a_weak_first_password_is_refused_and_not_repeated() {
    let Some(site) = Site::new() else { return };
    for weak in ["abc", "password1234", ""] {
        let file = site.write("weak", format!("{weak}\n").as_bytes(), 0o600);
        let told = site.refused(&["init", "--admin-email", EMAIL, "--admin-name", "Ada", "--password-file", &file]);
        assert!(told.contains("password") && (weak.is_empty() || !told.contains(weak)), "{told}");
    }
    let told =
        site.refused(&["init", "--admin-email", EMAIL, "--admin-name", "Ada", "--password-file", "/nowhere/password"]);
    assert!(told.contains("/nowhere/password"), "{told}");
}

/// Fails when: the configuration takes an unknown key, or an address that others reach without TLS.
#[test]
fn a_configuration_that_is_not_understood_is_refused_by_name() {
    let Some(site) = Site::new() else { return };
    for (text, named) in [
        ("lisen = \"127.0.0.1:1\"\n", "lisen"),
        ("listen = \"nonsense\"\n", "listen"),
        ("listen = \"0.0.0.0:1\"\n", "--tls-cert"),
        ("tls_cert = \"a.pem\"\n", "tls_key"),
        ("listen = \n", "config.toml"),
    ] {
        let file = site.write("config.toml", text.as_bytes(), 0o600);
        for command in [&["config", "check"][..], &["doctor"], &["serve"]] {
            let told = site.refused(&[&["--config", &file][..], command].concat());
            assert!(told.contains(named), "{text:?} {command:?}: {told}");
        }
    }
    let told = site.refused(&["--config", "/nowhere/custos.toml", "config", "check"]);
    assert!(told.contains("/nowhere/custos.toml"), "{told}");
    assert!(!site.data().exists(), "a configuration that is refused makes nothing");
    for address in ["0.0.0.0:1", "[::]:1", "192.0.2.1:80"] {
        let told = site.refused(&["serve", "--listen", address]);
        assert!(told.contains(address) && told.contains("--tls-cert"), "{told}");
    }
    let good = site.write("config.toml", b"listen = \"127.0.0.1:1\"\nhosts = [\"crm.example\"]\n", 0o600);
    let done = site.run(&["--config", &good, "config", "check"]);
    assert!(done.code == Some(0) && done.out.ends_with("the configuration is understood\n"), "{done:?}");
}

/// Fails when: `token create` prints anything beside the token, or the token does not work.
#[test]
fn a_token_is_all_that_is_printed_and_it_works() {
    let Some(site) = Site::set_up() else { return };
    let done = site.run(&["token", "create", "--user", EMAIL, "--expires", "30d"]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:?}");
    let token = done.out.strip_suffix('\n').unwrap();
    assert!(token.starts_with("custos_") && token.bytes().all(|b| b.is_ascii_graphic()), "{token:?}");
    for wrong in [
        &["token", "create", "--user", "eve@example.org", "--expires", "30d"][..],
        &["token", "create", "--user", EMAIL, "--expires", "30y"],
        &["token", "create", "--user", EMAIL, "--expires", "500w"],
    ] {
        let told = site.refused(wrong);
        assert!(!told.contains("custos_"), "{told}");
    }
    let server = site.serve();
    let asked = |token: &str| server.get("/api/v1/contacts", &format!("authorization: Bearer {token}\r\n")).unwrap();
    assert_eq!(asked(token).0, 200);
    assert_eq!(asked(&token[..token.len() - 1]).0, 401);
    server.stop();
    let told = site.run(&["ledger", "verify"]);
    assert!(told.code == Some(0) && told.out.contains("the ledger is sound"), "{told:?}");
}

/// Fails when: `doctor` or `ledger verify` do not look at what they say they look at.
#[test]
fn the_doctor_finds_what_is_wrong() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(site) = Site::set_up() else { return };
    let done = site.run(&["doctor"]);
    assert!(done.code == Some(0) && !done.out.contains("WRONG"), "{done:?}");
    let server = site.serve();
    until_signed(&site);
    server.stop();
    site.raw().execute_batch("update ledger_entry set body = zeroblob(length(body)) where position = 0").unwrap();
    for command in [&["doctor"][..], &["ledger", "verify"]] {
        let done = site.run(command);
        assert!(done.code == Some(1) && done.out.contains("row 0 "), "{done:?}");
    }
    std::fs::set_permissions(site.data().join("root.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let told = site.refused(&["doctor"]);
    assert!(told.contains("root.key") && told.contains("chmod 600"), "{told}");
}

fn until_signed(site: &Site) {
    super::until("the tree is signed", || site.number("select count(*) from ledger_checkpoint") > 0);
}

/// Fails when: an import in somebody's name takes rights they do not have.
#[test]
fn a_command_acts_with_the_rights_of_whom_it_names() {
    let Some(site) = Site::set_up() else { return };
    let file = site.write("people.csv", b"name,email\nAnn Lee,ann@example.org\nBo Chen,wrong\n", 0o600);
    let dry = site.run(&["import", &file, "--object", "contact", "--as", EMAIL, "--dry-run"]);
    assert!(dry.code == Some(0) && dry.out.contains("1 new") && dry.out.ends_with("nothing was stored\n"), "{dry:?}");
    assert_eq!((site.number("select count(*) from r_contact"), site.uploads()), (0, 0));
    let done = site.run(&["import", &file, "--object", "contact", "--as", EMAIL]);
    assert!(done.code == Some(0) && done.out.contains("1 created") && done.out.contains("1 wrong"), "{done:?}");
    for wrong in [
        &["import", &file, "--object", "contact", "--as", "eve@example.org"][..],
        &["import", &file, "--object", "dragon", "--as", EMAIL],
        &["import", "/nowhere.csv", "--object", "contact", "--as", EMAIL],
        &["import", &site.write("no.csv", b"PK\x03\x04", 0o600), "--object", "contact", "--as", EMAIL],
        &["user", "invite", "--email", "x@example.org", "--name", "X", "--role", "king"],
        &["user", "invite", "--email", EMAIL, "--name", "X"],
        &["user", "invite", "--email", "no address", "--name", "X"],
    ] {
        site.refused(wrong);
    }
    assert_eq!((site.number("select count(*) from r_contact"), site.uploads()), (1, 0));
    let link = site.run(&["user", "invite", "--email", "x@example.org", "--name", "X", "--role", "viewer"]);
    assert!(
        link.code == Some(0) && link.out.starts_with("http://localhost:8080/join/") && link.out.lines().count() == 1,
        "{link:?}"
    );
}

/// Fails when a file of an installation is made with the rights that the system gives by itself.
#[test]
fn nothing_of_an_installation_is_open_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(site) = Site::set_up() else { return };
    let server = site.serve();
    let mut folders = vec![site.data()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let about = entry.metadata().unwrap();
            assert_eq!(about.permissions().mode() & 0o077, 0, "{}", entry.path().display());
            seen += 1;
            if about.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    assert!(seen >= 5, "database, its log, keyring, its log, root key: {seen}");
    server.stop();
}

/// Fails when the command does not know where the server is.
#[test]
fn an_invitation_leads_to_where_custos_is_served() {
    let Some(site) = Site::set_up() else { return };
    let invite = ["user", "invite", "--email", "ann@example.org", "--name", "Ann", "--listen", "127.0.0.1:9123"];
    let printed = site.run(&invite).out;
    assert!(printed.starts_with("http://localhost:9123/join/"), "{printed}");
}
