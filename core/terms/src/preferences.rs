//! What a reader would rather have, as `Accept` and `Accept-Language` say it (RFC 9110, 12.4.2 and 12.5): a list with weights.

/// Most items of a list that are read: what stands behind them is a reader's last wish.
const MOST: usize = 32;

/// The items of a weighted list, the most wanted first; those of one weight in the order in which they stand. What has the weight 0 is not wanted
/// and left out, and so is an item whose weight is no number; other parameters than `q` are cut off.
pub fn preferences(list: &str) -> Vec<&str> {
    let mut wanted: Vec<(u16, &str)> = list.split(',').take(MOST).filter_map(item).collect();
    // Stable: the order decides among equals.
    wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    wanted.into_iter().map(|(_, name)| name).collect()
}

/// An item and its weight in thousandths.
fn item(item: &str) -> Option<(u16, &str)> {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let weight = weight.map_or(Some(1000), thousandths)?;
    (weight > 0).then_some((weight, name))
}

/// `0`, `0.5`, `1.000`: at most three digits behind the point, and nothing above one.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, rest) = weight.split_once('.').unwrap_or((weight, ""));
    let is_number = rest.len() <= 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    let rest: u16 = format!("{rest:0<3}").parse().ok().filter(|_| is_number)?;
    match (whole, rest) {
        ("0", rest) => Some(rest),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::preferences;

    #[test]
    fn the_most_wanted_comes_first() {
        for (list, wanted) in [
            ("", vec![]),
            ("text/turtle", vec!["text/turtle"]),
            ("a;q=0.5, b, c;q=0.75", vec!["b", "c", "a"]),
            ("fa, en;q=0.9, ru;q=0.9", vec!["fa", "en", "ru"]),
            ("a;q=0, b;q=0.000, c;q=0.001", vec!["c"]),
            ("a;level=1;q=0.2,b ; Q=0.3", vec!["b", "a"]),
            ("a;q=0.2,b;q=much,c;q=1.1,d;q=0.1234", vec!["a"]),
            (",, ;q=1,a", vec!["a"]),
        ] {
            assert_eq!(preferences(list), wanted, "{list}");
        }
        assert_eq!(preferences(&"a,".repeat(10_000)).len(), 32);
    }
}
