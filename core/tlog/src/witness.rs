//! The witness: the request to cosign a checkpoint, and what a witness decides (C2SP tlog-witness, `add-checkpoint`).
//!
//! Keeping what was cosigned, and comparing and writing it in one step, is the caller's; so is how often it cosigns.

use crate::text::{decimal, hash};
use crate::{Checkpoint, MOST_LEAVES, NOTE_BYTES, PROOF_HASHES, SignedCheckpoint, VerifierKey, verify_consistency};
use chapar_terms::{Digest, Invalid, Suite};

/// Longest request read: a note, its proof and the old size.
pub const ADD_CHECKPOINT_BYTES: usize = NOTE_BYTES + (PROOF_HASHES + 1) * 64;
/// The media type of the answer to a request from another size than the one that was cosigned last.
pub const SIZE_MEDIA_TYPE: &str = "text/x.tlog.size";
const WHAT: &str = "add-checkpoint request";

/// The request to cosign a checkpoint that begins with one cosigned before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the tree that the witness is believed to know; 0 for none.
    pub old_size: u64,
    /// The consistency proof from there.
    pub proof: Vec<Digest>,
    /// What is to be cosigned.
    pub checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    /// Reads a request.
    ///
    /// # Errors
    /// It is none, or its proof has more than [`PROOF_HASHES`] lines; answer 400.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        let wrong = |why: &str| Invalid::new(WHAT, why);
        if bytes.len() > ADD_CHECKPOINT_BYTES {
            return Err(wrong("is too long"));
        }
        let text = str::from_utf8(bytes).map_err(|_| wrong("is not UTF-8"))?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(|| wrong("has no empty line"))?;
        let mut lines = head.split('\n');
        let old_size = lines.next().and_then(|line| line.strip_prefix("old "));
        let old_size = decimal(WHAT, old_size.ok_or_else(|| wrong("does not begin with the old size"))?)?;
        if old_size > MOST_LEAVES {
            return Err(wrong("has an old size beyond what a log may have"));
        }
        if lines.clone().count() > PROOF_HASHES {
            return Err(wrong("has a proof of more than 63 lines"));
        }
        Ok(Self {
            old_size,
            proof: lines.map(|line| hash(WHAT, line)).collect::<Result<_, _>>()?,
            checkpoint: SignedCheckpoint::parse(checkpoint.as_bytes())?,
        })
    }

    /// The request as text.
    pub fn render(&self) -> String {
        let proof: String = self.proof.iter().map(|hash| format!("{}\n", hash.base64())).collect();
        format!("old {}\n{proof}\n{}", self.old_size, self.checkpoint.render())
    }
}

/// What a witness knows of a log: its keys, and the tree that it cosigned last.
#[derive(Clone, Copy, Debug)]
pub struct KnownLog<'a> {
    /// The keys by which the log signs.
    pub keys: &'a [VerifierKey],
    /// Size and root of the checkpoint cosigned last; none before the first.
    pub cosigned: Option<(u64, Digest)>,
}

/// What a witness answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200: keep this checkpoint as the one cosigned last, then cosign it.
    Cosign(Checkpoint),
    /// 404: the log is unknown.
    UnknownLog,
    /// 403: no known key of the log signed it, or a signature of one does not verify.
    Untrusted,
    /// 400: the old size is larger than the checkpoint's.
    Shrinks,
    /// 409: the tree cosigned last has this size, not the old one of the request. The body is the number and a line end.
    OtherSize(u64),
    /// 422: the checkpoint is not shown to begin with what was cosigned last.
    Inconsistent,
}

impl Answer {
    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Cosign(_) => 200,
            Self::Shrinks => 400,
            Self::Untrusted => 403,
            Self::UnknownLog => 404,
            Self::OtherSize(_) => 409,
            Self::Inconsistent => 422,
        }
    }
}

