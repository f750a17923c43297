//! Holds every crate to its floor and to the outside crates it may name.
//!
//! A crate may depend only on floors below its own (ARCHITECTURE.md). Crates on the floor `dev` (tests and chores) may
//! depend on all, and nothing that ships may depend on them. An outside crate that opens a door (a database, the
//! network, a cipher) may be named only by the crate that guards this door; tests may look behind it.
//!
//! # How to add one more
//! A new floor is an entry of [`ORDER`], a new door one of [`DOORS`].

use std::collections::BTreeMap;

use crate::metadata::{Dependency, Package, Workspace};

/// The floors from the ground up.
const ORDER: &[&str] =
    &["0", "1a", "1", "1b", "1c", "1d", "2a", "2b", "2c", "2d", "3a", "3b", "3c", "3d", "4a", "4b", "4c", "4d", "5"];

/// The floor of what never ships.
const BESIDE: &str = "dev";

/// A kind of outside crate and who may name it.
struct Door {
    what: &'static str,
    keepers: &'static [&'static str],
    crates: &'static [&'static str],
}

const DOORS: &[Door] = &[
    Door {
        what: "a database driver",
        keepers: &["db", "dialect"],
        crates: &[
            "deadpool",
            "deadpool-postgres",
            "diesel",
            "libsqlite3-sys",
            "postgres",
            "postgres-types",
            "rusqlite",
            "sea-orm",
            "sqlx",
            "tokio-postgres",
            "tokio-postgres-rustls",
        ],
    },
    Door {
        what: "the web framework",
        keepers: &["httpkit", "web", "api"],
        crates: &["actix-web", "axum", "axum-core", "axum-extra", "poem", "rocket", "warp"],
    },
    Door { what: "the HTTP protocol", keepers: &["httpkit", "outbound"], crates: &["h2", "h3", "hyper", "hyper-util"] },
    Door {
        what: "a cipher, a hash or a signature",
        keepers: &["crypto"],
        crates: &[
            "aead",
            "aes",
            "aes-gcm",
            "argon2",
            "aws-lc-rs",
            "aws-lc-sys",
            "bcrypt",
            "blake2",
            "blake3",
            "chacha20poly1305",
            "cipher",
            "crypto_box",
            "curve25519-dalek",
            "digest",
            "dryoc",
            "ed25519-dalek",
            "hkdf",
            "hmac",
            "md-5",
            "openssl",
            "openssl-sys",
            "orion",
            "p256",
            "password-hash",
            "pbkdf2",
            "ring",
            "rsa",
            "scrypt",
            "sha1",
            "sha2",
            "sha3",
            "sodiumoxide",
            "x25519-dalek",
        ],
    },
    Door {
        what: "the ceremony of passkeys",
        keepers: &["accounts", "proofs"],
        crates: &["passkey", "webauthn-rs", "webauthn-rs-core", "webauthn-rs-proto"],
    },
    Door {
        what: "a source of randomness",
        keepers: &["crypto"],
        crates: &["fastrand", "getrandom", "rand", "rand_core"],
    },
    Door {
        what: "a library that is loaded while the program runs",
        keepers: &["hsm"],
        crates: &["cryptoki", "cryptoki-sys", "dlopen", "dlopen2", "libloading", "pkcs11"],
    },
    Door {
        what: "a client of the network",
        keepers: &["outbound"],
        crates: &[
            "async-smtp",
            "attohttpc",
            "awc",
            "curl",
            "hickory-resolver",
            "isahc",
            "lettre",
            "mail-send",
            "minreq",
            "object_store",
            "reqwest",
            "surf",
            "tokio-tungstenite",
            "ureq",
        ],
    },
];

/// Checks the workspace.
///
/// # Errors
/// Names every crate that breaks a rule, and the rule.
pub(crate) fn run() -> anyhow::Result<()> {
    let workspace = Workspace::read()?;
    let faults = faults(&workspace.packages);
    for fault in &faults {
        println!("floors: {fault}");
    }
    anyhow::ensure!(faults.is_empty(), "{} broken rule(s) between crates", faults.len());
    println!("floors: {} crates stand where they should", workspace.packages.len());
    Ok(())
}

fn faults(packages: &[Package]) -> Vec<String> {
    let floors: BTreeMap<&str, Option<&str>> =
        packages.iter().map(|package| (package.name.as_str(), package.floor())).collect();
    let mut faults = Vec::new();
    for package in packages {
        let floor = package.floor();
        if !floor.is_some_and(|floor| floor == BESIDE || height(floor).is_some()) {
            faults.push(format!("`{}` has no floor: write `floor = \"…\"` under [package.metadata]", package.name));
            continue;
        }
        for dependency in &package.dependencies {
            let below = floors.get(dependency.name.as_str()).copied().map(Option::unwrap_or_default);
            let fault = match below {
                Some(below) => edge_fault(package, dependency, below),
                None => door_fault(package, dependency),
            };
            faults.extend(fault);
        }
    }
    faults
}

