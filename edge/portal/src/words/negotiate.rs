//! Which of the portal's languages a reader gets who has not chosen one (RFC 9110 section 12.5.4, looked up as RFC 4647 section 3.4).

use super::Language;

/// Wishes that are read of one reader.
const WISHES: usize = 32;

/// The language that fits `wished`, the text of `Accept-Language`, best; the first of those offered where none does.
pub fn negotiate(wished: &str, offered: &[Language]) -> Language {
    let mut wishes: Vec<(u16, &str)> = wished.split(',').take(WISHES).filter_map(wish).collect();
    // Those that weigh the same stay as the reader put them.
    wishes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let first = offered.first().copied().unwrap_or(Language::En);
    wishes
        .into_iter()
        .find_map(|(_, tag)| match tag {
            "*" => Some(first),
            tag => offered
                .iter()
                .copied()
                .find(|language| tag.eq_ignore_ascii_case(language.code())),
        })
        .unwrap_or(first)
}

/// A language with its weight in thousandths; none where it is not wanted at all, or is none.
fn wish(text: &str) -> Option<(u16, &str)> {
    let mut parts = text.split(';');
    let tag = parts.next()?.trim();
    let language = tag.split('-').next().filter(|language| !language.is_empty())?;
    let weight = parts.find_map(|part| part.trim().strip_prefix("q="));
    let weight = weight.map_or(Some(1.0), |weight| weight.trim().parse::<f32>().ok())?;
    let thousandths = (1..=1000)
        .rev()
        .find(|step| f32::from(*step) <= weight * 1000.0 + 0.5)?;
    Some((thousandths, language))
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
