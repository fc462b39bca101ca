//! From settings to a node: the one place where store, client, resolver, keys and loop meet. Listening is in `serve`.

use crate::Failure;
use crate::config::{Config, ConfigFault, Egress, Profile, Time};
use crate::keys::NodeKeys;
use crate::metrics::Metrics;
use crate::objects;
use crate::{node_key, operator_key};
use chapar_client::{
    Cidr, Client, Clock, DidResolver, EgressPolicy, FetchSettings, Loopback, Settings, SystemClock, TlsTrust,
    read_authorities,
};
use chapar_portal::Language;
use chapar_runtime::{Anchors, Parts, Runtime, TimeAuthority, TimeSettings};
use chapar_store::{Options, Rollback, Store, StoreFault};
use chapar_suite_international::International;
use chapar_trust::did::Insecure;
use std::path::PathBuf;
use std::sync::Arc;

/// Requests under way to one host for the logs of it that are mirrored: a guest does not take all the chairs.
const MIRROR_REQUESTS: usize = 4;

/// A node, ready to be served.
pub struct Node {
    /// The loop.
    pub runtime: Runtime,
    /// The store, for the end and for backups.
    pub store: Store,
    /// What it counts.
    pub metrics: Arc<Metrics>,
    /// The languages of the portal.
    pub languages: Vec<Language>,
    /// Where the operator's key stands.
    pub operator_key: PathBuf,
}

impl Node {
    /// Opens the data folder, making it at the first start, and takes up what an earlier run left.
    ///
    /// # Errors
    /// The node cannot start; the text says what to do.
    pub async fn assemble(config: &Config, rollback: Rollback) -> Result<Self, Failure> {
        // First what only reads: a wrong setting leaves no folder behind.
        let client = Client::new(client_settings(&config.egress)?)?;
        let source_client = Client::new(inner_settings(&config.egress, &config.egress.sources)?)?;
        let callback_client = Client::new(inner_settings(&config.egress, &config.egress.callbacks)?)?;
        let mirror_client = Client::new(Settings {
            per_peer: MIRROR_REQUESTS,
            ..client_settings(&config.egress)?
        })?;
        let time = time_settings(&config.time)?;
        let node_key = node_key::load_or_make(&config.data, crate::config::environment(node_key::VARIABLE))?;
        let keys = Arc::new(NodeKeys::new(&node_key)?);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let objects = match &config.objects {
            Some(storage) => Some(objects::open(storage, &config.egress, Arc::clone(&clock)).await?),
            None => None,
        };
        let options = Options {
            rollback,
            objects,
            ..Options::new(node_key)
        };
        let store = Store::open(&config.data, options)
            .await
            .map_err(|fault| cannot_open(&fault))?;
        // Loopback neighbours are asked in the scheme that this node itself speaks: with a certificate nothing goes in clear.
        let insecure = Insecure {
            loopback: config.egress.loopback && config.public_url.starts_with("http://"),
            hosts: config.egress.did_plain_http.clone(),
        };
        let parts = Parts {
            store: store.clone(),
            resolver: DidResolver::new(client.clone(), Arc::clone(&clock), insecure, FetchSettings::default()),
            client,
            source_client,
            callback_client,
            mirror_client,
            suite: Arc::new(International),
            keys,
            clock,
        };
        let settings = chapar_runtime::Config {
            public_url: config.public_url.clone(),
            development: config.profile == Profile::Development,
            retry_base_ms: config.retry_base_ms,
            timeouts: config.timeouts,
            peer_quota: config.quota,
            open_cases: config.open_cases.into(),
            logs: config.logs,
            mirrors: config.mirrors.clone(),
            time,
            announce_offers: config.announce_offers,
        };
        let runtime = Runtime::start(settings, parts).await?;
        let operator_key = operator_key::ensure(&runtime, &config.data).await?;
        Ok(Self {
            runtime,
            store,
            metrics: Arc::default(),
            languages: config.languages.clone(),
            operator_key,
        })
    }
}

/// What the client is told of the outside.
///
/// # Errors
/// The file of authorities is unusable.
pub fn client_settings(egress: &Egress) -> Result<Settings, ConfigFault> {
    let policy = EgressPolicy {
        loopback: if egress.loopback {
            Loopback::Allowed
        } else {
            Loopback::Refused
        },
        networks: egress.allow.clone(),
        plain_http: egress.plain_http.clone(),
    };
    let trust = match &egress.authorities {
        Some(file) => TlsTrust::PublicAnd(read_authorities(&file.path).map_err(|invalid| ConfigFault {
            place: file.place.clone(),
            what: invalid.why,
            write: "a PEM file with the certificates of authorities, or no such setting".to_owned(),
        })?),
        None => TlsTrust::Public,
    };
    Ok(Settings {
        trust,
        ..Settings::new(policy)
    })
}

/// Whom our logs ask for the time.
fn time_settings(time: &Time) -> Result<TimeSettings, ConfigFault> {
    let authority = time.authority.as_ref().map(|(address, file)| {
        let certificates = read_authorities(&file.path);
        let anchors = certificates.and_then(|found| Anchors::read(found.iter().map(AsRef::as_ref)));
        let anchors = anchors.map_err(|invalid| ConfigFault {
            place: file.place.clone(),
            what: invalid.why,
            write: "a PEM file with the certificates that vouch for the authority of time".to_owned(),
        })?;
        Ok(TimeAuthority {
            address: address.clone(),
            anchors,
        })
    });
    Ok(TimeSettings {
        authority: authority.transpose()?,
        every_ms: time.every_ms,
        own_authority: time.own_authority,
    })
}

/// The same for what nobody but us names, with the inner networks that are open to that alone.
pub fn inner_settings(egress: &Egress, networks: &[Cidr]) -> Result<Settings, ConfigFault> {
    let mut settings = client_settings(egress)?;
    settings.egress.networks.extend(networks);
    settings.egress.plain_http.extend(networks);
    Ok(settings)
}

fn cannot_open(fault: &StoreFault) -> Failure {
    let failure = Failure::new(fault.to_string());
    match fault {
        StoreFault::RolledBack { .. } => failure.remedy(
            "if this is a restored backup, start once with `--accept-rollback`; peers may know of messages that this copy does not",
        ),
        StoreFault::InUse(_) => failure.remedy("stop the other process, or name another `data` folder"),
        StoreFault::WrongKey { .. } => failure.remedy("put back the node key that this folder was made with"),
        _ => failure,
    }
}
