//! Offer ids: base64(definition) `:` base64(asset) `:` base64(version of the rules). The plain form is understood too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chapar_terms::{Digest, canonical_json};
use serde_json::{Map, Value};

/// The id of the offer that `definition` makes of `asset` under `rules`. Other rules give another id.
pub(crate) fn render(definition: &str, asset: &str, rules: &Map<String, Value>) -> String {
    let version = Digest::of(&canonical_json(&Value::Object(rules.clone()))).hex();
    let version = version.get(..16).unwrap_or_default();
    format!(
        "{}:{}:{}",
        STANDARD.encode(definition),
        STANDARD.encode(asset),
        STANDARD.encode(version)
    )
}

/// The (definition, asset) pairs that an offer id can mean, likeliest first. `target` is what the offer says it is about.
pub(crate) fn readings(id: &str, target: Option<&str>) -> Vec<(String, String)> {
    let mut readings = Vec::new();
    let parts: Vec<&str> = id.split(':').collect();
    if let [definition, asset, _] = parts.as_slice()
        && let (Some(definition), Some(asset)) = (decode(definition), decode(asset))
    {
        readings.push((definition, asset));
    }
    if let Some((definition, rest)) = id.split_once(':')
        && let Some((asset, _)) = rest.rsplit_once(':')
    {
        readings.push((definition.to_owned(), asset.to_owned()));
        if let Some(target) = target.filter(|target| *target != asset && rest.starts_with(*target)) {
            readings.push((definition.to_owned(), target.to_owned()));
        }
    }
    readings
}

fn decode(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_its_own_ids_and_plain_ones() {
        let id = render("def", "urn:uuid:1", &Map::new());
        assert_eq!(
            readings(&id, None).first(),
            Some(&("def".to_owned(), "urn:uuid:1".to_owned()))
        );
        assert!(readings("CD123:ASSET1:456", Some("ASSET1")).contains(&("CD123".to_owned(), "ASSET1".to_owned())));
        assert!(readings("CD:urn:uuid:1:x", Some("urn:uuid:1")).contains(&("CD".to_owned(), "urn:uuid:1".to_owned())));
        assert!(readings("nothing", None).is_empty());
    }

    #[test]
    fn other_rules_give_another_id() {
        let mut rules = Map::new();
        rules.insert("permission".to_owned(), serde_json::json!([{ "action": "use" }]));
        assert_ne!(render("d", "a", &rules), render("d", "a", &Map::new()));
    }

    proptest! {
        #[test]
        fn an_id_is_read_first_as_it_was_made(definition in ".{0,40}", asset in ".{0,40}") {
            let id = render(&definition, &asset, &Map::new());
            let found = readings(&id, None).into_iter().next();
            prop_assert_eq!(found, Some((definition, asset)));
        }

        #[test]
        fn a_plain_id_is_read_however_many_colons_its_asset_has(
            definition in "[^:]{1,20}", asset in "[a-z]{1,9}(:[a-z0-9]{1,9}){0,4}", version in "[^:]{1,9}",
        ) {
            let id = format!("{definition}:{asset}:{version}");
            prop_assert!(readings(&id, None).contains(&(definition.clone(), asset.clone())));
            // A version with colons is told from the asset by what the offer is about.
            let id = format!("{id}:and:more");
            prop_assert!(readings(&id, Some(&asset)).contains(&(definition, asset)));
        }

        #[test]
        fn any_text_has_few_readings_and_none_is_longer_than_it(id in ".{0,120}", target in proptest::option::of(".{0,40}")) {
            let found = readings(&id, target.as_deref());
            prop_assert!(found.len() <= 3);
            for (definition, asset) in found {
                prop_assert!(definition.len() + asset.len() <= id.len(), "`{}` and `{}`", definition, asset);
            }
        }
    }
}
