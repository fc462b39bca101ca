//! Taking the wanted part out of objects that come one by one, without holding more of them than the part ends at.

use crate::spec::{QuerySpec, SortKey};
use serde_json::Value;

/// So many that sorting them costs little beside reading them.
const SPARE: usize = 1024;

/// Whether further objects can change the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// Go on.
    Wanted,
    /// The answer is complete.
    Unneeded,
}

/// Takes objects in their usual order and keeps what the query asks for.
#[derive(Debug)]
pub struct Gather<'a, T> {
    spec: &'a QuerySpec,
    skipped: u64,
    kept: Vec<(SortKey, T)>,
    /// Objects kept beyond the end before they are sorted and dropped: sorting at every one would be dear.
    spare: usize,
}

impl<'a, T> Gather<'a, T> {
    /// Nothing yet.
    pub fn new(spec: &'a QuerySpec) -> Self {
        Self {
            spec,
            skipped: 0,
            kept: Vec::new(),
            spare: SPARE,
        }
    }

    /// Offers an object that lies in `places`; `make` is called when it is kept.
    pub fn offer(&mut self, places: &[&Value], make: impl FnOnce() -> T) -> More {
        if !self.spec.filter.holds(places) {
            return More::Wanted;
        }
        if self.spec.sort_field.is_some() {
            self.kept.push((self.spec.sort_key(places), make()));
            if self.kept.len() > self.end().saturating_add(self.spare) {
                self.cut();
            }
            return More::Wanted;
        }
        if self.skipped < self.spec.offset {
            self.skipped += 1;
            return More::Wanted;
        }
        self.kept.push((SortKey::Absent, make()));
        if self.kept.len() as u64 >= self.spec.limit {
            More::Unneeded
        } else {
            More::Wanted
        }
    }

    /// Where the part ends.
    fn end(&self) -> usize {
        usize::try_from(self.spec.offset.saturating_add(self.spec.limit)).unwrap_or(usize::MAX)
    }

    /// Sorts and drops what lies behind the end. Of equals, those that came first stay first.
    fn cut(&mut self) {
        let (spec, end) = (self.spec, self.end());
        self.kept.sort_by(|(one, _), (other, _)| spec.order(one, other));
        self.kept.truncate(end);
    }

    /// What was asked for, in order.
    pub fn finish(mut self) -> Vec<T> {
        let mut skip = 0;
        if self.spec.sort_field.is_some() {
            self.cut();
            skip = usize::try_from(self.spec.offset).unwrap_or(usize::MAX);
        }
        self.kept.into_iter().skip(skip).map(|(_, kept)| kept).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn gathered(spec: &Value, objects: &[Value]) -> Vec<u64> {
        let spec = QuerySpec::from_json(spec).unwrap();
        let mut gather = Gather {
            spare: 3,
            ..Gather::new(&spec)
        };
        for object in objects {
            if gather.offer(&[object], || object["n"].as_u64().unwrap()) == More::Unneeded {
                break;
            }
        }
        gather.finish()
    }

    #[test]
    fn offset_and_limit_count_what_the_filter_leaves() {
        let objects: Vec<_> = (0..10).map(|n| json!({ "n": n, "odd": n % 2 == 1 })).collect();
        let odd = json!([{ "operandLeft": "odd", "operator": "=", "operandRight": true }]);
        let spec = json!({ "offset": 1, "limit": 2, "filterExpression": odd });
        assert_eq!(gathered(&spec, &objects), [3, 5]);
        assert_eq!(gathered(&json!({ "offset": 9 }), &objects), [9]);
        assert_eq!(gathered(&json!({ "offset": 10 }), &objects), [] as [u64; 0]);
    }

    #[test]
    fn an_answer_that_is_full_asks_for_no_more() {
        let spec = QuerySpec::from_json(&json!({ "limit": 1 })).unwrap();
        assert_eq!(Gather::new(&spec).offer(&[&json!({})], || 1), More::Unneeded);
    }

    proptest! {
        /// Keeping only what the answer ends at gives what sorting everything would.
        #[test]
        fn sorting_as_they_come_is_sorting_all(
            fields in prop::collection::vec(0_u64..4, 0..20),
            offset in 0_usize..6,
            limit in 1_usize..6,
            descending in any::<bool>(),
        ) {
            let objects: Vec<_> = fields.iter().enumerate().map(|(n, f)| json!({ "n": n, "f": f })).collect();
            let order = if descending { "DESC" } else { "ASC" };
            let spec = json!({ "offset": offset, "limit": limit, "sortField": "f", "sortOrder": order });
            let mut all: Vec<(u64, u64)> = fields.iter().copied().zip(0..).collect();
            all.sort_by(|one, other| if descending { other.0.cmp(&one.0) } else { one.0.cmp(&other.0) });
            let expected: Vec<u64> = all.into_iter().map(|(_, n)| n).skip(offset).take(limit).collect();
            prop_assert_eq!(gathered(&spec, &objects), expected);
        }
    }
}
