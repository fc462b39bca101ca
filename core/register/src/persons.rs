//! No record of the register has room for a person: texts with an e-mail address or a telephone number are refused.
//!
//! A net, not a proof: it knows what can be told by its form, in any script of digits. Names are kept out by the schemas, which
//! have no member for them. Plain runs of digits pass, because registers are full of them.

use crate::finding::{Finding, Pointer};
use chapar_tlog::VerifierKey;
use serde_json::Value;
use std::borrow::Cow;

/// Fewest digits of a number in international form.
const INTERNATIONAL_DIGITS: usize = 7;
/// Most digits that, written in groups of three, are taken for an amount and not for a telephone number.
const AMOUNT_DIGITS: usize = 9;
/// Fewest digits behind a word for a telephone.
const SPOKEN_DIGITS: usize = 5;
/// How many characters may stand between a word for a telephone and its number.
const SPOKEN_GAP: usize = 12;
/// Groups in which national numbers are written: `8-800-555-35-35`, `212-555-1234`, `138 0013 8000`, `010-65529988`.
const NATIONAL: [&[usize]; 7] = [
    &[1, 3, 3, 2, 2],
    &[3, 3, 2, 2],
    &[1, 3, 3, 4],
    &[3, 3, 4],
    &[3, 4, 4],
    &[3, 8],
    &[4, 7],
];
/// Words for a telephone, in lower case, in the languages of the register.
const TELEPHONE: [&str; 16] = [
    "tel",
    "phone",
    "fax",
    "mobile",
    "whatsapp",
    "тел",
    "факс",
    "моб",
    "телефон",
    "电话",
    "手机",
    "传真",
    "تلفن",
    "هاتف",
    "फ़ोन",
    "فون",
];
/// First digits of the decimal digits of scripts in use, each followed by nine more.
const ZEROS: [u32; 17] = [
    0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0x0f20, 0x1040,
    0x17e0, 0x1810, 0xff10,
];

/// Every text of a body that reaches a person, with what to do.
pub fn check(body: &Value) -> Vec<Finding> {
    let mut found = Vec::new();
    look(body, &Pointer::root(), &mut found);
    found
}

fn look(value: &Value, at: &Pointer, found: &mut Vec<Finding>) {
    match value {
        Value::String(text) => found.extend(look_at_text(text, at)),
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                look(item, &at.item(place), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                look(member, &at.member(name), found);
            }
        }
        _ => {}
    }
}

fn look_at_text(text: &str, at: &Pointer) -> Option<Finding> {
    let text = plain(&without_keys(text));
    let what = match (has_address(&text), has_telephone(&text)) {
        (true, _) => "an e-mail address",
        (_, true) => "a telephone number",
        _ => return None,
    };
    let advice = format!("holds what looks like {what}: leave it out and name the web page of the office");
    Some(Finding::new("personal-data", at.clone(), advice))
}

/// The text without the verifier keys in it: eight digits behind a `+` are the id of a key there, which follows from the key.
fn without_keys(text: &str) -> Cow<'_, str> {
    if !text.contains('+') {
        return Cow::Borrowed(text);
    }
    let words = text.split([' ', '\n']);
    let kept: Vec<&str> = words.filter(|word| VerifierKey::parse(word).is_err()).collect();
    Cow::Owned(kept.join(" "))
}

/// The text with one spelling of digits, dashes, spaces and signs, in lower case, without what is not seen.
fn plain(text: &str) -> String {
    let text: String = text.chars().filter_map(plain_character).collect();
    let text = text.to_lowercase();
    ["(at)", "[at]", "{at}"]
        .iter()
        .fold(text, |text, at| text.replace(&format!(" {at} "), "@").replace(at, "@"))
}

fn plain_character(letter: char) -> Option<char> {
    let code = u32::from(letter);
    if let Some(digit) = ZEROS
        .iter()
        .find_map(|zero| code.checked_sub(*zero).filter(|digit| *digit < 10))
    {
        return char::from_digit(digit, 10);
    }
    match letter {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{fe6b}' => Some('@'),
        // Full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(code - 0xfee0),
        letter if letter.is_whitespace() => Some(' '),
        letter => Some(letter),
    }
}

