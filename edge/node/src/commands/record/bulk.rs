//! `chapar record publish-all`: many records from one file, with progress and a report of what was refused.
//!
//! Records travel in batches, each all or none. A batch that is refused is sent again record by record, so that one bad row costs
//! nobody else. Running the same file again publishes only what has changed.

use super::mapping::Mapping;
use crate::Failure;
use crate::commands::{ApiArgs, show};
use crate::own_api::{OwnApi, text};
use http::Method;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  chapar record publish-all records.jsonl --no-personal-data
  chapar record publish-all water.csv --mapping water.toml --no-personal-data --refused refused.jsonl

A line of JSON is a draft as `chapar record new` writes it. A mapping says how the rows of a table become drafts:

  kind = \"dataset\"
  name = \"ds-{id}\"
  authentic = [\"ru\"]
  [body]
  \"/title/ru\" = \"{title}\"
  \"/description/ru\" = \"{about}\"
  \"/publisher/name/ru\" = \"Водоканал (пример)\"
  \"/spatial\" = [\"UZ\"]
  \"/keyword/ru\" = { column = \"words\", split = \";\" }";

/// Records in one batch: what the node takes at a time.
const BATCH: usize = 64;
/// Bytes in one batch: below what the node takes as a body.
const BATCH_BYTES: usize = 192 * 1024;

/// Publish many records from JSON Lines or from a table with a mapping
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct PublishAll {
    /// JSON Lines, one draft a line; or CSV with a heading, if a mapping is given.
    file: PathBuf,
    /// How rows of a table become drafts.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Where to write what was refused, one line each; the terminal when left out.
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// You have looked: the records tell of no person. They cannot be taken back from the world.
    #[arg(long)]
    no_personal_data: bool,
    #[command(flatten)]
    api: ApiArgs,
}

/// A draft and the line where it stands.
pub(super) type Numbered = (u64, Value);

/// What came of a file.
#[derive(Default)]
pub(super) struct Outcome {
    pub published: u64,
    pub unchanged: u64,
    pub refused: Vec<(u64, String)>,
}

impl PublishAll {
    pub async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let mapping = self.mapping.as_deref().map(read_mapping).transpose()?;
        let length = std::fs::metadata(&self.file)
            .map_err(|error| unreadable(&self.file, &error))?
            .len();
        let bar = bar(length);
        let file = bar.wrap_read(File::open(&self.file).map_err(|error| unreadable(&self.file, &error))?);
        let mut outcome = Outcome::default();
        let mut batch = Batch::default();
        for read in drafts(file, mapping.as_ref()) {
            match read {
                Ok(_) if !self.no_personal_data => return Err(not_confirmed()),
                Ok((line, draft)) => {
                    if let Some(full) = batch.add(line, confirmed(draft)) {
                        outcome.send(&api, full).await?;
                    }
                }
                Err((line, why)) => outcome.refused.push((line, why)),
            }
        }
        outcome.send(&api, batch.take()).await?;
        bar.finish_and_clear();
        self.report(&outcome)
    }

    fn report(&self, outcome: &Outcome) -> Result<(), Failure> {
        let lines: Vec<Value> = outcome
            .refused
            .iter()
            .map(|(line, why)| json!({ "line": line, "reason": why }))
            .collect();
        if let Some(file) = &self.refused {
            let written =
                File::create(file).and_then(|mut file| lines.iter().try_for_each(|line| writeln!(file, "{line}")));
            written.map_err(|error| Failure::new(format!("`{}` cannot be written: {error}", file.display())))?;
        }
        let summary = json!({
            "published": outcome.published,
            "unchanged": outcome.unchanged,
            "refused": outcome.refused.len(),
        });
        if self.api.json {
            show::json(&summary);
        } else {
            show::card(&summary, &["published", "unchanged", "refused"]);
            if self.refused.is_none() {
                for (line, why) in &outcome.refused {
                    outln!("line {line}: {why}");
                }
            }
        }
        match outcome.refused.len() {
            0 if outcome.published + outcome.unchanged == 0 => {
                Err(Failure::new(format!("`{}` holds no records", self.file.display())))
            }
            0 => Ok(()),
            1 => Err(Failure::new("one record was refused; the others are published")
                .remedy("mend that line and run the same file again: what is published already stays as it is")),
            refused => Err(
                Failure::new(format!("{refused} records were refused; the others are published"))
                    .remedy("mend those lines and run the same file again: what is published already stays as it is"),
            ),
        }
    }
}

impl Outcome {
    /// Sends a batch; if it is refused, each of its records alone.
    pub async fn send(&mut self, api: &OwnApi, batch: Vec<Numbered>) -> Result<(), Failure> {
        if batch.is_empty() {
            return Ok(());
        }
        let drafts: Vec<&Value> = batch.iter().map(|(_, draft)| draft).collect();
        let body = json!({ "records": drafts });
        if let Ok(answer) = api.submit("/records/batch", &body).await? {
            self.count(answer.get("items").and_then(Value::as_array).map_or(&[], Vec::as_slice));
            return Ok(());
        }
        for (line, draft) in batch {
            match api.submit("/records", &draft).await? {
                Ok(record) => self.count(&[record]),
                Err(failure) => self.refused.push((line, failure.to_string())),
            }
        }
        Ok(())
    }

