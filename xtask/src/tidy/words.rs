//! Words and names that do not belong in the house: places of one machine, unfinished work, names of foreign test kits, drawers
//! without a subject. Shapes are in `sizes`.

use super::Finding;
use crate::house::Text;

/// Extensions of files written by hand.
const WRITTEN: [&str; 17] = [
    "rs", "toml", "md", "sql", "svg", "html", "css", "js", "ts", "py", "sh", "yaml", "yml", "json", "txt", "java",
    "xml",
];

/// (word, why not); put together here so that this file does not contain them.
const FORBIDDEN: [(&str, &str); 12] = [
    (concat!("/wo", "rk/"), "a place of one machine"),
    (concat!("/ro", "ot/"), "a place of one machine"),
    (concat!("/ho", "me/"), "a place of one machine"),
    (concat!("crates", ".io"), "the host of a registry: name the package"),
    (
        concat!("registry.npm", "js.org"),
        "the host of a registry: name the package",
    ),
    (concat!("py", "pi.org"), "the host of a registry: name the package"),
    (concat!("maven", ".org"), "the host of a registry: name the package"),
    (
        concat!("proxy.go", "lang.org"),
        "the host of a registry: name the package",
    ),
    (
        concat!("deb.deb", "ian.org"),
        "the host of a registry: name the package",
    ),
    (concat!("to", "do!"), "unfinished: finish it or leave it out"),
    (concat!("unimpl", "emented!"), "unfinished: finish it or leave it out"),
    (concat!("FIX", "ME"), "unfinished: finish it or leave it out"),
];

/// Names of source files and folders that say nothing of their content; foreign schemas keep the names they came with.
const DRAWERS: [&str; 9] = [
    "utils", "util", "helpers", "helper", "common", "misc", "manager", "service", "dto",
];

/// Families of dataset names in the official test kit, each followed by four digits.
const KIT_DATASETS: [&str; 5] = ["ACN", "ACNC", "ATP", "ATPC", "CAT"];
/// Families of test names in the official test kit, each followed by `:NN-NN`.
const KIT_TESTS: [&str; 6] = ["MET", "CAT", "CN", "CN_C", "TP", "TP_C"];

/// All rules of this file for one text.
pub fn check(text: &Text) -> Vec<Finding> {
    let mut found = if text.has_extension(&["rs"]) {
        check_name(&text.path)
    } else {
        Vec::new()
    };
    if !text.has_extension(&WRITTEN) && !text.path.starts_with(".ci/") {
        return found;
    }
    for (index, line) in text.content.lines().enumerate() {
        let at = || format!("{}:{}", text.path, index + 1);
        let forbidden = FORBIDDEN.iter().filter(|(word, _)| stands_in(line, word));
        found.extend(forbidden.map(|(word, why)| Finding::new(at(), format!("`{word}`: {why}"))));
        if !text.is_test() && !text.path.starts_with("docs/") {
            let kit = words_of(line).filter(|word| is_kit_name(word));
            found.extend(
                kit.map(|word| Finding::new(at(), format!("`{word}` is of a foreign test kit: only below tests/"))),
            );
        }
    }
    found
}

fn check_name(path: &str) -> Vec<Finding> {
    let parts = path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    let drawers = parts.filter(|part| DRAWERS.contains(part));
    drawers
        .map(|part| {
            Finding::new(
                path,
                format!("`{part}` says nothing of what is inside: name the subject"),
            )
        })
        .collect()
}

/// Whether the word stands there at a border: `https://example.org/work/` is an address, not a place of a machine.
fn stands_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'))
    })
}

fn words_of(line: &str) -> impl Iterator<Item = &str> {
    let part_of_word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':' | '-');
    line.split(move |letter| !part_of_word(letter))
        .map(|word| word.trim_matches(':'))
        .filter(|word| !word.is_empty())
}

fn is_kit_name(word: &str) -> bool {
    let digits = |text: &str, many: usize| text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit());
    let pair = |text: &str| text.split_once('-').is_some_and(|(a, b)| digits(a, 2) && digits(b, 2));
    word.split(':').any(|part| {
        part == concat!("TCK_", "PARTICIPANT")
            || KIT_DATASETS
                .iter()
                .any(|family| part.strip_prefix(family).is_some_and(|rest| digits(rest, 4)))
    }) || word
        .split_once(':')
        .is_some_and(|(family, rest)| KIT_TESTS.contains(&family) && pair(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, content: &str) -> String {
        let text = Text {
            path: path.to_owned(),
            content: content.to_owned(),
        };
        check(&text).iter().map(|one| format!("{one}\n")).collect()
    }

    #[test]
    fn every_forbidden_word_is_found() {
        for (word, why) in FORBIDDEN {
            assert!(
                found("core/a/src/lib.rs", &format!("x \"{word}y")).contains(why),
                "{word}"
            );
        }
        assert_eq!(found("docs/a.md", "https://example.org/work/1 and a footwork/"), "");
        assert_eq!(found("a.bin", FORBIDDEN[0].0), "");
    }

    #[test]
    fn names_of_the_kit_stay_below_tests() {
        for word in [
            concat!("AC", "N0101"),
            concat!("AT", "PC0203"),
            concat!("CN_", "C:01-02"),
            concat!("TCK_", "PARTICIPANT"),
        ] {
            assert!(
                found("core/a/src/lib.rs", &format!("let x = \"{word}\";")).contains("foreign test kit"),
                "{word}"
            );
            assert_eq!(found("tests/conformance/src/a.rs", word), "");
            assert_eq!(found("docs/conformance.md", word), "");
        }
        let inside = concat!("CD123:AC", "N0101:456");
        assert!(found("samples/a.toml", inside).contains("foreign test kit"));
        assert_eq!(
            found("core/a/src/lib.rs", "CATALOG ACN TP:1 CN::next 01-01 ACN01012"),
            ""
        );
    }

    #[test]
    fn drawers_are_found() {
        assert!(found("edge/a/src/utils.rs", "").contains("says nothing"));
        assert!(found("tests/common/mod.rs", "").contains("says nothing"));
        assert_eq!(found("edge/a/src/commonality.rs", ""), "");
        assert_eq!(found("core/a/spec/common/schema.json", ""), "");
    }
}