/// Judges a dependency on a crate of ours that stands on the floor `below`.
fn edge_fault(package: &Package, dependency: &Dependency, below: &str) -> Option<String> {
    let own = package.floor().unwrap_or_default();
    let (name, other) = (&package.name, &dependency.name);
    if own == BESIDE {
        return None;
    }
    if below == BESIDE {
        let shipped = !dependency.is_dev();
        return shipped.then(|| format!("`{name}` ships and depends on `{other}`, which is for tests and chores"));
    }
    (height(below) >= height(own)).then(|| {
        format!("`{name}` (floor {own}) depends on `{other}` (floor {below}): a crate may depend only on lower floors")
    })
}

/// Judges a dependency on somebody else's crate.
fn door_fault(package: &Package, dependency: &Dependency) -> Option<String> {
    if dependency.is_dev() || package.floor() == Some(BESIDE) {
        return None;
    }
    let door = DOORS.iter().find(|door| door.crates.contains(&dependency.name.as_str()))?;
    let (name, other, keepers) = (&package.name, &dependency.name, door.keepers.join(", "));
    (!door.keepers.contains(&name.as_str()))
        .then(|| format!("`{name}` names `{other}`, {what}: only {keepers} may", what = door.what))
}

fn height(floor: &str) -> Option<usize> {
    ORDER.iter().position(|known| *known == floor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, floor: Option<&str>, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies: Vec<_> =
            dependencies.iter().map(|(name, kind)| serde_json::json!({ "name": name, "kind": kind })).collect();
        let metadata = floor.map(|floor| serde_json::json!({ "floor": floor }));
        let tree = serde_json::json!({ "name": name, "dependencies": dependencies, "metadata": metadata });
        serde_json::from_value(tree).unwrap()
    }

    fn house(more: Package) -> Vec<String> {
        faults(&[
            package("kernel", Some("0"), &[("uuid", None)]),
            package("crypto", Some("1"), &[("kernel", None), ("aws-lc-rs", None)]),
            package("db", Some("2a"), &[("kernel", None), ("rusqlite", None)]),
            package("vault", Some("2b"), &[("db", None), ("testkit", Some("dev"))]),
            package("testkit", Some("dev"), &[("db", None), ("vault", None)]),
            more,
        ])
    }

    #[test]
    fn a_crate_on_its_floor_is_left_alone() {
        assert_eq!(house(package("records", Some("3a"), &[("vault", None), ("serde", None)])), [""; 0]);
    }

    #[test]
    fn an_edge_upward_or_sideways_is_named() {
        for (floor, dependency) in [("0", "kernel"), ("1", "crypto"), ("1", "db"), ("2a", "vault")] {
            let found = house(package("odd", Some(floor), &[(dependency, None)]));
            assert_eq!(found.len(), 1, "{floor} -> {dependency}");
            assert!(found[0].contains("only on lower floors"), "{found:?}");
        }
    }

    #[test]
    fn even_a_test_depends_on_lower_floors_only() {
        assert_eq!(house(package("odd", Some("1"), &[("db", Some("dev"))])).len(), 1);
    }

    #[test]
    fn what_ships_does_not_depend_on_what_is_for_tests() {
        assert_eq!(house(package("records", Some("3a"), &[("testkit", None)])).len(), 1);
        assert_eq!(house(package("records", Some("3a"), &[("testkit", Some("build"))])).len(), 1);
    }

    #[test]
    fn a_door_is_opened_by_its_keeper_only() {
        for other in [
            "rusqlite",
            "tokio-postgres",
            "axum",
            "aws-lc-rs",
            "argon2",
            "ring",
            "reqwest",
            "lettre",
            "rand",
            "webauthn-rs",
        ] {
            let found = house(package("records", Some("3a"), &[(other, None)]));
            assert_eq!(found.len(), 1, "{other}");
            assert!(found[0].contains(other), "{found:?}");
        }
    }

    #[test]
    fn a_test_may_look_behind_a_door() {
        assert_eq!(house(package("records", Some("3a"), &[("rusqlite", Some("dev"))])), [""; 0]);
        assert_eq!(house(package("suite", Some("dev"), &[("rusqlite", None)])), [""; 0]);
    }

    #[test]
    fn a_crate_without_a_known_floor_is_named() {
        assert_eq!(house(package("odd", None, &[])).len(), 1);
        assert_eq!(house(package("odd", Some("7"), &[])).len(), 1);
    }
}
