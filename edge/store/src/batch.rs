//! Multi-row statements in a few fixed sizes, so that the connection's statement cache holds them all.

use std::fmt::Write;

/// Rows per statement, largest first.
const SIZES: [usize; 4] = [64, 16, 4, 1];

/// `(?, ?), (?, ?)` for two rows of two columns. Without numbers: SQLite takes `$1` for a name, and looks for each name among all names
/// of its statement, twice.
pub(crate) fn values(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

/// `$3, $4, $5` for first 3 and count 3.
pub(crate) fn list(text: &mut String, first: usize, count: usize) {
    for number in first..first + count {
        // Writing to a String cannot fail.
        let _ = write!(text, "{}${number}", if number == first { "" } else { ", " });
    }
}

/// Cuts `rows` into runs of the fixed sizes.
pub(crate) fn cut<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rows.len())?;
        let (run, rest) = rows.split_at(size);
        rows = rest;
        Some(run)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_sizes() {
        assert_eq!(values(2, 2), "(?, ?), (?, ?)");
        assert_eq!(values(1, 3), "(?, ?, ?)");
        let rows: Vec<u8> = (0..101).collect();
        let runs: Vec<usize> = cut(&rows).map(<[u8]>::len).collect();
        assert_eq!(runs, [64, 16, 16, 4, 1]);
        assert_eq!(cut(&rows).flatten().copied().collect::<Vec<u8>>(), rows);
    }
}
