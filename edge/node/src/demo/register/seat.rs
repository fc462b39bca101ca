//! A participant of the register with its node: it publishes, mirrors the logs of the others, and can be switched off and on.

use crate::Failure;
use crate::demo::house::House;
use crate::demo::party::{Known, Role};
use crate::own_api::{OwnApi, text};
use chapar_terms::Digest;
use http::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

/// Longest wait for something that must happen.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pause between two looks at what a node does by itself.
const LOOK: Duration = Duration::from_millis(50);

/// What others pin of a register.
#[derive(Clone, Debug)]
pub struct Log {
    /// Its name in checkpoints.
    pub origin: String,
    /// Where it is published.
    pub address: String,
    /// Its key.
    pub vkey: String,
    /// Its name in the ids of records.
    pub id: String,
}

/// A participant and its node.
pub struct Seat {
    /// Who it is.
    pub role: Role,
    /// Its participant id.
    pub id: String,
    /// Its register.
    pub log: Log,
    /// The own API with the participant's key.
    pub api: OwnApi,
    /// The own API with the operator's key.
    pub operator: OwnApi,
    /// The text of the participant's key.
    pub api_key: String,
    /// What everybody may read.
    pub public: OwnApi,
    house: House,
}

impl Seat {
    /// Starts a node and takes the participant in; its register has its key set published when this returns.
    ///
    /// # Errors
    /// It did not start.
    pub async fn take(role: Role, beneath: &Path) -> Result<Self, Failure> {
        let house = House::open(&beneath.join(role.folder), Known::ByDid).await?;
        let operator = house.operator()?;
        let added = operator
            .ask(Method::POST, "/participants", Some(&json!({ "slug": role.slug })))
            .await?;
        let api_key = text(&added, "apiKey").to_owned();
        let api = house.api(&api_key)?;
        published(&api).await?;
        let log = register(&api).await?;
        let member = |name: &str| text(&log, name).to_owned();
        Ok(Self {
            role,
            id: text(&added, "participant").to_owned(),
            log: Log {
                origin: member("origin"),
                address: member("address"),
                vkey: member("vkey"),
                id: member("logId"),
            },
            public: house.public()?,
            api,
            operator,
            api_key,
            house,
        })
    }

    /// Waits until all that it wrote is in the published tree; how many entries that is.
    ///
    /// # Errors
    /// It takes too long, or the node is not there.
    pub async fn published(&self) -> Result<u64, Failure> {
        published(&self.api).await
    }

    /// Where this node serves its mirror of another's log.
    pub fn mirror_of(&self, other: &Self) -> String {
        format!("{}/chapar/v1/mirrors/{}", self.public.base(), other.log_hash())
    }

    fn log_hash(&self) -> String {
        Digest::of(self.log.origin.as_bytes()).hex()
    }

    /// Begins to mirror another's log, which may also be had at `third`'s mirror of it.
    ///
    /// # Errors
    /// The node refuses.
    pub async fn mirror(&self, other: &Self, third: &Self) -> Result<(), Failure> {
        let wanted = json!({
            "address": other.log.address, "vkey": other.log.vkey, "owner": other.id, "places": [third.mirror_of(other)],
        });
        self.operator
            .ask(Method::POST, "/mirrors", Some(&wanted))
            .await
            .map(drop)
    }

    /// Looks at another's log now; how its mirror stands after that.
    ///
    /// # Errors
    /// The node refuses.
    pub async fn look(&self, other: &Self) -> Result<Value, Failure> {
        let path = format!("/mirrors/{}/look", other.log_hash());
        self.operator.ask(Method::POST, &path, None).await
    }

    /// The digest of its catalogue, once all entries that are here are in it.
    ///
    /// # Errors
    /// It takes too long, or the node is not there.
    pub async fn digest(&self) -> Result<String, Failure> {
        let until = Instant::now() + PATIENCE;
        loop {
            let views = self.operator.read("/views").await?;
            let logs = views.get("items").and_then(Value::as_array).into_iter().flatten();
            let mut logs = logs.map(|log| (log.get("size"), log.get("inCatalogue")));
            if logs.all(|(size, folded)| size == folded) {
                return Ok(text(&views, "digest").to_owned());
            }
            pause(until, || {
                format!("{}: the catalogue does not catch up", self.role.label)
            })
            .await?;
        }
    }

    /// Switches the node off: nobody is answered any more.
    pub async fn switch_off(&mut self) {
        self.house.end().await;
    }

