//! Documents that must agree: the two READMEs, links and files, the table of dependencies and the manifest, claims and commands.

use super::Finding;
use crate::clauses;
use crate::house::Text;
use std::collections::BTreeSet;
use std::path::Path;

/// Begins what is said of today.
const TODAY: &str = "**Today:**";
/// Begins what is said where nothing works.
const NOT_YET: &str = "Not yet";

/// The same headings by level, the same commands and tables of the same shape, in the same order.
pub fn check_readmes(english: &str, russian: &str) -> Vec<Finding> {
    let (english, russian) = (shape(english), shape(russian));
    let differs = english.iter().zip(&russian).position(|(a, b)| a != b);
    let at = differs.unwrap_or(english.len().min(russian.len()));
    if differs.is_none() && english.len() == russian.len() {
        return Vec::new();
    }
    let show = |shape: &[String]| shape.get(at).cloned().unwrap_or_else(|| "nothing more".to_owned());
    let what = format!(
        "differs from README.md: there {}, here {}",
        show(&english),
        show(&russian)
    );
    vec![Finding::new("README.ru.md", what)]
}

/// What a reader of either language must meet, as comparable lines.
fn shape(page: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut in_code = false;
    for line in page.lines().map(str::trim) {
        if line.starts_with("```") {
            in_code = !in_code;
            lines.push(format!("a code border `{line}`"));
        } else if in_code {
            // The remark behind a command is in the language of its page.
            let command = line.split(" #").next().unwrap_or(line).trim();
            if !command.is_empty() && !command.starts_with('#') {
                lines.push(format!("the command `{command}`"));
            }
        } else if line.starts_with('#') {
            let level = line.chars().take_while(|letter| *letter == '#').count();
            lines.push(format!("a heading of level {level}"));
        } else if line.starts_with('|') {
            lines.push(format!(
                "a row of {} cells",
                line.matches('|').count().saturating_sub(1)
            ));
        } else if line.starts_with("- ") {
            lines.push("a list item".to_owned());
        }
    }
    lines
}

/// Links of Markdown pages that point to a file must find one.
pub fn check_links(root: &Path, text: &Text) -> Vec<Finding> {
    if !text.has_extension(&["md"]) {
        return Vec::new();
    }
    let folder = Path::new(&text.path).parent().unwrap_or_else(|| Path::new(""));
    let mut found = Vec::new();
    for (index, line) in text.content.lines().enumerate() {
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let files = targets.map(|target| target.split(['#', ' ']).next().unwrap_or(target));
        let files = files.filter(|file| !file.is_empty() && !file.contains("://") && !file.starts_with("mailto:"));
        let dead = files.filter(|file| !root.join(folder).join(file).exists());
        found.extend(
            dead.map(|file| Finding::new(format!("{}:{}", text.path, index + 1), format!("`{file}` is not there"))),
        );
    }
    found
}

