//! What a `log-alarm` says of a log, and what of it its notes prove: that the log lied, or no more than that somebody says so.
//!
//! Nobody is believed here. Two notes of one log that contradict each other convict it, whoever shows them; that a place showed an older
//! tree or gave a wrong tile is signed by nobody but the one who says so. Refuses to know where notes come from (`chapar_tlog`).

use chapar_terms::{Digest, Fields, Instant, Invalid, Suite, canonical_json};
use chapar_tlog::{Fork, NoteRefused, Prefix, Signature, SignedCheckpoint, VerifierKey};
use serde_json::{Value, json};
use std::fmt;

/// The kind of the records that say this.
pub const LOG_ALARM: &str = "log-alarm";
const WHAT: &str = "log alarm";
/// Hashes of a consistency proof: two for each level of the largest tree at most.
const PREFIX_HASHES: usize = 128;

/// What was seen of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlarmKind {
    /// It signed two trees of one size.
    Fork,
    /// It signed a tree that does not begin with one that it signed before, or one that cannot be.
    Inconsistent,
    /// It was shown at its own address with an older tree, after a newer one.
    Shrunken,
    /// A place gave a tile or a bundle that is not of the signed tree.
    WrongTile,
}

impl AlarmKind {
    const ALL: [Self; 4] = [Self::Fork, Self::Inconsistent, Self::Shrunken, Self::WrongTile];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Inconsistent => "inconsistent",
            Self::Shrunken => "shrunken",
            Self::WrongTile => "wrong-tile",
        }
    }

    /// For people, in the languages of the node's own records.
    fn words(self, origin: &str) -> Value {
        let (en, ru) = match self {
            Self::Fork => ("signed two trees of one size", "подписал два дерева одного размера"),
            Self::Inconsistent => ("signed a past that changed", "подписал изменённое прошлое"),
            Self::Shrunken => ("was shown with an older tree", "показан с более старым деревом"),
            Self::WrongTile => (
                "was given with a tile that does not fit",
                "выдан с плиткой, которая не сходится",
            ),
        };
        json!({ "en": format!("The log {origin} {en}"), "ru": format!("Журнал {origin} {ru}") })
    }
}

impl fmt::Display for AlarmKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What somebody says of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// What it did.
    pub kind: AlarmKind,
    /// A key that signed the notes; its name is the origin.
    pub vkey: VerifierKey,
    /// What it signed, the older tree's first.
    pub notes: Vec<SignedCheckpoint>,
    /// What the newer tree begins with instead, where that proves it.
    pub prefix: Option<Prefix>,
    /// The address where it was seen; none where the notes alone say it.
    pub place: Option<String>,
    /// The path of what does not fit the tree, and the hash of the bytes that were given.
    pub resource: Option<(String, Digest)>,
    /// When.
    pub seen_at: Instant,
}

/// What an alarm comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// The log lied: its own signatures prove it.
    Forked(Box<Fork>),
    /// The log lied: it signed a tree without entries whose root is none.
    Impossible(Box<SignedCheckpoint>),
    /// The notes are the log's; that they were shown there is the teller's word.
    Asserted,
    /// It proves nothing.
    Unfounded(String),
}

impl Alarm {
    /// Says that a log lied, with the proof.
    pub fn of_fork(vkey: VerifierKey, fork: &Fork, seen_at: Instant) -> Self {
        let is_one_size = fork.older().checkpoint().size == fork.newer().checkpoint().size;
        Self {
            kind: if is_one_size {
                AlarmKind::Fork
            } else {
                AlarmKind::Inconsistent
            },
            vkey,
            notes: vec![fork.older().clone(), fork.newer().clone()],
            prefix: fork.prefix().cloned(),
            place: None,
            resource: None,
            seen_at,
        }
    }

    /// The log's name in checkpoints.
    pub fn origin(&self) -> &str {
        self.vkey.name().as_str()
    }

    /// What names this lie: the same for all that was seen of it.
    pub fn id(&self) -> Digest {
        let (kind, place) = match self.is_by_notes() {
            true => ("", ""),
            false => (self.kind.as_str(), self.place.as_deref().unwrap_or_default()),
        };
        Digest::of(&canonical_json(&json!([WHAT, self.origin(), kind, place])))
    }

