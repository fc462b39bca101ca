//! A bar chart as SVG, with the same figures as a table beside it.

use super::table::table;
use crate::words::Words;
use maud::{Markup, html};

/// Width of the longest bar, in units of the drawing.
const WIDTH: u64 = 100;

/// Bars for figures in their order: what, and how many; `most` fills a bar.
pub fn bars(words: &Words, caption: &str, head: &str, figures: &[(Markup, u64)], most: u64) -> Markup {
    let rows: Vec<Vec<Markup>> = figures
        .iter()
        .map(|(name, count)| vec![name.clone(), bar(*count, most), html! { (words.number(*count)) }])
        .collect();
    html! {
        div.bars {
            (table(caption, &[head.to_owned(), words.say("chart-share"), words.say("chart-count")], &rows))
        }
    }
}

/// One bar; the number beside it says the same.
fn bar(count: u64, most: u64) -> Markup {
    let width = (count * WIDTH).div_ceil(most.max(1)).min(WIDTH);
    html! {
        svg.bar viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.bar-back width="100" height="6" rx="1" {}
            rect.bar-front width=(width) height="6" rx="1" {}
        }
    }
}
