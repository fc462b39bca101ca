//! `chapar log`: the participant's logs, and what others pin of them.

use super::verify::{compared, read, source, tell, time_authorities, verified};
use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{OwnApi, text};
use chapar_verify::{Demands, Source, copy};
use clap::Subcommand;
use http::Method;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  chapar log show
  chapar log verify                    as everybody else can: chapar verify --help
  chapar log verify --evidence         the private log too, against what the register says of it
  chapar log export --to plant-log     for who checks it elsewhere, or keeps it
  chapar log export --to kept --evidence
  chapar log witness --policy policy.txt --wait
  chapar log witness --afresh 'deadline of the draft rule'
  chapar log rotate-key                          a fresh key for both logs: chapar log rotate-key --help
  chapar log mirrors --look            who keeps a copy of the register, and how much of it
  chapar log recover --from https://kz.example   after a lost disk or an old backup: chapar log recover --help
  chapar log succeed --dry-run        a register that nobody can continue: chapar log succeed --help

The register is public: everybody reads it at its address. Who wants to check it pins its vkey, which you hand over by a way that is
trusted: on paper, by a courier, at a meeting.";

/// What is looked at of a log on a terminal.
const CARD: &[&str] = &[
    "name",
    "origin",
    "address",
    "vkey",
    "logId",
    "state",
    "held.code",
    "held.todo",
    "held.asked",
    "successor.address",
    "successor.vkey",
    "reissue.isDone",
    "reissue.records",
    "reissue.left",
    "size",
    "waiting",
    "root",
    "publishedAt",
    "cosigned",
    "waitingForQuorum",
    "timestamp.at",
    "timestamp.size",
    "timestamp.by",
    "timestamp.verified",
    "timestamp.clockBehindSeconds",
    "timestampObstacle.code",
    "timestampObstacle.why",
    "timestampObstacle.since",
    "timestampObstacle.tries",
];

/// Logs of a participant: show, verify, export, witness, rotate keys, mirrors, recover, succeed
///
/// Each participant has two: the register, which is public and holds its records, and the evidence of its exchanges, which is not.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Log {
    Show(Show),
    Verify(Verify),
    Export(Export),
    Witness(Witness),
    RotateKey(RotateKey),
    Mirrors(Mirrors),
    Recover(Recover),
    Succeed(Succeed),
}

/// Give both logs of the participant a fresh key; it takes an admin's key
///
/// The register names the new key in a key-set that its signing key signs, and mirrors follow by themselves. The keys of before sign on
/// beside the new one, for those who know only them; hand the new vkey over to whoever pins it, witnesses among them.
///
/// With --compromised the keys of before sign nothing any more, and whoever pinned one of them has to pin the new one: until then
/// nothing of the log verifies for him, and a witness that has not got it cosigns nothing.
///
/// Example: chapar log rotate-key
#[derive(clap::Args, Debug)]
pub struct RotateKey {
    /// Others have a key of before, or may.
    #[arg(long)]
    compromised: bool,
    #[command(flatten)]
    api: ApiArgs,
}

/// Show origin, verifier key, size and root of both logs
///
/// Example: chapar log show
#[derive(clap::Args, Debug)]
pub struct Show {
    #[command(flatten)]
    api: ApiArgs,
}

