//! The forms of a word: its stem where a stemmer is at hand, otherwise the word and its beginning.
//!
//! A question does not say its language. So it asks for a word in every form that a text in its script may have.

use chapar_terms::Lang;
use snowball_stemmers_rs::{Algorithm, Stemmer};
use std::collections::BTreeSet;

/// Letters of the beginnings under which a word without a stemmer is found. Turkic and Iranian words carry their endings behind them, and
/// the first five letters are nearly always the stem's; words of four letters are so common that they get theirs.
const BEGINNINGS: [usize; 2] = [4, 5];
/// Stands behind a beginning, so that it is no word.
const CUT: char = '~';

/// A script that some language here is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Cyrillic,
    Latin,
    Arabic,
    Devanagari,
}

/// Languages whose words are not stemmed in the script that they are written in; others are stemmed by what their script has.
const UNSTEMMED: [(&str, Script); 15] = [
    ("az", Script::Latin),
    ("be", Script::Cyrillic),
    ("kk", Script::Cyrillic),
    ("kk", Script::Latin),
    ("ky", Script::Cyrillic),
    ("mn", Script::Cyrillic),
    ("ps", Script::Arabic),
    ("tg", Script::Cyrillic),
    ("tk", Script::Latin),
    ("tr", Script::Latin),
    ("ug", Script::Arabic),
    ("ur", Script::Arabic),
    ("uz", Script::Arabic),
    ("uz", Script::Cyrillic),
    ("uz", Script::Latin),
];

/// The forms under which a word of a text in `language` is found.
pub(super) fn of_text(language: &Lang, word: &str) -> BTreeSet<String> {
    let (language, _) = language.as_str().split_once('-').unwrap_or((language.as_str(), ""));
    let script = script(word);
    let stemmed = script.filter(|script| !UNSTEMMED.contains(&(language, *script)));
    match stemmed.map(|script| algorithm(language, script)) {
        Some(algorithm) => BTreeSet::from([stem(algorithm, word)]),
        None => {
            let mut forms = BTreeSet::from([without_apostrophes(word)]);
            forms.extend(BEGINNINGS.iter().filter_map(|letters| beginning(word, *letters)));
            forms
        }
    }
}

/// The forms in which a question asks for a word.
pub(super) fn of_question(word: &str) -> BTreeSet<String> {
    let mut forms = BTreeSet::from([without_apostrophes(word)]);
    // The longest beginning that it has.
    forms.extend(BEGINNINGS.iter().rev().find_map(|letters| beginning(word, *letters)));
    forms.extend(algorithms(script(word)).iter().map(|algorithm| stem(*algorithm, word)));
    forms
}

/// The stemmer of a language, or of the language that its script is most used for here.
fn algorithm(language: &str, script: Script) -> Algorithm {
    match (language, script) {
        (_, Script::Cyrillic) => Algorithm::Russian,
        (_, Script::Latin) => Algorithm::English,
        ("fa", Script::Arabic) => Algorithm::Persian,
        (_, Script::Arabic) => Algorithm::Arabic,
        (_, Script::Devanagari) => Algorithm::Hindi,
    }
}

/// Every stemmer that a text in this script may have met.
const fn algorithms(script: Option<Script>) -> &'static [Algorithm] {
    match script {
        Some(Script::Cyrillic) => &[Algorithm::Russian],
        Some(Script::Latin) => &[Algorithm::English],
        Some(Script::Arabic) => &[Algorithm::Arabic, Algorithm::Persian],
        Some(Script::Devanagari) => &[Algorithm::Hindi],
        None => &[],
    }
}

/// The script of a word that has letters of one script alone.
fn script(word: &str) -> Option<Script> {
    let mut scripts = word.chars().map(|sign| match sign {
        'a'..='z' | '\u{c0}'..='\u{24f}' | '\'' => Some(Script::Latin),
        '\u{400}'..='\u{52f}' => Some(Script::Cyrillic),
        '\u{620}'..='\u{65f}' | '\u{66e}'..='\u{6d3}' | '\u{6d5}' => Some(Script::Arabic),
        '\u{900}'..='\u{963}' => Some(Script::Devanagari),
        _ => None,
    });
    let first = scripts.next()??;
    scripts.all(|script| script == Some(first)).then_some(first)
}

fn stem(algorithm: Algorithm, word: &str) -> String {
    let stem = Stemmer::create(algorithm).stem(word);
    match stem.is_empty() {
        true => without_apostrophes(word),
        false => without_apostrophes(&stem),
    }
}

/// Uzbek writes them within letters, and people leave them out.
fn without_apostrophes(word: &str) -> String {
    word.replace('\'', "")
}

fn beginning(word: &str, letters: usize) -> Option<String> {
    let mut plain = word.chars().filter(|sign| *sign != '\'');
    let mut cut: String = plain.by_ref().take(letters).collect();
    let is_long_enough = cut.chars().count() == letters && cut.chars().all(char::is_alphabetic);
    cut.push(CUT);
    is_long_enough.then_some(cut)
}
