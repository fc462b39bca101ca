//! Translations of a record: records of their own, with what each is worth.

use crate::address;
use crate::parts::badge::{Tone, badge};
use crate::parts::{foreign, result};
use crate::read::{Found, Record};
use crate::words::{Said, Texts, Words};
use maud::{Markup, html};
use serde_json::Value;

/// A translation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// The id of its record.
    pub id: String,
    /// The language into which it is translated.
    pub tag: String,
    /// `authentic`, `official`, `working` or `machine`.
    pub status: String,
    /// Who translated.
    pub translator: Texts,
    /// Whether it is of this version of the record.
    pub is_of_this_version: bool,
    /// The texts, by their place in the body.
    pub texts: Vec<(String, String)>,
}

impl Translation {
    /// Reads the record of a translation; none of one that not everybody may read.
    pub fn read(translation: &Record, source: &Found) -> Option<Self> {
        let body = translation.body.as_ref()?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let texts = body.get("body").and_then(Value::as_object).into_iter().flatten();
        let texts = texts.filter_map(|(place, text)| Some((place.clone(), text.as_str()?.to_owned())));
        Some(Self {
            id: translation.found.id.clone(),
            tag: text("language")?,
            status: text("status")?,
            translator: Texts::read(body.get("translator")),
            is_of_this_version: text("sourceHash").as_deref() == Some(source.leaf_hash.as_str()),
            texts: texts.collect(),
        })
    }

    /// The text at a place.
    pub fn at(&self, place: &str) -> Option<Said<'_>> {
        let found = self.texts.iter().find(|(one, _)| one == place);
        found.map(|(_, text)| Said { tag: &self.tag, text })
    }

    /// How much it is worth, in a word.
    pub fn status(&self, words: &Words) -> Markup {
        let tone = match self.status.as_str() {
            "authentic" | "official" => Tone::Good,
            "working" => Tone::Plain,
            _ => Tone::Careful,
        };
        badge(
            tone,
            &words.say_or(&format!("translation-{}", self.status), &self.status),
        )
    }
}

/// The section of the page.
pub fn section(words: &Words, kind: &str, translations: &[Translation]) -> Markup {
    html! {
        @if !translations.is_empty() {
            section.block aria-labelledby="translations" {
                h2 #translations { (words.say("record-translations")) }
                @for one in translations {
                    article.translation {
                        h3 {
                            a href=(address::record(words.language(), &one.id, None)) { (words.tongue(&one.tag)) }
                            " " (one.status(words))
                        }
                        @if !one.is_of_this_version { p.quiet-text { (words.say("translation-older")) } }
                        dl.facts {
                            @if let Some(who) = foreign::best(words, &one.translator) {
                                div.fact { dt { (words.say("translation-by")) } dd { (who) } }
                            }
                            @for (place, text) in &one.texts {
                                div.fact { dt { (result::member_name(words, kind, place)) } dd { (foreign::text(Said { tag: &one.tag, text })) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
