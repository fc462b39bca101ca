//! How numbers and dates are written, and in which order words stand (ICU4X, its compiled data).

use super::{Language, Words};
use chapar_terms::Instant;
use icu_calendar::Iso;
use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::{YMD, YMDT};
use icu_datetime::input::{Date, DateTime, Time};
use icu_datetime::options::TimePrecision;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use icu_locale::Locale;
// Named for its feature `sync`: without it what is made of ICU's data belongs to one thread.
use icu_provider as _;
use std::cmp::Ordering;

/// The formatters of a language. ICU has data for each of ours; without them numbers and dates stand as computers write them.
pub(super) struct Forms {
    numbers: Option<DecimalFormatter>,
    days: Option<DateTimeFormatter<YMD>>,
    /// Days by the calendar of the language's own states, where that is another one.
    own_days: Option<DateTimeFormatter<YMD>>,
    moments: Option<DateTimeFormatter<YMDT>>,
    order: Option<CollatorBorrowed<'static>>,
}

impl Forms {
    pub(super) fn of(language: Language) -> Self {
        let locale = |tag: &str| tag.parse::<Locale>().unwrap_or(Locale::UNKNOWN);
        let plain = locale(language.code());
        let gregorian = locale(&format!("{}-u-ca-gregory", language.code()));
        let has_own = language == Language::Fa;
        Self {
            numbers: DecimalFormatter::try_new((&plain).into(), DecimalFormatterOptions::default()).ok(),
            days: DateTimeFormatter::try_new((&gregorian).into(), YMD::long()).ok(),
            own_days: has_own
                .then(|| DateTimeFormatter::try_new((&plain).into(), YMD::long()).ok())
                .flatten(),
            moments: DateTimeFormatter::try_new(
                (&gregorian).into(),
                YMDT::long().with_time_precision(TimePrecision::Minute),
            )
            .ok(),
            order: Collator::try_new((&plain).into(), CollatorOptions::default()).ok(),
        }
    }
}

/// A day in the year, the month and the day of the month, as `2026-11-26` begins.
fn day(text: &str) -> Option<Date<Iso>> {
    let mut parts = text.get(..10)?.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    Date::try_new_iso(year, month, day).ok()
}

fn time(text: &str) -> Option<Time> {
    let mut parts = text.get(11..19)?.split(':');
    let mut next = || parts.next()?.parse::<u8>().ok();
    Time::try_new(next()?, next()?, next()?, 0).ok()
}

impl Words {
    /// A whole number.
    pub fn number(&self, number: u64) -> String {
        let plain = Decimal::from(number);
        self.forms
            .numbers
            .as_ref()
            .map_or_else(|| number.to_string(), |form| form.format(&plain).to_string())
    }

    /// A number as JSON or a decimal text has it; what is none stays as it is.
    pub fn decimal(&self, text: &str) -> String {
        match (text.parse::<Decimal>(), &self.forms.numbers) {
            (Ok(number), Some(form)) => form.format(&number).to_string(),
            _ => text.to_owned(),
        }
    }

    /// A day, `2026-11-26` or what begins so; by the own calendar beside, where the language has one. None for what is no day.
    pub fn day(&self, text: &str) -> Option<String> {
        let day = day(text)?;
        let common = self.forms.days.as_ref()?.format(&day).to_string();
        Some(match &self.forms.own_days {
            Some(own) => self.fill(
                "date-two-calendars",
                &[("own", &own.format(&day).to_string()), ("common", &common)],
            ),
            None => common,
        })
    }

    /// A day without the own calendar: where there is room for one alone.
    pub fn short_day(&self, at: Instant) -> String {
        let text = at.rfc3339();
        let day = day(&text);
        let form = self.forms.own_days.as_ref().or(self.forms.days.as_ref());
        day.zip(form).map_or(text, |(day, form)| form.format(&day).to_string())
    }

