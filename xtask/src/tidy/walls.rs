//! Walls: who may import whom, ours and foreign. Our walls are the table in ARCHITECTURE.md; the foreign ones stand here.
//!
//! Only normal dependencies count: tests may look over a wall. Packages below `tests/` and `bench/` stand outside the house
//! and have no row.

use super::Finding;
use crate::house::{House, Text};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use std::collections::{BTreeMap, BTreeSet};

const BEGIN: &str = "<!-- walls: begin -->";
const END: &str = "<!-- walls: end -->";

/// What no crate under `core/` may reach, however far away: async, network, disk engines, randomness and concrete cryptography.
const NOT_IN_CORE: [&str; 28] = [
    "async-std",
    "aws-lc-rs",
    "axum",
    "chrono",
    "diesel",
    "ed25519-dalek",
    "fastrand",
    "futures",
    "futures-util",
    "getrandom",
    "hyper",
    "hyper-util",
    "mio",
    "openssl",
    "postgres",
    "rand",
    "reqwest",
    "ring",
    "rusqlite",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "tokio",
    "tokio-util",
    "tower",
    "ureq",
    "uuid",
];

/// Edges that are not followed: hash tables inside a foreign crate that seed themselves roll no dice for us; nothing of ours can
/// reach the seed.
const SEEDS: [(&str, &str); 1] = [("ahash", "getrandom")];

/// Foreign crates that one room owns: (crate, folders that may import it).
const OWNED: [(&str, &[&str]); 8] = [
    ("sqlx", &["edge/store"]),
    ("rusqlite", &[]),
    ("hyper-rustls", &["edge/client"]),
    ("reqwest", &["edge/client"]),
    ("ureq", &["edge/client"]),
    (
        "axum",
        &[
            "edge/api",
            "edge/dataplane",
            "edge/management",
            "edge/portal",
            "edge/node",
        ],
    ),
    ("clap", &["edge/node"]),
    ("tokio-rustls", &["edge/api", "edge/node"]),
];

/// Source words that one folder owns: the HTTP client is one, so that its egress guard is one.
const OWNED_WORDS: [(&str, &str); 3] = [
    ("hyper::client", "edge/client"),
    ("hyper_util::client", "edge/client"),
    ("TcpStream::connect", "edge/client"),
];

/// A crate of the house, as far as walls are concerned.
#[derive(Clone, Debug)]
pub struct Crate {
    name: String,
    /// Folder from the workspace folder.
    folder: String,
    /// Crates of the house among its normal dependencies.
    imports: BTreeSet<String>,
    /// Foreign crates among its normal dependencies.
    foreign: BTreeSet<String>,
    /// Everything it reaches through normal dependencies.
    reaches: BTreeSet<String>,
}

/// Reads every crate of the workspace from `cargo metadata`.
///
/// # Errors
/// Cargo cannot read the workspace; its own message is passed on.
pub fn read_crates(house: &House) -> Result<Vec<Crate>, String> {
    let manifest = house.root().join("Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .exec()
        .map_err(|why| why.to_string())?;
    let ours: BTreeSet<String> = metadata
        .workspace_packages()
        .iter()
        .map(|one| one.name.to_string())
        .collect();
    let names: BTreeMap<&PackageId, String> = metadata
        .packages
        .iter()
        .map(|one| (&one.id, one.name.to_string()))
        .collect();
    let edges = normal_edges(&metadata, &names);
    let read = |package: &&Package| {
        let direct = package
            .dependencies
            .iter()
            .filter(|one| one.kind == DependencyKind::Normal);
        let (imports, foreign) = direct.map(|one| one.name.clone()).partition(|name| ours.contains(name));
        Crate {
            name: package.name.to_string(),
            folder: folder_of(&metadata, package),
            imports,
            foreign,
            reaches: reached(&package.id, &edges)
                .into_iter()
                .filter_map(|id| names.get(id).cloned())
                .collect(),
        }
    };
    Ok(metadata.workspace_packages().iter().map(read).collect())
}

fn folder_of(metadata: &Metadata, package: &Package) -> String {
    let folder = package.manifest_path.parent().unwrap_or(&package.manifest_path);
    folder
        .strip_prefix(&metadata.workspace_root)
        .unwrap_or(folder)
        .to_string()
}

fn normal_edges<'a>(
    metadata: &'a Metadata,
    names: &BTreeMap<&PackageId, String>,
) -> BTreeMap<&'a PackageId, Vec<&'a PackageId>> {
    let name = |id: &PackageId| names.get(id).map_or("", String::as_str);
    let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    nodes
        .map(|node| {
            let normal = node.deps.iter().filter(|dep| {
                // A dependency for another kind of machine (a browser, say) is not reached by ours.
                let counts =
                    |kind: &cargo_metadata::DepKindInfo| kind.kind == DependencyKind::Normal && kind.target.is_none();
                dep.dep_kinds.iter().any(counts) && !is_seed(name(&node.id), name(&dep.pkg))
            });
            (&node.id, normal.map(|dep| &dep.pkg).collect())
        })
        .collect()
}

