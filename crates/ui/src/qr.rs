//! QR codes (ISO/IEC 18004), drawn as one path.

use std::fmt::Write as _;

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// So many light modules stand around a code (ISO/IEC 18004 §6.3.8).
const QUIET: usize = 4;

/// Draws a text as a QR code, dark on light whatever the theme; nothing if it is too long for one.
#[must_use]
pub fn qr(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return html! {} };
    let (side, path) = (code.width() + 2 * QUIET, path(&code));
    html! {
        svg.qr role="img" aria-label=(label) width="208" height="208" viewBox={ "0 0 " (side) " " (side) } shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

/// Draws each run of dark modules of a row as a bar.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                // Writing to a string does not fail.
                let _ = write!(path, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
            }
            x += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_path_with_a_quiet_zone() {
        let drawn = qr("otpauth://totp/Brightloom:mei@brightloom.example?secret=GEZDGNBV", "the key").0;
        // The finder in the upper left corner: seven dark modules, four away from either edge.
        assert!(drawn.contains("d=\"M4 4h7v1h-7z"), "{drawn}");
        assert_eq!(drawn.matches("<path").count(), 1);
        assert!(drawn.contains("aria-label=\"the key\"") && !drawn.contains("style"));
        assert_eq!(qr(&"x".repeat(5_000), "").0, "");
    }
}
