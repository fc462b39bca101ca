//! What is peculiar to agreements: the other side, which only their negotiation names, and that they may be retired.

use super::report::{Outcome, Report, Row};
use super::{AGREEMENTS, Kind, Mode, id_of};
use crate::Failure;
use crate::management::{EDC, Management};
use crate::own_api::{segment, text};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Retirements asked for: more than a connector is likely to have.
const RETIRED_MOST: usize = 10_000;
/// Why an agreement stays behind.
const NO_NEGOTIATION: &str = "the connector does not show its negotiation, so nobody knows which side is ours";

/// Takes those of `agreements` over that are in force at the connector and whose other side it names.
///
/// # Errors
/// One of the two does not answer.
pub async fn take_over(
    from: &Management,
    to: &Management,
    kind: Kind,
    agreements: Vec<Value>,
    mode: Mode,
    report: &mut Report,
) -> Result<(), Failure> {
    let retired = retired(from).await?;
    for mut agreement in agreements {
        let left = |outcome| Row {
            kind: kind.name,
            id: id_of(&agreement).to_owned(),
            outcome,
            notes: Vec::new(),
        };
        let row = if [id_of(&agreement), text(&agreement, "@id")]
            .iter()
            .any(|id| retired.contains(*id))
        {
            left(Outcome::Retired)
        } else if let Some(negotiation) = negotiation_of(from, &agreement).await? {
            name_the_other_side(&mut agreement, &negotiation);
            super::take_over(to, kind, &agreement, mode).await?
        } else {
            let why = NO_NEGOTIATION.to_owned();
            left(match mode {
                Mode::Dry => Outcome::WouldRefuse(why),
                Mode::Write => Outcome::Refused(why),
            })
        };
        report.add(row);
    }
    Ok(())
}

/// The agreements that the connector goes by no more; one that knows no retirements has none. Asked for without an order, which
/// this list is known to refuse.
async fn retired(from: &Management) -> Result<BTreeSet<String>, Failure> {
    let path = format!("/{AGREEMENTS}/retirements/request");
    let query = json!({ "@context": { "@vocab": EDC }, "@type": "QuerySpec", "limit": RETIRED_MOST });
    let entries = from.ask(Method::POST, &path, Some(&query)).await?.unwrap_or_default();
    let ids = entries.as_array().into_iter().flatten().map(|entry| {
        let names = ["agreementId", "edc:agreementId", "@id"];
        let named = names
            .into_iter()
            .map(|name| text(entry, name))
            .find(|id| !id.is_empty());
        named.unwrap_or_default().to_owned()
    });
    Ok(ids.collect())
}

async fn negotiation_of(from: &Management, agreement: &Value) -> Result<Option<Value>, Failure> {
    let path = format!("/{AGREEMENTS}/{}/negotiation", segment(text(agreement, "@id")));
    from.find(&path).await
}

/// An agreement does not say which side is ours, nor where the other one is.
fn name_the_other_side(agreement: &mut Value, negotiation: &Value) {
    if let Some(members) = agreement.as_object_mut() {
        for name in ["type", "counterPartyId", "counterPartyAddress"] {
            members.insert(name.to_owned(), json!(text(negotiation, name)));
        }
        members.insert("negotiationId".to_owned(), json!(text(negotiation, "@id")));
    }
}
