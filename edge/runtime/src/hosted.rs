//! The participants that this node hosts: who they are, how they speak and with which keys they sign.

use crate::keys::{Keys, fresh_uuid};
use crate::notes::{self, PROPERTIES};
use crate::recovery::ChestKey;
use crate::{Fault, Runtime};
use chapar_exchange::Me;
use chapar_store::{Deleted, KeyState, ParticipantRow, Put, SigningKeyRow};
use chapar_terms::{Algorithm, Instant, Invalid, ParticipantId, PublicKey, Signer, Slug};
use chapar_trust::development::{DevelopmentIdentity, Form};
use chapar_trust::did;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A hosted participant, as loaded. Replaced whole when its keys change.
pub struct Hosted {
    /// Short name in our addresses.
    pub slug: Slug,
    /// Who it is in the protocol.
    pub me: Me,
    /// How it authenticates itself and others.
    pub identity: Identity,
    /// Whether a peer that does not sign its messages is heard.
    pub unsigned_peers: Unsigned,
    /// What the operator notes about it.
    pub properties: Map<String, Value>,
}

/// How a participant authenticates itself and others.
pub enum Identity {
    /// By its DID and signing keys.
    Did(Vec<HostedKey>),
    /// By name alone; only in a profile that is bound to loopback.
    Development {
        /// Whom to believe the sender to be.
        trust: DevelopmentIdentity,
        /// How our own token is written.
        form: Form,
    },
}

/// What to do with a message that carries a token but no signature of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsigned {
    /// Take it; what it says is marked *asserted*.
    Accept,
    /// Refuse it with 401.
    Refuse,
}

/// A signing key in use.
#[derive(Clone)]
pub struct HostedKey {
    /// What stands after the `#` of its DID URL.
    pub fragment: String,
    /// Its DID URL.
    pub key_id: String,
    /// The key; none for a retired one, which only verifies.
    pub signer: Option<Arc<dyn Signer>>,
    /// The public half.
    pub public: PublicKey,
    /// When it was made.
    pub created_at: Instant,
    /// Since when others are known to have it.
    pub compromised_at: Option<Instant>,
}

/// What a new participant is to be.
#[derive(Clone, Debug)]
pub struct NewParticipant {
    /// Its short name.
    pub slug: Slug,
    /// Its identity.
    pub identity: NewIdentity,
    /// Whether unsigned peers are heard.
    pub unsigned_peers: Unsigned,
    /// What the operator notes about it.
    pub properties: Map<String, Value>,
}

/// The identity of a new participant.
#[derive(Clone, Debug)]
pub enum NewIdentity {
    /// A fresh `did:web` with a fresh key.
    Did(Algorithm),
    /// The one whose keys were kept in a chest: the file, and its key.
    Kept(Value, ChestKey),
    /// A bare name, for test kits.
    Development {
        /// Its own id.
        id: ParticipantId,
        /// Whom any token means.
        peer: ParticipantId,
        /// How its own token is written.
        form: Form,
    },
}

impl Hosted {
    /// The key that signs today.
    pub(crate) fn signing_key(&self) -> Option<(&HostedKey, &Arc<dyn Signer>)> {
        match &self.identity {
            Identity::Did(keys) => keys
                .iter()
                .find_map(|key| key.signer.as_ref().map(|signer| (key, signer))),
            Identity::Development { .. } => None,
        }
    }

    /// That it may have one key more, where it may have had `most`.
    fn may_have_another(&self, most: usize) -> Result<(), Fault> {
        match &self.identity {
            Identity::Did(keys) if keys.len() >= most => Err(Fault::Conflict(format!(
                "`{}` has had {} signing keys, as many as it may: its register names them all",
                self.slug,
                keys.len()
            ))),
            _ => Ok(()),
        }
    }

    /// The DSP base without its version segment.
    pub fn dsp_root(&self) -> &str {
        self.me.dsp_address.rsplit_once('/').map_or("", |(root, _)| root)
    }
}

/// When the key was made that came after `key`.
pub(crate) fn replaced_at(keys: &[HostedKey], key: &HostedKey) -> Option<Instant> {
    keys.iter()
        .filter(|other| other.fragment != key.fragment && other.created_at >= key.created_at)
        .map(|other| other.created_at)
        .min()
}

