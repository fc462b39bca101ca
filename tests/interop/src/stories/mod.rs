//! The stories, one file per part of the protocol, the list of all of them, and the steps that they share.
//!
//! Refuses to run them; that is the judge's.

mod addresses;
mod callbacks;
mod catalogue;
mod demonstration;
mod loss;
mod managed;
mod moving;
mod negotiation;
mod reasons;
mod transfer;

use crate::edc;
use crate::scene::{Pair, Provider, Scene};
use crate::side::{Case, Dataset, Decides, ENDED, Side, Told, until};
use chapar_conformance::words::Kind;
use serde_json::{Value, json};

/// A story told with one side as the provider.
pub struct Story {
    name: &'static str,
    cast: Provider,
    tell: Tell,
}

type Tell = fn(&Pair<'_>) -> Told<()>;
/// What is told, who can be the provider in it, and how it is told.
type Row = (&'static str, &'static [Provider], Tell);

const BOTH: &[Provider] = &[Provider::Ours, Provider::Theirs];
const OURS: &[Provider] = &[Provider::Ours];
const THEIRS: &[Provider] = &[Provider::Theirs];

impl Story {
    /// What a person reads.
    pub fn name(&self) -> String {
        match self.cast {
            Provider::Ours => format!("chapar provides: {}", self.name),
            Provider::Theirs => format!("edc provides: {}", self.name),
        }
    }

    /// Tells it.
    ///
    /// # Errors
    /// What went otherwise.
    pub fn tell(&self, scene: &Scene) -> Told<()> {
        (self.tell)(&scene.pair(self.cast))
    }
}

/// Every story, once for each side that can be the provider in it.
pub fn all() -> Vec<Story> {
    let rows = [
        catalogue::ROWS,
        negotiation::ROWS,
        transfer::ROWS,
        addresses::ROWS,
        loss::ROWS,
        managed::ROWS,
        callbacks::ROWS,
        demonstration::ROWS,
        moving::ROWS,
    ];
    let told = |(name, casts, tell): &Row| {
        let (name, tell) = (*name, *tell);
        casts.iter().map(move |cast| Story {
            name,
            cast: *cast,
            tell,
        })
    };
    rows.into_iter().flatten().flat_map(told).collect()
}

/// Everybody may use it.
fn open_rules() -> Value {
    json!({ "permission": [{ "action": "use" }] })
}

/// A dataset of a few bytes under one offer, published afresh.
struct Published {
    dataset: String,
    content: Vec<u8>,
    /// As the consumer's catalogue shows it, with its target.
    offer: Value,
}

/// The two ids of one case.
struct Both {
    kind: Kind,
    consumer: String,
    provider: String,
}

impl Pair<'_> {
    /// Publishes a dataset; the offer is what the consumer sees.
    fn publish(&self, rules: &Value, decides: Decides) -> Told<Published> {
        let dataset = format!("dataset-{}", uuid::Uuid::new_v4());
        let content = format!("content of {dataset}").into_bytes();
        self.publish_bytes(dataset, content, rules, decides)
    }

    fn publish_bytes(&self, dataset: String, content: Vec<u8>, rules: &Value, decides: Decides) -> Told<Published> {
        let published = Dataset {
            id: &dataset,
            content: &content,
            rules,
            decides,
        };
        self.provider.publish(&published)?;
        self.found(dataset, content)
    }

    /// What was published, with the offer that the consumer sees.
    fn found(&self, dataset: String, content: Vec<u8>) -> Told<Published> {
        let seen = self
            .seen(&dataset)?
            .ok_or("the consumer's catalogue does not show it")?;
        let mut offer = first(&seen["hasPolicy"]).ok_or_else(|| format!("no offer in {seen}"))?;
        offer["target"] = json!(dataset);
        Ok(Published {
            dataset,
            content,
            offer,
        })
    }

    /// A dataset as the consumer's catalogue shows it.
    fn seen(&self, dataset: &str) -> Told<Option<Value>> {
        let catalog = self.consumer.catalog(self.provider.peer())?;
        Ok(catalog.into_iter().find(|one| one["@id"] == dataset))
    }

    /// The consumer asks for a contract, the provider has heard of it.
    fn negotiate(&self, offer: &Value, decides: Decides) -> Told<Both> {
        let consumer = self.consumer.negotiate(self.provider.peer(), offer, decides)?;
        self.met(Kind::Negotiation, consumer)
    }

    /// A contract that both hold for final; its agreement.
    fn agreed(&self, published: &Published) -> Told<String> {
        let both = self.negotiate(&published.offer, Decides::Itself)?;
        self.reach(&both, "FINALIZED")?;
        let [consumer, provider] = self.cases(&both)?.map(|case| case.agreement);
        match (consumer, provider) {
            (Some(here), Some(there)) if here == there => Ok(here),
            other => Err(format!("the agreements differ: {other:?}")),
        }
    }

    /// The consumer asks for the data, both hold the transfer for started.
    fn started(&self, agreement: &str) -> Told<Both> {
        let consumer = self.consumer.transfer(self.provider.peer(), agreement)?;
        let both = self.met(Kind::Transfer, consumer)?;
        self.reach(&both, "STARTED")?;
        Ok(both)
    }

    /// Waits until the provider knows the case.
    fn met(&self, kind: Kind, consumer: String) -> Told<Both> {
        let provider = until("the provider has heard of it", || {
            let asked = self.consumer.case(kind, &consumer)?;
            if asked.theirs.is_none() && !asked.trouble.is_empty() {
                return Err(format!("the consumer says: {asked:?}"));
            }
            Ok(asked.theirs)
        })?;
        Ok(Both {
            kind,
            consumer,
            provider,
        })
    }

    /// Waits until both sides hold the case for being there.
    fn reach(&self, both: &Both, state: &str) -> Told<()> {
        let mut last = String::new();
        let reached = until(state, || {
            let cases = self.cases(both)?;
            last = format!("consumer {:?}, provider {:?}", cases[0], cases[1]);
            let is_end = matches!(state, "COMPLETED" | "TERMINATED");
            if state != "TERMINATED" && cases.iter().any(|case| case.state == "TERMINATED") {
                return Err("it was terminated".to_owned());
            }
            // The log of the house's own tells which end it was; that of another may not.
            let may_be_untold = is_end && edc::is_another();
            let is_there = |case: &Case| case.state == state || (may_be_untold && case.state == ENDED);
            Ok(cases.iter().all(is_there).then_some(()))
        });
        reached.map_err(|why| format!("{why}; {last}"))
    }

    /// The consumer's case and the provider's.
    fn cases(&self, both: &Both) -> Told<[Case; 2]> {
        Ok([
            self.consumer.case(both.kind, &both.consumer)?,
            self.provider.case(both.kind, &both.provider)?,
        ])
    }

    /// The side of a role, with its id of the case.
    fn side<'a>(&'a self, role: Role, both: &'a Both) -> (&'a dyn Side, &'a str) {
        match role {
            Role::Consumer => (self.consumer, &both.consumer),
            Role::Provider => (self.provider, &both.provider),
        }
    }
}

/// Who of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Consumer,
    Provider,
}

/// The first of a list; a list of one may be written without brackets.
fn first(list: &Value) -> Option<Value> {
    match list {
        Value::Array(items) => items.first().cloned(),
        Value::Object(_) => Some(list.clone()),
        _ => None,
    }
}
