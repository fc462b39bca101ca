//! What authorities of time said of a log: each stamp is compared with the tree of its size, and verified where an authority is pinned.
//!
//! A stamp says that a tree was there by a time. It needs no key of the log, so it stays proven whoever the log is.

use crate::demands::Demands;
use crate::source::{Found, Source, Unreadable};
use chapar_register::{Report, Standing, Statement, Weight};
use chapar_terms::{Digest, Instant, Suite};
use chapar_timestamp::{Refused, Reply};
use chapar_tlog::{Checkpoint, Origin, Resource, RightEdge, SignedCheckpoint};
use std::collections::{BTreeMap, BTreeSet};

/// Stamps that are looked at: two years of one a minute. A list without an end must not hold a reader for ever.
const MOST: usize = 1_000_000;

/// The stamps of one log, and the roots that they should be about.
pub(crate) struct Stamps {
    /// Sizes that have a stamp, and the root of each as far as the entries were seen.
    roots: BTreeMap<u64, Option<Digest>>,
    /// What the list of them said that it cannot.
    flaw: Option<String>,
}

/// What the good stamps come to.
#[derive(Default)]
struct Tally {
    count: u64,
    newest: Option<(u64, Instant, String)>,
}

impl Stamps {
    /// Reads which sizes were stamped, up to that of the checkpoint.
    pub(crate) async fn read(source: &Source, size: u64) -> Result<Self, Unreadable> {
        let sizes = sizes(source).await?;
        let (sizes, flaw) = match sizes {
            Ok(sizes) => (sizes, None),
            Err(why) => (BTreeSet::new(), Some(why)),
        };
        // What was stamped after the checkpoint that is verified is somebody else's business.
        let roots = sizes.into_iter().filter(|one| *one <= size).map(|one| (one, None));
        Ok(Self {
            roots: roots.collect(),
            flaw,
        })
    }

    /// Looks at the trees between the entries so far and the next ones.
    pub(crate) fn pass(&mut self, edge: &RightEdge, leaves: &[Digest]) {
        let (mut edge, mut leaves) = (edge.clone(), leaves);
        let end = edge
            .size()
            .saturating_add(u64::try_from(leaves.len()).unwrap_or(u64::MAX));
        for (size, root) in self.roots.range_mut(edge.size()..=end) {
            let count = usize::try_from(size.saturating_sub(edge.size())).unwrap_or(usize::MAX);
            let (now, later) = leaves.split_at_checked(count).unwrap_or((leaves, &[]));
            edge.grow(now);
            leaves = later;
            *root = Some(edge.root());
        }
    }

    /// Judges each stamp, and says what they come to.
    pub(crate) async fn say(
        self,
        suite: &dyn Suite,
        source: &Source,
        demands: &Demands,
        checkpoint: &SignedCheckpoint,
        report: &mut Report,
    ) -> Result<(), Unreadable> {
        if let Some(why) = self.flaw {
            report.say(Statement::new("timestamps-malformed", Standing::Broken, Weight::Needed).with("why", why));
        }
        let (mut good, mut unpinned) = (Tally::default(), Tally::default());
        for (size, root) in self.roots {
            let Some(root) = root else { continue };
            let found = source.read(Resource::Timestamp(size)).await?;
            match judge(suite, demands, &checkpoint.checkpoint().origin, (size, root), &found) {
                Ok((at, signer, true)) => good.take(size, at, signer),
                Ok((at, signer, false)) => unpinned.take(size, at, signer),
                Err(said) => report.say(*said),
            }
        }
        let is_demanded = demands.time.is_some();
        if is_demanded && good.count == 0 {
            report.say(Statement::new("timestamps-none", Standing::Unknown, Weight::Needed));
        }
        let weight = if is_demanded {
            Weight::Needed
        } else {
            Weight::Additional
        };
        good.say(Statement::new("log-stamped", Standing::Proven, weight), report);
        unpinned.say(
            Statement::new("log-stamped", Standing::Asserted, Weight::Additional),
            report,
        );
        Ok(())
    }
}

