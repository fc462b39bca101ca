//! What is asked of the register, read strictly: a word that nobody knows is refused by name.

use crate::problem::Problem;
use axum::extract::Query;
use axum::http::Uri;
use chapar_runtime::{RegisterQuery, facet_names};
use chapar_terms::{Instant, Lang};

/// Longest query read.
const QUERY_BYTES: usize = 8 * 1024;

/// A query, read strictly: what nobody asks for is refused by name.
pub(super) struct Given(Vec<(String, String)>);

impl Given {
    pub(super) fn read(uri: &Uri) -> Result<Self, Problem> {
        if uri.query().is_some_and(|query| query.len() > QUERY_BYTES) {
            return Err(wrong(format!("a query has at most {QUERY_BYTES} bytes")));
        }
        match Query::try_from_uri(uri) {
            Ok(Query(pairs)) => Ok(Self(pairs)),
            Err(rejection) => Err(wrong(rejection.body_text())),
        }
    }

    fn all(&mut self, name: &str) -> Vec<String> {
        let (these, rest) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|(given, _)| given == name);
        self.0 = rest;
        let these: Vec<(String, String)> = these;
        these.into_iter().map(|(_, value)| value).collect()
    }

    pub(super) fn one(&mut self, name: &str) -> Result<Option<String>, Problem> {
        let mut all = self.all(name);
        match all.len() {
            0 | 1 => Ok(all.pop()),
            _ => Err(wrong(format!("`{name}` is given several times"))),
        }
    }

    pub(super) fn number(&mut self, name: &str) -> Result<Option<u32>, Problem> {
        let given = self.one(name)?;
        let number = given.as_deref().map(str::parse).transpose();
        number.map_err(|_| wrong(format!("`{name}` is no number")))
    }

    pub(super) fn lang(&mut self) -> Result<Option<Lang>, Problem> {
        let given = self.one("lang")?;
        let lang = given.as_deref().map(Lang::parse).transpose();
        lang.map_err(|invalid| wrong(invalid.to_string()))
    }

    pub(super) fn end(self) -> Result<(), Problem> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(wrong(format!("there is nothing called `{name:.100}` to ask by"))),
        }
    }

    pub(super) fn register_query(mut self) -> Result<RegisterQuery, Problem> {
        let facets = facet_names().iter().map(|name| ((*name).to_owned(), self.all(name)));
        let facets = facets.filter(|(_, values)| !values.is_empty()).collect();
        let in_force_at = self.one("inForceAt")?;
        let in_force_at = in_force_at.as_deref().map(Instant::parse_rfc3339).transpose();
        let newest_first = match self.one("order")?.as_deref() {
            None => false,
            Some("newest") => true,
            Some(other) => return Err(wrong(format!("`order` is `newest` or nothing, not `{other:.100}`"))),
        };
        let limit = self.number("limit")?;
        let query = RegisterQuery {
            words: self.one("q")?,
            facets,
            in_force_at: in_force_at.map_err(|invalid| wrong(invalid.to_string()))?,
            newest_first,
            after: self.one("after")?,
            limit: limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
            lang: self.lang()?,
        };
        self.end()?;
        Ok(query)
    }
}

pub(super) fn wrong(detail: impl Into<String>) -> Problem {
    Problem::bad_request("wrong-query", detail.into())
}