    /// Whether the notes alone say it.
    pub const fn is_by_notes(&self) -> bool {
        matches!(self.kind, AlarmKind::Fork | AlarmKind::Inconsistent)
    }

    /// The body of the record that says it. Of the notes only what the log itself signed is told.
    ///
    /// # Errors
    /// A note cannot be written.
    pub fn to_body(&self) -> Result<Value, Invalid> {
        let notes = self.notes.iter().map(|note| self.own_part(note));
        let mut body = json!({
            "origin": self.origin(),
            "vkey": self.vkey.render(),
            "alarm": self.kind.as_str(),
            "notes": notes.collect::<Result<Vec<_>, _>>()?,
            "seenAt": self.seen_at.rfc3339(),
            "description": self.kind.words(self.origin()),
        });
        let Some(members) = body.as_object_mut() else {
            return Ok(body);
        };
        if let Some(prefix) = &self.prefix {
            let proof: Vec<String> = prefix.proof.iter().map(Digest::hex).collect();
            members.insert(
                "prefix".to_owned(),
                json!({ "root": prefix.root.hex(), "proof": proof }),
            );
        }
        members.extend(self.place.iter().map(|place| ("place".to_owned(), json!(place))));
        if let Some((path, hash)) = &self.resource {
            members.insert("resource".to_owned(), path.as_str().into());
            members.insert("resourceHash".to_owned(), hash.hex().into());
        }
        Ok(body)
    }

    /// A note without what others put below it.
    fn own_part(&self, note: &SignedCheckpoint) -> Result<String, Invalid> {
        let mut own = SignedCheckpoint::new(note.checkpoint().clone())?;
        let is_own = |signature: &&Signature| signature.name == *self.vkey.name();
        note.note()
            .signatures()
            .iter()
            .filter(is_own)
            .for_each(|signature| own.add(signature.clone()));
        Ok(own.render())
    }

    /// Reads the body of a `log-alarm` record.
    ///
    /// # Errors
    /// It is none; it accuses nobody.
    pub fn parse(body: &Value) -> Result<Self, Invalid> {
        let mut fields = Fields::of(WHAT, body.clone())?;
        let kind = fields.text("alarm")?;
        let kind = AlarmKind::ALL.into_iter().find(|known| known.as_str() == kind);
        let kind = kind.ok_or_else(|| fields.invalid("the alarm is unknown"))?;
        let vkey = VerifierKey::parse(&fields.text("vkey")?)?;
        if fields.text("origin")? != vkey.name().as_str() {
            return Err(fields.invalid("the key is not the log's"));
        }
        let notes = fields.value("notes")?;
        let notes = notes.as_array().ok_or_else(|| fields.invalid("`notes` is no list"))?;
        let notes = notes
            .iter()
            .map(|note| SignedCheckpoint::parse(note.as_str().unwrap_or_default().as_bytes()));
        let notes: Vec<SignedCheckpoint> = notes.collect::<Result<_, _>>()?;
        let resource = match fields.has("resource") || fields.has("resourceHash") {
            true => Some((fields.text("resource")?, fields.digest("resourceHash")?)),
            false => None,
        };
        Ok(Self {
            kind,
            vkey,
            notes,
            prefix: fields.optional("prefix").as_ref().map(parse_prefix).transpose()?,
            place: fields
                .optional("place")
                .and_then(|place| place.as_str().map(str::to_owned)),
            resource,
            seen_at: Instant::parse_rfc3339(&fields.text("seenAt")?)?,
        })
    }

