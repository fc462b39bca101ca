//! Bodies of closed records of others: got in the exchange by one whom they are for, held against what the record commits to, and kept for this
//! participant alone.
//!
//! The way is the usual one, a negotiation and a transfer; only the file does not pass by a person's hands. Nothing of it comes into the
//! catalogue, which is for everybody.

use super::from_record::{InExchange, chosen, not_offered, said_of_silence};
use super::{Desk, NewEdr, TransferDecision, invalid, through, time};
use crate::{CaseKind, Fault};
use bytes::Bytes;
use chapar_client::Outgoing;
use chapar_dsp::DataAddress;
use chapar_register::{CLOSED_BYTES, ClosedBody, Header, Record, Visibility};
use chapar_store::HeldBodyRow;
use chapar_terms::{AssetId, ParticipantId};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;
use std::time::Duration;

/// How long an answer waits for the provider: policies decide at once, people do not.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest wait for the bytes: they are few.
const DEADLINE: Duration = Duration::from_secs(30);

impl Desk {
    /// Gets the body of a record that is for parties or members, and keeps it. One that is kept already is given back as it is.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when the record is not here, was withdrawn, is not to be had in the exchange, or is not offered to us; when what
    /// was handed over is not its body; [`Fault::Unavailable`] when it takes longer: ask again.
    pub async fn fetch_record(&self, id: &str) -> Result<Value, Fault> {
        let (desk, id) = (self.clone(), id.to_owned());
        through(async move { desk.fetch(&id).await }).await
    }

    async fn fetch(&self, id: &str) -> Result<Value, Fault> {
        let header = self.closed_record(id).await?;
        let version = i64::from(header.version);
        if let Some(held) = self.held(id, Some(version)).await? {
            return self.held_view(&held).await;
        }
        if let Some(by) = self.runtime.inner.store.replaced_by(id).await? {
            let reason =
                format!("the record `{id}` is not fetched: its log has ended, and `{by}` took its place: fetch that");
            return Err(invalid("not-to-be-fetched", reason));
        }
        let told = InExchange {
            provider: header.issuer.clone(),
            dataset: AssetId::parse(id)?,
            address: None,
            offers: Vec::new(),
        };
        let address = self.address_of_record(&told).await?;
        let silent = |fault| said_of_silence(&told, &address, fault);
        let spoken = self.runtime.speaking_at(&address).await.map_err(silent)?;
        let dataset = self.dataset_of_record(&told, &spoken).await;
        let dataset = dataset.map_err(|fault| match silent(fault) {
            // Who may not see it is told that there is nothing.
            Fault::PeerRefused { .. } | Fault::NotFound => not_offered(&told),
            other => other,
        })?;
        let offer = chosen(dataset, &told.offers).ok_or_else(|| not_offered(&told))?;
        let begun = self
            .open_edr(NewEdr {
                peer: told.provider.clone(),
                address: Some(spoken),
                offer,
                callback_addresses: Vec::new(),
            })
            .await?;
        let case = |name: &str| begun.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (negotiation, transfer) = (case("negotiation"), case("transfer"));
        let place = self.started(&negotiation, &transfer).await?;
        let document = self.pulled(&told.provider, &place).await?;
        let body = ClosedBody::parse(&document).and_then(|body| body.check(&header).map(|()| body));
        // Whatever came, nothing more is wanted under this transfer.
        let over = self.decide_transfer(&transfer, TransferDecision::Complete).await;
        if let Err(fault) = over {
            tracing::info!(participant = self.slug(), transfer, %fault, "a transfer of a body is not completed");
        }
        let body = body.map_err(|why| {
            let reason = format!("what `{}` handed over is not the body: {why}", told.provider);
            invalid("wrong-body", reason)
        })?;
        self.keep(id, &body).await
    }

    async fn keep(&self, id: &str, body: &ClosedBody) -> Result<Value, Fault> {
        let row = HeldBodyRow {
            participant: self.slug().to_owned(),
            record_id: id.to_owned(),
            version: body.version().into(),
            document: body.render(),
            at: self.now_ms(),
        };
        self.runtime.inner.store.hold_body(row.clone()).await?;
        self.note("fetch", "record", id);
        self.held_view(&row).await
    }

    /// A body that this participant got, with what the register says of its record.
    ///
    /// # Errors
    /// [`Fault::NotFound`] when it holds none.
    pub async fn fetched_record(&self, id: &str, version: Option<u32>) -> Result<Value, Fault> {
        let held = self.held(id, version.map(i64::from)).await?.ok_or(Fault::NotFound)?;
        self.held_view(&held).await
    }

    async fn held(&self, id: &str, version: Option<i64>) -> Result<Option<HeldBodyRow>, Fault> {
        Ok(self.runtime.inner.store.held_body(self.slug(), id, version).await?)
    }