/// Signing keys that a participant ever has, at most: a key-set names 256 keys, up to 16 of them those of its log.
const SIGNING_KEYS: usize = 240;
/// So many it may have had and still get another one in good order. The rest is for those that others have.
const ORDERLY: usize = 208;

/// What those wait for who change who a participant is; no case is called so.
pub(crate) const KEYS_TURN: &str = "signing keys";
/// All hosted participants by slug.
#[derive(Default)]
pub(crate) struct House(RwLock<BTreeMap<String, Arc<Hosted>>>);

impl House {
    pub fn find(&self, slug: &str) -> Option<Arc<Hosted>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(slug).cloned()
    }

    pub fn all(&self) -> Vec<Arc<Hosted>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    pub fn remove(&self, slug: &str) -> Option<Arc<Hosted>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(slug)
    }

    pub fn put(&self, hosted: impl Into<Arc<Hosted>>) -> Arc<Hosted> {
        let hosted = hosted.into();
        let mut house = self.0.write().unwrap_or_else(PoisonError::into_inner);
        house.insert(hosted.slug.as_str().to_owned(), Arc::clone(&hosted));
        hosted
    }
}

impl Runtime {
    /// Takes a new participant into the house: its row and first key are durable when this returns.
    ///
    /// # Errors
    /// [`Fault::Conflict`] when the slug is taken; [`Fault::Invalid`] when a development identity is not allowed here or its properties
    /// are too long.
    pub async fn add_participant(&self, new: NewParticipant) -> Result<Arc<Hosted>, Fault> {
        notes::check(&new.properties)?;
        if self.inner.house.find(new.slug.as_str()).is_some() {
            return Err(Fault::Conflict(format!("participant `{}` exists", new.slug)));
        }
        // Who was called so before there was a portal comes back by that name.
        let is_back = matches!(new.identity, NewIdentity::Kept(..));
        if new.slug.is_language() && !is_back {
            let why = format!(
                "`{}` is the code of a language: pages in it are at that address",
                new.slug
            );
            return Err(Invalid::new("participant slug", why).into());
        }
        let (participant_id, identity, config) = match &new.identity {
            NewIdentity::Did(_) | NewIdentity::Kept(..) => (
                did::web_did(&self.inner.config.public_url, &new.slug)?,
                "did",
                json!({}),
            ),
            NewIdentity::Development { id, peer, form } => {
                self.development_allowed()?;
                let form = if *form == Form::EdcMock { "edc-mock" } else { "plain" };
                (
                    id.clone(),
                    "development",
                    json!({ "peer": peer.as_str(), "form": form }),
                )
            }
        };
        let mut config = config;
        if let Some(members) = config.as_object_mut() {
            let refuse = new.unsigned_peers == Unsigned::Refuse;
            members.insert(
                "unsignedPeers".to_owned(),
                json!(if refuse { "refuse" } else { "accept" }),
            );
            members.insert(PROPERTIES.to_owned(), Value::Object(new.properties.clone()));
        }
        let row = ParticipantRow {
            slug: new.slug.as_str().to_owned(),
            participant_id: participant_id.as_str().to_owned(),
            identity: identity.to_owned(),
            config: config.to_string(),
            created_at: self.now().unix_ms(),
        };
        let store = &self.inner.store;
        let put = match new.identity {
            NewIdentity::Did(algorithm) => {
                let keys = vec![self.fresh_key(new.slug.as_str(), algorithm)?];
                store.add_participant(row.clone(), keys, Vec::new()).await?
            }
            NewIdentity::Kept(chest, key) => {
                let kept = self.open_chest(&new.slug, &chest, &key)?;
                self.add_kept_participant(row.clone(), kept).await?
            }
            NewIdentity::Development { .. } => store.add_participant(row.clone(), Vec::new(), Vec::new()).await?,
        };
        if let Put::Conflict(why) = put {
            return Err(Fault::Conflict(why));
        }
        let hosted = self.inner.house.put(self.load_hosted(&row).await?);
        self.open_logs_of(&hosted).await?;
        Ok(hosted)
    }