/// Verify the participant's own register at its public address, with its own key
///
/// With --evidence, also the log of evidence: it must begin with every checkpoint of it that was written into the register.
///
/// Example: chapar log verify --evidence
#[derive(clap::Args, Debug)]
pub struct Verify {
    /// The log of evidence, against the register; it takes an admin's key.
    #[arg(long)]
    evidence: bool,
    /// Witnesses that are believed, and how many it takes (C2SP tlog-policy).
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Authorities of time that are believed, as a PEM file: a time stamp by one of them is then demanded (RFC 3161).
    #[arg(long, value_name = "FILE")]
    tsa_ca: Option<PathBuf>,
    /// Certificate authorities to believe besides the public ones, as a PEM file.
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Say which witnesses cosign the register, or show it
///
/// The policy is a file as C2SP tlog-policy has it, with each witness's submission prefix behind its key:
///
///   witness w1 kz.example/witness+10c82b3c+BAbO... https://kz.example/chapar/v1/witness
///   witness w2 ru.example/witness+77a0c14e+BFx1... https://ru.example/chapar/v1/witness
///   group both all w1 w2
///   quorum both
///
/// An unchanged checkpoint is cosigned once a day. With --afresh the witnesses look at their clocks again, at once and for a reason that they keep:
/// so it is seen later that by a deadline nothing more was there.
///
/// Example: chapar log witness --policy policy.txt --wait
/// Example: chapar log witness --afresh 'deadline of the draft rule'
#[derive(clap::Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct Witness {
    /// The file; without it the policy in force is shown.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Publish a checkpoint only when the quorum has cosigned it.
    #[arg(long, requires = "policy")]
    wait: bool,
    /// Have what is published cosigned again, now, and say why: 1 to 200 printable ASCII characters.
    #[arg(long, value_name = "REASON", conflicts_with_all = ["policy", "wait"])]
    afresh: Option<String>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Show by whom the register is mirrored
///
/// A node that mirrors it says so each time that it reads its checkpoint, usually each minute; that is remembered, with when it was said last.
/// What anybody says is only claimed. With --look each of them is asked: one that shows a checkpoint which the register signed has at least
/// that tree.
///
/// Example: chapar log mirrors --look
#[derive(clap::Args, Debug)]
pub struct Mirrors {
    /// Ask each of them what it has; it takes an editor's key.
    #[arg(long)]
    look: bool,
    #[command(flatten)]
    api: ApiArgs,
}

/// Write a copy of a log: its checkpoint, entries, tiles and bodies, as files that chapar verify reads
///
/// Run again, it goes on where it broke off, or fetches what is new. The log of evidence is private and comes without bodies: it shows
/// that nothing was changed or left out, and not what was said.
///
/// Example: chapar log export --to plant-log
#[derive(clap::Args, Debug)]
pub struct Export {
    /// The folder; it is made when it is not there.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// The log of evidence in the place of the register; it takes an admin's key.
    #[arg(long)]
    evidence: bool,
    /// Certificate authorities to believe besides the public ones, as a PEM file.
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Let a held register go on
///
/// A register is held when it may be older than what was published in its name: after `chapar restore`, or when somebody knows more of
/// it than is here. Nothing is added to it and nothing published, for a second history of it would be a lie that everybody can prove. Its
/// witnesses, and the nodes that `[register] hint` names, are asked each minute; where their answers show what was published last, it goes
/// on by itself, and takes what is missing back from those who mirror it. `chapar log show` says what is still missing.
///
/// This asks at once. It names further nodes that mirror the register, or says for good that nobody has more of it.
///
/// Example: chapar log recover --from https://kz.example
#[derive(clap::Args, Debug)]
pub struct Recover {
    /// Public address of a node that mirrors the register; may be said several times.
    #[arg(long, value_name = "URL")]
    from: Vec<String>,
    /// You know that nobody has more of it than is here or can be had, e.g. since nobody ever read it. Where you are wrong, the register
    /// signs a second history, and everybody who mirrors it can prove that.
    #[arg(long)]
    nobody_has_more: bool,
    #[command(flatten)]
    api: ApiArgs,
}

/// End a held register of which nobody can prove what was published last, and begin another in its place
///
/// First `chapar log recover`: where it can be known what was published last, the register goes on as it is. This is for the rest, e.g. a disk
/// that was lost while the register waited for no witnesses. What can be had of it is taken back, then it is closed for ever. Another begins
/// beside it, with a number in its address, a new key and new ids; in it stands a record, signed by a key of the old log and by one of yours,
/// that says so, and every record of the old one that was not withdrawn is issued anew, with a link to the one that it replaces. Those who
/// mirror the old log follow by themselves; in a search only the new records are found, and the old ids say by which they were replaced.
///
/// It cannot be taken back: --dry-run says what it would come to. Witnesses of the old log do not know the new one: its key has to be handed
/// to them, and to everybody who pins it by hand.
///
/// Example: chapar log succeed --from https://kz.example --reason en='The disk was lost.' --dry-run
#[derive(clap::Args, Debug)]
pub struct Succeed {
    /// Public address of a node that mirrors the register; may be said several times.
    #[arg(long, value_name = "URL")]
    from: Vec<String>,
    /// Why it ends, in one language; may be said several times.
    #[arg(long, value_name = "LANG=TEXT")]
    reason: Vec<String>,
    /// Only say what it would come to.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    api: ApiArgs,
}

/// What is looked at of a succession on a terminal.
const SUCCESSION: &[&str] = &[
    "dryRun",
    "ended.origin",
    "ended.size",
    "ended.known",
    "successor.origin",
    "successor.address",
    "successor.vkey",
    "isDone",
    "records",
    "left",
];

impl Succeed {
    async fn run(self) -> Result<(), Failure> {
        let mut body = json!({ "from": self.from, "dryRun": self.dry_run });
        let mut reason = Map::new();
        for one in &self.reason {
            let (language, words) = one.split_once('=').ok_or_else(|| {
                Failure::new(format!("`{one}` names no language")).remedy("e.g. --reason en='The disk was lost.'")
            })?;
            reason.insert(language.to_owned(), words.into());
        }
        if let (false, Some(members)) = (reason.is_empty(), body.as_object_mut()) {
            members.insert("reason".to_owned(), reason.into());
        }
        let api = self.api.open()?;
        let shown = api.ask(Method::POST, "/logs/register/successor", Some(&body)).await?;
        self.api.show(&shown, SUCCESSION);
        Ok(())
    }
}

impl Recover {
    async fn run(self) -> Result<(), Failure> {
        let body = json!({ "from": self.from, "nobodyHasMore": self.nobody_has_more });
        let shown = self
            .api
            .open()?
            .ask(Method::POST, "/logs/register/recovery", Some(&body))
            .await?;
        self.api.show(&shown, CARD);
        Ok(())
    }
}

impl Witness {
    async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        if let Some(reason) = &self.afresh {
            return self.cosign_afresh(&api, reason).await;
        }
        let shown = match &self.policy {
            Some(file) => {
                let policy = std::fs::read_to_string(file)
                    .map_err(|error| Failure::new(format!("`{}` cannot be read: {error}", file.display())))?;
                let body = json!({ "policy": policy, "wait": self.wait });
                api.ask(Method::PUT, "/logs/register/policy", Some(&body)).await?
            }
            None => api.read("/logs/register/policy").await?,
        };
        self.api.show(&shown, &["wait", "policy"]);
        Ok(())
    }

