//! `chapar fetch`: the bytes of a transfer into a file. How they come is in `download`.
//!
//! The address comes from a peer, so the call goes through the egress guard like every other: what is not public has to be named.

use super::{ApiArgs, show};
use crate::Failure;
use crate::download::{Place, Source, fetch_to};
use crate::own_api::segment;
use chapar_client::{Cidr, Client, EgressPolicy, Loopback, Settings, TlsTrust, read_authorities};
use chapar_terms::Digest;
use clap::Args;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  chapar fetch urn:uuid:9a1b... --to cert-1.xml
  chapar fetch urn:uuid:9a1b... --to cert-1.xml --digest 5f0c...      (as the catalogue or the sender told you)
  chapar fetch urn:uuid:9a1b... --to cert-1.xml --loopback            (a provider on this machine)

The file appears under its name when it is whole and its digest is right; until then it is FILE.part, which the next run goes on with. \
The transfer must be STARTED: chapar transfer show ID";

/// Fetch the data of a started transfer into a file
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct Fetch {
    /// The transfer.
    id: String,
    /// The file to make; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// The SHA-256 that the bytes must have, as 64 hexadecimal digits.
    #[arg(long, value_name = "HEX")]
    digest: Option<String>,
    /// Permit addresses of this machine.
    #[arg(long, env = "CHAPAR_EGRESS_LOOPBACK")]
    loopback: bool,
    /// Permit this private network; may be given more than once.
    #[arg(long, value_name = "CIDR")]
    allow: Vec<String>,
    /// Certificate authorities to believe besides the public ones, as a PEM file.
    #[arg(long, value_name = "FILE")]
    authorities: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

impl Fetch {
    pub async fn run(self) -> Result<(), Failure> {
        let api = self.api.open()?;
        let address = api
            .read(&format!("/transfers/{}/data-address", segment(&self.id)))
            .await?;
        let source = Source {
            client: self.client()?,
            place: Place::parse(&address)?,
        };
        let expected = self.digest.as_deref().map(Digest::from_hex).transpose()?;
        let bar = show::progress_bar(None);
        let fetched = fetch_to(&source, &self.to, expected, &bar).await;
        bar.finish_and_clear();
        let fetched = fetched?;
        let proof = if fetched.compared {
            "compared"
        } else {
            "not told by the provider, so not compared"
        };
        outln!(
            "{}  {} bytes  sha256 {} ({proof})",
            self.to.display(),
            fetched.bytes,
            fetched.digest
        );
        Ok(())
    }

    fn client(&self) -> Result<Client, Failure> {
        let networks = self
            .allow
            .iter()
            .map(|text| Cidr::parse(text))
            .collect::<Result<Vec<_>, _>>()?;
        let loopback = if self.loopback {
            Loopback::Allowed
        } else {
            Loopback::Refused
        };
        let trust = match &self.authorities {
            Some(file) => TlsTrust::PublicAnd(read_authorities(file)?),
            None => TlsTrust::Public,
        };
        let policy = EgressPolicy {
            loopback,
            plain_http: networks.clone(),
            networks,
        };
        Ok(Client::new(Settings {
            trust,
            ..Settings::new(policy)
        })?)
    }
}
