//! Words to search by: a text becomes terms, by one rule for what is indexed and what is asked, the same on every node.
//!
//! A word is folded (`plain`) and cut out (`split`); then it becomes the forms under which it is found (`forms`). Refuses to know how terms
//! are kept and compared: equal terms match, and nothing else does.

mod forms;
mod plain;
mod split;

use chapar_terms::Lang;
use split::Piece;
use std::collections::BTreeSet;

/// Words of a question that count, those behind them are passed over: each costs a walk through the index.
const ASKED: usize = 16;

/// The terms of a text in `language`: under each of them it is found.
pub fn terms(language: &Lang, text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for piece in split::pieces(&plain::plain(text)) {
        match piece {
            Piece::Word(word) => terms.extend(forms::of_text(language, &word)),
            Piece::Han(run) => {
                terms.extend(run.iter().map(char::to_string));
                terms.extend(pairs(&run));
            }
        }
    }
    terms
}

/// The terms of a question, in whatever language: of each group, one is to be among the terms of a text.
pub fn asked(text: &str) -> Vec<Vec<String>> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    for piece in split::pieces(&plain::plain(text)) {
        match piece {
            Piece::Word(word) => groups.push(forms::of_question(&word).into_iter().collect()),
            Piece::Han(run) if run.len() == 1 => groups.push(run.iter().map(char::to_string).collect()),
            Piece::Han(run) => groups.extend(pairs(&run).map(|pair| vec![pair])),
        }
    }
    let mut seen = BTreeSet::new();
    groups.retain(|group| seen.insert(group.clone()));
    groups.truncate(ASKED);
    groups
}

