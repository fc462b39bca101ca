//! The languages in which the portal speaks.

/// A language of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Russian.
    Ru,
    /// Chinese.
    Zh,
    /// English.
    En,
    /// Belarusian.
    Be,
    /// Persian.
    Fa,
    /// Hindi.
    Hi,
    /// Kazakh.
    Kk,
    /// Kyrgyz.
    Ky,
    /// Tajik.
    Tg,
    /// Urdu.
    Ur,
    /// Uzbek.
    Uz,
}

impl Language {
    /// All of them: those that were read by their speakers first, then the drafts by code.
    pub const ALL: [Self; 11] = [
        Self::Ru,
        Self::Zh,
        Self::En,
        Self::Be,
        Self::Fa,
        Self::Hi,
        Self::Kk,
        Self::Ky,
        Self::Tg,
        Self::Ur,
        Self::Uz,
    ];
    /// What a portal speaks when its operator says nothing.
    pub const USUAL: [Self; 3] = [Self::Ru, Self::Zh, Self::En];

    /// Its code (ISO 639-1), which begins every address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::Zh => "zh",
            Self::En => "en",
            Self::Be => "be",
            Self::Fa => "fa",
            Self::Hi => "hi",
            Self::Kk => "kk",
            Self::Ky => "ky",
            Self::Tg => "tg",
            Self::Ur => "ur",
            Self::Uz => "uz",
        }
    }

    /// The language of a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// Whether its speakers have yet to read what the portal says in it.
    pub const fn is_draft(self) -> bool {
        !matches!(self, Self::Ru | Self::Zh | Self::En)
    }

    /// Its messages.
    pub(super) const fn messages(self) -> &'static str {
        match self {
            Self::Ru => include_str!("../../locales/ru/portal.ftl"),
            Self::Zh => include_str!("../../locales/zh/portal.ftl"),
            Self::En => include_str!("../../locales/en/portal.ftl"),
            Self::Be => include_str!("../../locales/be/portal.ftl"),
            Self::Fa => include_str!("../../locales/fa/portal.ftl"),
            Self::Hi => include_str!("../../locales/hi/portal.ftl"),
            Self::Kk => include_str!("../../locales/kk/portal.ftl"),
            Self::Ky => include_str!("../../locales/ky/portal.ftl"),
            Self::Tg => include_str!("../../locales/tg/portal.ftl"),
            Self::Ur => include_str!("../../locales/ur/portal.ftl"),
            Self::Uz => include_str!("../../locales/uz/portal.ftl"),
        }
    }

    /// The languages in which a reader of this one is shown a text that there is not in it, the best first.
    pub const fn instead(self) -> [&'static str; 3] {
        match self {
            Self::Ru | Self::Be | Self::Kk | Self::Ky | Self::Tg | Self::Uz => ["ru", "en", "zh"],
            Self::Zh => ["zh", "en", "ru"],
            Self::En | Self::Fa | Self::Hi | Self::Ur => ["en", "ru", "zh"],
        }
    }
}
