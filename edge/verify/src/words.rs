//! The sentences for what a verification says, by the code of the statement.

use chapar_register::{Standing, Statement};

/// The sentence of a statement: lower case, without full stop. One whose code has none is told by its code and parameters.
pub(crate) fn sentence(one: &Statement) -> String {
    let p = |name: &str| one.parameters.get(name).map_or("", String::as_str);
    of_log(one.code, &p)
        .or_else(|| of_time(one.code, &p))
        .or_else(|| of_trail(one.code, &p))
        .or_else(|| of_entry(one.code, &p))
        .or_else(|| of_record(one, &p))
        .unwrap_or_else(|| other(one))
}

type Parameters<'a> = dyn Fn(&str) -> &'a str + 'a;

/// Of the log as a whole.
fn of_log<'a>(code: &str, p: &Parameters<'a>) -> Option<String> {
    Some(match code {
        "key-pinned" => format!("the log's key is the one that you pinned, `{}`", p("vkey")),
        "key-of-first-use" => format!(
            "the log's key is `{}`, because the log says so: pin it with --vkey",
            p("vkey")
        ),
        "key-not-pinned" => format!(
            "the log shows the key `{}`, and nobody pinned it: compare it with the one that its owner tells you, then give it with --vkey",
            p("vkey")
        ),
        "key-of-register" => format!(
            "the log's key is the one for which the register vouches, `{}`",
            p("vkey")
        ),
        "key-not-shown" => "the log's key is not known: give it with --vkey".to_owned(),
        "log-verified" => format!(
            "the {} entries of `{}` are the tree that the log signed, with the root `{}`",
            p("size"),
            p("origin"),
            p("root")
        ),
        "checkpoint-malformed" => format!("what is at `checkpoint` is no checkpoint: {}", p("why")),
        "other-origin"
        | "checkpoint-unsigned"
        | "checkpoint-signature-wrong"
        | "checkpoint-older"
        | "log-incomplete"
        | "log-keyless"
        | "other-root"
        | "wrong-root"
        | "empty-root" => p("why").to_owned(),
        "log-of-participant" => format!("the log is of `{}`", p("participant")),
        "witnesses-not-judged" => match p("count") {
            "0" => "no witness cosigned the checkpoint".to_owned(),
            count => format!("signatures of others on the checkpoint: {count}; give --policy to have them judged"),
        },
        "witnessed" => format!(
            "the checkpoint is cosigned by {} witnesses, enough for the policy: {}",
            p("count"),
            p("names")
        ),
        "witnesses-too-few" => format!(
            "the checkpoint is cosigned by {} witnesses, too few for the policy: {}",
            p("count"),
            p("names")
        ),
        "cosignature-wrong" => format!("a cosignature is wrong: {}", p("why")),
        "tiles-verified" => format!("tiles of hashes that are those of the entries: {}", p("count")),
        "tile-missing" | "tile-malformed" | "entries-missing" | "bodies-malformed" => {
            format!("`{}` {}", p("path"), p("why"))
        }
        "tile-wrong" => match p("index") {
            "" => format!(
                "`{}` is not what the entries give, from its hash {} on",
                p("path"),
                p("place")
            ),
            index => format!("`{}` is not what the entries give, from entry {index} on", p("path")),
        },
        _ => return None,
    })
}

/// Of what authorities of time said.
fn of_time<'a>(code: &str, p: &Parameters<'a>) -> Option<String> {
    Some(match code {
        "log-stamped" => format!(
            "its first {} entries were there by {}, says `{}`; time stamps like it: {}",
            p("size"),
            p("at"),
            p("by"),
            p("count")
        ),
        "timestamp-wrong" => format!(
            "the time stamp of the tree of {} entries does not count: {}",
            p("size"),
            p("why")
        ),
        "timestamp-unknown" => format!("the time stamp of the tree of {} entries: {}", p("size"), p("why")),
        "timestamps-none" => "no authority of time that you pinned has stamped it".to_owned(),
        "timestamps-malformed" => p("why").to_owned(),
        _ => return None,
    })
}

/// Of evidence beside the register that holds checkpoints of it.
fn of_trail<'a>(code: &str, p: &Parameters<'a>) -> Option<String> {
    Some(match code {
        "register-verified" => format!(
            "the {} entries of the register `{}` are verified",
            p("size"),
            p("origin")
        ),
        "register-not-verified" => format!(
            "the register is not verified ({}), so what it says of the evidence was not looked at: verify it alone, to see why",
            p("verdict")
        ),
        "evidence-checkpointed" => format!(
            "the evidence begins with each of the {} checkpoints that the register has of it, the last one of {} entries and of {}",
            p("count"),
            p("size"),
            p("last")
        ),
        "evidence-not-checkpointed" => format!("the register has no checkpoint of `{}`", p("origin")),
        "evidence-checkpoint-wrong" => format!(
            "entry {} of the register holds no checkpoint of the evidence that its key signed: {}",
            p("index"),
            p("why")
        ),
        "evidence-checkpoint-shrinks" => format!(
            "entry {} of the register has a checkpoint of {} entries of evidence, after one of {}",
            p("index"),
            p("size"),
            p("before")
        ),
        "evidence-rewritten" => format!(
            "the first {} entries of the evidence have the root `{}`, and entry {} of the register `{}`: they were rewritten",
            p("size"),
            p("made"),
            p("index"),
            p("written")
        ),
        "evidence-dropped" => format!(
            "entry {} of the register has a checkpoint of {} entries of evidence, and {} were shown: \
             the rest was dropped, or this is a copy of before",
            p("index"),
            p("size"),
            p("shown")
        ),
        "evidence-checkpoint-late" => format!(
            "the checkpoint in entry {} of the register came late: issued {}, the one before it {}",
            p("index"),
            p("issued"),
            p("before")
        ),
        "evidence-after-checkpoints" => format!(
            "entries of evidence that no checkpoint in the register covers yet: {}",
            p("count")
        ),
        _ => return None,
    })
}

