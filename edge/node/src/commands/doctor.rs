//! `chapar doctor`: looks at everything that a node needs, one line each: ok, warn or fail, and what to do.
//!
//! It changes nothing: the store is looked at, not opened, and the file that tries the folder is removed again. With the node
//! running it asks the node instead.

use crate::Failure;
use crate::assemble::client_settings;
use crate::config::{Config, Listener, environment};
use crate::{node_key, operator_key};
use bytes::Bytes;
use chapar_client::{Client, Incoming, Loopback, Outgoing, Settings};
use chapar_store::{Look, Store, StoreFault};
use clap::Args;
use http::{HeaderMap, Method, StatusCode};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const EXAMPLES: &str = "\
Example:
  chapar doctor --config chapar.toml

Run it before the first start, after every change of the configuration, and when something is odd. The exit code is 0 when nothing fails.";

/// The clock may be so far from that of the outside, in seconds: peers refuse tokens beyond their skew of a minute.
const SKEW_S: u64 = 30;
/// The earliest time that a clock can rightly show: this program is not older (2026-01-01T00:00:00Z).
const EARLIEST_S: u64 = 1_767_225_600;
const DEADLINE: Duration = Duration::from_secs(5);

/// Check a node's configuration, folder, key, store, ports and address
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Doctor {
    /// The configuration file.
    #[arg(long, env = "CHAPAR_CONFIG", value_name = "FILE")]
    config: PathBuf,
}

/// What was found about one thing.
enum Finding {
    Ok(String),
    Warn(String),
    Fail(String),
}

use Finding::{Fail, Ok as Fine, Warn};

/// What has been found so far.
#[derive(Default)]
struct Report {
    failed: usize,
}

impl Report {
    fn say(&mut self, about: &str, finding: Finding) {
        let (word, text) = match finding {
            Fine(text) => ("ok", text),
            Warn(text) => ("warn", text),
            Fail(text) => {
                self.failed += 1;
                ("fail", text)
            }
        };
        outln!("{word:<5} {about:<14} {}", text.replace('\n', " "));
    }
}

impl Doctor {
    pub async fn run(self) -> Result<(), Failure> {
        let mut report = Report::default();
        match Config::load(&self.config, &environment) {
            Err(fault) => report.say("configuration", Fail(fault.to_string())),
            Ok(config) => {
                report.say(
                    "configuration",
                    Fine(format!("{} is understood", self.config.display())),
                );
                for warning in &config.warnings {
                    report.say("configuration", Warn(warning.clone()));
                }
                look(&config, &mut report).await;
            }
        }
        match report.failed {
            0 => Ok(()),
            1 => Err(Failure::new("1 check failed")),
            many => Err(Failure::new(format!("{many} checks failed"))),
        }
    }
}

async fn look(config: &Config, report: &mut Report) {
    report.say("data folder", folder(&config.data));
    report.say("node key", key(&config.data));
    report.say("operator key", operators(&config.data));
    let (finding, running) = store(config).await;
    report.say("store", finding);
    for (about, listener) in [("public port", &config.public), ("private port", &config.private)] {
        report.say(about, port(listener, running));
        if let Some(tls) = &listener.tls {
            report.say("certificate", certificate(tls));
        }
    }
    report.say("public_url", reachable(config, running).await);
    report.say("clock", clock(config).await);
}

fn folder(data: &Path) -> Finding {
    let place = data.display();
    let Ok(metadata) = std::fs::metadata(data) else {
        return Warn(format!("{place} is not there: the first start makes it"));
    };
    if !metadata.is_dir() {
        return Fail(format!("{place} is no folder: write another `data`"));
    }
    let probe = data.join(".doctor");
    if let Err(error) = std::fs::write(&probe, b"") {
        return Fail(format!(
            "{place} cannot be written ({error}): give it to the user that runs the node"
        ));
    }
    // A probe that stays does no harm and is written over next time.
    let _ = std::fs::remove_file(&probe);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Warn(format!(
                "{place} can be read by other users of this machine: chmod 700 {place}"
            ));
        }
    }
    Fine(format!("{place} can be written, by its owner alone"))
}

fn key(data: &Path) -> Finding {
    if environment(node_key::VARIABLE).is_some() {
        return match node_key::load_or_make(data, environment(node_key::VARIABLE)) {
            Ok(_) => Fine(format!("from {}", node_key::VARIABLE)),
            Err(failure) => Fail(failure.to_string()),
        };
    }
    let file = node_key::file(data);
    if !file.exists() && !data.join("chapar.db").exists() {
        return Warn("is not there: the first start makes it; keep a copy elsewhere then".to_owned());
    }
    match node_key::load_or_make(data, None) {
        Ok(_) => Fine(format!(
            "{} is readable by its owner alone; is there a copy elsewhere?",
            file.display()
        )),
        Err(failure) => Fail(failure.to_string()),
    }
}

