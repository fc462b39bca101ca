//! A whole log: its checkpoint, every bundle, every tile, every body, bundle by bundle.
//!
//! What is in memory at a time is a few bundles, and a line for each record: whether it is the next version of its own can only be told
//! by one who remembers them.

mod evidence;
mod reader;
mod tally;

pub use evidence::verify_evidence;

use crate::demands::{Demands, FirstUse, signer};
use crate::said::Said;
use crate::source::{Found, Progress, Source, Unreadable};
use crate::tiles::TileCheck;
use crate::time::Stamps;
use chapar_register::{EvidenceTrail, Report, Standing, Statement, Weight};
use chapar_terms::Suite;
use chapar_tlog::{
    Level, Resource, SignedCheckpoint, TileId, VerifierKey, decode_bodies, decode_entries, leaf_hash, tiles_of_row,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use reader::{Reader, own_key};

/// Bundles that are read while the one before is judged. Each may have tens of megabytes.
const AHEAD: usize = 2;

/// Verifies a log up to its newest checkpoint.
///
/// # Errors
/// It could not be looked at; what was seen until then says nothing.
pub async fn verify_log(
    suite: &dyn Suite,
    source: &Source,
    demands: &Demands,
    progress: &Progress<'_>,
) -> Result<Said, Unreadable> {
    let mut said = Said::default();
    if let Some(checkpoint) = newest(source, &mut said).await? {
        walk(suite, source, demands, progress, checkpoint, None, &mut said).await?;
    }
    Ok(said)
}

/// The newest checkpoint of a log; none where what is there is no checkpoint, which is said.
async fn newest(source: &Source, said: &mut Said) -> Result<Option<SignedCheckpoint>, Unreadable> {
    let note = match source.read(Resource::Checkpoint).await? {
        Found::Missing => return Err(Unreadable::new("no log is there: it has no `checkpoint`")),
        found => found,
    };
    let checkpoint = note.bytes().map_err(str::to_owned);
    let checkpoint = checkpoint.and_then(|note| SignedCheckpoint::parse(note).map_err(|why| why.to_string()));
    Ok(match checkpoint {
        Ok(checkpoint) => Some(checkpoint),
        Err(why) => {
            said.report.say(broken("checkpoint-malformed").with("why", why));
            None
        }
    })
}

/// Reads the whole log. The trail learns from a register what it says of evidence, and compares with it what is none.
async fn walk(
    suite: &dyn Suite,
    source: &Source,
    demands: &Demands,
    progress: &Progress<'_>,
    checkpoint: SignedCheckpoint,
    mut trail: Option<&mut EvidenceTrail<'_>>,
    said: &mut Said,
) -> Result<(), Unreadable> {
    let size = checkpoint.checkpoint().size;
    let mut tiles = TileCheck::new(size);
    let mut stamps = Stamps::read(source, size).await?;
    let mut reader = None;
    let ids = tiles_of_row(Level::Entries, 0, size);
    let mut bundles = stream::iter(ids.map(|id| bundle(source, id))).buffered(AHEAD);
    while let Some(bundle) = bundles.try_next().await? {
        let entries = bundle.entries.bytes().map_err(str::to_owned);
        let entries = entries.and_then(|bytes| decode_entries(bundle.id, bytes).map_err(|why| why.to_string()));
        let entries = match entries {
            Ok(entries) => entries,
            Err(why) => {
                said.report.say(of_bundle("entries-missing", bundle.id, &why));
                break;
            }
        };
        let bodies = bodies(&bundle, &mut said.report);
        let first = entries.first().copied().zip(bodies.first().copied());
        let vouched = trail.as_deref().map_or(&[][..], EvidenceTrail::keys);
        let reader = reader.get_or_insert_with(|| open(suite, demands, vouched, &checkpoint, first, said));
        if reader.is_over() {
            break;
        }
        for (leaf, body) in entries.iter().zip(&bodies) {
            reader.push(leaf, *body, trail.as_deref_mut(), &mut said.report);
        }
        let hashes: Vec<_> = entries.iter().map(|leaf| leaf_hash(leaf)).collect();
        if let (Some(trail), false) = (trail.as_deref_mut(), reader.is_of_records()) {
            trail.compare(&hashes);
        }
        stamps.pass(tiles.edge(), &hashes);
        tiles.grow(&hashes, source, &mut said.report).await?;
        progress(tiles.taken(), size);
    }
    let reader = reader.unwrap_or_else(|| open(suite, demands, &[], &checkpoint, None, said));
    reader.finish(&checkpoint, &tiles, said);
    say_witnesses(suite, demands, &checkpoint, &mut said.report);
    if said.is_own_word {
        said.rests_on_own_word();
    }
    stamps
        .say(suite, source, demands, &checkpoint, &mut said.report)
        .await?;
    tiles.say(&mut said.report);
    Ok(())
}

/// What is read of one bundle.
struct Bundle {
    id: TileId,
    entries: Found,
    /// The bodies beside it.
    beside: TileId,
    bodies: Found,
}

async fn bundle(source: &Source, id: TileId) -> Result<Bundle, Unreadable> {
    let beside = TileId::new(Level::Bodies, id.index(), id.width());
    let beside = beside.map_err(|why| Unreadable::new(why.to_string()))?;
    let (entries, bodies) = tokio::try_join!(source.tile(id), source.tile(beside))?;
    Ok(Bundle {
        id,
        entries,
        beside,
        bodies,
    })
}

/// The bodies beside the entries: none where they are not to be had, which whoever reads the entries judges.
fn bodies<'a>(bundle: &'a Bundle, report: &mut Report) -> Vec<Option<&'a [u8]>> {
    let none = || vec![None; usize::from(bundle.id.width())];
    if bundle.bodies == Found::Missing {
        return none();
    }
    let bodies = bundle.bodies.bytes().map_err(str::to_owned);
    let bodies = bodies.and_then(|bytes| decode_bodies(bundle.beside, bytes).map_err(|why| why.to_string()));
    bodies.unwrap_or_else(|why| {
        report.say(of_bundle("bodies-malformed", bundle.beside, &why));
        none()
    })
}