/// `local@host.tld`, or an address with user information.
fn has_address(text: &str) -> bool {
    let local = |letter: char| letter.is_alphanumeric() || "._%+-".contains(letter);
    text.match_indices('@').any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let host = text.get(at + 1..).unwrap_or_default();
        let host = host.split(|letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '.');
        before.is_some_and(local) && host.take(1).any(is_host)
    })
}

fn is_host(text: &str) -> bool {
    let mut labels = text.trim_end_matches('.').rsplit('.');
    let top = labels.next().is_some_and(|top| {
        let letters = top.chars().filter(|letter| letter.is_alphabetic()).count();
        letters >= 2
    });
    let mut others = labels.peekable();
    top && others.peek().is_some() && others.all(|label| !label.is_empty())
}

fn has_telephone(text: &str) -> bool {
    runs(text).any(|run| run.is_international() || run.is_national()) || is_spoken(text)
}

/// A run of digits and of what stands between the digits of one number.
struct Run<'a> {
    before: Option<char>,
    text: &'a str,
    after: Option<char>,
}

fn runs(text: &str) -> impl Iterator<Item = Run<'_>> {
    let inside = |letter: char| letter.is_ascii_digit() || " -.()".contains(letter);
    let mut rest = 0;
    std::iter::from_fn(move || {
        let from = rest
            + text
                .get(rest..)?
                .find(|letter: char| letter.is_ascii_digit() || letter == '(')?;
        let tail = text.get(from..)?;
        let end = from + tail.find(|letter: char| !inside(letter)).unwrap_or(tail.len());
        rest = end;
        let run = text
            .get(from..end)?
            .trim_end_matches(|letter: char| !letter.is_ascii_digit());
        Some(Run {
            before: text.get(..from)?.chars().next_back(),
            text: run,
            after: text.get(from + run.len()..)?.chars().next(),
        })
    })
}

impl Run<'_> {
    fn digits(&self) -> usize {
        self.text.bytes().filter(u8::is_ascii_digit).count()
    }

    /// `+998 71 200-00-00`; no coordinate, no amount, no offset of a time.
    fn is_international(&self) -> bool {
        let Some('+') = self.before else { return false };
        let decimal = |part: &str| {
            let halves = part.split_once('.');
            halves.is_some_and(|(whole, rest)| (1..=3).contains(&whole.len()) && !rest.contains('.'))
        };
        let is_coordinate = self.text.split(' ').all(decimal);
        let groups = groups(self.text, ' ');
        let is_amount = self.digits() <= AMOUNT_DIGITS
            && groups.is_some_and(|groups| groups.len() > 1 && groups.iter().skip(1).all(|length| *length == 3));
        self.digits() >= INTERNATIONAL_DIGITS && !is_coordinate && !is_amount
    }

    fn is_national(&self) -> bool {
        let joins = |letter: Option<char>| {
            letter.is_some_and(|letter| letter.is_alphanumeric() || "-_/=:,".contains(letter) || letter == '+')
        };
        let ends =
            |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || "-_/=".contains(letter));
        if joins(self.before) || ends(self.after) {
            return false;
        }
        let national = |groups: Option<Vec<usize>>| groups.is_some_and(|groups| NATIONAL.contains(&groups.as_slice()));
        self.is_bracketed()
            || national(groups(self.text, ' '))
            || self.text.split(' ').any(|part| national(groups(part, '-')))
    }

    /// `8 (800) 555-35-35`: a code in brackets, then groups with dashes.
    fn is_bracketed(&self) -> bool {
        let Some((_, rest)) = self.text.split_once('(') else {
            return false;
        };
        let Some((code, number)) = rest.split_once(')') else {
            return false;
        };
        let code = code.len();
        let number = groups(number.trim_start(), '-').unwrap_or_default();
        (2..=5).contains(&code) && number.len() > 1 && number.iter().sum::<usize>() >= 6
    }
}

/// The lengths of the groups of digits between single separators; none where something else stands in the text.
fn groups(text: &str, separator: char) -> Option<Vec<usize>> {
    let whole = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let lengths = text.split(separator).map(|group| whole(group).then_some(group.len()));
    lengths.collect()
}