    /// A moment as RFC 3339 writes it, with its offset from UTC. None for what is no moment.
    pub fn moment(&self, text: &str) -> Option<String> {
        let (date, time) = (day(text)?, time(text)?);
        let written = self
            .forms
            .moments
            .as_ref()?
            .format(&DateTime { date, time })
            .to_string();
        let offset = match text
            .get(19..)?
            .trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit())
        {
            "Z" | "+00:00" | "-00:00" => "UTC".to_owned(),
            other => format!("UTC{other}"),
        };
        Some(self.fill("date-with-zone", &[("moment", &written), ("zone", &offset)]))
    }

    /// A moment of ours, to the minute, in UTC.
    pub fn instant(&self, at: Instant) -> String {
        let text = at.rfc3339();
        self.moment(&text).unwrap_or(text)
    }

    /// How long ago something was.
    pub fn age(&self, seconds: u64) -> String {
        match seconds {
            0..60 => self.count("age-seconds", seconds, &[]),
            60..3600 => self.count("age-minutes", seconds / 60, &[]),
            3600..172_800 => self.count("age-hours", seconds / 3600, &[]),
            _ => self.count("age-days", seconds / 86_400, &[]),
        }
    }

    /// In which order two words stand.
    pub fn compare(&self, one: &str, other: &str) -> Ordering {
        match &self.forms.order {
            Some(order) => order.compare(one, other),
            None => one.cmp(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_language_writes_them() {
        for (language, expected) in [
            (Language::Ru, "26 ноября 2026\u{202f}г."),
            (Language::Zh, "2026年11月26日"),
            (Language::En, "November 26, 2026"),
            (Language::Kk, "2026\u{202f}ж. 26 қараша"),
            (Language::Uz, "26-noyabr, 2026"),
        ] {
            assert_eq!(
                Words::of(language).day("2026-11-26").as_deref(),
                Some(expected),
                "{language:?}"
            );
        }
        let persian = Words::of(Language::Fa).day("2026-11-26").unwrap();
        assert!(
            persian.contains("۵ آذر ۱۴۰۵") && persian.contains("۲۶ نوامبر ۲۰۲۶"),
            "both calendars: {persian}"
        );
        for language in Language::ALL {
            let words = Words::of(language);
            assert!(words.day("2026-02-30").is_none() && words.day("soon").is_none());
            let moment = words.moment("2026-11-26T23:59:00+05:00").unwrap();
            assert!(moment.contains("UTC+05:00"), "{language:?}: {moment}");
            assert_eq!(words.moment("2026-11-26"), None);
        }
    }

    #[test]
    fn numbers_and_order_are_the_languages_own() {
        assert_eq!(Words::of(Language::Ru).number(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(Words::of(Language::Fa).number(1405), "۱٬۴۰۵");
        assert_eq!(Words::of(Language::Hi).number(1_234_567), "12,34,567");
        assert_eq!(Words::of(Language::Ru).decimal("-12.50"), "-12,50");
        assert_eq!(Words::of(Language::Ru).decimal("twelve"), "twelve");
        let sorted = |language: Language, mut list: Vec<&'static str>| {
            list.sort_by(|one, other| Words::of(language).compare(one, other));
            list
        };
        assert_eq!(sorted(Language::Ru, vec!["ёлка", "жук", "дом"]), ["дом", "ёлка", "жук"]);
        assert_eq!(
            sorted(Language::Kk, vec!["қала", "лас", "кала"]),
            ["кала", "қала", "лас"]
        );
    }

    #[test]
    fn ages_are_told_in_whole_units() {
        let words = Words::of(Language::En);
        for (seconds, expected) in [
            (0, "0"),
            (59, "59"),
            (60, "1"),
            (3599, "59"),
            (7200, "2"),
            (172_800, "2"),
        ] {
            let age = words.age(seconds);
            assert!(age.contains(expected), "{seconds}: {age}");
        }
    }
}
