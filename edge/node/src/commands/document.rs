//! `chapar document`: built-in documents of a participant, and what is said of them.

use super::{ApiArgs, show};
use crate::Failure;
use crate::own_api::{Content, segment};
use chapar_client::Upload;
use clap::Subcommand;
use http::Method;
use serde_json::Value;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  chapar document put cert-1 cert-1.xml --properties cert-1.json
  chapar document list
  chapar document get cert-1
  chapar document delete cert-1

A document is seen by nobody until an offer selects it: chapar offer put --help";

/// Documents of a participant: put, list, get, delete
///
/// The bytes are kept as they are, named by their SHA-256. Properties are a JSON object; offers select documents by them, and whoever
/// sees the offer sees them.
#[derive(Debug, Subcommand)]
#[command(after_long_help = EXAMPLES)]
pub enum Document {
    Put(Put),
    List(List),
    Get(Get),
    Delete(Delete),
}

/// Add or replace a document
///
/// Example: chapar document put cert-1 cert-1.xml --properties cert-1.json
#[derive(clap::Args, Debug)]
pub struct Put {
    /// Its id, which becomes the dataset's.
    id: String,
    /// The file with its bytes.
    file: PathBuf,
    /// Its media type; told by the file's ending when left out.
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// A file with a JSON object that describes it.
    #[arg(long, value_name = "FILE")]
    properties: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

/// List the documents
///
/// Example: chapar document list
#[derive(clap::Args, Debug)]
pub struct List {
    #[command(flatten)]
    api: ApiArgs,
}

/// Show a document's description, its digest and who offers it
///
/// Example: chapar document get cert-1
#[derive(clap::Args, Debug)]
pub struct Get {
    /// Its id.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

/// Remove a document
///
/// Example: chapar document delete cert-1
#[derive(clap::Args, Debug)]
pub struct Delete {
    /// Its id.
    id: String,
    #[command(flatten)]
    api: ApiArgs,
}

impl Document {
    pub async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Put(put) => put.run().await,
            Self::List(list) => list.run().await,
            Self::Get(get) => get.run().await,
            Self::Delete(delete) => delete.run().await,
        }
    }
}

impl Put {
    async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let properties = self.properties.as_deref().map(read_json).transpose()?;
        let (file, length) = open_content(&self.file).await?;
        let media_type = self.media_type.unwrap_or_else(|| media_type_of(&self.file).to_owned());
        let path = format!("/documents/{}", segment(&self.id));
        let bar = show::progress_bar(Some(length));
        let bytes = Upload::new(bar.wrap_async_read(file), length);
        let sent = api.put_content(&path, Content { media_type, bytes }).await;
        bar.finish_and_clear();
        let mut put = sent?;
        if let Some(properties) = properties {
            put = api
                .ask(Method::PUT, &format!("{path}/properties"), Some(&properties))
                .await?;
        }
        if self.api.json {
            show::json(&put);
        } else {
            show::card(&put, &["id", "size", "digest", "mediaType"]);
        }
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let items = self.api.open()?.list("/documents").await?;
        self.api.show_all(
            items,
            &["id", "size", "mediaType", "properties.title"],
            "no document yet: chapar document put ID FILE",
        );
        Ok(())
    }
}

impl Get {
    async fn run(self) -> Result<(), Failure> {
        let document = self
            .api
            .open()?
            .read(&format!("/documents/{}", segment(&self.id)))
            .await?;
        if self.api.json {
            show::json(&document);
        } else {
            show::card(
                &document,
                &[
                    "id",
                    "size",
                    "digest",
                    "mediaType",
                    "offeredBy",
                    "properties",
                    "createdAt",
                    "updatedAt",
                ],
            );
        }
        Ok(())
    }
}

impl Delete {
    async fn run(self) -> Result<(), Failure> {
        self.api
            .open()?
            .ask(Method::DELETE, &format!("/documents/{}", segment(&self.id)), None)
            .await?;
        outln!("deleted {}", self.id);
        Ok(())
    }
}

/// A file to be sent, and its length, which is told before the first byte goes.
async fn open_content(file: &Path) -> Result<(tokio::fs::File, u64), Failure> {
    let opened = tokio::fs::File::open(file).await;
    let opened = opened.map_err(|error| unreadable(file, &error))?;
    let metadata = opened.metadata().await.map_err(|error| unreadable(file, &error))?;
    if !metadata.is_file() {
        return Err(Failure::new(format!("`{}` is no file with a length", file.display()))
            .remedy("write what comes from a pipe into a file first"));
    }
    Ok((opened, metadata.len()))
}

/// Reads a file that holds JSON.
pub fn read_json(file: &Path) -> Result<Value, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    serde_json::from_str(&text).map_err(|error| Failure::new(format!("`{}` is no JSON: {error}", file.display())))
}

fn unreadable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{}` cannot be read: {error}", file.display()))
}

fn media_type_of(file: &Path) -> &'static str {
    let ending = file
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("xml") => "application/xml",
        Some("json") => "application/json",
        Some("csv") => "text/csv",
        Some("txt") => "text/plain; charset=utf-8",
        Some("pdf") => "application/pdf",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}
