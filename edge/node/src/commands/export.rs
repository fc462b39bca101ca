//! `chapar register export`: the register as a document of RDF, in one file however many parts the node gives it in.

use super::search::NodeArgs;
use crate::Failure;
use crate::own_api::OwnApi;
use chapar_api::rdf::{Format, Joined};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// Write the register to a file as RDF: for portals of open data, or for a tool of yours
///
/// Example: chapar register export --profile dcat --format rdfxml --to register.rdf
#[derive(clap::Args, Debug)]
pub struct Export {
    /// DCAT-AP 3 (datasets and data services) or CPSV-AP 3 (public services and organisations).
    #[arg(long, value_parser = ["dcat", "cpsv"])]
    profile: String,
    /// The form.
    #[arg(long, default_value = "turtle", value_parser = Format::ALL.map(Format::name))]
    format: String,
    /// The file, which must not be there yet.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    node: NodeArgs,
}

impl Export {
    pub async fn run(self) -> Result<(), Failure> {
        let written = |error: std::io::Error| Failure::new(format!("`{}`: {error}", self.to.display()));
        let format = Format::parse(&self.format).ok_or_else(|| Failure::new("there is no such form"))?;
        let door = OwnApi::public(&self.node.at)?;
        let file = File::create_new(&self.to).map_err(written)?;
        let mut joined = Joined::begin(format, BufWriter::new(file)).map_err(written)?;
        let first = "?format=turtle&limit=100".to_owned();
        let (mut query, mut parts) = (Some(first), 0_u64);
        while let Some(asked) = query {
            let part = door.read_part(&format!("/register/{}{asked}", self.profile)).await?;
            joined.take(&part.bytes).map_err(written)?;
            query = part.next;
            parts += 1;
        }
        let mut file = joined.finish().map_err(written)?;
        file.flush().map_err(written)?;
        outln!("written to `{}`, from {parts} parts", self.to.display());
        Ok(())
    }
}
