//! `chapar offer`: contract definitions, with policies from files or from simple flags.

use super::document::read_json;
use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{OwnApi, segment, text};
use clap::{Subcommand, ValueEnum};
use http::Method;
use serde_json::{Value, json};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  chapar offer put certs --select documentType=certificate --permit-participant did:web:kz.example:border
  chapar offer put report --document report-1 --permit-participant did:web:kz.example:border --for 7d
  chapar offer put notices --select type=notice --permit-federation urn:chapar:federation:a14f...
  chapar offer put registry --access-policy who.json --contract-policy terms.json --mode manual
  chapar offer put levels --document water-levels --permit-everyone --for 7d
  chapar offer list
  chapar offer show levels
  chapar offer announce certs
  chapar offer delete report

What everybody may see stands in the participant's register as well, by itself: whoever searches finds it there. It needs a title and a \
description among the document's properties (texts, or objects by language); chapar offer show says what is lacking.

Flags and files say the same: --permit-participant and --permit-federation write an ODRL Set in which `use` is permitted to these \
participants and to the members of these federations, as they are when it is asked; --until and --for add a window of time. A file holds a whole ODRL Set. The access policy says who sees the offer, the contract policy what is agreed.";

/// Offers of a participant: put, list, show, announce, delete
///
/// An offer joins documents (by a selector), who may see them (access policy) and on what terms (contract policy).
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Offer {
    Put(Put),
    List(List),
    Show(Show),
    Announce(Announce),
    Delete(Delete),
}

/// Add or replace an offer
///
/// Example: chapar offer put certificates --permit-participant did:web:kz.example:border --select documentType=certificate
#[derive(clap::Args, Debug)]
pub struct Put {
    /// Its id.
    id: String,
    /// Offer documents whose property has this value; may be given more than once, all must hold.
    #[arg(long, value_name = "NAME=VALUE")]
    select: Vec<String>,
    /// Offer this document; may be given more than once.
    #[arg(long, value_name = "ID")]
    document: Vec<String>,
    /// Offer every document, present and future.
    #[arg(long, conflicts_with_all = ["select", "document"])]
    all_documents: bool,
    /// Permit use to this participant; may be given more than once.
    #[arg(long, value_name = "DID")]
    permit_participant: Vec<String>,
    /// Let everybody see the offer; what is offered to everybody stands in the register, where anybody finds it.
    #[arg(long, conflicts_with_all = ["permit_participant", "permit_federation", "access_policy"])]
    permit_everyone: bool,
    /// Permit use to whoever is a member of this federation then; may be given more than once. This node has to follow it.
    #[arg(long, value_name = "ID")]
    permit_federation: Vec<String>,
    /// Permit use until then (RFC 3339).
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Permit use for so long after the agreement, e.g. 7d, 12h, 30m.
    #[arg(long = "for", value_name = "SPAN")]
    span: Option<String>,
    /// An ODRL Set in a file that says who sees the offer.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["permit_participant", "permit_federation"])]
    access_policy: Option<PathBuf>,
    /// An ODRL Set in a file that says on what terms.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["until", "span"])]
    contract_policy: Option<PathBuf>,
    /// Who decides our moves: the policies alone, or a person each time.
    #[arg(long, value_enum, default_value_t = Mode::Auto)]
    mode: Mode,
    #[command(flatten)]
    api: ApiArgs,
}

/// Who decides a participant's own moves.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Mode {
    /// The policies.
    Auto,
    /// A person.
    Manual,
}

impl Mode {
    /// Its word in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Manual => "manual",
        }
    }
}

/// List the offers
///
/// Example: chapar offer list
#[derive(clap::Args, Debug)]
pub struct List {
    #[command(flatten)]
    api: ApiArgs,
}

