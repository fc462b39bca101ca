//! `chapar serve`: one node from a configuration file, until it is told to end.

use crate::Failure;
use crate::assemble::Node;
use crate::config::{Config, environment};
use crate::{certificate, logging, serve};
use chapar_store::Rollback;
use clap::Args;
use std::path::PathBuf;
use tokio::sync::watch;

const EXAMPLES: &str = "\
Examples:
  chapar serve --config chapar.toml
  CHAPAR_LOG=debug chapar serve --config chapar.toml

A small configuration:
  public_url = \"https://node.example.org\"   # part of every identity; choose it once
  data = \"./data\"
  [public]
  listen = \"0.0.0.0:8443\"
  [public.tls]
  certificate = \"cert.pem\"
  key = \"key.pem\"
  [private]
  listen = \"127.0.0.1:8444\"                 # own API, health, metrics: keep it inside

Further tables, with what stands there by itself:
  profile = \"production\"                    # \"development\" for test kits, on loopback only
  languages = [\"ru\", \"zh\", \"en\"]           # of the portal, at the public address; the first to whoever asks for none of them.
                                            # be, fa, hi, kk, ky, tg, ur and uz are drafts: each page says so
  # in [public] and in [private]:
  connections_per_address = 256             # closed at once beyond. Not bounded by itself where `listen` is loopback: there a
                                            # proxy speaks for everybody. For a proxy on another machine write 1024, which is all
  [egress]
  loopback = false                          # true to call nodes on this machine
  allow = []                                # private networks with peers, e.g. \"10.1.0.0/16\"
  sources = []                              # private networks with sources of data: open to data addresses of our own assets, closed
                                            # to what a peer names, as the place of a push
  callbacks = []                            # private networks with back ends: open to `callbackAddresses`, closed to all else
  plain_http = []                           # networks to which http without TLS is permitted
  did_plain_http = []                       # hosts whose DID documents are fetched by it, e.g. \"10.1.0.7:8080\"; https for all
                                            # others. A public_url in http needs its host here. Without TLS anybody on the way
                                            # can put keys of his own into an identity: only for closed networks
  authorities = \"national-ca.pem\"           # besides the public certificate authorities
  [log]
  format = \"human\"                          # or \"json\"
  level = \"info\"
  [quota]                                   # per address at the public door, 429 beyond
  per_second = 2000
  burst = 10000
  open_cases = 10000                        # negotiations, and transfers, that one peer may have open with one participant
  [delivery]
  retry_base_ms = 500
  [timeouts]
  callback_s = 3600                         # how long it is tried to tell a callback address of an event
  negotiation_s = 2592000                   # how long a negotiation may stay in one state, whoever is to move, before it is
                                            # terminated: 30 days by itself; 0 is for ever, as for the two below
  transfer_start_s = 604800                 # how long a transfer that was asked for may take to start: a week by itself
  transfer_suspended_s = 0                  # how long a transfer may stay suspended
  [register]
  publish_ms = 200                          # how soon what is committed to a public log is published
  evidence_ms = 1000                        # the same for the log of evidence
  evidence_checkpoint_s = 3600              # how often a checkpoint of the evidence is written into the register
  mirror_every_s = 60                       # how often a mirrored log is looked at when nobody says that it grew
  hint = []                                 # nodes to tell when a log of ours grew, besides those whose logs we mirror, e.g. \"https://kz.example\"
  [time]                                    # an authority of time (RFC 3161) stamps what our logs publish; none by itself
  authority = \"https://tsa.example/tsr\"    # where it is asked; over http where egress permits that
  ca = \"time.pem\"                         # the certificates that vouch for it
  every_s = 60                              # how often a log asks at most
  own_authority = false                     # true to be one, at /chapar/v1/time: for demonstrations, not qualified
  [objects]                                 # S3-compatible storage for the tiles of logs; none by itself: they lie in `data`
  endpoint = \"https://s3.inner.example\"    # without the bucket; it must heed If-None-Match, which is tried at the start
  bucket = \"chapar-tiles\"                 # is there already
  region = \"us-east-1\"
  prefix = \"\"                             # of all names: nodes that share a bucket need one each
  access_key = \"chapar\"
  secret_key_file = \"s3.key\"

The environment stands above the file; entries of a list stand between commas:
  CHAPAR_PUBLIC_URL, CHAPAR_PROFILE, CHAPAR_DATA, CHAPAR_LANGUAGES
  CHAPAR_PUBLIC_LISTEN, CHAPAR_PUBLIC_CONNECTIONS_PER_ADDRESS, CHAPAR_PUBLIC_TLS_CERTIFICATE, CHAPAR_PUBLIC_TLS_KEY
  CHAPAR_PRIVATE_LISTEN, CHAPAR_PRIVATE_CONNECTIONS_PER_ADDRESS, CHAPAR_PRIVATE_TLS_CERTIFICATE, CHAPAR_PRIVATE_TLS_KEY
  CHAPAR_EGRESS_LOOPBACK, CHAPAR_EGRESS_ALLOW, CHAPAR_EGRESS_SOURCES, CHAPAR_EGRESS_CALLBACKS, CHAPAR_EGRESS_PLAIN_HTTP, \
CHAPAR_EGRESS_DID_PLAIN_HTTP, CHAPAR_EGRESS_AUTHORITIES
  CHAPAR_LOG (the level), CHAPAR_LOG_FORMAT
  CHAPAR_QUOTA_PER_SECOND, CHAPAR_QUOTA_BURST, CHAPAR_QUOTA_OPEN_CASES, CHAPAR_DELIVERY_RETRY_BASE_MS
  CHAPAR_TIMEOUTS_CALLBACK_S, CHAPAR_TIMEOUTS_NEGOTIATION_S, CHAPAR_TIMEOUTS_TRANSFER_START_S, \
CHAPAR_TIMEOUTS_TRANSFER_SUSPENDED_S
  CHAPAR_REGISTER_PUBLISH_MS, CHAPAR_REGISTER_EVIDENCE_MS, \
CHAPAR_REGISTER_EVIDENCE_CHECKPOINT_S, CHAPAR_REGISTER_MIRROR_EVERY_S, CHAPAR_REGISTER_HINT, \
CHAPAR_REGISTER_OFFERS, CHAPAR_REGISTER_ALARM_AS
  CHAPAR_TIME_AUTHORITY, CHAPAR_TIME_CA, CHAPAR_TIME_EVERY_S, CHAPAR_TIME_OWN_AUTHORITY
  CHAPAR_OBJECTS_ENDPOINT, CHAPAR_OBJECTS_BUCKET, CHAPAR_OBJECTS_REGION, CHAPAR_OBJECTS_PREFIX, CHAPAR_OBJECTS_ACCESS_KEY, \
CHAPAR_OBJECTS_SECRET_KEY_FILE
Relative paths begin at the folder of the configuration file, in variables too.

The node key is in CHAPAR_NODE_KEY (64 hexadecimal digits) or in the file node.key of the data folder, made at the first start: \
keep a copy, for without it the data cannot be read.

A renewed certificate is taken at SIGHUP (`kill -HUP`), for new connections; when the new files are unusable, the node says so in its log \
and stays with the old ones.

The first start also writes operator.key, the key to `chapar participant add`. When the node is ready it prints one line:
  ready public=http://127.0.0.1:8443 private=http://127.0.0.1:8444";

/// Run a node
///
/// Opens the data folder, listens on two addresses (peers and readers; the operator) and serves until SIGINT or SIGTERM. Whoever opens the
/// public address in a browser sees the portal. Requests under way are finished at the end; a second signal ends at once.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Serve {
    /// The configuration file.
    #[arg(long, env = "CHAPAR_CONFIG", value_name = "FILE")]
    config: PathBuf,
    /// Start once with a store that is older than its folder remembers, as after `chapar restore`.
    #[arg(long)]
    accept_rollback: bool,
}