    /// What it comes to for one who trusts `keys` for this log; the key in the alarm counts for nothing.
    pub fn judge(&self, suite: &dyn Suite, keys: &[VerifierKey]) -> Judged {
        for note in &self.notes {
            if note.checkpoint().origin.as_str() != self.origin() {
                return Judged::Unfounded("a note is of another log".to_owned());
            }
            if let Err(why) = self.signed(note, suite, keys) {
                return Judged::Unfounded(why.to_string());
            }
        }
        match (self.kind, self.notes.as_slice()) {
            (AlarmKind::Inconsistent, [note]) if !note.checkpoint().is_possible() => {
                Judged::Impossible(Box::new(note.clone()))
            }
            (AlarmKind::Fork | AlarmKind::Inconsistent, [one, other]) => {
                match Fork::prove(suite, keys, [one.clone(), other.clone()], self.prefix.clone()) {
                    Ok(fork) => Judged::Forked(Box::new(fork)),
                    Err(why) => Judged::Unfounded(why.to_string()),
                }
            }
            (AlarmKind::Shrunken, [one, other]) if one.checkpoint().size != other.checkpoint().size => Judged::Asserted,
            (AlarmKind::WrongTile, [_]) if self.resource.is_some() => Judged::Asserted,
            _ => Judged::Unfounded("what belongs to such an alarm is not in it".to_owned()),
        }
    }

    fn signed(&self, note: &SignedCheckpoint, suite: &dyn Suite, keys: &[VerifierKey]) -> Result<(), NoteRefused> {
        if chapar_terms::sabotaged("believe-any-alarm") {
            return Ok(());
        }
        note.verify(suite, keys).map(|_| ())
    }
}