/// Every foreign dependency of the workspace has its line, and every line its dependency.
pub fn check_dependencies(manifest: &toml::Table, page: &str) -> Vec<Finding> {
    let table = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"));
    let declared: BTreeSet<&str> = table
        .and_then(toml::Value::as_table)
        .into_iter()
        .flatten()
        .filter(|(_, value)| value.get("path").is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    let rows = page
        .lines()
        .filter_map(|line| line.trim().strip_prefix("| `")?.split('`').next());
    let explained: BTreeSet<&str> = rows.collect();
    let unexplained = declared.difference(&explained).map(|name| {
        Finding::new(
            "docs/decisions/dependencies.md",
            format!("`{name}` has no line: what for, why this one, licence"),
        )
    });
    let gone = explained.difference(&declared).map(|name| {
        Finding::new(
            "docs/decisions/dependencies.md",
            format!("`{name}` is no dependency of the workspace: remove its line"),
        )
    });
    unexplained.chain(gone).collect()
}

/// Every clause of the declaration has a command that shows what works, or says first of all that nothing does yet.
pub fn check_clauses(page: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let clauses = page.split("\n## ").skip(1);
    for clause in clauses {
        let heading = clause.lines().next().unwrap_or_default();
        let today = clause.lines().find_map(|line| line.strip_prefix(TODAY));
        let has_command = clause.lines().any(|line| line.trim() == clauses::OPENING);
        let what = match today {
            None => format!("`{heading}` does not say what works today: `{TODAY}`"),
            Some(today) if !has_command && !today.trim_start().starts_with(NOT_YET) => {
                format!("`{heading}` claims something without a command: show it, or begin with `{NOT_YET}`")
            }
            Some(_) => continue,
        };
        found.push(Finding::new(clauses::FILE, what));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "# A\n\ntext\n\n```sh\nrun x   # what\n```\n\n## B\n\n| a | b |\n|---|---|\n- one\n";
    const RUSSIAN: &str = "# А\n\nтекст\n\n```sh\nrun x # зачем\n```\n\n## Б\n\n| а | б |\n|---|---|\n- раз\n";

    #[test]
    fn readmes_of_one_shape_are_silent() {
        assert_eq!(check_readmes(ENGLISH, RUSSIAN), []);
    }

    #[test]
    fn a_missing_heading_command_row_or_item_is_found() {
        for cut in ["## Б\n", "run x # зачем\n", "|---|---|\n", "- раз\n"] {
            let shorter = RUSSIAN.replace(cut, "");
            assert_eq!(check_readmes(ENGLISH, &shorter).len(), 1, "{cut}");
            assert_eq!(check_readmes(&shorter, ENGLISH).len(), 1, "{cut}");
        }
        assert_eq!(check_readmes(ENGLISH, &RUSSIAN.replace("run x", "run y")).len(), 1);
        assert_eq!(check_readmes(ENGLISH, &RUSSIAN.replace("## Б", "### Б")).len(), 1);
    }

    #[test]
    fn a_dead_link_is_found() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let page = |content: &str| Text {
            path: "src/page.md".to_owned(),
            content: content.to_owned(),
        };
        let good = page("[a](../Cargo.toml) [b](https://example.org/x) [c](#part) [d](main.rs#L1)");
        assert_eq!(check_links(root, &good), []);
        assert_eq!(
            check_links(root, &page("x\n[a](gone.md)")),
            [Finding::new("src/page.md:2", "`gone.md` is not there")]
        );
    }

    #[test]
    fn dependencies_and_their_lines_agree_both_ways() {
        let manifest = "[workspace.dependencies]\nserde = '1'\nours = { path = 'x' }\n"
            .parse()
            .unwrap();
        assert_eq!(check_dependencies(&manifest, "| `serde` | a | b |"), []);
        assert_eq!(check_dependencies(&manifest, "").len(), 1);
        assert_eq!(check_dependencies(&manifest, "| `serde` | a |\n| `old` | b |").len(), 1);
    }

    #[test]
    fn a_claim_without_a_command_is_found() {
        let page = |today: &str| {
            format!("# Page\n\n## 1. Clause\n\n> words\n\n{today}\n\n## 2. Other\n\n**Today:** Not yet.\n")
        };
        let shown = "**Today:** It works.\n\n```sh clause\nrun x\n```";
        for good in ["**Today:** Not yet.", "**Today:** Not yet: it is to come.", shown] {
            assert_eq!(check_clauses(&page(good)), [], "{good}");
        }
        let unmarked = shown.replace("sh clause", "sh");
        for bad in [
            "**Today:** It works.",
            "**Today:** It works, but not yet all of it.",
            unmarked.as_str(),
            "It works.",
        ] {
            let found = check_clauses(&page(bad));
            assert!(
                matches!(found.as_slice(), [only] if only.what.contains("1. Clause")),
                "{bad}: {found:?}"
            );
        }
    }
}
