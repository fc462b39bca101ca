//! Founding: each member's card, and the genesis that is put together of them.

use super::{card, names, read, write};
use crate::Failure;
use crate::commands::ApiArgs;
use chapar_terms::Instant;
use chapar_verify::{Genesis, Member};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Print the card of the participant: who it is, and which log speaks for it
///
/// It is public and holds no secret. Send it to whoever puts the genesis together, or to a member who proposes to admit you.
///
/// Example: chapar federation card --name ru='Агентство (пример)' --name en='Agency (sample)' --state UZ --to uz.json
#[derive(clap::Args, Debug)]
pub struct Card {
    /// What it is called, by language; may be given more than once.
    #[arg(long, value_name = "LANG=TEXT", required = true)]
    name: Vec<String>,
    /// The state that it is a body of: two letters of ISO 3166-1.
    #[arg(long, value_name = "CODE")]
    state: Option<String>,
    /// Write it into this file.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    api: ApiArgs,
}

/// Put a genesis together of the members' cards; no node is asked
///
/// The file is the federation: whoever changes a byte of it has founded another. Hand the same file to every operator.
///
/// Example: chapar federation create --name en='Federation of registers (sample)' --member uz.json --member kz.json --member cn.json --to genesis.json
#[derive(clap::Args, Debug)]
pub struct Create {
    /// What the federation is called, by language; may be given more than once.
    #[arg(long, value_name = "LANG=TEXT", required = true)]
    name: Vec<String>,
    /// The card of a member; may be given more than once.
    #[arg(long = "member", value_name = "FILE", required = true)]
    members: Vec<PathBuf>,
    /// Whose cosignatures below the members' logs are looked for, as a policy (C2SP tlog-policy).
    #[arg(long, value_name = "FILE")]
    witnesses: Option<PathBuf>,
    /// Write it into this file.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Card {
    pub async fn run(self) -> Result<(), Failure> {
        let entry = card(&self.api.open()?, &names(&self.name)?, self.state.as_deref()).await?;
        write(self.to.as_deref(), &entry)
    }
}

impl Create {
    pub fn run(self) -> Result<(), Failure> {
        let members: Vec<Member> = self.members.iter().map(|file| member(file)).collect::<Result<_, _>>()?;
        let witnesses = self.witnesses.as_deref().map(read).transpose()?;
        let witnesses = witnesses.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let genesis = Genesis::of(&names(&self.name)?, &members, witnesses.as_deref(), now())
            .map_err(|why| Failure::new(why.to_string()))?;
        write(Some(&self.to), genesis.bytes())?;
        outln!("{}  {} members", self.to.display(), genesis.members().len());
        outln!("id  {}", genesis.id());
        outln!(
            "every operator compares the id with the others, then: chapar federation join {}",
            self.to.display()
        );
        Ok(())
    }
}

/// The card in a file.
pub fn member(file: &Path) -> Result<Member, Failure> {
    let wrong = |why: String| {
        Failure::new(format!("`{}` is no card of a member: {why}", file.display()))
            .remedy("have it again: chapar federation card")
    };
    let value = serde_json::from_slice(&read(file)?).map_err(|error| wrong(error.to_string()))?;
    Member::parse(value).map_err(|why| wrong(why.to_string()))
}

fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_unix_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