fn operators(data: &Path) -> Finding {
    let file = operator_key::file(data);
    if !file.exists() {
        return Warn(format!(
            "{} is not there: made at the first start, or moved away since",
            file.display()
        ));
    }
    match node_key::check_rights(&file) {
        Ok(()) => Fine(format!("{} is readable by its owner alone", file.display())),
        Err(failure) => Fail(failure.to_string()),
    }
}

/// Whether the store would open, and whether a node has it open.
async fn store(config: &Config) -> (Finding, bool) {
    if !config.data.join("chapar.db").exists() {
        return (Warn("there is none yet: the first start makes it".to_owned()), false);
    }
    let key = match node_key::load_or_make(&config.data, environment(node_key::VARIABLE)) {
        Ok(key) => key,
        Err(failure) => return (Fail(failure.to_string()), false),
    };
    match Store::look(&config.data, &key).await {
        Ok(Look::Current { participants }) => (
            Fine(format!("opens under the node key; {participants} participants")),
            false,
        ),
        Ok(Look::Older { migrations }) => (
            Warn(format!(
                "is of an older schema: the next start brings it up by {migrations} migrations; copy {} before",
                config.data.display()
            )),
            false,
        ),
        Err(StoreFault::InUse(_)) => (Fine("is open: the node runs".to_owned()), true),
        Err(fault) => (Fail(fault.to_string()), false),
    }
}

fn port(listener: &Listener, running: bool) -> Finding {
    let address = listener.listen;
    match std::net::TcpListener::bind(address) {
        Ok(_) if running => Fail(format!(
            "{address} is free although the node runs: it was started with another configuration"
        )),
        Ok(_) => Fine(format!("{address} is free")),
        Err(error) if running && error.kind() == std::io::ErrorKind::AddrInUse => {
            Fine(format!("{address} is the node's"))
        }
        Err(error) => Fail(format!(
            "{address} cannot be opened ({error}): stop what listens there, or write another `listen`"
        )),
    }
}

fn certificate(tls: &crate::config::TlsFiles) -> Finding {
    match crate::certificate::read(tls) {
        Ok(_) => Fine(format!(
            "{} and its key belong together",
            tls.certificate.path.display()
        )),
        Err(fault) => Fail(fault.to_string()),
    }
}

async fn reachable(config: &Config, running: bool) -> Finding {
    let url = format!("{}/.well-known/dspace-version", config.public_url);
    if !running {
        return Warn(format!("{} is asked only while the node runs", config.public_url));
    }
    match ask(config, &url).await {
        // 404 is the answer of a node with no participant or with several: it is this door all the same.
        Ok(answer) if matches!(answer.status, StatusCode::OK | StatusCode::NOT_FOUND) => {
            Fine(format!("{} answers", config.public_url))
        }
        Ok(answer) => Warn(format!(
            "{url} answers {}: is it this node, and does a proxy pass it on?",
            answer.status
        )),
        Err(why) => Fail(format!(
            "{} does not answer ({why}): peers cannot reach this node there",
            config.public_url
        )),
    }
}

/// The clock against sense, and against whoever answers at the public address with a `Date`.
async fn clock(config: &Config) -> Finding {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    if now < EARLIEST_S {
        return Fail("stands before this program was made: set it, and keep it set (NTP)".to_owned());
    }
    let Ok(answer) = ask(config, &config.public_url).await else {
        return Fine("is sane; nothing outside to compare with".to_owned());
    };
    let date = answer
        .headers
        .get(http::header::DATE)
        .and_then(|value| value.to_str().ok());
    let Some(there) = date.and_then(http_date_s) else {
        return Fine("is sane; nothing outside to compare with".to_owned());
    };
    match now.abs_diff(there) {
        apart if apart <= SKEW_S => Fine("agrees with the public address".to_owned()),
        apart => Fail(format!(
            "is {apart} s from that of the public address: peers will refuse our tokens; set it (NTP)"
        )),
    }
}

async fn ask(config: &Config, url: &str) -> Result<Incoming, String> {
    let settings = client_settings(&config.egress).map_err(|fault| fault.to_string())?;
    // The node's own address is asked, whatever it is.
    let egress = chapar_client::EgressPolicy {
        loopback: Loopback::Allowed,
        ..settings.egress
    };
    let client = Client::new(Settings { egress, ..settings }).map_err(|invalid| invalid.to_string())?;
    let outgoing = Outgoing {
        method: Method::GET,
        url: url.to_owned(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        deadline: DEADLINE,
        max_response_bytes: 64 * 1024,
    };
    client.send(outgoing).await.map_err(|fault| fault.to_string())
}

/// Seconds of the Unix epoch of an HTTP date, e.g. `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
fn http_date_s(text: &str) -> Option<u64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut words = text.split(' ').skip(1);
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let month = MONTHS.find(month)? / 3 + 1;
    let instant = chapar_terms::Instant::parse_rfc3339(&format!("{year}-{month:02}-{day}T{time}Z")).ok()?;
    u64::try_from(instant.unix_s()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates_are_read() {
        assert_eq!(http_date_s("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(http_date_s("yesterday"), None);
    }
}