    /// Switches it on again, at the same ports.
    ///
    /// # Errors
    /// It did not start.
    pub async fn switch_on(&mut self) -> Result<(), Failure> {
        self.house.start().await
    }

    /// Loses its disk, and starts on an empty one with nothing but the keys that were packed before. Its register is held then: what was
    /// published in its name is not here.
    ///
    /// # Errors
    /// It does not come back as itself.
    pub async fn burn(&mut self) -> Result<(), Failure> {
        let path = format!("/participants/{}/chest", self.role.slug);
        let packed = self.operator.ask(Method::POST, &path, None).await?;
        self.house.end().await;
        std::fs::remove_dir_all(self.house.data()).map_err(|error| Failure::new(error.to_string()))?;
        self.house.start().await?;
        self.operator = self.house.operator()?;
        let wanted = json!({
            "slug": self.role.slug, "chest": packed.get("chest"), "chestKey": packed.get("chestKey"),
        });
        let added = self.operator.ask(Method::POST, "/participants", Some(&wanted)).await?;
        text(&added, "apiKey").clone_into(&mut self.api_key);
        self.api = self.house.api(&self.api_key)?;
        let log = self.register().await?;
        let is_itself = text(&added, "participant") == self.id && text(&log, "vkey") == self.log.vkey;
        match is_itself && text(&log, "state") == "held" {
            true => Ok(()),
            false => Err(Failure::new(format!("it came back as another: {log}"))),
        }
    }

    /// Takes the register back from those who mirror it; nobody else has read it.
    ///
    /// # Errors
    /// It cannot be had.
    pub async fn recover(&self, from: &[&Self]) -> Result<(), Failure> {
        let from: Vec<&str> = from.iter().map(|seat| seat.public.base()).collect();
        let order = json!({ "from": from, "nobodyHasMore": true });
        self.api
            .ask(Method::POST, "/logs/register/recovery", Some(&order))
            .await?;
        let until = Instant::now() + PATIENCE;
        loop {
            let log = self.register().await?;
            if text(&log, "state") == "open" {
                return Ok(());
            }
            pause(until, || format!("the register is not taken back: {log}")).await?;
        }
    }

    /// The register as its own people see it.
    ///
    /// # Errors
    /// The node is not there.
    pub async fn register(&self) -> Result<Value, Failure> {
        register(&self.api).await
    }

    /// The folder of its data.
    pub fn data(&self) -> &Path {
        self.house.data()
    }

    /// What `--endpoints` writes of it.
    pub fn endpoints(&self) -> Value {
        json!({
            "id": self.id, "log": self.log.address, "vkey": self.log.vkey, "public": self.public.base(),
            "api": format!("{}/chapar/v1", self.api.base()), "api_key": self.api_key,
        })
    }
}

/// Has all of them look at each other until their catalogues are the same; the digest.
///
/// # Errors
/// They do not become the same in good time.
pub async fn agreed(seats: &[&Seat]) -> Result<String, Failure> {
    let until = Instant::now() + PATIENCE;
    loop {
        for seat in seats {
            seat.published().await?;
            for other in seats.iter().filter(|other| other.id != seat.id) {
                seat.look(other).await?;
            }
        }
        let mut digests = Vec::new();
        for seat in seats {
            digests.push(seat.digest().await?);
        }
        digests.dedup();
        if let [digest] = digests.as_slice() {
            return Ok(digest.clone());
        }
        pause(until, || "the catalogues do not become the same".to_owned()).await?;
    }
}

async fn published(api: &OwnApi) -> Result<u64, Failure> {
    let until = Instant::now() + PATIENCE;
    loop {
        let log = register(api).await?;
        let number = |name: &str| log.get(name).and_then(Value::as_u64);
        match (number("size"), number("waiting")) {
            (Some(size), Some(0)) if size > 0 => return Ok(size),
            _ => pause(until, || format!("the register is not published: {log}")).await?,
        }
    }
}

async fn register(api: &OwnApi) -> Result<Value, Failure> {
    let logs = api.list("/logs").await?;
    let log = logs.into_iter().find(|log| text(log, "name") == "register");
    log.ok_or_else(|| Failure::new("the participant has no register"))
}

async fn pause(until: Instant, otherwise: impl FnOnce() -> String) -> Result<(), Failure> {
    if Instant::now() >= until {
        return Err(Failure::new(otherwise()));
    }
    tokio::time::sleep(LOOK).await;
    Ok(())
}
