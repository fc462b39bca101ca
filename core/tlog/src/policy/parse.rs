//! Reading a policy file, line by line. Names are bytes: nothing here depends on a version of Unicode.

use super::{Group, Member, Policy, PolicyLog, PolicyWitness, is_witness_key};
use crate::VerifierKey;
use chapar_terms::{Invalid, quote};
use std::collections::{BTreeMap, BTreeSet};

/// Longest policy read: a line per log and witness with post-quantum keys, and room for comments.
pub const POLICY_BYTES: usize = 1024 * 1024;
/// Most logs, most witnesses and most groups read; 32 of each must be accepted.
pub const POLICY_ITEMS: usize = 256;
/// The name that stands for no quorum.
const NONE: &[u8] = b"none";
const WHAT: &str = "policy";

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// A line breaks the format, or there are more than [`POLICY_ITEMS`]; the message names the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        if bytes.len() > POLICY_BYTES {
            return Err(Invalid::new(WHAT, format!("is longer than {POLICY_BYTES} bytes")));
        }
        let lines = match bytes.strip_suffix(b"\n") {
            Some(lines) => lines,
            None if bytes.is_empty() => bytes,
            None => return Err(Invalid::new(WHAT, "does not end with a line end")),
        };
        let mut reading = Reading::default();
        for (line, number) in lines.split(|byte| *byte == b'\n').zip(1..) {
            reading
                .line(line)
                .map_err(|why| Invalid::new(WHAT, format!("line {number}: {why}")))?;
        }
        let quorum = reading.quorum.ok_or_else(|| Invalid::new(WHAT, "has no quorum line"))?;
        let Reading {
            logs,
            witnesses,
            groups,
            ..
        } = reading;
        Ok(Self {
            logs,
            witnesses,
            groups,
            quorum,
        })
    }
}

/// What the lines so far say.
#[derive(Default)]
struct Reading {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<Group>,
    names: BTreeMap<Vec<u8>, Member>,
    /// Who is a member of some group already: each may be of one.
    taken: BTreeSet<Member>,
    quorum: Option<Option<Member>>,
}

impl Reading {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        if line
            .iter()
            .any(|byte| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f)
        {
            return Err("holds a control character".to_owned());
        }
        let words: Vec<&[u8]> = line
            .split(|byte| matches!(byte, b' ' | b'\t'))
            .filter(|word| !word.is_empty())
            .collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key] => self.log(key, None),
            [b"log", key, url] => self.log(key, Some(url)),
            [b"witness", name, key] => self.witness(name, key, None),
            [b"witness", name, key, url] => self.witness(name, key, Some(url)),
            [b"group", name, threshold, members @ ..] => self.group(name, threshold, members),
            [b"quorum", name] => self.quorum(name),
            [first, ..] => Err(format!("{} with that many words says nothing", shown(first))),
        }
    }

    fn log(&mut self, key: &[u8], url: Option<&[u8]>) -> Result<(), String> {
        let key = verifier_key(key)?;
        room(self.logs.len(), "logs")?;
        if self.logs.iter().any(|log| log.key.material() == key.material()) {
            return Err("the key is that of another log".to_owned());
        }
        self.logs.push(PolicyLog {
            key,
            url: url.map(<[u8]>::to_vec),
        });
        Ok(())
    }

    fn witness(&mut self, name: &[u8], key: &[u8], url: Option<&[u8]>) -> Result<(), String> {
        let key = verifier_key(key)?;
        if !is_witness_key(&key) {
            return Err("the key is not one of cosignatures".to_owned());
        }
        room(self.witnesses.len(), "witnesses")?;
        if self
            .witnesses
            .iter()
            .any(|witness| witness.key.material() == key.material())
        {
            return Err("the key is that of another witness".to_owned());
        }
        self.define(name, Member::Witness(self.witnesses.len()))?;
        self.witnesses.push(PolicyWitness {
            name: name.to_vec(),
            key,
            url: url.map(<[u8]>::to_vec),
        });
        Ok(())
    }

    fn group(&mut self, name: &[u8], threshold: &[u8], members: &[&[u8]]) -> Result<(), String> {
        room(self.groups.len(), "groups")?;
        let members: Vec<Member> = members.iter().map(|name| self.member(name)).collect::<Result<_, _>>()?;
        let threshold = match threshold {
            b"any" => 1,
            b"all" => members.len(),
            digits => number(digits).ok_or_else(|| format!("{} is no threshold", shown(digits)))?,
        };
        if !(1..=members.len()).contains(&threshold) {
            return Err(format!("{threshold} of {} cannot be", members.len()));
        }
        self.define(name, Member::Group(self.groups.len()))?;
        self.groups.push(Group {
            name: name.to_vec(),
            threshold,
            members,
        });
        Ok(())
    }

    fn quorum(&mut self, name: &[u8]) -> Result<(), String> {
        let quorum = if name == NONE { None } else { Some(self.known(name)?) };
        match self.quorum.replace(quorum) {
            None => Ok(()),
            Some(_) => Err("is the second quorum line".to_owned()),
        }
    }

    fn define(&mut self, name: &[u8], member: Member) -> Result<(), String> {
        if name == NONE || self.names.insert(name.to_vec(), member).is_some() {
            return Err(format!("{} is taken", shown(name)));
        }
        Ok(())
    }

    fn member(&mut self, name: &[u8]) -> Result<Member, String> {
        let member = self.known(name)?;
        if self.taken.insert(member) {
            Ok(member)
        } else {
            Err(format!("{} is a member already", shown(name)))
        }
    }

    fn known(&self, name: &[u8]) -> Result<Member, String> {
        self.names
            .get(name)
            .copied()
            .ok_or_else(|| format!("{} is not defined above", shown(name)))
    }
}

fn verifier_key(text: &[u8]) -> Result<VerifierKey, String> {
    let text = str::from_utf8(text).map_err(|_| "the key is not UTF-8".to_owned())?;
    VerifierKey::parse(text).map_err(|invalid| invalid.to_string())
}

/// A decimal of any spelling: the specification asks for no more.
fn number(digits: &[u8]) -> Option<usize> {
    let digits = str::from_utf8(digits)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

fn room(count: usize, what: &str) -> Result<(), String> {
    if count < POLICY_ITEMS {
        Ok(())
    } else {
        Err(format!("there are more than {POLICY_ITEMS} {what}"))
    }
}

fn shown(name: &[u8]) -> String {
    quote(&String::from_utf8_lossy(name))
}