/// Of entries, and how many there are.
fn of_entry<'a>(code: &str, p: &Parameters<'a>) -> Option<String> {
    Some(match code {
        "records-signed" => format!("records with a good signature: {}", p("count")),
        "records-of-kind" => format!("records of kind `{}`: {}", p("kind"), p("count")),
        "bodies-verified" => format!("bodies that are here and are those of their records: {}", p("count")),
        "bodies-opened" => format!(
            "bodies that were closed, were opened later and are those of their records: {}",
            p("count")
        ),
        "bodies-not-open" => format!(
            "bodies that are not open, of which only the hash is here: {}",
            p("count")
        ),
        "kinds-unknown" => format!(
            "records of kinds that this program does not know, kept unread: {}",
            p("count")
        ),
        "body-withdrawn" => format!("the body of `{}` (entry {}) is withdrawn", p("id"), p("index")),
        "body-missing" => format!("the body of `{}` (entry {}) is not here", p("id"), p("index")),
        "body-wrong" if !p("index").is_empty() => {
            format!(
                "what is served as the body of `{}` (entry {}) is not its body",
                p("id"),
                p("index")
            )
        }
        "record-rejected" => format!("entry {} is no record: {} ({})", p("index"), p("why"), p("fault")),
        "key-changes" => format!("changes of keys: {}", p("count")),
        "key-listed" => {
            let until = match p("revoked") {
                "" => String::new(),
                at => format!(", revoked {at} ({})", p("reason")),
            };
            format!("the key `{}` signs {}, from {}{until}", p("id"), p("signs"), p("from"))
        }
        "evidence-read" => format!("entries of evidence: {}", p("count")),
        "entry-rejected" => format!("entry {} is no evidence: {}", p("index"), p("why")),
        "clock-set-back" => format!(
            "entries that are older than the one before them, as after a clock was set back: {}",
            p("count")
        ),
        "entries-unread" => {
            "the entries are neither records nor evidence: their tree is judged, what they say is not".to_owned()
        }
        _ => return None,
    })
}

/// Of one record with its proof.
fn of_record<'a>(one: &Statement, p: &Parameters<'a>) -> Option<String> {
    let is_unknown = one.standing == Standing::Unknown;
    Some(match one.code {
        "record" => format!(
            "it says that it is `{}`, version {}, of kind `{}`, issued {}",
            p("id"),
            p("version"),
            p("kind"),
            p("issued")
        ),
        "record-of-other" => format!("it is of `{}`", p("issuer")),
        "proof-malformed" => p("why").to_owned(),
        "record-logged" => format!(
            "it is entry {} of the {} of `{}`; witnesses who saw that: {}",
            p("index"),
            p("size"),
            p("origin"),
            p("witnesses")
        ),
        "checkpoint-refused" => format!("the checkpoint is not believed: {}", p("why")),
        "record-not-logged" => format!("it is not in the log: {}", p("why")),
        "id-of-log" if is_unknown => format!("whether the id `{}` is of this log: only its first key tells", p("id")),
        "id-of-log" => format!("its id `{}` names the log by its first key", p("id")),
        "record-signed" if is_unknown => format!(
            "whether the key `{}` signed it: the log holds the keys, see --log",
            p("key")
        ),
        "record-signed" => match p("why") {
            "" => format!("the key `{}` of the issuer signed it", p("key")),
            why => format!("the key `{}` did not sign it: {why}", p("key")),
        },
        "body-not-shown" => "its body was not shown: give it with --body".to_owned(),
        "salt-not-shown" => "its body is salted, and the salt was not shown".to_owned(),
        "body-wrong" => "the body that was shown is not its body".to_owned(),
        "body-verified" => "the body that was shown is its body".to_owned(),
        "kind-unknown" => format!(
            "the kind `{}` is not known to this program, so the body was not read",
            p("kind")
        ),
        "body-invalid" => format!("its body is not as the kind `{}` demands", p("kind")),
        _ => return None,
    })
}

fn other(one: &Statement) -> String {
    let parameters: Vec<String> = one
        .parameters
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    format!("{}: {}", one.code, parameters.join(", "))
}
