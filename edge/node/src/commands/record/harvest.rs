//! `chapar record harvest`: the datasets of a catalogue in DCAT or CKAN as the participant's own records.
//!
//! Run again, it publishes what has changed, as further versions, and withdraws what the catalogue says it took back. What the catalogue
//! does not list any more is told and stays: a portal that is half down must not empty a register.

use super::bulk::{Batch, Numbered, Outcome, confirmed, not_confirmed};
use crate::Failure;
use crate::commands::{ApiArgs, show};
use crate::own_api::{OwnApi, everywhere, segment};
use chapar_client::{Client, Settings, TlsTrust, read_authorities};
use chapar_harvest::{Form, Found, LeftOut, Page, Place, Rules, local_name, read};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  chapar record harvest https://data.example/catalog.ttl --format dcat --dry-run --to drafts.jsonl
  chapar record harvest https://data.example --format ckan --map map.toml --state harvest.json --no-personal-data
  chapar record harvest packages.json --format ckan --no-personal-data

A map says what the catalogue does not:

  language = \"ru\"                                  of texts that bear none
  publisher = \"Водоканал (пример)\"                 of datasets that name none
  spatial = [\"KZ\"]                                 the states covered, where it is not said
  [theme]                                          groups or themes of the catalogue, and the topics that they are
  water = \"http://publications.europa.eu/resource/authority/data-theme/ENVI\"
  [license]
  cc-by = \"https://creativecommons.org/licenses/by/4.0/\"

Contacts that may be persons, authors and maintainers are left out and counted. A dataset whose texts hold an e-mail address or a telephone
number is refused by the node and told.";

/// Names of what is missing that are shown to a person: who wants all of them asks for JSON.
const SHOWN: usize = 20;

/// Publish the datasets of another catalogue as own records
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Harvest {
    /// The address of a DCAT catalogue or of a CKAN site, or a file with a page of either.
    #[arg(value_name = "URL|FILE")]
    what: String,
    /// How the catalogue speaks.
    #[arg(long, value_enum)]
    format: Speech,
    /// What the catalogue does not say itself.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Publish nothing; say what there is and what the node would refuse, and write the drafts with --to.
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: where the drafts go, one a line, as chapar record publish-all takes them.
    #[arg(long, value_name = "FILE", requires = "dry_run")]
    to: Option<PathBuf>,
    /// Remembers which datasets there were, so that the next harvest tells which are there no more.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    state: Option<PathBuf>,
    /// Where to write what was refused, one line each; the terminal when left out.
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// You have looked: the catalogue tells of no person but in contacts, which are left out. Records cannot be taken back from the world.
    #[arg(long)]
    no_personal_data: bool,
    /// Certificate authorities to believe besides the public ones, as a PEM file.
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Speech {
    Dcat,
    Ckan,
}

/// What came of a catalogue.
#[derive(Default)]
struct Harvested {
    outcome: Outcome,
    batch: Batch,
    /// The id behind each number in the outcome.
    ids: Vec<String>,
    /// Every id that the catalogue names, taken back or not.
    named: BTreeSet<String>,
    drafts: Vec<Value>,
    withdrawn: u64,
    left_out: LeftOut,
    refused: Vec<(String, String)>,
}

impl Harvest {
    pub async fn run(self) -> Result<(), Failure> {
        if !(self.dry_run || self.no_personal_data) {
            return Err(not_confirmed());
        }
        let rules = self.rules()?;
        let place = self.place()?;
        let api = self.api.open()?;
        let form = match self.format {
            Speech::Dcat => Form::Dcat,
            Speech::Ckan => Form::Ckan,
        };
        let mut harvested = Harvested::default();
        let ended = self
            .take_all(&api, &mut read(&place, form, &rules), &mut harvested)
            .await;
        // What was taken before a fault stays, and is told.
        let rest = harvested.batch.take();
        self.send(&api, &mut harvested.outcome, rest).await?;
        self.report(&harvested, ended.is_ok())?;
        ended?;
        match harvested.refused_all().len() {
            0 => Ok(()),
            refused if self.dry_run => Err(Failure::new(format!("{refused} datasets would be refused"))
                .remedy("mend the catalogue or the map: the others can be published as they are")),
            refused => Err(
                Failure::new(format!("{refused} datasets were refused; the others are published")).remedy(
                    "mend the catalogue or the map, and harvest again: what is published already stays as it is",
                ),
            ),
        }
    }

    /// Has drafts published, or checked by the rules by which they would be.
    async fn send(&self, api: &OwnApi, outcome: &mut Outcome, batch: Vec<Numbered>) -> Result<(), Failure> {
        match self.dry_run {
            true => outcome.check(api, batch).await,
            false => outcome.send(api, batch).await,
        }
    }

    fn rules(&self) -> Result<Rules, Failure> {
        let Some(file) = &self.map else {
            return Ok(Rules::default());
        };
        let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
        Ok(Rules::parse(&text)?)
    }

    fn place(&self) -> Result<Place, Failure> {
        if !(self.what.starts_with("https://") || self.what.starts_with("http://")) {
            return Ok(Place::File(PathBuf::from(&self.what)));
        }
        let trust = match &self.authorities {
            Some(file) => TlsTrust::PublicAnd(read_authorities(file)?),
            None => TlsTrust::Public,
        };
        let client = Client::new(Settings {
            trust,
            ..Settings::new(everywhere()?)
        })?;
        Ok(Place::Address(Box::new(client), self.what.clone()))
    }

    async fn take_all(
        &self,
        api: &OwnApi,
        pages: &mut chapar_harvest::Pages<'_>,
        harvested: &mut Harvested,
    ) -> Result<(), Failure> {
        let bar = bar();
        loop {
            let page = pages.next().await.map_err(|why| {
                Failure::new(why.to_string())
                    .remedy("harvest again: what is published already stays as it is")
                    .untold()
            });
            let Some(Page { found, count, .. }) = page? else { break };
            if let Some(count) = count {
                bar.set_length(count);
            }
            for one in found {
                bar.inc(1);
                match one {
                    Ok(found) => self.take(api, found, harvested).await?,
                    Err(why) => harvested.refused.push(("a dataset without a name".to_owned(), why)),
                }
            }
        }
        bar.finish_and_clear();
        Ok(())
    }

    async fn take(&self, api: &OwnApi, found: Found, harvested: &mut Harvested) -> Result<(), Failure> {
        let Found {
            id,
            page,
            what,
            left_out,
        } = found;
        harvested.left_out.add(&left_out);
        let name = local_name(&id);
        harvested.named.insert(id.clone());
        match what {
            Ok(body) => {
                let links: Vec<Value> = page
                    .iter()
                    .map(|page| json!({ "rel": "via", "target": page }))
                    .collect();
                let draft = json!({ "kind": "dataset", "name": name, "links": links, "body": body });
                harvested.ids.push(id);
                if self.dry_run {
                    harvested.drafts.push(draft.clone());
                }
                let number = u64::try_from(harvested.ids.len()).unwrap_or(u64::MAX);
                if let Some(full) = harvested.batch.add(number, confirmed(draft)) {
                    self.send(api, &mut harvested.outcome, full).await?;
                }
            }
            Err(_) if chapar_terms::sabotaged("harvest-keeps-what-was-taken-back") => {}
            Err(_) if self.dry_run => harvested.withdrawn += 1,
            Err(why) => harvested.withdrawn += u64::from(withdraw(api, &name, &why).await?),
        }
        Ok(())
    }

    fn report(&self, harvested: &Harvested, is_whole: bool) -> Result<(), Failure> {
        let refused = harvested.refused_all();
        if let Some(file) = &self.refused {
            let lines = refused.iter().map(|(id, why)| json!({ "id": id, "reason": why }));
            write_lines(file, lines)?;
        }
        if let Some(file) = &self.to {
            write_lines(file, harvested.drafts.iter().cloned())?;
        }
        let missing = match &self.state {
            Some(file) => remembered(file, &harvested.named, is_whole)?,
            None => Vec::new(),
        };
        let summary = json!({
            "published": harvested.outcome.published,
            "unchanged": harvested.outcome.unchanged,
            "drafts": harvested.drafts.len(),
            "withdrawn": harvested.withdrawn,
            "refused": refused.len(),
            "missing": missing,
            "leftOut": harvested.left_out.0,
        });
        if self.api.json {
            show::json(&summary);
            return Ok(());
        }
        let counted = if self.dry_run {
            &["drafts", "unchanged", "withdrawn", "refused"][..]
        } else {
            &["published", "unchanged", "withdrawn", "refused"]
        };
        show::card(&summary, counted);
        for (what, count) in &harvested.left_out.0 {
            outln!("left out: {what}, {count}");
        }
        for id in missing.iter().take(SHOWN) {
            outln!("not in the catalogue any more, and not withdrawn: {id}");
        }
        if missing.len() > SHOWN {
            outln!("and {} more: see --json", missing.len() - SHOWN);
        }
        if self.refused.is_none() {
            for (id, why) in &refused {
                outln!("{id}: {why}");
            }
        }
        Ok(())
    }
}

impl Harvested {
    /// What could not be read, and what the node refused.
    fn refused_all(&self) -> Vec<(String, String)> {
        let of_node = self.outcome.refused.iter().map(|(number, why)| {
            let place = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
            (self.ids.get(place).cloned().unwrap_or_default(), why.clone())
        });
        self.refused.iter().cloned().chain(of_node).collect()
    }
}

/// Withdraws a record because of what the catalogue says; false where there is none, or it is withdrawn already.
async fn withdraw(api: &OwnApi, name: &str, why: &str) -> Result<bool, Failure> {
    let path = format!("/records/{}", segment(name));
    let Some(record) = api.find(&path).await? else {
        return Ok(false);
    };
    if record.get("withdrawal").is_some() {
        return Ok(false);
    }
    let body = json!({ "code": "other", "reason": { "en": format!("Taken back where it was harvested: {why}") } });
    api.submit(&format!("{path}/withdrawal"), &body).await??;
    Ok(true)
}

/// What was there at an earlier harvest and is not now. After a whole harvest the file holds both.
fn remembered(file: &Path, named: &BTreeSet<String>, is_whole: bool) -> Result<Vec<String>, Failure> {
    if !is_whole && !chapar_terms::sabotaged("harvest-believes-half-a-list") {
        return Ok(Vec::new());
    }
    let known: BTreeMap<String, bool> = match std::fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map_err(|error| Failure::new(format!("`{}` is no state of a harvest: {error}", file.display())))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(unreadable(file, &error)),
    };
    let missing: Vec<String> = known.keys().filter(|id| !named.contains(*id)).cloned().collect();
    let now = named
        .iter()
        .map(|id| (id.clone(), true))
        .chain(missing.iter().map(|id| (id.clone(), false)));
    let now: BTreeMap<String, bool> = now.collect();
    std::fs::write(file, json!(now).to_string())
        .map_err(|error| Failure::new(format!("`{}` cannot be written: {error}", file.display())))?;
    Ok(missing)
}

fn write_lines(file: &Path, lines: impl Iterator<Item = Value>) -> Result<(), Failure> {
    let written = std::fs::File::create(file).and_then(|file| {
        let mut file = std::io::BufWriter::new(file);
        for line in lines {
            writeln!(file, "{line}")?;
        }
        file.flush()
    });
    written.map_err(|error| Failure::new(format!("`{}` cannot be written: {error}", file.display())))
}

fn unreadable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{}` cannot be read: {error}", file.display()))
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    // A template that does not parse leaves the usual one.
    if let Ok(style) = ProgressStyle::with_template("{pos} of {len} datasets  {eta} left  {wide_bar}") {
        bar.set_style(style);
    }
    bar
}