    async fn held_view(&self, held: &HeldBodyRow) -> Result<Value, Fault> {
        let store = &self.runtime.inner.store;
        let stored = store.record(&held.record_id, Some(held.version)).await?;
        let mut view = self.runtime.item(&stored.ok_or(Fault::NotFound)?, None);
        let document: Value = serde_json::from_slice(&held.document)
            .map_err(|why| Fault::Internal(format!("a kept body cannot be read: {why}")))?;
        if let Some(members) = view.as_object_mut() {
            members.insert("gotAt".to_owned(), time(held.at).into());
            members.insert("document".to_owned(), document);
        }
        Ok(view)
    }

    /// A record whose body is to be had in the exchange.
    async fn closed_record(&self, id: &str) -> Result<Header, Fault> {
        let stored = self.runtime.inner.store.record(id, None).await?.ok_or_else(|| {
            let reason = format!("no log that this node holds has the record `{id}`: mirror its log");
            invalid("record-unknown", reason)
        })?;
        if let Some(withdrawn) = &stored.withdrawn {
            let reason = format!(
                "the record `{id}` was withdrawn (`{}`): its body is given no more",
                withdrawn.code
            );
            return Err(invalid("record-withdrawn", reason));
        }
        let entry = self.runtime.entry_of(&stored).await?;
        let record = Record::parse(&entry.leaf)?;
        let header = record.header().clone();
        let why = match header.visibility {
            Visibility::Open => "it is open: `chapar register show` has its body",
            Visibility::Sealed => "it is sealed: nobody has its body until its issuer opens it",
            _ if header.issuer == self.hosted.me.id => "it is our own: `chapar record show` has its body",
            Visibility::Members | Visibility::Parties(_) => return Ok(header),
        };
        Err(invalid(
            "not-to-be-fetched",
            format!("the record `{id}` is not fetched: {why}"),
        ))
    }

    /// Waits until the data can be pulled.
    async fn started(&self, negotiation: &str, transfer: &str) -> Result<DataAddress, Fault> {
        let mut news = self.runtime.inner.news.subscribe(self.slug());
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            news.borrow_and_update();
            let case = self.case(CaseKind::Transfer, transfer).await;
            if case.is_ok_and(|case| case.get("state").and_then(Value::as_str) == Some("STARTED")) {
                return self.runtime.source(self.slug(), transfer, &self.actor).await;
            }
            for (kind, id) in [(CaseKind::Negotiation, negotiation), (CaseKind::Transfer, transfer)] {
                if let Some(why) = self.ended(kind, id).await? {
                    return Err(invalid("not-given", format!("the {} was ended: {why}", kind.as_str())));
                }
            }
            if tokio::time::timeout_at(until, news.changed()).await.is_err() {
                return Err(Fault::Unavailable(
                    "the provider has not decided yet: ask again later".to_owned(),
                ));
            }
        }
    }

    /// Why a case ended without what it was for.
    async fn ended(&self, kind: CaseKind, id: &str) -> Result<Option<String>, Fault> {
        let case = match self.case(kind, id).await {
            Err(Fault::NotFound) => return Ok(None),
            case => case?,
        };
        let is_over = case.get("state").and_then(Value::as_str) == Some("TERMINATED");
        let why = case.get("ended").or_else(|| case.get("error"));
        Ok(is_over.then(|| why.map_or_else(|| "no reason was told".to_owned(), Value::to_string)))
    }

    /// The few bytes at the place.
    async fn pulled(&self, provider: &ParticipantId, place: &DataAddress) -> Result<Bytes, Fault> {
        let silent = |why: String| Fault::PeerSilent(format!("`{provider}` does not hand over the body: {why}"));
        let endpoint = place
            .place()
            .ok_or_else(|| silent("its address names no place".to_owned()))?;
        let mut headers = HeaderMap::new();
        if let Some(token) = place.property("authorization") {
            let token = match token.contains(' ') {
                true => token.to_owned(),
                false => format!("Bearer {token}"),
            };
            let mut value = HeaderValue::from_str(&token).map_err(|why| silent(why.to_string()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let outgoing = Outgoing {
            method: Method::GET,
            url: endpoint.to_owned(),
            headers,
            body: Bytes::new(),
            deadline: DEADLINE,
            max_response_bytes: u64::try_from(CLOSED_BYTES).unwrap_or(u64::MAX),
        };
        let answer = self.runtime.inner.client.send(outgoing).await;
        let answer = answer.map_err(|why| silent(why.to_string()))?;
        match answer.status.is_success() {
            true => Ok(answer.body),
            false => Err(silent(format!("it answers {}", answer.status.as_u16()))),
        }
    }
}
