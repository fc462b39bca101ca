//! Where a record comes from, in plain words: its log, its place there, who vouches for the log, and how one checks that oneself.

use crate::parts::{copyable, facts, id, stale, when};
use crate::read::{Found, Holder, Log, Names};
use crate::words::Words;
use chapar_runtime::{Fault, LogName, Runtime};
use chapar_terms::{Digest, Instant};
use maud::{Markup, html};

/// Why one may believe a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The log that holds it.
    pub log: Log,
    /// Who else signed the newest checkpoint of the log that is known here.
    pub cosigners: Vec<String>,
    /// The smallest known size of the log with the record in it that an authority of time has stamped.
    pub stamped: Option<u64>,
}

/// Reads what is known of the log.
///
/// # Errors
/// The store does not answer.
pub async fn read(runtime: &Runtime, log: Log, found: &Found) -> Result<Proof, Fault> {
    let (mut cosigners, mut stamped) = (Vec::new(), None);
    if let Some(name) = name_of(&log) {
        if let Some((published, _)) = runtime.log_checkpoint(&name) {
            cosigners = signers(&published.checkpoint, &log.origin);
        }
        let sizes = runtime.log_timestamp_sizes(&name, None).await?.unwrap_or_default();
        let sizes = String::from_utf8_lossy(&sizes);
        stamped = sizes
            .lines()
            .filter_map(|size| size.parse().ok())
            .filter(|size| *size > found.index)
            .min();
    }
    Ok(Proof {
        log,
        cosigners,
        stamped,
    })
}

/// The log as the runtime names it: an own one by what stands in its origin behind the host, others by their hash.
pub fn name_of(log: &Log) -> Option<LogName> {
    if !log.is_own {
        return Digest::from_hex(&log.hash).ok().map(LogName::Mirror);
    }
    let mut steps = log.origin.split('/').skip(1);
    let (participant, _, number) = (steps.next()?, steps.next()?, steps.next());
    Some(LogName::Own {
        participant: participant.to_owned(),
        number: number.map_or(Some(1), |number| number.parse().ok())?,
    })
}

/// Who signed a note besides the log itself: the names on its signature lines.
pub fn signers(note: &[u8], origin: &str) -> Vec<String> {
    let note = String::from_utf8_lossy(note);
    let lines = note.rsplit("\n\n").next().unwrap_or_default().lines();
    let names = lines.filter_map(|line| line.strip_prefix("— ")?.split(' ').next());
    let mut names: Vec<String> = names.filter(|name| *name != origin).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// The section of the page.
pub fn section(words: &Words, names: &Names, found: &Found, proof: &Proof, holders: &[Holder], now: Instant) -> Markup {
    let log = &proof.log;
    let place = words.fill(
        "proof-place-of",
        &[("index", &words.number(found.index)), ("size", &words.number(log.size))],
    );
    let mut list = vec![
        (words.say("proof-author"), id::participant(words, names, &found.issuer)),
        (words.say("proof-log"), id::id(&log.origin)),
        (words.say("proof-place"), html! { (place) }),
        (words.say("proof-hash"), id::id(&found.leaf_hash)),
    ];
    if let Some(at) = log.published_at {
        list.push((words.say("proof-checkpoint"), when::moment(words, at)));
    }
    if let Some(age) = found.age {
        let age =
            html! { (when::ago(words, age, now)) @if let Some(note) = stale::stale(words, Some(age)) { " " (note) } };
        list.push((words.say("proof-checked"), age));
    }
    list.push((words.say("proof-cosigners"), cosigners(words, &proof.cosigners)));
    if let Some(size) = proof.stamped {
        let stamp = format!("{}/timestamps/{size}", log.address);
        let text = words.fill("proof-stamped-size", &[("size", &words.number(size))]);
        list.push((words.say("proof-stamped"), html! { a href=(stamp) { (text) } }));
    }
    list.push((words.say("proof-mirrors"), mirrors(words, holders, now)));
    let command = format!("chapar verify {} --vkey '{}'", log.address, log.vkey);
    html! {
        section.block aria-labelledby="origin" {
            h2 #origin { (words.say("record-origin")) }
            p.section-about { (words.say("record-origin-about")) }
            (facts::facts(&list))
            h3 { (words.say("verify-title")) }
            p { (words.say("verify-about")) }
            (copyable::code(words, &command))
            p.quiet-text { (words.say("verify-key")) }
        }
    }
}

fn cosigners(words: &Words, names: &[String]) -> Markup {
    html! {
        @if names.is_empty() { span.quiet-text { (words.say("proof-cosigners-none")) } }
        @else { ul.values { @for name in names { li { (id::id(name)) } } } }
    }
}

fn mirrors(words: &Words, holders: &[Holder], now: Instant) -> Markup {
    html! {
        @if holders.is_empty() { span.quiet-text { (words.say("proof-mirrors-none")) } }
        @else {
            ul.lines {
                @for holder in holders {
                    li {
                        (id::id(&holder.address)) " "
                        span.quiet-text {
                            (words.say_or(&format!("holder-{}", holder.state), &holder.state))
                            @if let Some(size) = holder.size { ", " (words.count("entries-n", size, &[])) }
                            @if let Some(lag) = holder.lag.filter(|lag| *lag > 0) { ", " (words.say("ring-lag")) " " (words.number(lag)) }
                            @if let Some(age) = holder.age { ", " (when::ago(words, age, now)) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_cosigned_are_read_off_the_note() {
        let note = "a.example/log\n7\nroot=\n\n— a.example/log AAAA\n— w.example/witness BBBB\n— b.example/w CCCC\n";
        assert_eq!(
            signers(note.as_bytes(), "a.example/log"),
            ["b.example/w", "w.example/witness"]
        );
        assert!(signers(b"no note", "a").is_empty());
    }

    #[test]
    fn an_own_log_is_found_by_its_origin() {
        let log = |origin: &str, is_own: bool| Log {
            origin: origin.to_owned(),
            hash: Digest::of(origin.as_bytes()).hex(),
            address: String::new(),
            owner: String::new(),
            vkey: String::new(),
            size: 0,
            in_catalogue: 0,
            is_own,
            state: String::new(),
            published_at: None,
            checked_at: None,
        };
        let own = |number| {
            Some(LogName::Own {
                participant: "plant".to_owned(),
                number,
            })
        };
        assert_eq!(name_of(&log("a.example:8443/plant/log", true)), own(1));
        assert_eq!(name_of(&log("a.example:8443/plant/log/2", true)), own(2));
        assert_eq!(name_of(&log("a.example", true)), None);
        let mirror = log("b.example/log", false);
        assert_eq!(name_of(&mirror), Some(LogName::Mirror(Digest::of(b"b.example/log"))));
    }
}
