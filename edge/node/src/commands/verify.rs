//! `chapar verify`: a log, a copy of one, or a record with its proof. The rules are `chapar_verify`'s.
//!
//! It asks no node of ours and needs no key of one: who does not trust this program checks the same bytes with another
//! (`docs/formats/`).

use super::show;
use crate::Failure;
use crate::own_api::everywhere;
use chapar_client::{Client, Settings, TlsTrust, read_authorities};
use chapar_runtime::Anchors;
use chapar_suite_international::International;
use chapar_verify::{
    Address, Beside, Demands, FirstUse, Folder, Said, Source, verify_evidence, verify_log, verify_record,
};
use clap::Args;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  chapar verify https://uz.example/plant/log --vkey VKEY
  chapar verify plant-log --vkey VKEY                          a folder, without a network: chapar log export
  chapar verify water.record-proof --vkey VKEY --body water.body.json
  chapar verify water.record-proof --policy states.policy --log plant-log
  chapar verify https://uz.example/plant/log --trust-on-first-use
  chapar verify plant-log --vkey VKEY --tsa-ca time.pem        and when it was there, by an authority of time
  chapar verify kept --register https://uz.example/plant/log --vkey VKEY      evidence: chapar log export --evidence

Evidence is private, and its owner writes its checkpoints into the public register, at least once an hour by itself. With --register the
evidence that you were shown is held against each of them: what was rewritten or dropped since is broken, and a checkpoint that came
late is told. The key is then the register's, which vouches for that of the evidence.

It reads the checkpoint, every entry, every tile of hashes and every body, and says what is

  proven     it follows from the bytes and from the key that you gave
  asserted   its author says so, and nothing else does
  unknown    what was shown does not tell
  broken     it is not so

The key comes by a way that you trust: on paper, by a courier, at a meeting. Its owner reads it with: chapar log show
A policy names logs and witnesses with their keys, and how many witnesses it takes (C2SP tlog-policy).

Exit code: 0 all holds; 1 something is broken, or something that is needed is unknown; 2 it could not be looked at.";

/// Longest proof read, and longest file beside one.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Verify a log, a copy of one in a folder, or a record with its proof
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Verify {
    /// The address of a log, a folder with a copy of one, or a file `*.record-proof`.
    #[arg(value_name = "URL|DIR|FILE")]
    what: String,
    #[command(flatten)]
    terms: Terms,
    /// Of a record: its body, in a file.
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// Of a record: its log, for the keys that sign records.
    #[arg(long, value_name = "URL|DIR")]
    log: Option<String>,
    /// Of evidence: the register of its owner, which holds checkpoints of it.
    #[arg(long, value_name = "URL|DIR")]
    register: Option<String>,
}

/// Whose word counts, and how the outcome is shown.
#[derive(Args, Debug)]
struct Terms {
    /// The log's key, as its owner told it. May be given several times: each is for the log that it names.
    #[arg(long, value_name = "VKEY")]
    vkey: Vec<String>,
    /// Logs and witnesses that are believed, and how many witnesses it takes (C2SP tlog-policy).
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Whose log or record it must be.
    #[arg(long, value_name = "ID")]
    participant: Option<String>,
    /// Authorities of time that are believed, as a PEM file: a time stamp by one of them is then demanded (RFC 3161).
    #[arg(long, value_name = "FILE")]
    tsa_ca: Option<PathBuf>,
    /// Take the key that the log shows itself. What rests on it is asserted, not proven.
    #[arg(long)]
    trust_on_first_use: bool,
    /// Certificate authorities to believe besides the public ones, as a PEM file.
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
    /// Print JSON: each statement with its code, its standing and its parameters.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub async fn run(self) -> Result<(), Failure> {
        let demands = self.terms.demands()?;
        let is_proof = Path::new(&self.what).is_file();
        if !is_proof && (self.body.is_some() || self.log.is_some()) {
            return Err(Failure::new("--body and --log go with the proof of a record").untold());
        }
        if is_proof && self.register.is_some() {
            return Err(Failure::new("--register goes with a log of evidence").untold());
        }
        let said = match (is_proof, &self.register) {
            (true, _) => self.record(&demands).await?,
            (false, None) => self.log_at(&self.what, &demands).await?,
            (false, Some(register)) => {
                let [evidence, register] = [&self.what, register].map(|place| self.source(place));
                compared(&evidence?, &register?, &demands).await?
            }
        };
        tell(&said, self.terms.json)
    }

    async fn log_at(&self, place: &str, demands: &Demands) -> Result<Said, Failure> {
        verified(&self.source(place)?, demands).await
    }

    fn source(&self, place: &str) -> Result<Source, Failure> {
        source(place, self.terms.authorities.as_deref())
    }

    async fn record(&self, demands: &Demands) -> Result<Said, Failure> {
        let proof = read(Path::new(&self.what))?;
        let body = self.body.as_deref().map(read).transpose()?;
        let log = match &self.log {
            Some(log) => Some(self.log_at(log, demands).await?),
            None => None,
        };
        let state = log.as_ref().map(|log| {
            let state = log.state.as_ref().filter(|_| log.verdict().is_good());
            state.ok_or_else(|| {
                Failure::new("the log is not verified, so its keys say nothing")
                    .remedy("verify it first, to see why")
                    .untold()
            })
        });
        let state = state.transpose()?;
        let beside = Beside {
            body: body.as_deref(),
            keys: state.map(|state| state.keys()),
        };
        let said = verify_record(&International, &proof, beside, demands);
        said.map_err(|invalid| Failure::from(invalid).untold())
    }
}

