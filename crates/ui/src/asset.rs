//! Styles, scripts and icons: inside the binary, compressed once at start, under an address that changes with their content.

use std::io::Write as _;
use std::sync::OnceLock;

/// A file as it is sent.
pub struct Asset {
    /// Its media type.
    pub kind: &'static str,
    /// Its bytes.
    pub plain: &'static [u8],
    /// The same, compressed with Brotli (RFC 7932); empty where that does not pay.
    pub brotli: Vec<u8>,
}

struct Assets {
    version: String,
    files: Vec<(&'static str, Asset)>,
}

const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const STYLE: &[u8] = concat!(
    include_str!("../assets/css/1-tokens.css"),
    include_str!("../assets/css/2-base.css"),
    include_str!("../assets/css/3-parts.css"),
    include_str!("../assets/css/4-list.css"),
    include_str!("../assets/css/5-record.css"),
    include_str!("../assets/css/6-forms.css"),
    include_str!("../assets/css/6-notice.css"),
    include_str!("../assets/css/6-passkey.css"),
    include_str!("../assets/css/7-wide.css"),
)
.as_bytes();

const FILES: &[(&str, &str, &[u8])] = &[
    ("app.css", "text/css; charset=utf-8", STYLE),
    ("core.js", JS, include_bytes!("../assets/js/core.js")),
    ("device.js", JS, include_bytes!("../assets/js/device.js")),
    ("shell.js", JS, include_bytes!("../assets/js/shell.js")),
    ("palette.js", JS, include_bytes!("../assets/js/palette.js")),
    ("list.js", JS, include_bytes!("../assets/js/list.js")),
    ("board.js", JS, include_bytes!("../assets/js/board.js")),
    ("record.js", JS, include_bytes!("../assets/js/record.js")),
    ("passkey.js", JS, include_bytes!("../assets/js/passkey.js")),
    ("prove.js", JS, include_bytes!("../assets/js/prove.js")),
    ("import.js", JS, include_bytes!("../assets/js/import.js")),
    ("icons.svg", SVG, include_bytes!("../assets/icons.svg")),
    ("mark.svg", SVG, include_bytes!("../assets/mark.svg")),
];

fn assets() -> &'static Assets {
    static ASSETS: OnceLock<Assets> = OnceLock::new();
    ASSETS.get_or_init(|| {
        // One version for the whole set, so that relative addresses inside the files stay in it.
        let mut hasher = crypto::Hasher::new();
        for (name, _, bytes) in FILES {
            hasher.update(name.as_bytes());
            hasher.update(bytes);
        }
        let version = hasher.finish().iter().take(8).map(|b| format!("{b:02x}")).collect();
        let files = FILES
            .iter()
            .map(|(name, kind, bytes)| (*name, Asset { kind, plain: bytes, brotli: squeeze(bytes) }))
            .collect();
        Assets { version, files }
    })
}

/// Compresses within a window of 64 KiB: no file is much larger. Quality 11, since it is done once; the tables of 9 and 10
/// take a hundred megabytes that the process would keep. Empty if that failed.
fn squeeze(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut out, 4096, 11, 16);
    let written = writer.write_all(bytes).and_then(|()| writer.flush());
    drop(writer);
    if written.is_ok() { out } else { Vec::new() }
}

/// Returns the address of a file.
#[must_use]
pub fn url(name: &str) -> String {
    format!("/a/{}/{name}", assets().version)
}

/// Returns a file by the version and name in its address. Another version is another program's: it is not there.
#[must_use]
pub fn find(version: &str, name: &str) -> Option<&'static Asset> {
    let assets = assets();
    if version != assets.version {
        return None;
    }
    assets.files.iter().find(|(known, _)| *known == name).map(|(_, asset)| asset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budgets_of_the_interface_hold() {
        let total = |kind: &str| {
            assets().files.iter().filter(|(_, a)| a.kind == kind).map(|(_, a)| a.brotli.len()).sum::<usize>()
        };
        assert!(total(JS) <= 30_000, "scripts: {}", total(JS));
        let style = total("text/css; charset=utf-8");
        assert!(style <= 14_000, "style: {style}");
    }

    #[test]
    fn a_file_is_found_under_its_address_only() {
        let address = url("core.js");
        let version = address.split('/').nth(2).unwrap();
        assert!(find(version, "core.js").is_some());
        assert!(find("0000", "core.js").is_none());
        assert!(find(version, "../Cargo.toml").is_none());
    }
}
