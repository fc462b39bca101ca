//! The exchange, act by act. Each act is done through the API of one side; what came of it is read from the API of the *other*
//! side, with that side's key, and only that is printed. An expectation that does not hold ends the story.

use super::party::Party;
use super::registry::OTHERS;
use super::samples::{Issuer, SAMPLES, Sample};
use super::steps::{CERTIFICATE, closed, download, expect, refused, short};
use super::timeline::{Line, Timeline};
use crate::Failure;
use crate::commands::{
    Mode, Progress, Role, Verdict, Wait, Wish, begin_negotiation, begin_pull, catalog_of, checksum_of, decide_transfer,
    obstacle, offer_of, reached,
};
use crate::download::Place;
use crate::own_api::{segment, text};
use serde_json::Value;
use std::time::{Duration, Instant};

/// The document that is none of the consumer's business.
const FOREIGN: &str = "uz-vc-2026-0001";
const PATIENCE: Duration = Duration::from_secs(20);

/// Both sides, and what has been said so far.
pub struct Story<'a> {
    /// The provider.
    pub uz: &'a mut Party,
    /// The consumer.
    pub kz: &'a mut Party,
    /// What is printed.
    pub timeline: &'a mut Timeline,
}

impl Story<'_> {
    /// Plays all acts.
    ///
    /// # Errors
    /// The first expectation that did not hold.
    pub async fn play(&mut self) -> Result<(), Failure> {
        let dataset = self.discover().await?;
        let agreement = self.agree(&dataset).await?;
        let transfer = self.open_access(&agreement).await?;
        let address = self.fetch(&transfer, &dataset).await?;
        self.be_refused().await?;
        let fresh = self.suspend_and_resume(&transfer, &address).await?;
        self.complete(&transfer, &fresh).await
    }

    fn say(&mut self, who: &str, what: impl Into<String>, state: impl Into<String>, read: impl Into<String>) {
        self.timeline.say(&Line {
            who,
            what: what.into(),
            state: state.into(),
            read: read.into(),
        });
    }

    /// The provider's registry, as the consumer sees it.
    async fn discover(&mut self) -> Result<Value, Failure> {
        let datasets = catalog_of(&self.kz.api, &self.uz.id, Some(&self.uz.dsp)).await?;
        let seen = |sample: &&Sample| datasets.iter().any(|dataset| text(dataset, "@id") == sample.id);
        let of = |issuer: Issuer| SAMPLES.iter().filter(move |sample| sample.issuer == issuer);
        let (own, foreign) = (
            of(Issuer::PlantQuarantine).filter(seen).count(),
            of(Issuer::AnotherBody).filter(seen).count(),
        );
        expect(own == of(Issuer::PlantQuarantine).count(), || {
            format!("KZ sees {own} certificates of the registry")
        })?;
        expect(foreign == 0, || format!("KZ sees {foreign} documents of another body"))?;
        let found = datasets
            .iter()
            .find(|dataset| text(dataset, "@id") == CERTIFICATE)
            .cloned();
        let dataset = found.ok_or_else(|| Failure::new(format!("{CERTIFICATE} is not in the catalogue")))?;
        self.say(
            "UZ",
            "publishes its registry of phytosanitary certificates",
            format!("{own} offered"),
            "KZ asked for the catalogue of UZ",
        );
        let kept = of(Issuer::AnotherBody).count();
        self.say(
            "UZ",
            format!("keeps the {kept} certificates of another body to itself"),
            format!("{foreign} to be seen"),
            "the same catalogue",
        );
        Ok(dataset)
    }

    /// Begins a negotiation about `offer`, as it stands or not in a catalogue.
    async fn ask_for(&self, offer: &Value) -> Result<Value, Failure> {
        let wish = Wish {
            role: Role::Consumer,
            peer: &self.uz.id,
            address: Some(&self.uz.dsp),
            offer,
            mode: Mode::Auto,
        };
        begin_negotiation(&self.kz.api, &wish).await
    }

    /// A contract; returns the agreement's id.
    async fn agree(&mut self, dataset: &Value) -> Result<String, Failure> {
        let offer = offer_of(dataset).ok_or_else(|| Failure::new("the dataset has no offer"))?;
        let case = self.ask_for(&offer).await?;
        let id = text(&case, "id").to_owned();
        let same = |case: &Value| text(case, "consumerPid") == id;
        let requested = self.uz.told("negotiation.requested", same).await?;
        let what = format!("asks for a contract on {}", text(&requested, "dataset"));
        self.say("KZ", what, text(&requested, "state"), "UZ event stream");
        let agreed = self.kz.told("negotiation.agreed", same).await?;
        self.say(
            "UZ",
            "agrees: its policies permit this body this document",
            text(&agreed, "state"),
            "KZ event stream",
        );
        let verified = self.uz.told("negotiation.verified", same).await?;
        self.say(
            "KZ",
            "verifies that the agreement is what was offered",
            text(&verified, "state"),
            "UZ event stream",
        );
        let finalized = self.kz.told("negotiation.finalized", same).await?;
        self.say(
            "UZ",
            "finalizes the contract",
            text(&finalized, "state"),
            "KZ event stream",
        );
        // The provider has finalized once it knows that the consumer heard it.
        self.uz.told("negotiation.finalized", same).await?;
        let agreement = text(&finalized, "agreementId").to_owned();
        self.compare_agreements(&agreement).await?;
        Ok(agreement)
    }

    async fn compare_agreements(&mut self, agreement: &str) -> Result<(), Failure> {
        let path = format!("/agreements/{}", segment(agreement));
        let (there, here) = (self.uz.api.read(&path).await?, self.kz.api.read(&path).await?);
        let contract = |view: &Value| view.get("agreement").cloned();
        expect(
            contract(&there).is_some() && contract(&there) == contract(&here),
            || "the two sides hold different agreements".to_owned(),
        )?;
        let roles = text(&there, "role") == "provider" && text(&here, "role") == "consumer";
        expect(roles, || "the roles in the agreement are wrong".to_owned())?;
        self.say(
            "KZ",
            format!("holds the agreement {}", short(agreement)),
            "same words as at UZ",
            "UZ and KZ read, each with its key",
        );
        Ok(())
    }

    /// Access under the agreement; returns the consumer's id of the transfer.
    async fn open_access(&mut self, agreement: &str) -> Result<String, Failure> {
        let case = begin_pull(&self.kz.api, agreement).await?;
        let id = text(&case, "id").to_owned();
        let same = |case: &Value| text(case, "consumerPid") == id;
        let requested = self.uz.told("transfer.requested", same).await?;
        self.say(
            "KZ",
            "asks for the data under the agreement",
            text(&requested, "state"),
            "UZ event stream",
        );
        let started = self.kz.told("transfer.started", same).await?;
        self.say(
            "UZ",
            "gives access: an address and a short-lived token",
            text(&started, "state"),
            "KZ event stream",
        );
        Ok(id)
    }

    /// The bytes, compared with what the provider says of them.
    async fn fetch(&mut self, transfer: &str, dataset: &Value) -> Result<Place, Failure> {
        let address = self.address(transfer).await?;
        let (bytes, digest) = download(&self.kz.folder, &address, CERTIFICATE).await?;
        let document = self.uz.api.read(&format!("/documents/{CERTIFICATE}")).await?;
        let published = text(&document, "digest");
        expect(digest.hex() == published, || {
            format!("the bytes have the SHA-256 {digest}, UZ has {published}")
        })?;
        expect(checksum_of(dataset) == Some(published), || {
            "the catalogue told another digest".to_owned()
        })?;
        let size = document.get("size").and_then(Value::as_u64);
        expect(size == Some(bytes), || format!("{bytes} bytes came, UZ has {size:?}"))?;
        let state = format!("{bytes} bytes, digest equal");
        self.say(
            "KZ",
            "fetches the certificate before the lorry comes",
            state,
            format!("UZ own API: sha256 {}", short(published)),
        );
        Ok(address)
    }

    /// Another body's document, asked for by its right name.
    async fn be_refused(&mut self) -> Result<(), Failure> {
        let mut offer = crate::commands::policy(std::slice::from_ref(&self.kz.id), None, Some("365d"));
        if let Some(members) = offer.as_object_mut() {
            members.insert("@type".to_owned(), "Offer".into());
            members.insert("@id".to_owned(), format!("{OTHERS}:{FOREIGN}:1").into());
            members.insert("target".to_owned(), FOREIGN.into());
        }
        let case = self.ask_for(&offer).await?;
        let id = text(&case, "id").to_owned();
        let wait = Wait {
            list: "negotiations",
            id: &id,
            limit: PATIENCE,
            progress: Progress::Silent,
        };
        let refused = |case: &Value| {
            if obstacle(case).is_some() {
                Verdict::Reached
            } else {
                Verdict::Wait
            }
        };
        let case = wait.until(&self.kz.api, refused).await?;
        expect(case.get("agreementId").is_none(), || {
            "UZ agreed on another body's document".to_owned()
        })?;
        let error = case.get("error").cloned().unwrap_or(Value::Null);
        let status = error
            .get("status")
            .map_or_else(|| text(&case, "state").to_owned(), Value::to_string);
        self.say(
            "UZ",
            format!("refuses {FOREIGN}, asked for by its right name"),
            format!("{status} {}", text(&error, "code")),
            "KZ own API: the case and its error",
        );
        let agreements = self.uz.api.list("/agreements").await?;
        let leaked = agreements.iter().any(|agreement| text(agreement, "dataset") == FOREIGN);
        expect(!leaked, || {
            "UZ holds an agreement on another body's document".to_owned()
        })?;
        self.say(
            "KZ",
            "has no agreement on it",
            format!("{} in all", agreements.len()),
            "UZ own API: its agreements",
        );
        Ok(())
    }

    /// Access taken away and given back; returns the fresh address.
    async fn suspend_and_resume(&mut self, transfer: &str, address: &Place) -> Result<Place, Failure> {
        let theirs = self.at_provider(transfer).await?;
        let began = Instant::now();
        decide_transfer(&self.uz.api, &theirs, "suspend", Some("inspection of the registry")).await?;
        let same = |case: &Value| text(case, "consumerPid") == transfer;
        let suspended = self.kz.told("transfer.suspended", same).await?;
        self.say(
            "UZ",
            "suspends the transfer",
            text(&suspended, "state"),
            "KZ event stream",
        );
        let refusal = refused(address).await?;
        let at_uz = self.uz.api.read(&format!("/transfers/{}", segment(&theirs))).await?;
        let open = at_uz.get("accessOpen").and_then(Value::as_bool).unwrap_or(false);
        expect(!open, || format!("UZ still has access open: {at_uz}"))?;
        let what = format!(
            "tries to fetch again, {:.0} ms after the decision",
            began.elapsed().as_secs_f64() * 1000.0
        );
        self.say("KZ", what, refusal, "UZ data door; UZ own API: access closed");
        self.settled(&theirs, "SUSPENDED").await?;
        decide_transfer(&self.uz.api, &theirs, "start", None).await?;
        let resumed = self.kz.told("transfer.started", same).await?;
        let fresh = self.address(transfer).await?;
        expect(fresh != *address, || {
            "the token after the resumption is the old one".to_owned()
        })?;
        self.say(
            "UZ",
            "resumes it, with a fresh address",
            text(&resumed, "state"),
            "KZ event stream and data address",
        );
        let refusal = refused(address).await?;
        self.say("KZ", "tries the old token", refusal, "UZ data door");
        let (bytes, digest) = download(&self.kz.folder, &fresh, "again").await?;
        let published = self.uz.api.read(&format!("/documents/{CERTIFICATE}")).await?;
        expect(digest.hex() == text(&published, "digest"), || {
            "the bytes are others than before".to_owned()
        })?;
        self.say(
            "KZ",
            "fetches it again with the fresh one",
            format!("{bytes} bytes, digest equal"),
            "UZ own API: its digest",
        );
        Ok(fresh)
    }

    async fn complete(&mut self, transfer: &str, address: &Place) -> Result<(), Failure> {
        let wait = Wait {
            list: "transfers",
            id: transfer,
            limit: PATIENCE,
            progress: Progress::Silent,
        };
        wait.until(&self.kz.api, |case| reached(case, "STARTED")).await?;
        decide_transfer(&self.kz.api, transfer, "complete", None).await?;
        let same = |case: &Value| text(case, "consumerPid") == transfer;
        let completed = self.uz.told("transfer.completed", same).await?;
        self.say(
            "KZ",
            "completes the transfer",
            text(&completed, "state"),
            "UZ event stream",
        );
        closed(self.timeline, address).await
    }

    /// The provider's own id of the transfer.
    async fn at_provider(&self, transfer: &str) -> Result<String, Failure> {
        let cases = self.uz.api.list("/transfers?role=provider").await?;
        let found = cases.iter().find(|case| text(case, "consumerPid") == transfer);
        found
            .map(|case| text(case, "id").to_owned())
            .ok_or_else(|| Failure::new("UZ does not know the transfer"))
    }

    /// Waits until the provider knows that the consumer has its move.
    async fn settled(&self, theirs: &str, state: &str) -> Result<(), Failure> {
        let wait = Wait {
            list: "transfers",
            id: theirs,
            limit: PATIENCE,
            progress: Progress::Silent,
        };
        wait.until(&self.uz.api, |case| reached(case, state)).await.map(drop)
    }

    async fn address(&self, transfer: &str) -> Result<Place, Failure> {
        Place::parse(
            &self
                .kz
                .api
                .read(&format!("/transfers/{}/data-address", segment(transfer)))
                .await?,
        )
    }
}