    /// The identity by which a participant `slug` is known as `id` here: its own DID, or a bare name where those may exist.
    /// `peer` and `form` say something only for a name: whom any token means, and how our own is written.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when `id` is no identity that this node can give.
    pub fn identity_for(
        &self,
        slug: &Slug,
        id: ParticipantId,
        peer: Option<&str>,
        form: Option<&str>,
    ) -> Result<NewIdentity, Fault> {
        let own = did::web_did(&self.inner.config.public_url, slug)?;
        if id == own {
            return Ok(NewIdentity::Did(Algorithm::Ed25519));
        }
        if !self.inner.config.development {
            return Err(Fault::Invalid {
                code: "wrong-identity".to_owned(),
                reason: format!("the identity of `{slug}` at this node is `{own}`, not `{id}`"),
            });
        }
        let form = match form.unwrap_or("plain") {
            "plain" => Form::Plain,
            "edc-mock" => Form::EdcMock,
            other => {
                return Err(Fault::Invalid {
                    code: "wrong-form".to_owned(),
                    reason: format!("`form` is `plain` or `edc-mock`, not `{other}`"),
                });
            }
        };
        let peer = ParticipantId::parse(peer.unwrap_or("peer"))?;
        Ok(NewIdentity::Development { id, peer, form })
    }

    /// The slug of a participant that is given none: the one that `id`, as an identity at this node, ends with, or else a fresh one.
    ///
    /// # Errors
    /// Ours.
    pub fn slug_for(&self, id: &ParticipantId) -> Result<Slug, Fault> {
        let is_of = |slug: &Slug| did::web_did(&self.inner.config.public_url, slug).is_ok_and(|own| own == *id);
        let last = id.as_str().rsplit(':').next().unwrap_or_default();
        match Slug::parse(last).ok().filter(is_of) {
            Some(slug) => Ok(slug),
            // A slug begins with a letter.
            None => Ok(Slug::parse(&format!("p-{}", fresh_uuid()))?),
        }
    }

    fn development_allowed(&self) -> Result<(), Fault> {
        if self.inner.config.development {
            return Ok(());
        }
        Err(Fault::Invalid {
            code: "development-identity-refused".to_owned(),
            reason: "a development identity exists only in the `development` profile, which is bound to loopback"
                .to_owned(),
        })
    }

    fn fresh_key(&self, slug: &str, algorithm: Algorithm) -> Result<SigningKeyRow, Fault> {
        let (signer, private) = self.inner.keys.generate(algorithm)?;
        Ok(SigningKeyRow {
            participant: slug.to_owned(),
            kid: format!("key-{}", fresh_uuid()),
            algorithm: algorithm.jose().to_owned(),
            public: signer.public_key().bytes.clone(),
            private,
            state: KeyState::Active,
            created_at: self.now().unix_ms(),
            compromised_at: None,
        })
    }

    /// Gives the participant a fresh signing key. The old ones stay in its document and verify what they signed.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for a development identity, which has no keys; [`Fault::Conflict`] when it has had too many.
    pub async fn rotate_key(&self, slug: &str) -> Result<Arc<Hosted>, Fault> {
        // Two at a time could put the older of their two states into the house last.
        let _turn = self.inner.locks.hold(slug, KEYS_TURN).await;
        let hosted = self.inner.house.find(slug).ok_or(Fault::NotFound)?;
        let (key, _) = hosted.signing_key().ok_or_else(no_keys)?;
        hosted.may_have_another(ORDERLY)?;
        let fresh = self.fresh_key(slug, key.public.algorithm)?;
        self.inner.store.rotate_signing_keys(slug, vec![fresh]).await?;
        self.with_fresh_keys(slug).await
    }