impl Serve {
    pub async fn run(self) -> Result<(), Failure> {
        let config = Config::load(&self.config, &environment)?;
        logging::start(&config.log);
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        // The sockets come first: what peers send while the house is loaded waits in the system's queue.
        let doors = serve::Doors::open(&config).await?;
        let rollback = if self.accept_rollback {
            Rollback::Accept
        } else {
            Rollback::Refuse
        };
        let node = Node::assemble(&config, rollback).await?;
        let mut signals = serve::Signals::listen()?;
        #[cfg(unix)]
        certificate::renew_at_hangup(doors.certificates())?;
        tracing::info!(
            public_url = config.public_url,
            participants = node.runtime.everyone().len(),
            operator_key = %node.operator_key.display(),
            "ready"
        );
        // Who started it may have closed the pipe: a node serves whether or not somebody reads this.
        let _ = crate::out::write(format_args!("{}\n", doors.ready_line()));
        let (end, ended) = watch::channel(false);
        tokio::spawn(async move {
            signals.next().await;
            tracing::info!("ending: no new connections, requests under way are finished");
            end.send_replace(true);
            signals.then_at_once();
        });
        let drained = serve::serve(node, doors, config.quota, ended).await;
        tracing::info!(cut_off = drained.cut_off, "ended");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn the_help_lists_every_variable() {
        let file = std::env::temp_dir().join(format!("chapar-help-{}.toml", uuid::Uuid::new_v4()));
        std::fs::write(&file, "public_url = \"https://node.example.org\"").unwrap();
        let asked = RefCell::new(Vec::new());
        let nothing = |name: &str| {
            asked.borrow_mut().push(name.to_owned());
            None
        };
        Config::load(&file, &nothing).unwrap();
        std::fs::remove_file(file).unwrap();
        let words: Vec<&str> = EXAMPLES.split([' ', ',', '\n']).collect();
        for variable in asked.into_inner() {
            assert!(words.contains(&variable.as_str()), "{variable}");
        }
    }
}
