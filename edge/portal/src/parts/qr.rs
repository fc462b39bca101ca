//! A text as a QR code (ISO/IEC 18004), drawn as one path. The text stands beside it for whoever has no camera.

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// White around the code, in modules, as the standard wants it.
const QUIET: usize = 4;

/// The code; none of a text that is too long for one. `label` says what it is to whoever does not see it.
pub fn qr(text: &str, label: &str) -> Option<Markup> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let size = code.width() + 2 * QUIET;
    let path = path(&code);
    Some(html! {
        svg.qr role="img" aria-label=(label) viewBox=(format!("0 0 {size} {size}")) shape-rendering="crispEdges" {
            rect.qr-back width=(size) height=(size) {}
            path.qr-front d=(path) {}
        }
    })
}

/// Dark modules, a run of a row at a time.
fn path(code: &QrCode) -> String {
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (row, modules) in colors.chunks(width.max(1)).enumerate() {
        let mut at = 0;
        for run in modules.chunk_by(|one, other| one == other) {
            if run.first() == Some(&Color::Dark) {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h{}v1h-{}z", at + QUIET, row + QUIET, run.len(), run.len());
            }
            at += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corner_of_a_code_is_its_finder() {
        let drawn = qr("https://node.example/verify", "code").unwrap().into_string();
        // Its upper edge: seven dark modules, behind the white.
        assert!(drawn.contains("M4 4h7v1h-7z"), "{drawn}");
        assert!(drawn.contains("aria-label=\"code\""));
        assert!(qr(&"a".repeat(5_000), "code").is_none());
    }
}
