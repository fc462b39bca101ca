//! Which of the portal's languages a reader gets who has not chosen one (RFC 9110 section 12.5.4, looked up as RFC 4647 section 3.4).

use super::Language;
use chapar_terms::preferences;

/// The language that fits `wished`, the text of `Accept-Language`, best; the first of those offered where none does.
pub fn negotiate(wished: &str, offered: &[Language]) -> Language {
    let first = offered.first().copied().unwrap_or(Language::En);
    preferences(wished)
        .into_iter()
        .find_map(|wish| match wish.split('-').next() {
            Some("*") => Some(first),
            Some(tag) => offered
                .iter()
                .copied()
                .find(|language| tag.eq_ignore_ascii_case(language.code())),
            None => None,
        })
        .unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_gets_what_fits_best() {
        let all = Language::ALL;
        for (wished, offered, expected) in [
            ("", &Language::USUAL[..], Language::Ru),
            ("zh-Hans-CN,zh;q=0.9,en;q=0.8", &Language::USUAL, Language::Zh),
            ("en-US,en;q=0.9,ru;q=0.8", &Language::USUAL, Language::En),
            ("de-DE,de;q=0.9,en;q=0.1", &Language::USUAL, Language::En),
            ("de", &Language::USUAL, Language::Ru),
            ("de,*;q=0.5", &Language::USUAL, Language::Ru),
            ("fa-IR,fa;q=0.9,en;q=0.5", &Language::USUAL, Language::En),
            ("fa-IR,fa;q=0.9,en;q=0.5", &all, Language::Fa),
            ("RU", &Language::USUAL, Language::Ru),
            ("en;q=0, zh;q=0.2", &Language::USUAL, Language::Zh),
            ("ru;q=0.3, zh;q=0.7, en;q=0.5", &Language::USUAL, Language::Zh),
            ("uz-Cyrl-UZ", &all, Language::Uz),
            ("en;q=x,zh", &Language::USUAL, Language::Zh),
            (";;;,,,;q=1", &Language::USUAL, Language::Ru),
            ("en", &[Language::Zh], Language::Zh),
        ] {
            assert_eq!(negotiate(wished, offered), expected, "{wished}");
        }
        let many = "de,".repeat(100_000) + "zh";
        assert_eq!(negotiate(&many, &Language::USUAL), Language::Ru, "bounded");
    }
}