fn parse_prefix(value: &Value) -> Result<Prefix, Invalid> {
    let mut fields = Fields::of(WHAT, value.clone())?;
    let root = fields.digest("root")?;
    let proof = fields.value("proof")?;
    let proof = proof.as_array().filter(|proof| proof.len() <= PREFIX_HASHES);
    let proof = proof.ok_or_else(|| fields.invalid("`proof` is no list of hashes"))?;
    let proof = proof
        .iter()
        .map(|hash| Digest::from_hex(hash.as_str().unwrap_or_default()));
    Ok(Prefix {
        root,
        proof: proof.collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KindName;
    use chapar_suite_international::{International, MemorySigner, generate};
    use chapar_terms::Algorithm;
    use chapar_tlog::{
        Checkpoint, Frontier, KeyName, NoteSigner, Origin, RightEdge, SignatureType, leaf_hash, prefix_at,
    };
    use chapar_tlog::{TileId, prove_consistency};
    use std::collections::BTreeMap;

    const ORIGIN: &str = "uz.example/plant/log";

    struct Log(MemorySigner);

    impl Log {
        fn new() -> Self {
            Self(generate(Algorithm::Ed25519).unwrap().0)
        }

        fn signer(&self) -> NoteSigner<'_> {
            NoteSigner::new(KeyName::parse(ORIGIN).unwrap(), SignatureType::ED25519, &self.0).unwrap()
        }

        fn note(&self, size: u64, root: Digest) -> SignedCheckpoint {
            let checkpoint = Checkpoint::new(Origin::parse(ORIGIN).unwrap(), size, root);
            let mut signed = SignedCheckpoint::new(checkpoint).unwrap();
            signed.add(
                self.signer()
                    .sign(signed.note().text(), Instant::from_unix_s(0))
                    .unwrap(),
            );
            signed
        }

        fn alarm(&self, kind: AlarmKind, notes: Vec<SignedCheckpoint>) -> Alarm {
            Alarm {
                kind,
                vkey: self.signer().verifier_key().clone(),
                notes,
                prefix: None,
                place: None,
                resource: None,
                seen_at: Instant::from_unix_s(1_790_000_000),
            }
        }
    }

    fn judge(alarm: &Alarm) -> Judged {
        let body = alarm.to_body().unwrap();
        let kind = crate::Kinds::built_in()
            .find(&KindName::parse(LOG_ALARM).unwrap())
            .unwrap();
        assert!(kind.check(&body).is_empty(), "{:?}", kind.check(&body));
        let told = Alarm::parse(&body).unwrap();
        assert_eq!(&told, alarm, "what is told is what was seen");
        told.judge(&International, std::slice::from_ref(&alarm.vkey))
    }

    fn root(leaves: &[Digest]) -> Digest {
        let mut tree = Frontier::empty();
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        tree.root()
    }

    #[test]
    fn two_notes_that_contradict_each_other_convict_whoever_shows_them() {
        let log = Log::new();
        let leaves: Vec<Digest> = (0..9u8).map(|byte| leaf_hash(&[byte])).collect();
        let mut others = leaves.clone();
        others[2] = leaf_hash(b"rewritten");
        let notes = vec![log.note(9, root(&leaves)), log.note(9, root(&others))];
        assert!(matches!(judge(&log.alarm(AlarmKind::Fork, notes)), Judged::Forked(_)));

        let tiles: BTreeMap<TileId, Vec<u8>> = RightEdge::empty()
            .grow(&others)
            .into_iter()
            .map(|tile| (tile.id, tile.bytes))
            .collect();
        let source = |id| tiles.get(&id).cloned();
        let mut alarm = log.alarm(
            AlarmKind::Inconsistent,
            vec![log.note(5, root(&leaves[..5])), log.note(9, root(&others))],
        );
        assert!(
            matches!(judge(&alarm), Judged::Unfounded(_)),
            "nothing shows what the newer tree begins with"
        );
        alarm.prefix = Some(Prefix {
            root: prefix_at(5, 9, &source).unwrap().root(),
            proof: prove_consistency(5, 9, &source).unwrap(),
        });
        let Judged::Forked(fork) = judge(&alarm) else {
            panic!("{:?}", judge(&alarm))
        };
        assert_eq!(Alarm::of_fork(alarm.vkey.clone(), &fork, alarm.seen_at), alarm);
        let empty = log.note(0, Digest::of(b"not the root of nothing"));
        let alarm = log.alarm(AlarmKind::Inconsistent, vec![empty.clone()]);
        assert_eq!(judge(&alarm), Judged::Impossible(Box::new(empty)));
    }

    #[test]
    fn what_the_log_did_not_sign_proves_nothing() {
        #[expect(
            clippy::disallowed_methods,
            reason = "the judge of this judge says which fault there is"
        )]
        chapar_terms::sabotage::choose(&std::env::var("CHAPAR_SABOTAGE").unwrap_or_default());
        let (log, thief) = (Log::new(), Log::new());
        let leaf = |text: &[u8]| leaf_hash(text);
        let mut forged = thief.alarm(
            AlarmKind::Fork,
            vec![thief.note(1, leaf(b"a")), thief.note(1, leaf(b"b"))],
        );
        let keys = [log.signer().verifier_key().clone()];
        assert!(
            matches!(forged.judge(&International, &keys), Judged::Unfounded(_)),
            "by a key of its own"
        );
        let empty = thief.note(0, leaf(b"not the root of nothing"));
        let impossible = thief.alarm(AlarmKind::Inconsistent, vec![empty]);
        assert!(
            matches!(impossible.judge(&International, &keys), Judged::Unfounded(_)),
            "a tree that cannot be convicts who signed it"
        );
        forged.notes[0] = log.note(1, leaf(b"a"));
        assert!(
            matches!(forged.judge(&International, &keys), Judged::Unfounded(_)),
            "one note is not enough"
        );
        let same = log.alarm(AlarmKind::Fork, vec![log.note(1, leaf(b"a")), log.note(1, leaf(b"a"))]);
        assert!(
            matches!(same.judge(&International, &keys), Judged::Unfounded(_)),
            "they agree"
        );
    }

    #[test]
    fn what_a_place_did_is_the_tellers_word() {
        let log = Log::new();
        let (one, two) = (log.note(1, leaf_hash(b"a")), log.note(2, leaf_hash(b"b")));
        let mut alarm = log.alarm(AlarmKind::Shrunken, vec![one.clone(), two.clone()]);
        alarm.place = Some("https://uz.example/plant/log".to_owned());
        assert_eq!(judge(&alarm), Judged::Asserted);
        alarm.notes = vec![one.clone(), one.clone()];
        assert!(matches!(
            alarm.judge(&International, std::slice::from_ref(&alarm.vkey)),
            Judged::Unfounded(_)
        ));
        let shrunken = alarm.id();
        alarm.kind = AlarmKind::WrongTile;
        alarm.notes = vec![two];
        assert!(
            matches!(judge(&alarm), Judged::Unfounded(_)),
            "it does not say what was given"
        );
        alarm.resource = Some(("tile/0/000.p/2".to_owned(), Digest::of(b"junk")));
        assert_eq!(judge(&alarm), Judged::Asserted);
        assert_ne!(alarm.id(), shrunken);
    }
}
