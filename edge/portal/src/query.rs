//! The question in an address: pairs of names and values, in their order, bounded.

use crate::address::segment;
use crate::mishap::Mishap;
use axum::extract::Query as Pairs;
use axum::http::Uri;

/// Longest question read, as in the register's door.
const QUERY_BYTES: usize = 8 * 1024;

/// A question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the question of an address; pairs without a value ask for nothing.
    ///
    /// # Errors
    /// [`Mishap::Wrong`]: it is too long, or no question.
    pub fn read(uri: &Uri) -> Result<Self, Mishap> {
        if uri.query().is_some_and(|query| query.len() > QUERY_BYTES) {
            return Err(Mishap::Wrong);
        }
        let Pairs(pairs) = Pairs::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| Mishap::Wrong)?;
        Ok(Self(
            pairs
                .into_iter()
                .filter(|(_, value)| !value.trim().is_empty())
                .collect(),
        ))
    }

    /// The values of a name.
    pub fn all(&self, name: &str) -> Vec<String> {
        let of = self.0.iter().filter(|(one, _)| one == name);
        of.map(|(_, value)| value.clone()).collect()
    }

    /// The first value of a name.
    pub fn one(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The number of a name; what is no number asks for nothing.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.one(name)?.parse().ok()
    }

    /// Whether the name has that value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(one, other)| one == name && other == value)
    }

    /// With one pair more.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut pairs = self.0.clone();
        pairs.push((name.to_owned(), value.to_owned()));
        Self(pairs)
    }

    /// Without a name.
    pub fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(one, _)| one != name).cloned().collect())
    }

    /// Without one pair.
    pub fn without_value(&self, name: &str, value: &str) -> Self {
        let is_it = |pair: &&(String, String)| pair.0 == name && pair.1 == value;
        Self(self.0.iter().filter(|pair| !is_it(pair)).cloned().collect())
    }

    /// Only these names.
    pub fn only(&self, names: &[&str]) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(name, _)| names.contains(&name.as_str()))
                .cloned()
                .collect(),
        )
    }

    /// The pairs.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// An address with this question behind it.
    pub fn behind(&self, path: &str) -> String {
        let mut address = path.to_owned();
        for (number, (name, value)) in self.0.iter().enumerate() {
            address.push(if number == 0 { '?' } else { '&' });
            address.push_str(&format!("{}={}", segment(name), segment(value)));
        }
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Query> {
        Query::read(&text.parse::<Uri>().unwrap()).ok()
    }

    #[test]
    fn a_question_is_kept_word_for_word_and_bounded() {
        let query = read("/ru/register?q=%D0%B2%D0%BE%D0%B4%D0%B0+1%262&kind=dataset&kind=event&state=").unwrap();
        assert_eq!(query.one("q"), Some("вода 1&2"));
        assert_eq!(query.all("kind"), ["dataset", "event"]);
        assert!(query.one("state").is_none() && query.has("kind", "event"));
        let address = query.behind("/zh/register");
        assert_eq!(read(&address).unwrap(), query, "{address}");
        let fewer = query.without_value("kind", "event").without("q").with("clause", "2");
        assert_eq!(fewer.behind("/x"), "/x?kind=dataset&clause=2");
        assert_eq!(query.only(&["q"]).pairs().count(), 1);
        assert!(read(&format!("/?q={}", "a".repeat(QUERY_BYTES))).is_none());
        assert_eq!(read("/?version=x").unwrap().number("version"), None);
    }
}
