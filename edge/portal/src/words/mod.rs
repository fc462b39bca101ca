//! What the portal says, in the reader's language: messages (Fluent), dates, numbers and order (ICU), and the choice among the texts of
//! others.
//!
//! All text for people stands in `locales/`. Refuses to know any page.

#[cfg(test)]
mod checks;
mod forms;
mod language;
mod negotiate;
mod texts;

pub use language::Language;
pub use negotiate::negotiate;
pub use texts::{Said, Texts, direction};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use forms::Forms;
use std::sync::OnceLock;

/// What a message is filled in with: texts by name.
pub type Fill<'a> = &'a [(&'a str, &'a str)];

/// A language ready to be spoken.
pub struct Words {
    language: Language,
    messages: FluentBundle<FluentResource>,
    forms: Forms,
}

impl Words {
    /// The words of a language, made when they are asked for first.
    pub fn of(language: Language) -> &'static Self {
        static ALL: [OnceLock<Words>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];
        let place = Language::ALL
            .iter()
            .position(|one| *one == language)
            .unwrap_or_default();
        let slot = ALL.get(place).unwrap_or(&ALL[0]);
        slot.get_or_init(|| Self::read(language))
    }

    fn read(language: Language) -> Self {
        let tag = language.code().parse().unwrap_or_default();
        let mut messages = FluentBundle::new_concurrent(vec![tag]);
        // Texts of others within ours, of either direction.
        messages.set_use_isolating(true);
        let resource = match FluentResource::try_new(language.messages().to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        messages.add_resource_overriding(resource);
        Self {
            language,
            messages,
            forms: Forms::of(language),
        }
    }

    /// The language.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Its direction, as HTML writes it.
    pub fn dir(&self) -> &'static str {
        direction(self.language.code())
    }

    /// A message.
    pub fn say(&self, key: &str) -> String {
        self.fill(key, &[])
    }

    /// A message filled in with texts.
    pub fn fill(&self, key: &str, with: Fill<'_>) -> String {
        let mut args = FluentArgs::new();
        for (name, text) in with {
            args.set(*name, FluentValue::from(*text));
        }
        self.render(key, &args)
    }

    /// A message about a number of things: `$count` chooses the form, `$shown` is how it is written.
    pub fn count(&self, key: &str, count: u64, with: Fill<'_>) -> String {
        let mut args = FluentArgs::new();
        for (name, text) in with {
            args.set(*name, FluentValue::from(*text));
        }
        args.set("count", FluentValue::from(count));
        args.set("shown", FluentValue::from(self.number(count)));
        self.render(key, &args)
    }

    /// Whether there is such a message: what is named after a code may have none.
    pub fn has(&self, key: &str) -> bool {
        self.messages.has_message(key)
    }

    /// The message, or the bare code where there is none of that name.
    pub fn say_or(&self, key: &str, code: &str) -> String {
        if self.has(key) { self.say(key) } else { code.to_owned() }
    }

    /// The name of a state by its code; the code where it is none of the Organisation's.
    pub fn state(&self, code: &str) -> String {
        self.say_or(&format!("state-{}", code.to_ascii_lowercase()), code)
    }

    /// The name of a language by its tag; the tag where it has none here.
    pub fn tongue(&self, tag: &str) -> String {
        let primary = tag.split('-').next().unwrap_or(tag);
        self.say_or(&format!("lang-{primary}"), tag)
    }

    fn render(&self, key: &str, args: &FluentArgs<'_>) -> String {
        let pattern = self.messages.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else {
            tracing::error!(key, language = self.language.code(), "there is no such message");
            return key.to_owned();
        };
        let mut faults = Vec::new();
        let text = self.messages.format_pattern(pattern, Some(args), &mut faults);
        if !faults.is_empty() {
            tracing::error!(
                key,
                language = self.language.code(),
                ?faults,
                "a message cannot be filled in"
            );
        }
        text.into_owned()
    }
}
