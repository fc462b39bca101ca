//! Patterns of `like`.

/// Whether the text fits. Matches greedily and comes back to the last `%` on a mismatch: at most length times length steps.
pub(crate) fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut place) = (0, 0);
    let mut last_run: Option<(usize, usize)> = None;
    while let Some(letter) = text.get(at) {
        match pattern.get(place) {
            Some('%') => {
                last_run = Some((at, place));
                place += 1;
            }
            Some(wanted) if *wanted == '_' || wanted == letter => {
                at += 1;
                place += 1;
            }
            _ => match last_run {
                Some((start, run)) => {
                    last_run = Some((start + 1, run));
                    at = start + 1;
                    place = run + 1;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(place..)
        .unwrap_or_default()
        .iter()
        .all(|letter| *letter == '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (text, pattern, fits) in [
            ("", "", true),
            ("", "%", true),
            ("a", "", false),
            ("abc", "a%", true),
            ("abc", "%c", true),
            ("abc", "a_c", true),
            ("abc", "a_", false),
            ("aXbXc", "a%X%c", true),
            ("aaab", "%ab", true),
            ("ab", "%a%b%c", false),
            ("йцу", "й_у", true),
        ] {
            assert_eq!(like(text, pattern), fits, "{text:?} {pattern:?}");
        }
        let (text, pattern) = ("a".repeat(2000), format!("{}b", "%a".repeat(900)));
        assert!(!like(&text, &pattern));
    }
}