fn is_seed(from: &str, to: &str) -> bool {
    SEEDS.contains(&(from, to))
}

fn reached<'a>(from: &'a PackageId, edges: &BTreeMap<&'a PackageId, Vec<&'a PackageId>>) -> BTreeSet<&'a PackageId> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(next) = waiting.pop() {
        for id in edges.get(next).into_iter().flatten() {
            if seen.insert(*id) {
                waiting.push(id);
            }
        }
    }
    seen
}

/// All wall rules that need no source text.
pub fn check(crates: &[Crate], architecture: &str) -> Vec<Finding> {
    let housed: Vec<&Crate> = crates.iter().filter(|one| !stands_outside(&one.folder)).collect();
    let mut found = check_table(&housed, architecture);
    found.extend(housed.iter().flat_map(|one| check_foreign(one)));
    found
}

fn stands_outside(folder: &str) -> bool {
    folder.starts_with("tests/") || folder.starts_with("bench/") || folder == "bench"
}

/// Rows against manifests, both ways.
fn check_table(crates: &[&Crate], architecture: &str) -> Vec<Finding> {
    let Some(rows) = rows(architecture) else {
        return vec![Finding::new(
            "ARCHITECTURE.md",
            format!("has no table between `{BEGIN}` and `{END}`"),
        )];
    };
    let mut found = Vec::new();
    for one in crates {
        let Some((folder, allowed)) = rows.get(&one.name) else {
            found.push(Finding::new(
                "ARCHITECTURE.md",
                format!("crate `{}` has no row in the wall table", one.name),
            ));
            continue;
        };
        if *folder != one.folder {
            let what = format!("row `{}` says folder `{folder}`, it lies in `{}`", one.name, one.folder);
            found.push(Finding::new("ARCHITECTURE.md", what));
        }
        for undeclared in one.imports.difference(allowed) {
            let what = format!("imports `{undeclared}`, which its row in ARCHITECTURE.md does not allow");
            found.push(Finding::new(format!("{}/Cargo.toml", one.folder), what));
        }
        for unused in allowed.difference(&one.imports) {
            let what = format!(
                "row `{}` allows `{unused}`, which it does not import: remove it",
                one.name
            );
            found.push(Finding::new("ARCHITECTURE.md", what));
        }
    }
    let unused = rows.keys().filter(|name| crates.iter().all(|one| one.name != **name));
    found.extend(unused.map(|name| Finding::new("ARCHITECTURE.md", format!("row `{name}` names no crate: remove it"))));
    found
}