    /// Has a batch checked, and nothing published.
    pub async fn check(&mut self, api: &OwnApi, batch: Vec<Numbered>) -> Result<(), Failure> {
        if batch.is_empty() {
            return Ok(());
        }
        let drafts: Vec<&Value> = batch.iter().map(|(_, draft)| draft).collect();
        let told = api
            .ask(Method::POST, "/records/checks", Some(&json!({ "records": drafts })))
            .await?;
        let told = told
            .get("items")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        for ((line, _), told) in batch.iter().zip(told) {
            match text(told, "outcome") {
                "refused" => self.refused.push((*line, text(told, "reason").to_owned())),
                "unchanged" => self.unchanged += 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// A record that is published already says what it said.
    fn count(&mut self, records: &[Value]) {
        for record in records {
            match record.get("state").and_then(Value::as_str) {
                Some("published") => self.unchanged += 1,
                _ => self.published += 1,
            }
        }
    }
}

/// Drafts on their way into one request.
#[derive(Default)]
pub(super) struct Batch {
    drafts: Vec<Numbered>,
    bytes: usize,
}

impl Batch {
    /// Adds a draft; gives the batch before it when both would be too much.
    pub fn add(&mut self, line: u64, draft: Value) -> Option<Vec<Numbered>> {
        let bytes = draft.to_string().len();
        let is_full = self.drafts.len() == BATCH || self.bytes + bytes > BATCH_BYTES;
        let full = (is_full && !self.drafts.is_empty()).then(|| self.take());
        self.drafts.push((line, draft));
        self.bytes += bytes;
        full
    }

    pub fn take(&mut self) -> Vec<Numbered> {
        self.bytes = 0;
        std::mem::take(&mut self.drafts)
    }
}

/// The drafts of a file, each with its line, as it is read.
fn drafts<'a>(
    file: impl std::io::Read + 'a,
    mapping: Option<&'a Mapping>,
) -> Box<dyn Iterator<Item = Result<Numbered, (u64, String)>> + 'a> {
    let Some(mapping) = mapping else {
        let lines = (1..).zip(BufReader::new(file).lines());
        let lines = lines.filter(|(_, line)| line.as_ref().is_ok_and(|line| !line.trim().is_empty()) || line.is_err());
        return Box::new(lines.map(|(number, line)| {
            let line = line.map_err(|error| (number, error.to_string()))?;
            let draft: Value = serde_json::from_str(&line).map_err(|error| (number, format!("no JSON: {error}")))?;
            match draft.is_object() {
                true => Ok((number, draft)),
                false => Err((number, "a draft is a JSON object".to_owned())),
            }
        }));
    };
    let rows = csv::Reader::from_reader(file).into_deserialize();
    Box::new((2..).zip(rows).map(|(number, row)| {
        let row = row.map_err(|error| (number, error.to_string()))?;
        let draft = mapping.draft(&row).map_err(|why| (number, why))?;
        Ok((number, draft))
    }))
}

pub(super) fn confirmed(mut draft: Value) -> Value {
    if let Some(members) = draft.as_object_mut() {
        members.insert("noPersonalData".to_owned(), true.into());
    }
    draft
}

pub(super) fn not_confirmed() -> Failure {
    Failure::new("public records cannot be taken back from the world")
        .remedy("look that none of them tells of a person, then say so: --no-personal-data")
}

fn read_mapping(file: &Path) -> Result<Mapping, Failure> {
    Mapping::parse(&std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?)
}

fn unreadable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{}` cannot be read: {error}", file.display()))
}

fn bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    // A template that does not parse leaves the usual one.
    if let Ok(style) = ProgressStyle::with_template("{percent:>3} % of the file  {eta} left  {wide_bar}") {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_bounded_by_number_and_by_bytes() {
        let mut batch = Batch::default();
        for line in 0..64 {
            assert!(batch.add(line, json!({})).is_none());
        }
        assert_eq!(batch.add(64, json!({})).unwrap().len(), 64);
        let long = json!({ "a": "x".repeat(BATCH_BYTES) });
        assert_eq!(batch.add(65, long.clone()).unwrap().len(), 1);
        assert_eq!(batch.add(66, long).unwrap().len(), 1);
        assert_eq!(batch.take().len(), 1);
    }

    #[test]
    fn lines_are_told_by_their_number() {
        let text = "{\"kind\":\"a\"}\n\nnot json\n[]\n{\"kind\":\"b\"}\n";
        let read: Vec<_> = drafts(text.as_bytes(), None).collect();
        let lines: Vec<u64> = read
            .iter()
            .map(|one| one.as_ref().map_or_else(|(line, _)| *line, |(line, _)| *line))
            .collect();
        assert_eq!(lines, [1, 3, 4, 5]);
        assert!(read[1].is_err() && read[2].is_err() && read[3].is_ok());
        let mapping = Mapping::parse("kind = \"x\"\n[body]\n\"/t\" = \"{t}\"").unwrap();
        let read: Vec<_> = drafts("t,u\na,1\nb\n".as_bytes(), Some(&mapping)).collect();
        assert_eq!(read[0].as_ref().unwrap().1["body"]["t"], "a");
        assert_eq!(read[1].as_ref().unwrap_err().0, 3);
    }
}
