//! Whom the body of a closed record is for, as a policy says it.

use chapar_policy::Federations;
use chapar_register::{Header, Visibility};
use chapar_terms::ParticipantId;
use serde_json::{Value, json};

/// The relation by which a record for members names their federation.
pub(crate) const FEDERATION: &str = "federation";

/// The rules under which a body is offered; none where the exchange offers it to nobody.
pub(crate) fn rules(header: &Header) -> Option<Value> {
    let (operand, among): (&str, Vec<&str>) = match &header.visibility {
        Visibility::Open | Visibility::Sealed => return None,
        Visibility::Parties(parties) => ("participantId", parties.iter().map(ParticipantId::as_str).collect()),
        Visibility::Members => ("urn:chapar:terms:memberOf", vec![federation(header)?]),
    };
    let constraint = match among.as_slice() {
        [one] => json!({ "leftOperand": operand, "operator": "eq", "rightOperand": one }),
        many => json!({ "leftOperand": operand, "operator": "isAnyOf", "rightOperand": many }),
    };
    Some(json!({ "@type": "Set", "permission": [{ "action": "use", "constraint": [constraint] }] }))
}

/// Whether a body is for this participant, by those who are members now.
pub(super) fn is_for(header: &Header, who: &ParticipantId, federations: &Federations) -> bool {
    match &header.visibility {
        Visibility::Open | Visibility::Sealed => false,
        Visibility::Parties(parties) => parties.contains(who),
        Visibility::Members => federation(header).is_some_and(|id| federations.is_member(id, who) == Some(true)),
    }
}

fn federation(header: &Header) -> Option<&str> {
    let link = header.links.iter().find(|link| link.rel == FEDERATION)?;
    Some(&link.target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chapar_policy::{Decision, Situation, decide};
    use chapar_register::{KindName, Link, RecordId};
    use chapar_terms::{Digest, Instant};
    use std::collections::BTreeSet;

    fn id(name: &str) -> ParticipantId {
        ParticipantId::parse(&format!("did:web:{name}.example")).unwrap()
    }

    fn federation() -> String {
        format!("urn:chapar:federation:{}", "ab".repeat(32))
    }

    fn header(visibility: Visibility, links: Vec<Link>) -> Header {
        Header {
            id: RecordId::parse("did:web:uz.example/records/0123456789abcdef/a").unwrap(),
            kind: KindName::parse("notice").unwrap(),
            version: 1,
            previous: None,
            issued: Instant::from_unix_s(1),
            valid: None,
            issuer: id("uz"),
            mandate: None,
            languages: BTreeSet::new(),
            authentic: BTreeSet::new(),
            visibility,
            body_hash: Digest::of(b""),
            body_bytes: 2,
            links,
        }
    }

    #[test]
    fn the_policy_permits_those_and_only_those_whom_the_record_is_for() {
        let mut federations = Federations::none();
        federations.put(&federation(), BTreeSet::from([id("kz"), id("cn")]));
        let to_members = vec![Link {
            rel: FEDERATION.to_owned(),
            target: federation(),
        }];
        let cases = [
            (
                header(Visibility::Parties(BTreeSet::from([id("kz")])), Vec::new()),
                vec!["kz"],
            ),
            (
                header(Visibility::Parties(BTreeSet::from([id("kz"), id("kg")])), Vec::new()),
                vec!["kz", "kg"],
            ),
            (header(Visibility::Members, to_members.clone()), vec!["kz", "cn"]),
        ];
        for (header, those) in &cases {
            let mut rules = rules(header).unwrap().as_object().unwrap().clone();
            rules.remove("@type");
            for name in ["kz", "kg", "cn", "uz"] {
                let who = id(name);
                let situation = Situation {
                    now: Instant::from_unix_s(1),
                    counterparty: &who,
                    federations: &federations,
                    agreed_at: None,
                };
                let permits = matches!(decide(&rules, &situation), Decision::Permit(_));
                assert_eq!(permits, those.contains(&name), "{name}");
                assert_eq!(
                    is_for(header, &who, &federations),
                    permits,
                    "{name}: policy and hand-over agree"
                );
            }
        }
        let to_nobody = [
            header(Visibility::Open, Vec::new()),
            header(Visibility::Sealed, Vec::new()),
            header(Visibility::Members, Vec::new()),
        ];
        for header in &to_nobody {
            assert_eq!(rules(header), None);
            assert!(!is_for(header, &id("kz"), &federations));
        }
        let elsewhere = header(Visibility::Members, to_members);
        assert!(
            !is_for(&elsewhere, &id("kz"), &Federations::none()),
            "not followed here"
        );
    }
}