/// Rows `| crate | folder | imports |` between the marks; names in back-ticks, `nothing` for none.
fn rows(architecture: &str) -> Option<BTreeMap<String, (String, BTreeSet<String>)>> {
    let table = architecture.split_once(BEGIN)?.1.split_once(END)?.0;
    let rows = table.lines().filter_map(|line| {
        let mut cells = line.trim().strip_prefix('|')?.split('|');
        let name = ticked(cells.next()?).into_iter().next()?;
        let folder = ticked(cells.next()?).into_iter().next()?;
        Some((name, (folder, ticked(cells.next()?))))
    });
    Some(rows.collect())
}

fn ticked(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn check_foreign(one: &Crate) -> Vec<Finding> {
    let at = format!("{}/Cargo.toml", one.folder);
    let mut found = Vec::new();
    if one.folder.starts_with("core/") {
        let banned = NOT_IN_CORE
            .iter()
            .filter(|name| one.reaches.contains(**name) || one.foreign.contains(**name));
        found.extend(banned.map(|name| Finding::new(&at, format!("reaches `{name}`; core/ is pure"))));
    }
    if !one.folder.starts_with("xtask") {
        let taken = OWNED
            .iter()
            .filter(|(name, folders)| one.foreign.contains(*name) && !folders.contains(&one.folder.as_str()));
        found.extend(taken.map(|(name, folders)| {
            let owners = if folders.is_empty() {
                "no crate".to_owned()
            } else {
                folders.join(", ")
            };
            Finding::new(&at, format!("imports `{name}`, which belongs to {owners}"))
        }));
    }
    found
}

/// Wall rules that look into the sources: owned words, and dependencies that no source names.
pub fn check_sources(crates: &[Crate], texts: &[Text]) -> Vec<Finding> {
    let mut found = Vec::new();
    for one in crates.iter().filter(|one| !stands_outside(&one.folder)) {
        let sources: Vec<&Text> = sources_of(one, texts).collect();
        for text in &sources {
            let taken = OWNED_WORDS
                .iter()
                .filter(|(word, owner)| one.folder != *owner && without_tests(&text.content).contains(word));
            // This file has to name the words.
            let taken = taken.filter(|_| !one.folder.starts_with("xtask") && !text.is_test());
            found.extend(taken.map(|(word, owner)| Finding::new(&text.path, format!("`{word}` belongs to {owner}"))));
        }
        for name in one.imports.union(&one.foreign) {
            let ident = name.replace('-', "_");
            if !sources.iter().any(|text| names(&text.content, &ident)) {
                let what = format!("`{name}` is imported but no source names it: remove it");
                found.push(Finding::new(format!("{}/Cargo.toml", one.folder), what));
            }
        }
    }
    found
}

fn sources_of<'a>(one: &'a Crate, texts: &'a [Text]) -> impl Iterator<Item = &'a Text> {
    let prefix = format!("{}/", one.folder);
    texts
        .iter()
        .filter(move |text| text.path.starts_with(&prefix) && text.has_extension(&["rs"]))
}

/// The source above its unit tests, which close a file.
fn without_tests(content: &str) -> &str {
    content
        .split_once("\n#[cfg(test)]\nmod ")
        .map_or(content, |(above, _)| above)
}

/// Whether a whole identifier stands in the text.
fn names(content: &str, ident: &str) -> bool {
    let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    content.match_indices(ident).any(|(at, _)| {
        let before = content.get(..at).and_then(|text| text.chars().next_back());
        let after = content.get(at + ident.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(part_of_word) && !after.is_some_and(part_of_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "x\n<!-- walls: begin -->\n| crate | folder | may import |\n|---|---|---|\n\
        | `chapar-terms` | `core/terms` | nothing |\n| `chapar-dsp` | `core/dsp` | `chapar-terms` |\n<!-- walls: end -->\n";

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn house(imports: &[&str], foreign: &[&str]) -> Vec<Crate> {
        let one = |name: &str, folder: &str, imports: &[&str], foreign: &[&str]| Crate {
            name: name.to_owned(),
            folder: folder.to_owned(),
            imports: set(imports),
            foreign: set(foreign),
            reaches: set(foreign),
        };
        vec![
            one("chapar-terms", "core/terms", &[], &[]),
            one("chapar-dsp", "core/dsp", imports, foreign),
        ]
    }

    fn said(found: &[Finding]) -> String {
        found.iter().map(|one| format!("{one}\n")).collect()
    }

    #[test]
    fn rows_and_manifests_that_agree_are_silent() {
        assert_eq!(check(&house(&["chapar-terms"], &["serde"]), TABLE), []);
    }

    #[test]
    fn an_undeclared_import_is_found() {
        let found = said(&check(&house(&["chapar-terms", "chapar-store"], &[]), TABLE));
        assert!(found.contains("core/dsp/Cargo.toml: imports `chapar-store`"), "{found}");
    }

    #[test]
    fn an_unused_edge_row_or_folder_is_found() {
        assert!(said(&check(&house(&[], &[]), TABLE)).contains("allows `chapar-terms`, which it does not import"));
        assert!(said(&check(&house(&["chapar-terms"], &[])[..1], TABLE)).contains("row `chapar-dsp` names no crate"));
        let moved = TABLE.replace("`core/dsp`", "`edge/dsp`");
        assert!(said(&check(&house(&["chapar-terms"], &[]), &moved)).contains("it lies in `core/dsp`"));
    }

    #[test]
    fn a_crate_without_row_or_a_page_without_table_is_found() {
        let mut crates = house(&["chapar-terms"], &[]);
        crates[0].name = "chapar-new".to_owned();
        assert!(said(&check(&crates, TABLE)).contains("`chapar-new` has no row"));
        assert!(said(&check(&crates, "no table")).contains("has no table"));
    }

    #[test]
    fn only_the_seed_of_a_hash_table_is_passed_over() {
        assert!(is_seed("ahash", "getrandom"));
        for (from, to) in [
            ("chapar-register", "getrandom"),
            ("uuid", "getrandom"),
            ("ahash", "rand"),
        ] {
            assert!(!is_seed(from, to), "{from} to {to}");
        }
    }

    #[test]
    fn packages_of_tests_need_no_row() {
        let mut crates = house(&["chapar-terms"], &[]);
        crates.push(Crate {
            folder: "tests/sim".to_owned(),
            name: "chapar-sim".to_owned(),
            ..crates[1].clone()
        });
        assert_eq!(check(&crates, TABLE), []);
    }

    #[test]
    fn the_core_reaches_nothing_impure() {
        let found = said(&check(&house(&["chapar-terms"], &["tokio"]), TABLE));
        assert!(found.contains("reaches `tokio`; core/ is pure"), "{found}");
        let mut far = house(&["chapar-terms"], &[]);
        far[1].reaches.insert("rand".to_owned());
        assert!(said(&check(&far, TABLE)).contains("reaches `rand`"));
    }

    #[test]
    fn owned_crates_stay_with_their_owner() {
        let mut crates = house(&["chapar-terms"], &["sqlx"]);
        crates[1].folder = "edge/dsp".to_owned();
        assert!(said(&check(&crates, TABLE)).contains("imports `sqlx`, which belongs to edge/store"));
    }

    #[test]
    fn owned_words_and_unnamed_imports_are_found() {
        let crates = house(&["chapar-terms"], &[]);
        let source = |content: &str| {
            [Text {
                path: "core/dsp/src/lib.rs".to_owned(),
                content: content.to_owned(),
            }]
        };
        assert_eq!(check_sources(&crates, &source("use chapar_terms::Pid;")), []);
        assert!(said(&check_sources(&crates, &source("use chapar_termsx;"))).contains("no source names it"));
        let found = said(&check_sources(
            &crates,
            &source("use chapar_terms::Pid; use hyper_util::client::x;"),
        ));
        assert!(found.contains("belongs to edge/client"), "{found}");
        let tested = "use chapar_terms::Pid;\n#[cfg(test)]\nmod tests { use hyper_util::client::x; }";
        assert_eq!(check_sources(&crates, &source(tested)), []);
    }
}
