//! What creating a thing would be told, before anybody looks at what is there: the same reading and the same checks, and nothing is
//! written. For whoever wants to know beforehand what this API takes.

use crate::adoptions::Adopted;
use crate::body::{Wanted, document, wanted};
use crate::problem::Problem;
use crate::version::Version;
use crate::{adoptions, assets, definitions, policies};
use serde_json::Value;

/// Tries `thing`, one of `noun` as version 3 writes it: what the node could not judge in its rules and would deny, a sentence each.
///
/// # Errors
/// It would be refused, in these words.
pub fn tried(noun: &str, thing: &Value) -> Result<Vec<String>, String> {
    let tried = match noun {
        "assets" => read(thing).and_then(assets::tried),
        "policydefinitions" => read(thing).and_then(policies::tried),
        "contractdefinitions" => read(thing).and_then(definitions::tried),
        "contractagreements" => read::<Adopted>(thing).map(|agreement| adoptions::tried(&agreement)),
        _ => Ok(Vec::new()),
    };
    tried.map_err(|problem| problem.told())
}

fn read<T: Wanted>(thing: &Value) -> Result<T, Problem> {
    wanted(document(thing.to_string().as_bytes())?, Version::V3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rules(operand: &str) -> Value {
        json!({ "@context": "http://www.w3.org/ns/odrl.jsonld", "@type": "Set", "permission": [{
            "action": "use", "constraint": [{ "leftOperand": operand, "operator": "eq", "rightOperand": "fair" }],
        }] })
    }

    fn agreement() -> Value {
        let mut policy = rules("weather");
        policy["@type"] = json!("Agreement");
        json!({
            "@id": "urn:a", "assetId": "x", "providerId": "p", "consumerId": "c", "contractSigningDate": 1_700_000_000,
            "type": "CONSUMER", "counterPartyId": "p", "counterPartyAddress": "http://p.example", "policy": policy,
        })
    }

    #[test]
    fn what_would_be_refused_is_told_in_the_words_of_the_refusal() {
        let asset = json!({ "@id": "a", "properties": { "name": "n" } });
        let mut nowhere = asset.clone();
        nowhere["dataAddress"] = json!({ "type": "HttpData", "baseUrl": "nowhere" });
        let mut of_no_method = asset.clone();
        of_no_method["dataAddress"] = json!({ "type": "HttpData", "baseUrl": "http://h", "method": "FLY" });
        let mut with_a_token = asset.clone();
        with_a_token["dataAddress"] =
            json!({ "type": "HttpData", "baseUrl": "http://h", "oauth2:tokenUrl": "http://t", "oauth2:clientId": "c" });
        let mut undated = agreement();
        undated.as_object_mut().unwrap().remove("contractSigningDate");
        for (noun, thing, why) in [
            ("assets", json!({ "@id": "a" }), "properties"),
            ("assets", nowhere, "baseUrl"),
            ("assets", of_no_method, "FLY"),
            ("assets", with_a_token, "give `authKey` with `secretName`"),
            ("policydefinitions", json!({ "@id": "p" }), "policy"),
            (
                "contractdefinitions",
                json!({ "@id": "d", "accessPolicyId": "p" }),
                "contractPolicyId",
            ),
            ("contractagreements", undated, "must be a number of seconds"),
        ] {
            let told = tried(noun, &thing).unwrap_err();
            assert!(told.starts_with("400: ") && told.contains(why), "{noun}: {told}");
        }
        assert_eq!(tried("assets", &asset), Ok(Vec::new()));
    }

    #[test]
    fn what_is_too_long_is_told_for_every_noun() {
        let policy = json!({ "@id": "p", "policy": rules("weather") });
        let definition = json!({ "@id": "d", "accessPolicyId": "p", "contractPolicyId": "p", "assetsSelector": [] });
        for (noun, thing) in [
            ("assets", json!({ "@id": "a", "properties": {} })),
            ("policydefinitions", policy),
            ("contractdefinitions", definition),
        ] {
            let with = |length: usize| {
                let mut thing = thing.clone();
                thing["privateProperties"] = json!({ "note": "x".repeat(length) });
                tried(noun, &thing)
            };
            assert!(with(16_000).is_ok(), "{noun}: {:?}", with(16_000));
            let long = with(17_000).unwrap_err();
            assert!(long.starts_with("400: properties take at most"), "{noun}: {long}");
            let too_long = with(300_000).unwrap_err();
            assert!(too_long.starts_with("413: "), "{noun}: {too_long}");
        }
        let mut agreement = agreement();
        agreement["note"] = json!("x".repeat(300_000));
        assert!(
            tried("contractagreements", &agreement)
                .unwrap_err()
                .starts_with("413: ")
        );
    }

    #[test]
    fn what_cannot_be_judged_is_named() {
        let policy = json!({ "@id": "p", "policy": rules("weather") });
        for (noun, thing) in [("policydefinitions", policy), ("contractagreements", agreement())] {
            let told = tried(noun, &thing).unwrap();
            assert!(told.iter().any(|one| one.contains("weather`")), "{noun}: {told:?}");
        }
    }
}