/// Show an offer, and how it stands in the register
///
/// Example: chapar offer show certificates
#[derive(clap::Args, Debug)]
pub struct Show {
    /// Its id.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

/// Announce an offer that is not for everybody: that it is there is public then, what it is for those alone whom its policy names
///
/// Each dataset gets a record of which the log holds a hash; those whom the access policy names get the rest with chapar record fetch. Where the
/// policy does not plainly name them, the record is sealed, and it is said why. It leaves by itself when the offer goes.
///
/// Example: chapar offer announce certificates
#[derive(clap::Args, Debug)]
pub struct Announce {
    /// Its id.
    id: String,
    /// One dataset of it; all of them when left out.
    #[arg(long, value_name = "ID")]
    dataset: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Remove an offer; agreements made from it stay
///
/// Example: chapar offer delete certificates
#[derive(clap::Args, Debug)]
pub struct Delete {
    /// Its id.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

impl Offer {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Put(put) => put.run().await,
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
            Self::Announce(announce) => announce.run().await,
            Self::Delete(delete) => delete.run().await,
        }
    }
}

impl Put {
    async fn run(self) -> Result<(), Failure> {
        let selector = self.selector()?;
        let (access, contract) = self.policies()?;
        let api = self.api.open()?;
        let access_id = put_policy(&api, &format!("{}-access", self.id), &access).await?;
        let contract_id = put_policy(&api, &format!("{}-contract", self.id), &contract).await?;
        let body = json!({
            "accessPolicy": access_id,
            "contractPolicy": contract_id,
            "selector": selector,
            "mode": self.mode.as_str(),
        });
        let offer = api
            .ask(Method::PUT, &format!("/offers/{}", segment(&self.id)), Some(&body))
            .await?;
        shown(&offer, &self.api);
        Ok(())
    }

    fn selector(&self) -> Result<Value, Failure> {
        let mut criteria = Vec::new();
        for criterion in &self.select {
            let (name, value) = criterion.split_once('=').ok_or_else(|| {
                Failure::new(format!("`{criterion}` selects nothing"))
                    .remedy("write e.g. --select documentType=certificate")
            })?;
            criteria.push(json!({ "operandLeft": name, "operator": "=", "operandRight": value }));
        }
        if !self.document.is_empty() {
            criteria.push(json!({ "operandLeft": "id", "operator": "in", "operandRight": self.document }));
        }
        if criteria.is_empty() && !self.all_documents {
            return Err(
                Failure::new("the offer selects nothing").remedy("give --select, --document or --all-documents")
            );
        }
        Ok(Value::Array(criteria))
    }

    fn policies(&self) -> Result<(Value, Value), Failure> {
        let access = match &self.access_policy {
            Some(file) => read_json(file)?,
            None if self.permit_participant.is_empty()
                && self.permit_federation.is_empty()
                && !self.permit_everyone =>
            {
                return Err(Failure::new("nobody is permitted to see the offer").remedy(
                    "give --permit-participant or --permit-federation (repeat it for several), --permit-everyone, or --access-policy with a file",
                ));
            }
            None => policy_for(&self.permit_participant, &self.permit_federation, None, None),
        };
        let contract = match &self.contract_policy {
            Some(file) => read_json(file)?,
            None => policy_for(
                &self.permit_participant,
                &self.permit_federation,
                self.until.as_deref(),
                self.span.as_deref(),
            ),
        };
        Ok((access, contract))
    }
}

/// An ODRL Set in which `use` is permitted to these participants (none: to whoever sees the offer), within a window of time.
pub fn policy(participants: &[String], until: Option<&str>, span: Option<&str>) -> Value {
    policy_for(participants, &[], until, span)
}

/// The same, to members of these federations as well.
fn policy_for(participants: &[String], federations: &[String], until: Option<&str>, span: Option<&str>) -> Value {
    let atom = |left: &str, operator: &str, right: Value| json!({ "leftOperand": left, "operator": operator, "rightOperand": right });
    let among = |left: &str, ids: &[String]| match ids {
        [] => None,
        [one] => Some(atom(left, "eq", json!(one))),
        many => Some(atom(left, "isAnyOf", json!(many))),
    };
    let who = [
        among("participantId", participants),
        among("urn:chapar:terms:memberOf", federations),
    ];
    let mut constraints: Vec<Value> = who.into_iter().flatten().collect();
    if constraints.len() > 1 {
        constraints = vec![json!({ "or": constraints })];
    }
    constraints.extend(until.map(|until| atom("dateTime", "lteq", json!(until))));
    constraints.extend(span.map(|span| atom("inForceDate", "lteq", json!(format!("contractAgreement+{span}")))));
    let mut permission = json!({ "action": "use" });
    if let (Some(members), false) = (permission.as_object_mut(), constraints.is_empty()) {
        members.insert("constraint".to_owned(), Value::Array(constraints));
    }
    json!({ "@type": "Set", "permission": [permission] })
}

/// Prints an offer with how it stands in the register.
fn shown(offer: &Value, api: &ApiArgs) {
    if api.json {
        return show::json(offer);
    }
    show::card(offer, &["id", "accessPolicy", "contractPolicy", "selector", "mode"]);
    let Some(register) = offer.get("register") else { return };
    if register.get("admitsEveryone") != Some(&json!(true)) {
        outln!("not in the register: the access policy does not admit everyone");
        return;
    }
    let datasets = register.get("datasets").and_then(Value::as_array).into_iter().flatten();
    for dataset in datasets {
        let id = text(dataset, "dataset");
        let said = |name: &str| {
            let list = dataset.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        };
        match (text(dataset, "record"), said("missing")) {
            (_, missing) if !missing.is_empty() => {
                outln!("not in the register: {id}, whose properties lack something:");
                missing.iter().for_each(|line| outln!("  {line}"));
            }
            ("", _) => outln!("on its way into the register: {id}"),
            (record, _) => outln!("in the register: {id} as {record}"),
        }
        for line in said("leftOut") {
            outln!("  left out there: {line}");
        }
    }
    if register.get("more") == Some(&json!(true)) {
        outln!("and more");
    }
}

async fn put_policy(api: &OwnApi, id: &str, policy: &Value) -> Result<String, Failure> {
    let put = api
        .ask(Method::PUT, &format!("/policies/{}", segment(id)), Some(policy))
        .await?;
    for finding in put.get("findings").and_then(Value::as_array).into_iter().flatten() {
        errln!("note: policy `{id}`: {finding}");
    }
    Ok(id.to_owned())
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let items = self.api.open()?.list("/offers").await?;
        self.api.show_all(
            items,
            &["id", "mode", "accessPolicy", "contractPolicy", "selector"],
            "no offer yet: chapar offer put --help",
        );
        Ok(())
    }
}

