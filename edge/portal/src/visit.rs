//! A request for a page: who reads, what is asked, and in which language.

use crate::Portal;
use crate::answer;
use crate::mishap::Mishap;
use crate::pages;
use crate::parts::layout::{Frame, Page};
use crate::query::Query;
use crate::words::{Language, Words, negotiate};
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, ETAG};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Response, Uri};
use chapar_runtime::Runtime;
use chapar_terms::{Instant, Lang};
use std::convert::Infallible;
use std::sync::Arc;

/// A reader's request.
pub struct Visit {
    /// In the language of the address.
    pub words: &'static Words,
    /// The question; why there is none, where it cannot be read.
    query: Result<Query, Mishap>,
    /// The path behind the language.
    path: String,
    headers: HeaderMap,
    portal: Arc<Portal>,
}

impl FromRequestParts<Arc<Portal>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Infallible> {
        Ok(Self::read(portal, &parts.uri, &parts.headers))
    }
}

impl Visit {
    /// Reads a request. Below no language of the portal it is the one that the reader asks for.
    pub fn read(portal: &Arc<Portal>, uri: &Uri, headers: &HeaderMap) -> Self {
        let (language, path) = match language_of(portal, uri.path()) {
            Some((language, path)) => (language, path.to_owned()),
            None => (wanted(portal, headers), "/".to_owned()),
        };
        Self {
            words: Words::of(language),
            query: Query::read(uri),
            path,
            headers: headers.clone(),
            portal: Arc::clone(portal),
        }
    }

    /// What is asked.
    ///
    /// # Errors
    /// [`Mishap::Wrong`].
    pub fn query(&self) -> Result<&Query, Mishap> {
        self.query.as_ref().map_err(|mishap| *mishap)
    }

    /// The loop.
    pub fn runtime(&self) -> &Runtime {
        &self.portal.runtime
    }

    /// The time.
    pub fn now(&self) -> Instant {
        self.portal.runtime.now()
    }

    /// The reader's language.
    pub const fn language(&self) -> Language {
        self.words.language()
    }

    /// The same as the runtime takes it.
    pub fn lang(&self) -> Option<Lang> {
        Lang::parse(self.language().code()).ok()
    }

    /// The answer: the page, or the one that says why there is none.
    pub fn show(&self, outcome: Result<Page, Mishap>) -> Response<Body> {
        let (status, page) = match outcome {
            Ok(page) => (axum::http::StatusCode::OK, page),
            Err(mishap) => (mishap.status(), pages::mishap::page(self.words, mishap)),
        };
        let frame = Frame {
            words: self.words,
            languages: &self.portal.languages,
            path: &self.path,
            query: self.query.as_ref().ok(),
            public_url: self.portal.runtime.public_url(),
        };
        answer::page(status, frame.around(page), &self.headers)
    }

    /// The same for an answer to what was sent here: nobody keeps it.
    pub fn show_once(&self, outcome: Result<Page, Mishap>) -> Response<Body> {
        let mut response = self.show(outcome);
        let fields = response.headers_mut();
        fields.remove(ETAG);
        fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// The language at the beginning of a path, if it is one of the portal's, and what stands behind it.
pub fn language_of<'a>(portal: &Portal, path: &'a str) -> Option<(Language, &'a str)> {
    let path = path.strip_prefix('/')?;
    let (code, rest) = path.find('/').map_or((path, ""), |at| path.split_at(at));
    let language = Language::parse(code).filter(|language| portal.languages.contains(language))?;
    Some((language, if rest.is_empty() { "/" } else { rest }))
}

/// The language that a reader asks for who has chosen none.
pub fn wanted(portal: &Portal, headers: &HeaderMap) -> Language {
    let wished = headers.get(ACCEPT_LANGUAGE).and_then(|wished| wished.to_str().ok());
    negotiate(wished.unwrap_or_default(), &portal.languages)
}
