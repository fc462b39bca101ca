//! Bounds of time windows: absolute, or relative to the agreement in the form that EDC writes.

use crate::vocabulary::Operator;
use chapar_terms::Instant;

/// One end of a time window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// A point in time.
    At(Instant),
    /// So many milliseconds after (or, negative, before) the agreement.
    AfterAgreement(i64),
}

impl Bound {
    /// Reads `contractAgreement+<number><s|m|h|d>`; the number may be negative, as EDC allows.
    pub(crate) fn parse_relative(text: &str) -> Option<Self> {
        let offset = text
            .strip_prefix("contractAgreement+")
            .or_else(|| text.strip_prefix("contractagreement+"))?;
        let unit = offset.chars().last()?;
        let number = offset.strip_suffix(unit)?;
        let digits = number.strip_prefix('-').unwrap_or(number);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let unit_ms: i64 = match unit {
            's' => 1000,
            'm' => 60 * 1000,
            'h' => 60 * 60 * 1000,
            'd' => 24 * 60 * 60 * 1000,
            _ => return None,
        };
        number
            .parse::<i64>()
            .ok()?
            .checked_mul(unit_ms)
            .map(Self::AfterAgreement)
    }

    /// The point in time meant; none while there is no agreement to count from.
    pub(crate) fn resolve(self, agreed_at: Option<Instant>) -> Option<Instant> {
        match self {
            Self::At(instant) => Some(instant),
            Self::AfterAgreement(ms) => agreed_at.map(|agreed| agreed.plus_ms(ms)),
        }
    }
}

/// The operators that order two instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Eq,
    Neq,
    Gt,
    Gteq,
    Lt,
    Lteq,
}

impl Compare {
    /// The comparison behind an ODRL operator, if it is one.
    pub(crate) fn of(operator: Operator) -> Option<Self> {
        Some(match operator {
            Operator::Eq => Self::Eq,
            Operator::Neq => Self::Neq,
            Operator::Gt => Self::Gt,
            Operator::Gteq => Self::Gteq,
            Operator::Lt => Self::Lt,
            Operator::Lteq => Self::Lteq,
            _ => return None,
        })
    }

    /// Whether `left` stands to `right` as asked.
    pub(crate) fn holds(self, left: Instant, right: Instant) -> bool {
        match self {
            Self::Eq => left == right,
            Self::Neq => left != right,
            Self::Gt => left > right,
            Self::Gteq => left >= right,
            Self::Lt => left < right,
            Self::Lteq => left <= right,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_bounds() {
        let day = 86_400_000;
        let table: [(&str, Option<i64>); 14] = [
            ("contractAgreement+7d", Some(7 * day)),
            ("contractagreement+1h", Some(3_600_000)),
            ("contractAgreement+90m", Some(5_400_000)),
            ("contractAgreement+0s", Some(0)),
            ("contractAgreement+-1d", Some(-day)),
            ("contractAgreement", None),
            ("contractAgreement+", None),
            ("contractAgreement+d", None),
            ("contractAgreement+7", None),
            ("contractAgreement+7y", None),
            ("contractAgreement++7d", None),
            ("contractAgreement+7 d", None),
            ("contractAgreement+9223372036854775807d", None),
            ("contractAgreement+7ж", None),
        ];
        for (text, expected) in table {
            assert_eq!(
                Bound::parse_relative(text),
                expected.map(Bound::AfterAgreement),
                "{text}"
            );
        }
    }
}