    async fn cosign_afresh(&self, api: &OwnApi, reason: &str) -> Result<(), Failure> {
        let body = json!({ "reason": reason });
        let done = api
            .ask(Method::POST, "/logs/register/cosignatures", Some(&body))
            .await?;
        let witnesses = done.get("witnesses").and_then(Value::as_array);
        let witnesses = witnesses.map_or(&[][..], Vec::as_slice);
        if self.api.json {
            show::json(&done);
        } else {
            show::table(
                witnesses,
                &["witness", "isFresh", "at", "why"],
                "the policy names no witness",
            );
        }
        match witnesses
            .iter()
            .all(|one| one.get("isFresh") == Some(&Value::Bool(true)))
        {
            true => Ok(()),
            false => Err(Failure::new("not every witness cosigned now")
                .remedy("ask again in a moment; a day later they do so by themselves")),
        }
    }
}

impl Mirrors {
    async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let known = match self.look {
            true => api.ask(Method::POST, "/logs/register/mirrors/look", None).await?,
            false => api.read("/logs/register/mirrors").await?,
        };
        let items = known
            .get("items")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        if self.api.json {
            show::json(&Value::Array(items.to_vec()));
            return Ok(());
        }
        let columns = ["state", "size", "lag", "ageSeconds", "claimedAt", "address"];
        show::table(items, &columns, "nobody has said so");
        Ok(())
    }
}

