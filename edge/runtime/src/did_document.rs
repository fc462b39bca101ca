//! The DID document of a participant: the keys that speak for it, those that did, its services, and its register with the key that signs it.
//!
//! Read the other way round, a peer's document tells where its register is, so that it can be mirrored by the DID alone. What is pinned so
//! is as good as the way on which the document came: TLS to the host that the DID names. Refuses to fetch (`chapar_client`).

use crate::desk::invalid;
use crate::hosted::{Hosted, HostedKey, Identity, replaced_at};
use crate::logs::REGISTER;
use crate::witness::without_scheme;
use crate::{Fault, Runtime, WantedMirror};
use chapar_client::DidFault;
use chapar_terms::{Algorithm, Instant, ParticipantId, PublicKey, limits};
use chapar_tlog::{KeyName, SignatureType, VerifierKey};
use chapar_trust::did::{self, DidDocument, PublishedKey, Service, Standing};
use serde_json::Value;

/// The type of the service that is a register.
const REGISTER_SERVICE: &str = "TransparencyLog";
/// Keys of records in a document, at most, the newest: readers take 64 keys and 64 KiB, and a DID may be long.
const LISTED: usize = 32;

impl Runtime {
    /// The DID document of a participant; none for a development identity. A key that was rotated out stays current for the life of a token:
    /// what it signed just before is still on its way. One that others have is not in it any more.
    pub fn did_document(&self, participant: &str) -> Option<Value> {
        let hosted = self.hosted(participant)?;
        let Identity::Did(keys) = &hosted.identity else {
            return None;
        };
        let log = self.inner.logs.find(participant, REGISTER);
        let signed = log.and_then(|log| Some((self.address_of_own(&hosted, &log), log.newest_key().ok()?)));
        let (address, log_key) = signed.unzip();
        let log_key = log_key.map(|key| (log_fragment(&key), public_half(&key)));
        let mut published = published(keys, self.now());
        published.extend(log_key.as_ref().map(|(fragment, key)| PublishedKey {
            fragment,
            key,
            standing: Standing::OfLog,
        }));
        let mut services = services(&hosted);
        services.extend(address.map(|endpoint| Service {
            id: format!("{}#register", hosted.me.id),
            kind: REGISTER_SERVICE.to_owned(),
            endpoint,
        }));
        Some(did::render(&hosted.me.id, &published, &services))
    }

    /// Begins to mirror the register of a participant, by its DID alone.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when it has no document or that names no register; [`Fault::PeerSilent`] when its host does not answer; as for
    /// [`Runtime::add_mirror`].
    pub async fn add_mirror_of(&self, owner: &str, places: Vec<String>) -> Result<Value, Fault> {
        let owner = ParticipantId::parse(owner)?;
        let document = self.document(owner.as_str()).await.map_err(|fault| match fault {
            DidFault::Unfit(why) => invalid("wrong-identifier", why.to_string()),
            fault if fault.is_retryable() => Fault::PeerSilent(fault.to_string()),
            fault => invalid("no-document", fault.to_string()),
        })?;
        let wanted = register_in(&document, places);
        let wanted =
            wanted.ok_or_else(|| invalid("no-register", format!("the document of `{owner}` names no register")))?;
        self.add_mirror(wanted).await
    }
}

fn published(keys: &[HostedKey], now: Instant) -> Vec<PublishedKey<'_>> {
    let is_current = |key: &HostedKey| {
        let replaced = replaced_at(keys, key).filter(|_| key.signer.is_none());
        replaced.is_none_or(|at| now.since_ms(at) < limits::TOKEN_LIFETIME_MS)
    };
    let listed: Vec<PublishedKey<'_>> = keys
        .iter()
        .filter(|key| key.signer.is_some() || !chapar_terms::sabotaged("forget-rotated-key"))
        .filter(|key| key.compromised_at.is_none() || chapar_terms::sabotaged("publish-a-lost-key"))
        .map(|key| PublishedKey {
            fragment: &key.fragment,
            key: &key.public,
            standing: match is_current(key) {
                true => Standing::Current,
                false => Standing::Retired,
            },
        })
        .collect();
    // Oldest first: what does not fit was replaced long ago, and whoever kept what it signed kept it with the key.
    let beyond = listed.len().saturating_sub(LISTED);
    listed.into_iter().skip(beyond).collect()
}

fn services(hosted: &Hosted) -> Vec<Service> {
    vec![
        Service {
            id: format!("{}#dsp", hosted.me.id),
            kind: "DataService".to_owned(),
            endpoint: format!("{}/.well-known/dspace-version", hosted.dsp_root()),
        },
        Service {
            id: format!("{}#catalog", hosted.me.id),
            kind: "CatalogService".to_owned(),
            endpoint: format!("{}/catalog", hosted.me.dsp_address),
        },
    ]
}

/// The register that a document names, and the key that signs it. The key is called after the id that notes give it under the log's name: no
/// other key of the document is taken for it.
fn register_in(document: &DidDocument, places: Vec<String>) -> Option<WantedMirror> {
    let service = document
        .services
        .iter()
        .find(|service| service.kind == REGISTER_SERVICE)?;
    let name = KeyName::parse(without_scheme(&service.endpoint)).ok()?;
    let key = document.methods.iter().find_map(|method| {
        let key = VerifierKey::new(name.clone(), SignatureType::ED25519, &method.key).ok()?;
        let id = format!("{}#{}", document.id, log_fragment(&key));
        (method.id == id).then_some(key)
    })?;
    Some(WantedMirror {
        address: service.endpoint.clone(),
        vkey: key.render(),
        owner: document.id.as_str().to_owned(),
        places,
    })
}

fn log_fragment(key: &VerifierKey) -> String {
    format!("log-{:08x}", key.id())
}

fn public_half(key: &VerifierKey) -> PublicKey {
    PublicKey {
        algorithm: Algorithm::Ed25519,
        bytes: key.material().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DID: &str = "did:web:uz.example:plant";

    fn key(byte: u8) -> PublicKey {
        PublicKey {
            algorithm: Algorithm::Ed25519,
            bytes: vec![byte; 32],
        }
    }

    /// What is read of a document with a register at this address, whose key bears this name.
    fn read(address: &str, fragment: &str) -> Option<WantedMirror> {
        let did = ParticipantId::parse(DID).unwrap();
        let (speaks, signs) = (key(1), key(2));
        let of = |fragment, key, standing| PublishedKey {
            fragment,
            key,
            standing,
        };
        let published = [
            of("key-1", &speaks, Standing::Current),
            of(fragment, &signs, Standing::OfLog),
        ];
        let service = Service {
            id: format!("{DID}#register"),
            kind: REGISTER_SERVICE.to_owned(),
            endpoint: address.to_owned(),
        };
        let text = did::render(&did, &published, &[service]).to_string();
        register_in(&DidDocument::parse(text.as_bytes()).unwrap(), Vec::new())
    }

    #[test]
    fn a_register_is_found_by_the_name_of_its_key() {
        let name = KeyName::parse("uz.example/plant/log").unwrap();
        let vkey = VerifierKey::new(name, SignatureType::ED25519, &key(2)).unwrap();
        let fragment = log_fragment(&vkey);
        let found = read("https://uz.example/plant/log", &fragment).unwrap();
        assert_eq!(
            (found.vkey, found.owner.as_str(), found.address.as_str()),
            (vkey.render(), DID, "https://uz.example/plant/log")
        );
        // Of another log the key has another id, and a key that is called otherwise is another one.
        assert!(read("https://uz.example/other/log", &fragment).is_none());
        assert!(read("https://uz.example/plant/log", "key-2").is_none());
    }
}