impl Tally {
    fn take(&mut self, size: u64, at: Instant, signer: String) {
        self.count += 1;
        // Sizes rise.
        self.newest = Some((size, at, signer));
    }

    fn say(self, said: Statement, report: &mut Report) {
        if let Some((size, at, signer)) = self.newest {
            let said = said.with("size", size).with("at", at.rfc3339()).with("by", signer);
            report.say(said.with("count", self.count));
        }
    }
}

/// Every size that was stamped, or what is wrong with a list of them.
async fn sizes(source: &Source) -> Result<Result<BTreeSet<u64>, String>, Unreadable> {
    let (mut sizes, mut before) = (BTreeSet::new(), None);
    while sizes.len() < MOST {
        let resource = Resource::TimestampSizes(before);
        let found = source.read(resource).await?;
        let bytes = match &found {
            // Other people's logs have none.
            Found::Missing => return Ok(Ok(sizes)),
            found => found.bytes(),
        };
        let list = bytes.map_err(str::to_owned).and_then(|bytes| read_sizes(bytes, before));
        match list {
            Err(why) => return Ok(Err(format!("`{}` {why}", resource.path()))),
            Ok(list) => match list.last() {
                None => return Ok(Ok(sizes)),
                Some(last) => {
                    before = Some(*last);
                    sizes.extend(list);
                }
            },
        }
    }
    Ok(Ok(sizes))
}

/// The sizes of one list: a line each, falling, below the one that was asked for.
pub(crate) fn read_sizes(bytes: &[u8], before: Option<u64>) -> Result<Vec<u64>, String> {
    let text = str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let (mut sizes, mut bound) = (Vec::new(), before);
    for line in text.lines() {
        let size: Option<u64> = line.parse().ok();
        let size = size.filter(|size| bound.is_none_or(|bound| *size < bound));
        let size = size.ok_or_else(|| "is no falling list of sizes".to_owned())?;
        bound = Some(size);
        sizes.push(size);
    }
    Ok(sizes)
}

/// When a tree was there and who says so, and whether that is proven; otherwise what is to be said of the stamp.
fn judge(
    suite: &dyn Suite,
    demands: &Demands,
    origin: &Origin,
    (size, root): (u64, Digest),
    found: &Found,
) -> Result<(Instant, String, bool), Box<Statement>> {
    let say = |standing, why: String| {
        let weight = if standing == Standing::Broken {
            Weight::Needed
        } else {
            Weight::Additional
        };
        let code = if standing == Standing::Broken {
            "timestamp-wrong"
        } else {
            "timestamp-unknown"
        };
        Box::new(
            Statement::new(code, standing, weight)
                .with("size", size)
                .with("why", why),
        )
    };
    let broken = |refused: Refused| say(Standing::Broken, refused.to_string());
    let bytes = found
        .bytes()
        .map_err(|why| say(Standing::Broken, format!("it {why}")))?;
    let reply = Reply::parse(bytes).map_err(broken)?;
    let tree = Checkpoint::new(origin.clone(), size, root);
    let text = SignedCheckpoint::new(tree).map_err(|why| say(Standing::Broken, why.to_string()))?;
    reply
        .covers(Digest::of(text.note().text().as_bytes()))
        .map_err(broken)?;
    let at = reply.stamp().at;
    let Some(anchors) = &demands.time else {
        return Ok((at, reply.signer().unwrap_or_default(), false));
    };
    match reply.verify(suite, anchors) {
        Ok(signer) => Ok((at, signer, true)),
        Err(refused @ (Refused::Algorithm(_) | Refused::UnknownAuthority(_))) => {
            Err(say(Standing::Unknown, refused.to_string()))
        }
        Err(refused) => Err(broken(refused)),
    }
}
