//! A table that scrolls within itself where the window is narrow.

use maud::{Markup, html};

/// Heads and rows; the first cell of a row is its head.
pub fn table(caption: &str, heads: &[String], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(caption) {
            table {
                caption.sr { (caption) }
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (number, cell) in row.iter().enumerate() {
                                @if number == 0 { th scope="row" { (cell) } }
                                @else { td data-head=[heads.get(number)] { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
