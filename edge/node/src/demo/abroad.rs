//! The same exchange with a connector that others wrote as the consumer: what our node does is read from that connector's own API,
//! what the connector does from ours. An expectation that does not hold ends the story.

use super::connector::Connector;
use super::foreign::{Foreign, NEGOTIATIONS, Provider, TRANSFERS};
use super::party::Party;
use super::samples::{Issuer, SAMPLES};
use super::steps::{CERTIFICATE, closed, download, expect, refused, short};
use super::timeline::{Line, Timeline};
use crate::Failure;
use crate::commands::{Progress, Wait, checksum_of, decide_transfer, offer_of, reached};
use crate::download::Place;
use crate::own_api::{segment, text};
use http::Method;
use serde_json::Value;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(40);

/// Both sides, and what has been said so far.
pub struct Abroad<'a> {
    /// The provider: our node.
    pub uz: &'a mut Party,
    /// The consumer: the foreign connector.
    pub kz: &'a Connector,
    /// Its management API.
    pub api: &'a Foreign,
    /// What is printed.
    pub timeline: &'a mut Timeline,
}

impl Abroad<'_> {
    /// Plays all acts.
    ///
    /// # Errors
    /// The first expectation that did not hold.
    pub async fn play(&mut self) -> Result<(), Failure> {
        let dataset = self.discover().await?;
        let agreement = self.agree(&dataset).await?;
        let transfer = self.open_access(&agreement).await?;
        let place = self.fetch(&transfer, &dataset).await?;
        let theirs = self.suspend(&transfer, &place).await?;
        let fresh = self.resume(&transfer, &theirs, &place).await?;
        self.complete(&transfer, &theirs, &fresh).await
    }

    fn say(&mut self, who: &str, what: impl Into<String>, state: impl Into<String>, read: impl Into<String>) {
        self.timeline.say(&Line {
            who,
            what: what.into(),
            state: state.into(),
            read: read.into(),
        });
    }

    async fn discover(&mut self) -> Result<Value, Failure> {
        let datasets = self.api.datasets(&provider(self.uz)).await?;
        let seen = |issuer: Issuer| {
            let of = SAMPLES.iter().filter(move |sample| sample.issuer == issuer);
            of.filter(|sample| datasets.iter().any(|dataset| text(dataset, "@id") == sample.id))
                .count()
        };
        let (own, foreign) = (seen(Issuer::PlantQuarantine), seen(Issuer::AnotherBody));
        expect(own > 0 && foreign == 0, || {
            format!("EDC sees {own} and {foreign} documents")
        })?;
        let found = datasets.iter().find(|dataset| text(dataset, "@id") == CERTIFICATE);
        let dataset = found
            .cloned()
            .ok_or_else(|| Failure::new(format!("{CERTIFICATE} is not in the catalogue")))?;
        self.say(
            "UZ",
            "publishes its registry of phytosanitary certificates",
            format!("{own} offered"),
            "EDC asked for the catalogue of UZ",
        );
        self.say(
            "UZ",
            "keeps the certificates of another body to itself",
            format!("{foreign} to be seen"),
            "the same catalogue",
        );
        Ok(dataset)
    }

    /// A contract; returns the agreement's id.
    async fn agree(&mut self, dataset: &Value) -> Result<String, Failure> {
        let offer = offer_of(dataset).ok_or_else(|| Failure::new("the dataset has no offer"))?;
        let id = self.api.negotiate(&provider(self.uz), CERTIFICATE, &offer).await?;
        let same = |case: &Value| text(case, "consumerPid") == id;
        let requested = self.uz.told("negotiation.requested", same).await?;
        let what = format!("asks for a contract on {}", text(&requested, "dataset"));
        self.say("KZ", what, text(&requested, "state"), "UZ event stream");
        let verified = self.uz.told("negotiation.verified", same).await?;
        self.say(
            "KZ",
            "verifies that the agreement is what was offered",
            text(&verified, "state"),
            "UZ event stream",
        );
        let finalized = self.api.until(NEGOTIATIONS, &id, "FINALIZED").await?;
        self.say(
            "UZ",
            "finalizes the contract",
            text(&finalized, "state"),
            "EDC management API",
        );
        self.uz.told("negotiation.finalized", same).await?;
        let agreement = text(&finalized, "contractAgreementId").to_owned();
        let here = self
            .uz
            .api
            .read(&format!("/agreements/{}", segment(&agreement)))
            .await?;
        let there = self
            .api
            .ask(Method::GET, &format!("/contractagreements/{agreement}"), None)
            .await?;
        let holds = text(&here, "dataset") == text(&there, "assetId") && text(&there, "consumerId") == self.kz.id;
        expect(holds, || {
            format!("the two sides hold different agreements: {here} and {there}")
        })?;
        self.say(
            "KZ",
            format!("holds the agreement {}", short(&agreement)),
            "same id and dataset",
            "EDC management API, UZ own API",
        );
        Ok(agreement)
    }

    /// Access under the agreement; returns the connector's id of the transfer.
    async fn open_access(&mut self, agreement: &str) -> Result<String, Failure> {
        let id = self.api.transfer(&provider(self.uz), agreement).await?;
        let same = |case: &Value| text(case, "consumerPid") == id;
        let requested = self.uz.told("transfer.requested", same).await?;
        self.say(
            "KZ",
            "asks for the data under the agreement",
            text(&requested, "state"),
            "UZ event stream",
        );
        let started = self.api.until(TRANSFERS, &id, "STARTED").await?;
        self.say(
            "UZ",
            "gives access: an address and a short-lived token",
            text(&started, "state"),
            "EDC management API",
        );
        self.uz.told("transfer.started", same).await?;
        Ok(id)
    }

    async fn fetch(&mut self, transfer: &str, dataset: &Value) -> Result<Place, Failure> {
        let place = self.api.fresh_place(transfer, None).await?;
        let (bytes, digest) = download(&self.uz.folder, &place, CERTIFICATE).await?;
        expect(checksum_of(dataset) == Some(digest.hex().as_str()), || {
            format!("the bytes have the SHA-256 {digest}, the catalogue told another")
        })?;
        self.say(
            "KZ",
            "fetches the certificate with the address that EDC keeps",
            format!("{bytes} bytes, digest equal"),
            "the catalogue as EDC shows it",
        );
        Ok(place)
    }

    /// Access taken away; returns the provider's id of the transfer.
    async fn suspend(&mut self, transfer: &str, place: &Place) -> Result<String, Failure> {
        let cases = self.uz.api.list("/transfers?role=provider").await?;
        let found = cases.iter().find(|case| text(case, "consumerPid") == transfer);
        let theirs = found.map(|case| text(case, "id").to_owned());
        let theirs = theirs.ok_or_else(|| Failure::new("UZ does not know the transfer"))?;
        self.settled(&theirs, "STARTED").await?;
        decide_transfer(&self.uz.api, &theirs, "suspend", Some("inspection of the registry")).await?;
        let suspended = self.api.until(TRANSFERS, transfer, "SUSPENDED").await?;
        self.say(
            "UZ",
            "suspends the transfer",
            text(&suspended, "state"),
            "EDC management API",
        );
        let refusal = refused(place).await?;
        self.say("KZ", "tries to fetch again", refusal, "UZ data door");
        Ok(theirs)
    }

    /// Access given back; returns the fresh address.
    async fn resume(&mut self, transfer: &str, theirs: &str, before: &Place) -> Result<Place, Failure> {
        self.settled(theirs, "SUSPENDED").await?;
        decide_transfer(&self.uz.api, theirs, "start", None).await?;
        let resumed = self.api.until(TRANSFERS, transfer, "STARTED").await?;
        let fresh = self.api.fresh_place(transfer, Some(before)).await?;
        self.say(
            "UZ",
            "resumes it, with a fresh address",
            text(&resumed, "state"),
            "EDC management API",
        );
        let (bytes, _) = download(&self.uz.folder, &fresh, "again").await?;
        self.say(
            "KZ",
            "fetches it again with the fresh one",
            format!("{bytes} bytes"),
            "UZ data door",
        );
        Ok(fresh)
    }

    async fn complete(&mut self, transfer: &str, theirs: &str, place: &Place) -> Result<(), Failure> {
        self.settled(theirs, "STARTED").await?;
        decide_transfer(&self.uz.api, theirs, "complete", None).await?;
        let completed = self.api.until(TRANSFERS, transfer, "COMPLETED").await?;
        self.say(
            "UZ",
            "completes the transfer",
            text(&completed, "state"),
            "EDC management API",
        );
        closed(self.timeline, place).await
    }

    /// Waits until our node knows that the connector has its move.
    async fn settled(&self, theirs: &str, state: &str) -> Result<(), Failure> {
        let wait = Wait {
            list: "transfers",
            id: theirs,
            limit: PATIENCE,
            progress: Progress::Silent,
        };
        wait.until(&self.uz.api, |case| reached(case, state)).await.map(drop)
    }
}

/// Our node, as the connector is told of it.
fn provider(uz: &Party) -> Provider<'_> {
    Provider {
        id: &uz.id,
        dsp: &uz.dsp,
    }
}