fn pairs(run: &[char]) -> impl Iterator<Item = String> {
    run.windows(2).map(|pair| pair.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finds(question: &str, tag: &str, text: &str) -> bool {
        let terms = terms(&Lang::parse(tag).unwrap(), text);
        let groups = asked(question);
        !groups.is_empty() && groups.iter().all(|group| group.iter().any(|term| terms.contains(term)))
    }

    /// Question, language of the text, text.
    const FOUND: [(&str, &str, &str); 53] = [
        ("договоров", "ru", "Договор о поставке"),
        ("договор", "ru", "реестр договоров"),
        ("отчет", "ru", "Годовой отчёт"),
        ("ОТЧЁТЫ", "ru", "об отчете"),
        ("фитосанитарный сертификат", "ru", "Выдаёт фитосанитарные сертификаты"),
        ("data", "ru", "портал Open Data"),
        ("ГОСТ 34.10-2012", "ru", "подпись по ГОСТ 34.10-2012"),
        ("certificates", "en", "A certificate of origin"),
        ("certificate", "en", "Lists of certificates"),
        ("agencies", "en", "the Agency's plan"),
        ("agency’s", "en", "agencies"),
        ("straße", "de", "STRASSE"),
        ("ﬁle", "en", "FILES"),
        ("example", "en", "see agency.example.uz"),
        ("哈萨克", "zh", "哈萨克斯坦共和国"),
        ("哈萨克斯坦", "zh", "哈萨克斯坦共和国"),
        ("植物检疫", "zh", "植物检疫局（示例）"),
        ("局", "zh", "植物检疫局"),
        ("５G", "zh", "5G网络"),
        ("网络", "zh", "5G网络"),
        ("数据", "ru", "форум 数据 2027"),
        ("сертификат", "kk", "Фитосанитариялық сертификаттар"),
        ("сертификаттар", "kk", "сертификат"),
        ("келісімнің", "kk", "Келісім туралы"),
        ("шарт", "kk", "шарттар тізілімі"),
        ("қазақстан", "kk", "Қазақстанның картасы"),
        ("мамлекеттик", "ky", "мамлекеттин"),
        ("шартнома", "tg", "шартномаҳо"),
        ("дагавор", "be", "рэестр дагавораў"),
        ("ўсимликлар", "uz-Cyrl", "Ўсимлик карантини"),
        ("o'simlik", "uz", "Oʻsimliklar karantini agentligi"),
        ("oʻsimliklar", "uz", "O‘simlik"),
        ("osimlik", "uz", "O‘simliklar"),
        ("oz", "uz", "oʻz"),
        ("sertifikatlar", "uz", "sertifikat"),
        ("قرارداد", "fa", "قراردادهای دولتی"),
        ("قراردادها", "fa", "قرارداد"),
        ("کتاب", "fa", "کتاب\u{200c}ها"),
        ("كتاب", "fa", "کتاب"),
        ("ايران", "fa", "جمهوری اسلامی ایران"),
        ("۱۴۰۵", "fa", "سال 1405"),
        ("2026", "fa", "۲۰۲۶"),
        ("معاہدہ", "ur", "معاہدہ برائے تجارت"),
        ("پاکستان", "ur", "پاكستان"),
        ("العقود", "ar", "عقود"),
        ("مُحَمَّد", "ar", "محمد"),
        ("٢٠٢٦", "ar", "2026"),
        ("प्रमाणपत्र", "hi", "प्रमाणपत्रों की सूची"),
        ("२०२६", "hi", "2026"),
        ("भारत", "hi", "भारत गणराज्य"),
        ("İSTANBUL", "tr", "istanbul"),
        ("ΟΔΌΣ", "el", "οδός"),
        ("UZ-ORG-0001", "en", "uz-org-0001"),
    ];

    const NOT_FOUND: [(&str, &str, &str); 12] = [
        ("договор", "ru", "дом"),
        ("договор сертификат", "ru", "договор"),
        ("哈萨克斯坦", "zh", "哈萨克"),
        ("数据", "zh", "数字根据"),
        ("局长", "zh", "植物检疫局"),
        ("серия", "kk", "сертификат"),
        ("серти", "ru", "сертификат"),
        ("certi", "en", "certificate"),
        ("34.11", "ru", "ГОСТ 34.10"),
        ("", "ru", "договор"),
        ("— !", "ru", "договор — !"),
        ("шар", "kk", "шарттар"),
    ];

    #[test]
    fn questions_find_texts_in_their_languages() {
        for (question, tag, text) in FOUND {
            assert!(
                finds(question, tag, text),
                "{question} {:?} in {tag} {text} {:?}",
                asked(question),
                terms(&Lang::parse(tag).unwrap(), text)
            );
        }
        for (question, tag, text) in NOT_FOUND {
            assert!(!finds(question, tag, text), "{question} in {tag} {text}");
        }
    }

    #[test]
    fn a_question_is_bounded_and_says_each_thing_once() {
        assert_eq!(asked("данные Данные ДАННЫЕ").len(), 1);
        let many: String = (0..100).map(|number| format!("{number} ")).collect();
        assert_eq!(asked(&many).len(), ASKED);
        assert_eq!(asked("哈萨克"), [["哈萨"], ["萨克"]]);
    }

    proptest! {
        /// Nobody's text stops a node, and what a text says can be asked for in its own words.
        #[test]
        fn any_text_finds_itself(text in "\\PC{0,40}|[а-яёўқң]{1,40}|[a-z']{1,40}|[\u{600}-\u{6ff}\u{200c}]{1,40}|[\u{900}-\u{97f}]{1,40}|[一-鿿]{1,9}") {
            for tag in ["ru", "zh", "en", "kk", "uz", "fa", "ar", "hi"] {
                let terms = terms(&Lang::parse(tag).unwrap(), &text);
                for term in &terms {
                    prop_assert!(!term.is_empty() && !term.contains(char::is_whitespace), "{term:?}");
                }
                for group in asked(&text) {
                    prop_assert!(group.iter().any(|term| terms.contains(term)), "{group:?} {terms:?}");
                }
            }
        }
    }
}