/// A word for a telephone, and digits soon after it.
fn is_spoken(text: &str) -> bool {
    let letters = |letter: char| letter.is_alphabetic();
    TELEPHONE.iter().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let joined = text
                .get(..at)
                .and_then(|before| before.chars().next_back())
                .is_some_and(|letter| letters(letter) && word.is_ascii());
            let rest = text.get(at + word.len()..).unwrap_or_default();
            !joined && digits_soon(rest)
        })
    })
}

fn digits_soon(rest: &str) -> bool {
    let gap: usize = rest.chars().take_while(|letter| !letter.is_ascii_digit()).count();
    let number = rest.chars().skip(gap);
    let number = number.take_while(|letter| letter.is_ascii_digit() || " -.()".contains(*letter));
    gap <= SPOKEN_GAP && number.filter(char::is_ascii_digit).count() >= SPOKEN_DIGITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_reaches_a_person_is_found() {
        for text in [
            "write to office@ministry.example",
            "office＠ministry．example",
            "канцелярия@министерство.пример",
            "a.b+c@sub.host.example, please",
            "office (at) ministry.example",
            "https://user@host.example/path",
            "mailto:a@b.example",
            "+998 71 200-00-00",
            "+998712000000",
            "call +7 (495) 123-45-67 now",
            "＋９９８ ７１ ２００ ００ ００",
            "+٩٩٨ ٧١ ٢٠٠ ٠٠ ٠٠",
            "+۹۸ ۲۱ ۱۲۳۴ ۵۶۷۸",
            "+८६ १० ६५५२ ९९८८",
            "+998\u{200b}71\u{a0}200\u{2011}00\u{2011}00",
            "8 (800) 555-35-35",
            "(71) 200-00-00",
            "8-800-555-35-35",
            "8 800 555 35 35",
            "138 0013 8000",
            "010-65529988",
            "1-800-555-3535",
            "тел. 2000000",
            "Тел.: 71 200 00 00",
            "电话：65529988",
            "tel:2000000",
            "phone 555 3535",
            "تلفن: ۱۲۳۴۵۶۷",
        ] {
            assert!(look_at_text(text, &Pointer::root()).is_some(), "{text}");
        }
    }

    #[test]
    fn what_only_looks_alike_passes() {
        for text in [
            "2026-06-01",
            "2026-06-01T09:30:00.250Z",
            "2026-06-01T09:30:00+05:00",
            "from 2026-06-01 to 2026-07-01",
            "01.06.2026 - 01.07.2026",
            "UTC+5, GMT +0530",
            "ISO 27001:2022 and ISO/IEC 17065",
            "Directive (EU) 2019/1024",
            "ГОСТ Р 34.10-2012, ГОСТ 7.0.97-2016",
            "GB/T 22239-2019",
            "doi:10.1000/182 and https://doi.org/10.5281/zenodo.1234567",
            "ISBN 978-5-699-12014-7",
            "ISSN 0378-5955",
            "41.311081, 69.240562",
            "+41.311081, +69.240562",
            "+41.311081 +69.240562",
            "1 500 000 сум",
            "a growth of +1 500 000",
            "12 345 678,90",
            "order 123456789012",
            "BIN 123456789012, INN 7712345678",
            "0197f3c2-0000-7000-8000-000000000001",
            "abcde123-4567-8901-abcd-000000000001",
            "https://example.org/@city.press/2026",
            "https://example.org/a?x=1#y",
            "pkg@1.2.3",
            "did:web:uz.example:plant#key-1",
            "5 + 1234567",
            "HS 8703 23 1981",
            "phone numbers follow E.164",
            "log7.example+11973402+AYRijtRWxacNMkLSs7ULeLwEJKhd1ez/kYVbg1t2CzdQ",
            "log log7.example+11973402+AYRijtRWxacNMkLSs7ULeLwEJKhd1ez/kYVbg1t2CzdQ\nquorum none\n",
            "телефония и 12 стандартов связи",
            "hotel 123456 m2",
            "192.0.2.10",
            "2024 (2019) 10-24",
            "",
        ] {
            assert_eq!(look_at_text(text, &Pointer::root()), None, "{text}");
        }
    }

    #[test]
    fn the_place_is_named() {
        let body = json!({"title": {"en": "x"}, "steps": [{"a/b": {"ru": "пишите: a@b.example"}}], "n": 7});
        let found = check(&body);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].pointer.as_str(), "/steps/0/a~1b/ru");
        assert!(found[0].advice.contains("e-mail"));
    }
}
