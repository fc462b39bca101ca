//! A record of the catalogue as it is listed.

use crate::Runtime;
use chapar_store::StoredRecord;
use chapar_terms::{Digest, Instant, Lang};
use serde_json::{Map, Value, json};

/// Languages that are shown where the reader's is missing, in this order: those of the Organisation, then the one that most can read.
const FALLBACK: [&str; 3] = ["ru", "zh", "en"];

/// The member that says how long ago a log of others said that it has nothing newer. It alone changes with every second.
pub const AGE: &str = "ageSeconds";

impl Runtime {
    /// A record in a list; of a log of others with how that stands here: whether it was caught, and when it last said that it has nothing
    /// newer. So what is old is shown with its age.
    pub(crate) fn item(&self, stored: &StoredRecord, lang: Option<&Lang>) -> Value {
        let mut view = item(stored, lang);
        let mirror = self.inner.mirrors.find(&Digest::of(stored.row.origin.as_bytes()));
        if let (Some(mirror), Some(members)) = (mirror, view.as_object_mut()) {
            let standing = mirror.standing().clone();
            members.insert("logState".to_owned(), standing.word().into());
            if let Some(at) = standing.checked_at {
                members.insert("checkedAt".to_owned(), at.rfc3339().into());
                members.insert(AGE.to_owned(), (self.now().since_ms(at).max(0) / 1000).into());
            }
        }
        view
    }
}

/// A record in a list: what it is, and its title in the language that fits best.
fn item(stored: &StoredRecord, lang: Option<&Lang>) -> Value {
    let row = &stored.row;
    let time = |ms: i64| Value::from(Instant::from_unix_ms(ms).rfc3339());
    let mut view = Map::new();
    let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
    put("id", row.record_id.as_str().into());
    put("kind", row.kind.as_str().into());
    put("version", row.version.into());
    put("issuer", row.issuer.as_str().into());
    put("issued", time(row.issued));
    put("visibility", row.visibility.as_str().into());
    put("languages", read(Some(&row.languages)).unwrap_or_else(|| json!([])));
    put("log", row.origin.as_str().into());
    put("index", row.position.saturating_sub(1).into());
    put("leafHash", row.leaf_hash.as_str().into());
    let mut valid = Map::new();
    valid.extend(row.valid_from.map(|from| ("from".to_owned(), time(from))));
    valid.extend(row.valid_until.map(|until| ("until".to_owned(), time(until))));
    if !valid.is_empty() {
        put("valid", valid.into());
    }
    let (title, description) = (read(row.title.as_ref()), read(row.description.as_ref()));
    if let Some(shown) = shown(title.as_ref(), description.as_ref(), lang) {
        put("shown", shown);
    }
    for (name, texts) in [("title", title), ("description", description)] {
        if let Some(texts) = texts {
            put(name, texts);
        }
    }
    if let Some(withdrawn) = &stored.withdrawn {
        let mut how = json!({ "index": withdrawn.position.saturating_sub(1), "code": withdrawn.code });
        if let (Some(id), Some(members)) = (&withdrawn.replaced_by, how.as_object_mut()) {
            members.insert("replacedBy".to_owned(), id.as_str().into());
        }
        put("withdrawn", how);
    }
    if let Some(opened) = &stored.opened {
        put("openedAt", time(opened.at));
    }
    if let Some(how) = way_to_body(stored) {
        put("bodyBy", how.into());
    }
    if stored.purged {
        put("bodyPurged", true.into());
    }
    Value::Object(view)
}

/// How the body of a record is had that is not open: its issuer will open it, or those whom it is for get it in the exchange.
fn way_to_body(stored: &StoredRecord) -> Option<&'static str> {
    if stored.opened.is_some() || stored.purged || stored.withdrawn.is_some() {
        return None;
    }
    match stored.row.visibility.as_str() {
        "open" => None,
        "sealed" => Some("opening"),
        _ => Some("exchange"),
    }
}

fn read(text: Option<&String>) -> Option<Value> {
    serde_json::from_str(text?).ok()
}

/// The texts in one language, and which: the reader's if there is one, otherwise it is said that it is another.
fn shown(title: Option<&Value>, description: Option<&Value>, lang: Option<&Lang>) -> Option<Value> {
    let title = title?.as_object()?;
    let wanted = lang.map(Lang::as_str);
    let tags = wanted
        .into_iter()
        .chain(FALLBACK)
        .chain(title.keys().map(String::as_str));
    let (tag, text) = tags.filter_map(|tag| Some((tag, title.get(tag)?))).next()?;
    let mut shown = json!({ "language": tag, "title": text });
    let members = shown.as_object_mut()?;
    if let Some(description) = description.and_then(|texts| texts.get(tag)) {
        members.insert("description".to_owned(), description.clone());
    }
    if let Some(missing) = wanted.filter(|wanted| *wanted != tag) {
        members.insert("insteadOf".to_owned(), missing.into());
    }
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_language_is_replaced_and_that_is_said() {
        let title = json!({ "kk": "Су", "en": "Water", "ru": "Вода" });
        let about = json!({ "en": "Losses" });
        let lang = |tag: &str| Lang::parse(tag).unwrap();
        let of = |tag: Option<&str>| shown(Some(&title), Some(&about), tag.map(lang).as_ref()).unwrap();
        assert_eq!(of(Some("kk")), json!({ "language": "kk", "title": "Су" }));
        assert_eq!(
            of(Some("fa")),
            json!({ "language": "ru", "title": "Вода", "insteadOf": "fa" })
        );
        assert_eq!(
            of(Some("en")),
            json!({ "language": "en", "title": "Water", "description": "Losses" })
        );
        assert_eq!(of(None)["language"], "ru");
        let only = json!({ "tg": "Об" });
        assert_eq!(shown(Some(&only), None, Some(&lang("ru"))).unwrap()["language"], "tg");
        assert_eq!(shown(Some(&json!({})), None, None), None);
    }
}