impl Log {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Show(show) => show.run().await,
            Self::Verify(verify) => verify.run().await,
            Self::Export(export) => export.run().await,
            Self::Witness(witness) => witness.run().await,
            Self::RotateKey(rotate) => rotate.run().await,
            Self::Mirrors(mirrors) => mirrors.run().await,
            Self::Recover(recover) => recover.run().await,
            Self::Succeed(succeed) => succeed.run().await,
        }
    }
}

impl Show {
    async fn run(self) -> Result<(), Failure> {
        let items = self.api.open()?.list("/logs").await?;
        if self.api.json {
            show::json(&Value::Array(items));
            return Ok(());
        }
        for (number, log) in items.iter().enumerate() {
            if number > 0 {
                outln!();
            }
            show::card(log, CARD);
        }
        Ok(())
    }
}

impl RotateKey {
    async fn run(self) -> Result<(), Failure> {
        let body = json!({ "compromised": self.compromised });
        let logs = self.api.open()?.ask(Method::POST, "/logs/keys", Some(&body)).await?;
        let logs = logs.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
        self.api.show_all(logs, &["name", "vkey"], "no log");
        Ok(())
    }
}

impl Verify {
    async fn run(self) -> Result<(), Failure> {
        let log = register(&self.api).await?;
        let policy = self.policy.as_deref().map(read).transpose()?;
        let demands = Demands {
            time: self.tsa_ca.as_deref().map(time_authorities).transpose()?,
            ..Demands::read(good_keys(&log), policy.as_deref(), None)?
        };
        let source = source(text(&log, "address"), self.authorities.as_deref())?;
        let said = match self.evidence {
            true => {
                let evidence = Source::Address(Box::new(self.api.open()?.evidence_log()));
                compared(&evidence, &source, &demands).await?
            }
            false => verified(&source, &demands).await?,
        };
        tell(&said, self.api.json)
    }
}

/// The keys of a log that were not given up as compromised. After a rotation the newest one has signed nothing yet, while a checkpoint waits
/// for its witnesses.
fn good_keys(log: &Value) -> Vec<&str> {
    let keys = log.get("keys").and_then(Value::as_array).into_iter().flatten();
    let good = keys.filter(|key| key.get("isCompromised").and_then(Value::as_bool) != Some(true));
    good.map(|key| text(key, "vkey"))
        .filter(|vkey| !vkey.is_empty())
        .collect()
}

impl Export {
    async fn run(self) -> Result<(), Failure> {
        let (log, source) = self.log().await?;
        let bar = show::entries_bar();
        let copied = copy(&source, &self.to, &|done, size| show::advance(&bar, done, size)).await;
        bar.finish_and_clear();
        let copied = copied?;
        outln!(
            "{}  {} entries  {} files written, {} kept",
            self.to.display(),
            copied.size,
            copied.written,
            copied.kept
        );
        outln!(
            "verify it: chapar verify {} --vkey {}",
            self.to.display(),
            text(&log, "vkey")
        );
        Ok(())
    }

    /// What the node tells of the log, and where it is read.
    async fn log(&self) -> Result<(Value, Source), Failure> {
        if self.evidence {
            let source = Source::Address(Box::new(self.api.open()?.evidence_log()));
            return Ok((named(&self.api, "evidence").await?, source));
        }
        let log = register(&self.api).await?;
        let source = source(text(&log, "address"), self.authorities.as_deref())?;
        Ok((log, source))
    }
}

/// A log of the participant.
async fn named(api: &ApiArgs, name: &str) -> Result<Value, Failure> {
    let logs = api.open()?.list("/logs").await?;
    let log = logs.into_iter().find(|log| text(log, "name") == name);
    log.ok_or_else(|| Failure::new("the participant has no log"))
}

/// The public log; it has an address once something is in it.
async fn register(api: &ApiArgs) -> Result<Value, Failure> {
    let log = named(api, "register").await?;
    match text(&log, "address").is_empty() {
        false => Ok(log),
        true => Err(Failure::new("nothing of the register is published yet").untold()),
    }
}
