//! The frame around every page: head, header with the languages, footer.

use super::tongues;
use crate::query::Query;
use crate::words::{Language, Words};
use crate::{address, assets};
use chapar_terms::sabotaged;
use maud::{DOCTYPE, Markup, html};

/// A page without its frame.
pub struct Page {
    title: String,
    body: Markup,
    feed: Option<String>,
    here: Option<Room>,
}

/// The rooms that the header leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// The register and its records.
    Register,
    /// The mesh.
    Mesh,
    /// Verification of records.
    Verify,
}

impl Page {
    /// A page with its title.
    pub fn new(title: impl Into<String>, body: Markup) -> Self {
        Self {
            title: title.into(),
            body,
            feed: None,
            here: None,
        }
    }

    /// In one of the rooms.
    pub fn within(self, room: Room) -> Self {
        Self {
            here: Some(room),
            ..self
        }
    }

    /// With a feed that tells of what is new in it.
    pub fn with_feed(self, address: String) -> Self {
        Self {
            feed: Some(address),
            ..self
        }
    }
}

/// What the frame knows of the request.
pub struct Frame<'a> {
    /// The reader's language.
    pub words: &'a Words,
    /// The languages of the portal.
    pub languages: &'a [Language],
    /// The path behind the language.
    pub path: &'a str,
    /// The question, which other languages keep.
    pub query: Option<&'a Query>,
    /// The address of the node.
    pub public_url: &'a str,
}

impl Frame<'_> {
    /// The whole document.
    pub fn around(&self, page: Page) -> String {
        let (words, names) = (self.words, &assets::NAMES);
        let brand = words.say("brand");
        let title = if page.title == brand {
            brand.clone()
        } else {
            format!("{} · {brand}", page.title)
        };
        let document = html! {
            (DOCTYPE)
            html lang=(words.language().code()) dir=(words.dir()) {
                head {
                    meta charset="utf-8";
                    title { (title) }
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    link rel="stylesheet" href=(assets::address(&names.sheet));
                    link rel="icon" type="image/svg+xml" href=(assets::address(&names.mark));
                    script src=(assets::address(&names.script)) defer {}
                    @for language in self.languages {
                        link rel="alternate" hreflang=(language.code()) href=(self.in_language(*language));
                    }
                    @if let Some(feed) = &page.feed {
                        link rel="alternate" type="application/atom+xml" href=(feed) title=(words.say("feed"));
                    }
                }
                body {
                    a.skip href="#main" { (words.say("skip")) }
                    (self.header(page.here))
                    main #main tabindex="-1" {
                        @if words.language().is_draft() {
                            p.draft { span.wrap { strong { (words.say("draft-title")) } " " (words.say("draft-about")) } }
                        }
                        (page.body)
                    }
                    (self.footer())
                }
            }
        };
        document.into_string()
    }

    /// The same page in another language.
    fn in_language(&self, language: Language) -> String {
        let path = format!("/{}{}", language.code(), self.path);
        let query = self
            .query
            .filter(|_| !sabotaged("portal-language-forgets-the-question"));
        query.map_or(path.clone(), |query| query.behind(&path))
    }

    fn header(&self, here: Option<Room>) -> Markup {
        let (words, language) = (self.words, self.words.language());
        let is_here = |room: Room| (here == Some(room)).then_some("page");
        html! {
            header.top {
                div.wrap.top-row {
                    a.brand href=(address::home(language)) {
                        (words.say("brand"))
                    }
                    nav.rooms aria-label=(words.say("nav-rooms")) {
                        a href=(address::register(language, &Query::default())) aria-current=[is_here(Room::Register)] {
                            (words.say("nav-register"))
                        }
                        a href=(address::mesh(language)) aria-current=[is_here(Room::Mesh)] { (words.say("nav-mesh")) }
                        a href=(address::verify(language)) aria-current=[is_here(Room::Verify)] { (words.say("nav-verify")) }
                    }
                    (tongues::tongues(words, self.languages, |language| self.in_language(language)))
                }
            }
        }
    }

    fn footer(&self) -> Markup {
        let words = self.words;
        let host = self
            .public_url
            .split_once("://")
            .map_or(self.public_url, |(_, host)| host);
        html! {
            footer.foot id=[sabotaged("portal-same-id-twice").then_some("main")] {
                div.wrap {
                    p { (words.say("foot-about")) }
                    p.foot-links {
                        span { (words.say("foot-node")) " " bdi dir="ltr" { (host) } }
                        a href=(address::api_page()) hreflang="en" { (words.say("foot-api")) }
                    }
                }
            }
        }
    }
}
