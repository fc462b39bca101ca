//! Folding: what readers take for the same letter becomes the same sign.

use icu_normalizer::ComposingNormalizerBorrowed;

/// Folds a text: NFKC, no letter case, one sign for what is written in several ways.
pub(super) fn plain(text: &str) -> String {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    // By way of the upper case, as `ß` and the two small sigmas are one letter there only.
    let caseless = nfkc
        .normalize(text)
        .chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .filter_map(letter)
        .collect::<String>();
    nfkc.normalize(&caseless).into_owned()
}

/// The sign that stands for this one; none where it says nothing to a search.
fn letter(sign: char) -> Option<char> {
    Some(match sign {
        'ё' => 'е',
        // Turkish `İ` is small `i` with the dot as a sign of its own.
        '\u{307}' => return None,
        '’' | '‘' | 'ʼ' | 'ʻ' | '`' | '´' | 'ʹ' | '′' => '\'',
        // Letters that Arabic, Persian and Urdu keyboards write in their own ways.
        'ی' | 'ى' | 'ې' => 'ي',
        'ک' | 'ڪ' => 'ك',
        'ہ' | 'ھ' | 'ۀ' | 'ە' => 'ه',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        // Vowel signs and the stroke that only lengthens a line.
        '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' => return None,
        // Persian writes the parts of a word apart or not, as it likes.
        '\u{200c}' => ' ',
        // Soft hyphen, joiner, marks of direction.
        '\u{ad}' | '\u{200b}' | '\u{200d}'..='\u{200f}' | '\u{feff}' => return None,
        '٠'..='٩' => digit(sign, '٠'),
        '۰'..='۹' => digit(sign, '۰'),
        '०'..='९' => digit(sign, '०'),
        other => other,
    })
}

fn digit(sign: char, zero: char) -> char {
    let value = u32::from(sign).saturating_sub(u32::from(zero));
    char::from_digit(value, 10).unwrap_or(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sign_for_what_is_the_same() {
        for (written, plainly) in [
            ("Ёлка", "елка"),
            ("ＡＢＣ①", "abc1"),
            ("STRASSE straße", "strasse strasse"),
            ("e\u{301}", "é"),
            ("Oʻzbekiston o’z", "o'zbekiston o'z"),
            ("۱۲٣४", "1234"),
            ("کتاب\u{200c}ی", "كتاب ي"),
            ("مُحَمَّدـ", "محمد"),
            ("co\u{ad}op", "coop"),
            ("Й", "й"),
        ] {
            assert_eq!(plain(written), plainly);
            assert_eq!(plain(plainly), plainly);
        }
    }
}
