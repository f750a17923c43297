//! What `cargo metadata` says about this workspace.

use anyhow::Context;
use serde::Deserialize;

use crate::tool;

/// The crates of this workspace.
#[derive(Deserialize)]
pub(crate) struct Workspace {
    /// One for each member.
    pub(crate) packages: Vec<Package>,
}

/// One crate of this workspace.
#[derive(Deserialize)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// What it asks for directly.
    pub(crate) dependencies: Vec<Dependency>,
    /// Its `[package.metadata]`.
    metadata: Option<Notes>,
}

/// What we write in `[package.metadata]`.
#[derive(Deserialize)]
struct Notes {
    floor: Option<String>,
}

/// One direct dependency.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    /// The crate asked for, by its own name even where it is renamed.
    pub(crate) name: String,
    /// Absent for what is linked always.
    kind: Option<Kind>,
}

#[derive(PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Build,
    Dev,
}

impl Workspace {
    /// Asks cargo.
    ///
    /// # Errors
    /// Cargo cannot be run, or says something unexpected.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let text = tool::read(tool::cargo().args(["metadata", "--format-version=1", "--no-deps", "--offline"]))?;
        serde_json::from_str(&text).context("cargo metadata has an unknown form")
    }

    /// Tells whether the workspace has a crate of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.packages.iter().any(|package| package.name == name)
    }
}

impl Package {
    /// Returns the floor the crate says it is on.
    pub(crate) fn floor(&self) -> Option<&str> {
        self.metadata.as_ref()?.floor.as_deref()
    }
}

impl Dependency {
    /// Tells whether only tests link it.
    pub(crate) fn is_dev(&self) -> bool {
        self.kind == Some(Kind::Dev)
    }
}