    /// Gives up a signing key that others have, or may: it signs nothing any more, and where it signed, a fresh one does. `named` is its DID
    /// URL, or what stands after the `#` of it.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Invalid`] for a development identity, which has no keys; [`Fault::Conflict`] when it has had too many.
    pub async fn give_up_key(&self, slug: &str, named: &str) -> Result<Arc<Hosted>, Fault> {
        let _turn = self.inner.locks.hold(slug, KEYS_TURN).await;
        let hosted = self.inner.house.find(slug).ok_or(Fault::NotFound)?;
        let Identity::Did(keys) = &hosted.identity else {
            return Err(no_keys());
        };
        let key = keys.iter().find(|key| key.key_id == named || key.fragment == named);
        let key = key.ok_or(Fault::NotFound)?;
        if key.signer.is_some() {
            hosted.may_have_another(SIGNING_KEYS)?;
        }
        let fresh = key.signer.as_ref().map(|_| self.fresh_key(slug, key.public.algorithm));
        let (store, now) = (&self.inner.store, self.now().unix_ms());
        let outcome = store.give_up_signing_key(slug, &key.fragment, now, fresh.transpose()?);
        match outcome.await? {
            Deleted::Committed(_) => self.with_fresh_keys(slug).await,
            Deleted::Absent | Deleted::InUse(_) => Err(Fault::NotFound),
        }
    }

    /// The participant with the keys that are stored, of which its register tells.
    async fn with_fresh_keys(&self, slug: &str) -> Result<Arc<Hosted>, Fault> {
        let row = self.inner.store.participant(slug).await?.ok_or(Fault::NotFound)?;
        // Whoever publishes meanwhile signs before the change is told, or after it.
        let _records = self.records_turn(slug).await;
        let hosted = self.inner.house.put(self.load_hosted(&row).await?);
        self.tell_keys(&hosted).await?;
        Ok(hosted)
    }

    pub(crate) async fn load_hosted(&self, row: &ParticipantRow) -> Result<Hosted, Fault> {
        let slug = Slug::parse(&row.slug)?;
        let id = ParticipantId::parse(&row.participant_id)?;
        let config: Value = serde_json::from_str(&row.config).unwrap_or(Value::Null);
        let text = |name: &str| config.get(name).and_then(Value::as_str);
        let identity = if row.identity == "development" {
            self.development_allowed()?;
            let peer = ParticipantId::parse(text("peer").unwrap_or("peer"))?;
            let form = if text("form") == Some("edc-mock") {
                Form::EdcMock
            } else {
                Form::Plain
            };
            Identity::Development {
                trust: DevelopmentIdentity { peer },
                form,
            }
        } else {
            if did::web_did(&self.inner.config.public_url, &slug)? != id {
                return Err(Fault::Internal(format!(
                    "`public_url` gives `{slug}` another DID than `{id}`; set it back, or make a new participant"
                )));
            }
            let rows = self.inner.store.signing_keys(&row.slug).await?;
            let keys = rows.iter().map(|row| hosted_key(&id, row, self.inner.keys.as_ref()));
            Identity::Did(keys.collect::<Result<_, _>>()?)
        };
        let dsp_address = format!("{}/{slug}/dsp/{}", self.inner.config.public_url, chapar_dsp::VERSION);
        let unsigned_peers = if text("unsignedPeers") == Some("refuse") {
            Unsigned::Refuse
        } else {
            Unsigned::Accept
        };
        let properties = config.get(PROPERTIES).and_then(Value::as_object).cloned();
        Ok(Hosted {
            slug,
            me: Me { id, dsp_address },
            identity,
            unsigned_peers,
            properties: properties.unwrap_or_default(),
        })
    }
}

fn no_keys() -> Fault {
    Fault::Invalid {
        code: "no-keys".to_owned(),
        reason: "a development identity has no keys".to_owned(),
    }
}

fn hosted_key(did: &ParticipantId, row: &SigningKeyRow, keys: &dyn Keys) -> Result<HostedKey, Fault> {
    let algorithm = Algorithm::from_jose(&row.algorithm)
        .ok_or_else(|| Fault::Internal(format!("unknown algorithm `{}` in the store", row.algorithm)))?;
    let signer = match row.state {
        KeyState::Active => Some(keys.load(algorithm, &row.private)?),
        KeyState::Retired => None,
    };
    Ok(HostedKey {
        fragment: row.kid.clone(),
        key_id: format!("{did}#{}", row.kid),
        signer,
        public: PublicKey {
            algorithm,
            bytes: row.public.clone(),
        },
        created_at: Instant::from_unix_ms(row.created_at),
        compromised_at: row.compromised_at.map(Instant::from_unix_ms),
    })
}
