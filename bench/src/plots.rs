//! Which figures are drawn, and how. The drawing itself is `svg`.

use crate::figures::Figures;
use crate::negotiate::{Many, Single};
use crate::numbers::{count, short};
use crate::report::{PAGE_MS, PER_SECOND, single_reach};
use crate::svg::{Plot, Scale, Series};

/// (file name, text) of every plot that the figures allow.
pub fn all(figures: &Figures) -> Vec<(&'static str, String)> {
    let mut plots = Vec::new();
    if let Some(single) = &figures.single {
        plots.push(("single.svg", one_at_a_time(single).render()));
    }
    if let Some(many) = &figures.many {
        plots.push(("many.svg", per_second(many).render()));
        plots.push(("memory.svg", memory(many).render()));
    }
    if !figures.catalogue.is_empty() {
        plots.push(("catalogue.svg", pages(figures).render()));
    }
    plots
}

fn one_at_a_time(single: &Single) -> Plot {
    let reach = single_reach(single);
    // The slowest of all would flatten the rest.
    let points = single
        .times
        .distribution(100)
        .into_iter()
        .filter(|(_, share)| *share <= 99.0);
    Plot {
        title: format!(
            "Negotiation to FINALIZED on both nodes, one at a time ({})",
            count(single.times.count())
        ),
        across: "milliseconds".to_owned(),
        upward: "% that took at most so long".to_owned(),
        scale: Scale::Even,
        series: vec![Series {
            name: "negotiations".to_owned(),
            points: points.collect(),
        }],
        limits: vec![(50.0, "p50".to_owned())],
        stops: vec![(reach, format!("reach of p50: {} ms", short(reach)))],
    }
}

fn per_second(many: &Many) -> Plot {
    Plot {
        title: format!("Negotiations FINALIZED per second, {} at a time", many.width),
        across: "seconds since the first".to_owned(),
        upward: "per second".to_owned(),
        scale: Scale::Even,
        series: vec![Series {
            name: "both nodes, durable and signed".to_owned(),
            points: many.by_second.clone(),
        }],
        limits: vec![(PER_SECOND, format!("reach: {PER_SECOND:.0}"))],
        stops: Vec::new(),
    }
}

fn memory(many: &Many) -> Plot {
    let [provider, consumer] = many.memory.clone();
    let line = |name: &str, points| Series {
        name: name.to_owned(),
        points,
    };
    Plot {
        title: format!("Resident memory while {} negotiations are made", count(many.count)),
        across: "seconds since the first".to_owned(),
        upward: "MiB".to_owned(),
        scale: Scale::Even,
        series: vec![line("provider", provider), line("consumer", consumer)],
        limits: vec![(80.0, "reach: 80 MB".to_owned())],
        stops: Vec::new(),
    }
}

fn pages(figures: &Figures) -> Plot {
    let line = |name: &str, value: &dyn Fn(&crate::catalogue::Shelf) -> f64| Series {
        name: name.to_owned(),
        points: figures
            .by_length()
            .map(|shelf| (shelf.offers as f64, value(shelf)))
            .collect(),
    };
    Plot {
        title: "Catalogue page of 50, p50".to_owned(),
        across: "offers in the catalogue".to_owned(),
        upward: "milliseconds".to_owned(),
        scale: Scale::Powers,
        series: vec![
            line("direct", &|shelf| shelf.direct.p50()),
            line("by a second node", &|shelf| shelf.by_node.p50()),
            line("page after page", &|shelf| shelf.onward.p50()),
        ],
        limits: vec![(PAGE_MS, format!("reach: {PAGE_MS:.0} ms"))],
        stops: Vec::new(),
    }
}
