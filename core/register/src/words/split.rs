//! Where words begin and end (UAX 29). Chinese is not written in words: its characters come in runs.

use unicode_segmentation::UnicodeSegmentation;

/// Longest word in characters; what is longer is cut, since it is no word.
const LETTERS: usize = 48;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A word or a number.
    Word(String),
    /// Chinese characters, as many as follow on one another.
    Han(Vec<char>),
}

/// The pieces of a folded text.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut run = Vec::new();
    for segment in text.split_word_bounds() {
        if segment.chars().all(is_han) {
            run.extend(segment.chars());
            continue;
        }
        end_run(&mut pieces, &mut run);
        words(segment, &mut pieces);
    }
    end_run(&mut pieces, &mut run);
    pieces
}

fn end_run(pieces: &mut Vec<Piece>, run: &mut Vec<char>) {
    if !run.is_empty() {
        pieces.push(Piece::Han(std::mem::take(run)));
    }
}

/// The rules keep an address or an identifier together. People ask for its parts, but a number with its point is one thing.
fn words(segment: &str, pieces: &mut Vec<Piece>) {
    let is_number = segment
        .chars()
        .all(|sign| sign.is_numeric() || sign == '.' || sign == ',');
    let parts = segment.split(|sign: char| !is_number && !is_inside(sign));
    for part in parts {
        if part.chars().any(char::is_alphanumeric) {
            pieces.push(Piece::Word(part.chars().take(LETTERS).collect()));
        }
    }
}

/// Beside letters and digits, the signs above and below letters, which Indian scripts write vowels with.
fn is_inside(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '\'' || !(sign.is_ascii() || sign.is_whitespace() || is_point(sign))
}

/// Points that may stand within a word by the rules.
const fn is_point(sign: char) -> bool {
    matches!(
        sign,
        '·' | '․' | '‧' | '：' | '︓' | '﹕' | '．' | '﹒' | '’' | '‘' | '_' | '‿' | '⁀' | '⁔'
    )
}

/// The ideographs of Unicode: the unified ones with their extensions, and those kept for compatibility.
const fn is_han(sign: char) -> bool {
    matches!(sign, '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        pieces(text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Word(word) => word,
                Piece::Han(run) => format!("<{}>", run.into_iter().collect::<String>()),
            })
            .collect()
    }

    #[test]
    fn words_numbers_and_runs() {
        assert_eq!(shown("5g网络 и 数据，数字"), ["5g", "<网络>", "и", "<数据>", "<数字>"]);
        assert_eq!(
            shown("агентство.uz o'z 'q' don't"),
            ["агентство", "uz", "o'z", "q", "don't"]
        );
        assert_eq!(shown("34.10-2012 a_b x:y"), ["34.10", "2012", "a", "b", "x", "y"]);
        assert_eq!(shown("प्रमाणपत्रों की"), ["प्रमाणपत्रों", "की"]);
        assert_eq!(shown(" — !\n"), [""; 0]);
        assert_eq!(shown(&"я".repeat(99)), ["я".repeat(LETTERS)]);
    }
}