impl Terms {
    fn demands(&self) -> Result<Demands, Failure> {
        let policy = self.policy.as_deref().map(read).transpose()?;
        let vkeys = self.vkey.iter().map(String::as_str);
        let demands = Demands::read(vkeys, policy.as_deref(), self.participant.as_deref());
        let first_use = match self.trust_on_first_use {
            true => FirstUse::Trusted,
            false => FirstUse::Refused,
        };
        let time = self.tsa_ca.as_deref().map(time_authorities).transpose()?;
        demands
            .map(|demands| Demands {
                first_use,
                time,
                ..demands
            })
            .map_err(|invalid| Failure::from(invalid).untold())
    }
}

/// The authorities of time in a PEM file.
pub(super) fn time_authorities(file: &Path) -> Result<Anchors, Failure> {
    let certificates = read_authorities(file).map_err(|invalid| Failure::from(invalid).untold())?;
    Anchors::read(certificates.iter().map(AsRef::as_ref)).map_err(|invalid| Failure::from(invalid).untold())
}

/// Verifies a log, with a bar for who waits.
pub(super) async fn verified(source: &Source, demands: &Demands) -> Result<Said, Failure> {
    let bar = show::entries_bar();
    let said = verify_log(&International, source, demands, &|done, size| {
        show::advance(&bar, done, size)
    })
    .await;
    bar.finish_and_clear();
    Ok(said?)
}

/// Verifies a log of evidence and compares it with the register of its owner, with a bar for who waits.
pub(super) async fn compared(evidence: &Source, register: &Source, demands: &Demands) -> Result<Said, Failure> {
    let bar = show::entries_bar();
    let advance = |done, size| show::advance(&bar, done, size);
    let said = verify_evidence(&International, evidence, register, demands, &advance).await;
    bar.finish_and_clear();
    Ok(said?)
}

/// Says what was found, and fails where not all holds.
pub(super) fn tell(said: &Said, json: bool) -> Result<(), Failure> {
    if json {
        show::json(&said.json());
    } else {
        said.lines().iter().for_each(|line| outln!("{line}"));
    }
    match said.verdict().is_good() {
        true => Ok(()),
        false => Err(Failure::new("not verified")),
    }
}

/// The log at an address or in a folder.
pub(super) fn source(place: &str, authorities: Option<&Path>) -> Result<Source, Failure> {
    if !(place.starts_with("https://") || place.starts_with("http://")) {
        return match Path::new(place).is_dir() {
            true => Ok(Source::Folder(Folder::new(place))),
            false => Err(Failure::new(format!("`{place}` is no address, and no folder or file is there")).untold()),
        };
    }
    let trust = match authorities {
        Some(file) => TlsTrust::PublicAnd(read_authorities(file).map_err(|invalid| Failure::from(invalid).untold())?),
        None => TlsTrust::Public,
    };
    let client = Client::new(Settings {
        trust,
        ..Settings::new(everywhere()?)
    })?;
    Ok(Source::Address(Box::new(Address::new(client, place))))
}

/// The bytes of a file that a person named.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |why: String| Failure::new(format!("`{}`: {why}", file.display())).untold();
    let bytes = std::fs::metadata(file)
        .map_err(|error| failed(error.to_string()))?
        .len();
    if bytes > FILE_BYTES {
        return Err(failed(format!("is longer than {FILE_BYTES} bytes")));
    }
    std::fs::read(file).map_err(|error| failed(error.to_string()))
}