/// Decides whose word counts, and how the entries are to be read. What nobody pinned may be a key for which a verified register vouches.
fn open<'a>(
    suite: &'a dyn Suite,
    demands: &Demands,
    vouched: &[VerifierKey],
    checkpoint: &SignedCheckpoint,
    first: Option<(&[u8], Option<&[u8]>)>,
    said: &mut Said,
) -> Reader<'a> {
    let pinned = demands.pinned(suite, checkpoint);
    let vouched = || signer(suite, checkpoint, vouched).or_else(|| vouched.last().cloned());
    let of_register = if pinned.is_none() { vouched() } else { None };
    said.is_own_word = pinned.is_none() && of_register.is_none();
    let own = || first.and_then(|(leaf, body)| own_key(suite, checkpoint, leaf, body));
    let is_trusted = demands.first_use == FirstUse::Trusted;
    let (code, standing) = match said.is_own_word {
        false if of_register.is_some() => ("key-of-register", Standing::Proven),
        false => ("key-pinned", Standing::Proven),
        true if is_trusted => ("key-of-first-use", Standing::Asserted),
        true => ("key-not-pinned", Standing::Unknown),
    };
    let key = pinned.or(of_register).or_else(own);
    said.report.say(match &key {
        Some(key) => Statement::new(code, standing, Weight::Needed).with("vkey", key.render()),
        None => Statement::new("key-not-shown", Standing::Unknown, Weight::Needed),
    });
    Reader::open(suite, demands, checkpoint, key, first.map(|(leaf, _)| leaf))
}

fn say_witnesses(suite: &dyn Suite, demands: &Demands, checkpoint: &SignedCheckpoint, report: &mut Report) {
    let Some(policy) = &demands.policy else {
        let others = checkpoint.note().signatures().iter();
        let origin = checkpoint.checkpoint().origin.as_str();
        let others = others.filter(|signature| signature.name.as_str() != origin).count();
        let said = Statement::new("witnesses-not-judged", Standing::Unknown, Weight::Additional);
        return report.say(said.with("count", others));
    };
    report.say(match policy.cosigned(suite, checkpoint) {
        Err(why) => broken("cosignature-wrong").with("why", why),
        Ok(cosigned) => {
            let names = cosigned.iter().filter_map(|place| policy.witnesses().get(*place));
            let names: Vec<&str> = names.map(|witness| witness.key.name().as_str()).collect();
            let said = match policy.is_quorum(&cosigned) {
                true => Statement::new("witnessed", Standing::Proven, Weight::Needed),
                false => broken("witnesses-too-few"),
            };
            said.with("count", names.len()).with("names", names.join(", "))
        }
    });
}

fn of_bundle(code: &'static str, id: TileId, why: &str) -> Statement {
    broken(code).with("path", id.path()).with("why", why)
}

fn broken(code: &'static str) -> Statement {
    Statement::new(code, Standing::Broken, Weight::Needed)
}
