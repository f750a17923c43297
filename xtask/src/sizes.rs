//! Lists what is larger than the project's sizes: a crate, a file, a function.
//!
//! The sizes are a guide: going over one needs a reason, so it is listed. Going far over one is refused.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::lexer;
use crate::tool;

/// A size in lines: listed above `guide`, refused above `limit`.
struct Size {
    what: &'static str,
    guide: usize,
    limit: usize,
}

const CRATE: Size = Size { what: "crate", guide: 4_000, limit: 6_000 };
const FILE: Size = Size { what: "file", guide: 300, limit: 600 };
const FUNCTION: Size = Size { what: "function", guide: 40, limit: 100 };

/// Where crates lie, below the root.
const HOMES: &[&str] = &["crates", "suite", "xtask", "bench"];

/// Something above its guide.
struct Offender {
    lines: usize,
    refused: bool,
    text: String,
}

/// Checks the workspace.
///
/// # Errors
/// Something is above a limit, or a file cannot be read.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut offenders = Vec::new();
    for folder in crate_folders()? {
        measure(&folder, &mut offenders)?;
    }
    offenders.sort_by_key(|offender| (offender.refused, offender.lines));
    for Offender { text, refused, .. } in &offenders {
        println!("sizes: {}{text}", if *refused { "REFUSED " } else { "" });
    }
    let refused = offenders.iter().filter(|offender| offender.refused).count();
    println!("sizes: {} above the guide, {refused} of them above the limit", offenders.len());
    anyhow::ensure!(refused == 0, "{refused} size(s) above the limit");
    Ok(())
}

fn crate_folders() -> anyhow::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for home in HOMES {
        let home = tool::root().join(home);
        if home.join("Cargo.toml").is_file() {
            folders.push(home);
        } else if home.is_dir() {
            folders.extend(entries(&home)?.into_iter().filter(|folder| folder.join("Cargo.toml").is_file()));
        }
    }
    Ok(folders)
}

fn measure(folder: &Path, offenders: &mut Vec<Offender>) -> anyhow::Result<()> {
    let mut total = 0;
    for file in sources(folder)? {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let lines = text.lines().count();
        let shown = file.strip_prefix(tool::root()).unwrap_or(&file).display().to_string();
        // The guide for a crate is about what one has to understand, and that leaves out its tests.
        if file.starts_with(folder.join("src")) {
            total += lines;
        }
        offenders.extend(judge(&FILE, lines, &shown));
        for function in lexer::functions(&text) {
            let place = format!("{shown}:{} {}", function.line, function.name);
            offenders.extend(judge(&FUNCTION, function.lines, &place));
        }
    }
    let name = folder.strip_prefix(tool::root()).unwrap_or(folder).display().to_string();
    offenders.extend(judge(&CRATE, total, &name));
    Ok(())
}

fn judge(size: &Size, lines: usize, place: &str) -> Option<Offender> {
    (lines > size.guide).then(|| Offender {
        lines,
        refused: lines > size.limit,
        text: format!("{} of {lines} lines (guide {}, limit {}): {place}", size.what, size.guide, size.limit),
    })
}

fn sources(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in entries(folder)? {
        if entry.is_dir() {
            found.extend(sources(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
    Ok(found)
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let listed = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut entries: Vec<PathBuf> = listed.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    // Builds may go below a crate; hidden folders are somebody else's.
    entries.retain(|entry| {
        let name = entry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        !name.starts_with('.') && name != "target" && name != "node_modules"
    });
    entries.sort();
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_the_guide_is_listed_and_above_the_limit_refused() {
        assert!(judge(&FILE, 300, "a.rs").is_none());
        assert!(judge(&FILE, 301, "a.rs").is_some_and(|offender| !offender.refused));
        assert!(judge(&FILE, 601, "a.rs").is_some_and(|offender| offender.refused));
    }

    #[test]
    fn this_very_file_is_found() {
        let found = sources(&tool::root().join("xtask")).unwrap();
        assert!(found.iter().any(|file| file.ends_with("src/sizes.rs")), "{found:?}");
    }
}