impl Show {
    async fn run(self) -> Result<(), Failure> {
        let path = format!("/offers/{}", segment(&self.id));
        let offer = self.api.open()?.ask(Method::GET, &path, None).await?;
        shown(&offer, &self.api);
        Ok(())
    }
}

impl Announce {
    async fn run(self) -> Result<(), Failure> {
        let path = format!("/offers/{}/announcement", segment(&self.id));
        let body = match &self.dataset {
            Some(dataset) => json!({ "dataset": dataset }),
            None => json!({}),
        };
        let announced = self.api.open()?.ask(Method::POST, &path, Some(&body)).await?;
        let items = announced
            .get("items")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        self.api.show_all(
            items,
            &["dataset", "visibility", "record", "whySealed"],
            "nothing is announced",
        );
        Ok(())
    }
}

impl Delete {
    async fn run(self) -> Result<(), Failure> {
        self.api
            .open()?
            .ask(Method::DELETE, &format!("/offers/{}", segment(&self.id)), None)
            .await?;
        outln!("deleted {}", self.id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_write_a_policy() {
        let did = "did:web:kz.example".to_owned();
        assert_eq!(
            policy(&[], None, None),
            json!({ "@type": "Set", "permission": [{ "action": "use" }] })
        );
        let federation = format!("urn:chapar:federation:{}", "0".repeat(64));
        let member =
            json!({ "leftOperand": "urn:chapar:terms:memberOf", "operator": "eq", "rightOperand": federation });
        let written = policy_for(&[], std::slice::from_ref(&federation), None, None);
        assert_eq!(written["permission"][0]["constraint"], json!([member]));
        let written = policy_for(std::slice::from_ref(&did), &[federation], None, None);
        let one = json!({ "leftOperand": "participantId", "operator": "eq", "rightOperand": did });
        assert_eq!(written["permission"][0]["constraint"], json!([{ "or": [one, member] }]));
        let written = policy(&[did.clone(), "b".to_owned()], None, Some("7d"));
        assert_eq!(
            written["permission"][0]["constraint"],
            json!([
                { "leftOperand": "participantId", "operator": "isAnyOf", "rightOperand": [did, "b"] },
                { "leftOperand": "inForceDate", "operator": "lteq", "rightOperand": "contractAgreement+7d" },
            ])
        );
    }
}
