//! What the demonstration asks of the foreign connector, by its management API (v3): only what the story needs.

use super::connector::Connector;
use crate::Failure;
use crate::download::Place;
use crate::management::{EDC, Management};
use crate::own_api::text;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const ODRL: &str = "http://www.w3.org/ns/odrl.jsonld";
/// How the API names the protocol.
const PROTOCOL: &str = "dataspace-protocol-http:2025-1";
/// Longest wait for a state: the connector looks at its work once a second.
const PATIENCE: Duration = Duration::from_secs(40);
/// How often it is asked for one.
const LOOK: Duration = Duration::from_millis(100);

/// The two kinds of case, by their paths.
pub const NEGOTIATIONS: &str = "contractnegotiations";
/// See there.
pub const TRANSFERS: &str = "transferprocesses";

/// A provider, as the connector is told of it.
pub struct Provider<'a> {
    /// Its participant id.
    pub id: &'a str,
    /// Its DSP base.
    pub dsp: &'a str,
}

/// The foreign connector, asked.
pub struct Foreign {
    api: Management,
}

impl Foreign {
    /// That of `connector`.
    ///
    /// # Errors
    /// There is no way out of this machine's own making.
    pub fn of(connector: &Connector) -> Result<Self, Failure> {
        let api = Management::new(&connector.management, None)?;
        Ok(Self { api })
    }

    /// What stands under `path`, or comes of `body` there.
    ///
    /// # Errors
    /// The connector refuses.
    pub async fn ask(&self, method: Method, path: &str, mut body: Option<Value>) -> Result<Value, Failure> {
        if let Some(members) = body.as_mut().and_then(Value::as_object_mut) {
            members.insert("@context".to_owned(), json!({ "@vocab": EDC }));
        }
        self.api.have(method, path, body.as_ref()).await
    }

    async fn begin(&self, path: &str, body: Value) -> Result<String, Failure> {
        let begun = self.ask(Method::POST, path, Some(body)).await?;
        Ok(text(&begun, "@id").to_owned())
    }

    /// The provider's catalogue, as the connector shows it.
    ///
    /// # Errors
    /// There is none.
    pub async fn datasets(&self, provider: &Provider<'_>) -> Result<Vec<Value>, Failure> {
        let body = json!({
            "@type": "CatalogRequest", "counterPartyId": provider.id, "counterPartyAddress": provider.dsp,
            "protocol": PROTOCOL,
        });
        let mut catalog = self.ask(Method::POST, "/catalog/request", Some(body)).await?;
        Ok(match catalog.get_mut("dataset").map(Value::take) {
            Some(Value::Array(datasets)) => datasets,
            Some(one) => vec![one],
            None => Vec::new(),
        })
    }

    /// Asks for a contract on `offer` about `dataset`; the negotiation's id.
    ///
    /// # Errors
    /// The connector refuses.
    pub async fn negotiate(&self, provider: &Provider<'_>, dataset: &str, offer: &Value) -> Result<String, Failure> {
        let mut policy = offer.clone();
        if let Some(members) = policy.as_object_mut() {
            members.insert("@context".to_owned(), json!(ODRL));
            members.insert("assigner".to_owned(), json!(provider.id));
            members.insert("target".to_owned(), json!(dataset));
        }
        let body = json!({
            "@type": "ContractRequest", "counterPartyId": provider.id, "counterPartyAddress": provider.dsp,
            "protocol": PROTOCOL, "policy": policy,
        });
        self.begin(&format!("/{NEGOTIATIONS}"), body).await
    }

    /// Asks for the data under an agreement, to be fetched; the transfer's id.
    ///
    /// # Errors
    /// The connector refuses.
    pub async fn transfer(&self, provider: &Provider<'_>, agreement: &str) -> Result<String, Failure> {
        let body = json!({
            "@type": "TransferRequest", "counterPartyId": provider.id, "counterPartyAddress": provider.dsp,
            "protocol": PROTOCOL, "contractId": agreement, "transferType": "HttpData-PULL",
        });
        self.begin(&format!("/{TRANSFERS}"), body).await
    }

    /// The case once it stands in `state`.
    ///
    /// # Errors
    /// It ended otherwise, or did not come to stand there.
    pub async fn until(&self, noun: &str, id: &str, state: &str) -> Result<Value, Failure> {
        let looking = async {
            loop {
                let case = self.ask(Method::GET, &format!("/{noun}/{id}"), None).await?;
                match text(&case, "state") {
                    now if now == state => return Ok(case),
                    "TERMINATED" => return Err(Failure::new(format!("EDC holds it for terminated: {case}"))),
                    _ => tokio::time::sleep(LOOK).await,
                }
            }
        };
        let seen = tokio::time::timeout(PATIENCE, looking).await;
        seen.unwrap_or_else(|_| Err(Failure::new(format!("EDC did not come to {state}"))))
    }

    /// Where the connector would fetch from; none while access is closed.
    ///
    /// # Errors
    /// The connector does not answer.
    pub async fn place(&self, transfer: &str) -> Result<Option<Place>, Failure> {
        let path = format!("/edrs/{transfer}/dataaddress");
        let found = self.api.find(&path).await?.map(|address| Place {
            endpoint: text(&address, "endpoint").to_owned(),
            authorization: Some(text(&address, "authorization").to_owned()),
        });
        Ok(found)
    }

    /// A place other than `before`, as soon as there is one.
    ///
    /// # Errors
    /// There comes none.
    pub async fn fresh_place(&self, transfer: &str, before: Option<&Place>) -> Result<Place, Failure> {
        let looking = async {
            loop {
                match self.place(transfer).await? {
                    Some(place) if Some(&place) != before => return Ok(place),
                    _ => tokio::time::sleep(LOOK).await,
                }
            }
        };
        let seen = tokio::time::timeout(PATIENCE, looking).await;
        seen.unwrap_or_else(|_| Err(Failure::new("EDC has no address to fetch from")))
    }
}