/// Decides about a request; `known` is what the witness has for the origin in it. The order of the checks is the specification's.
pub fn decide(suite: &dyn Suite, known: Option<&KnownLog<'_>>, request: &AddCheckpoint) -> Answer {
    let Some(log) = known else { return Answer::UnknownLog };
    if request.checkpoint.verify(suite, log.keys).is_err() {
        return Answer::Untrusted;
    }
    let new = request.checkpoint.checkpoint();
    if request.old_size > new.size {
        return Answer::Shrinks;
    }
    let (size, root) = log.cosigned.unwrap_or_else(|| (0, crate::empty_root()));
    if request.old_size != size {
        return Answer::OtherSize(size);
    }
    if new.size == size && chapar_terms::sabotaged("cosign-another-root") {
        return Answer::Cosign(new.clone());
    }
    match verify_consistency(size, &root, new.size, &new.root, &request.proof) {
        Ok(()) => Answer::Cosign(new.clone()),
        Err(_) => Answer::Inconsistent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Folder, Log, leaves};
    use crate::{prove_consistency, root_at};
    use chapar_suite_international::International;

    fn request(log: &Log, old: u64, new: u64) -> AddCheckpoint {
        let folder = Folder::of(&leaves(new));
        let source = |id| folder.get(id);
        AddCheckpoint {
            old_size: old,
            proof: prove_consistency(old, new, &source).unwrap(),
            checkpoint: log.checkpoint(new, root_at(new, &source).unwrap().root()),
        }
    }

    fn root(size: u64) -> Digest {
        root_at(size, &|id| Folder::of(&leaves(size)).get(id)).unwrap().root()
    }

    /// Every row of the specification.
    #[test]
    fn answers() {
        let log = Log::new("log.example/a");
        let known = |size: u64| KnownLog {
            keys: &log.keys,
            cosigned: (size > 0).then(|| (size, root(size))),
        };
        let status = |size, request: &AddCheckpoint| decide(&International, Some(&known(size)), request).status();
        let good = request(&log, 5, 12);
        assert_eq!(
            decide(&International, Some(&known(5)), &good),
            Answer::Cosign(good.checkpoint.checkpoint().clone())
        );
        assert_eq!(status(0, &request(&log, 0, 12)), 200);
        assert_eq!(status(12, &request(&log, 12, 12)), 200);
        assert_eq!(status(0, &request(&log, 0, 0)), 200);
        assert_eq!(decide(&International, None, &good).status(), 404);
        let stranger = request(&Log::new("log.example/a"), 5, 12);
        assert_eq!(status(5, &stranger), 403);
        let shrinks = AddCheckpoint {
            old_size: 13,
            ..good.clone()
        };
        assert_eq!(status(13, &shrinks), 400);
        assert_eq!(decide(&International, Some(&known(7)), &good), Answer::OtherSize(7));
        assert_eq!(status(0, &good), 409);
        let without = AddCheckpoint {
            proof: Vec::new(),
            ..good.clone()
        };
        assert_eq!(status(5, &without), 422);
        let needless = AddCheckpoint {
            old_size: 0,
            ..good.clone()
        };
        assert_eq!(status(0, &needless), 422);
        let other = AddCheckpoint {
            checkpoint: log.checkpoint(12, root(11)),
            ..request(&log, 12, 12)
        };
        assert_eq!(status(12, &other), 422);
        let impossible = AddCheckpoint {
            checkpoint: log.checkpoint(0, root(11)),
            ..request(&log, 0, 0)
        };
        assert_eq!(status(0, &impossible), 422);
    }

    /// A good signature of the log does not outweigh a bad one of it.
    #[test]
    fn a_known_key_that_fails_spoils_the_note() {
        let log = Log::new("log.example/a");
        let mut spoiled = request(&log, 0, 3);
        let mut wrong = spoiled.checkpoint.note().signatures()[0].clone();
        wrong.bytes[9] ^= 1;
        spoiled.checkpoint.add(wrong);
        let known = KnownLog {
            keys: &log.keys,
            cosigned: None,
        };
        assert_eq!(decide(&International, Some(&known), &spoiled), Answer::Untrusted);
    }

    #[test]
    fn requests_are_read_back() {
        let log = Log::new("log.example/a");
        for (old, new) in [(0, 1), (5, 12), (12, 12)] {
            let request = request(&log, old, new);
            assert_eq!(AddCheckpoint::parse(request.render().as_bytes()), Ok(request));
        }
    }
}
