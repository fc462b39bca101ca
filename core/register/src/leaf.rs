//! The leaf: the bytes of a signed header that the log puts into its tree. Frozen in `docs/formats/record.md`.

use crate::header::{Header, KindName, Link, Validity, Visibility};
use crate::id::RecordId;
use crate::proof::Proof;
use chapar_terms::{BadSignature, Digest, Fields, Invalid, Lang, ParticipantId, PublicKey, Suite, canonical_json};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Longest leaf: a log hands out its leaves in bundles of 256, which so stay below four megabytes.
pub const LEAF_BYTES: usize = 16 * 1024;
/// The only version of the format so far.
const VERSION: u64 = 1;
const WHAT: &str = "record leaf";
/// The member of the proof, which is never the first one, and that of the signature in it.
const PROOF: &[u8] = b",\"proof\":";
const PROOF_VALUE: &[u8] = b",\"proofValue\":\"";

/// A signed header. Its bytes are well formed; that the signature is good is said by [`Record::verify`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    header: Header,
    proof: Proof,
    leaf: Vec<u8>,
}

impl Record {
    /// Puts a header and its proof together.
    ///
    /// # Errors
    /// The header contradicts itself, or the leaf would be longer than [`LEAF_BYTES`]; shorten it.
    pub fn of(header: &Header, proof: &Proof) -> Result<Self, Invalid> {
        // Read back, so that there is one rule of what a leaf is.
        Self::parse(&render(header, proof))
    }

    /// Reads a leaf: exactly the bytes that [`Record::of`] writes, no others.
    ///
    /// # Errors
    /// The bytes are not canonical, of another version, or have members too many or too few; they are no record.
    pub fn parse(leaf: &[u8]) -> Result<Self, Invalid> {
        let mut fields = Fields::read(WHAT, leaf, LEAF_BYTES)?;
        fields.version(VERSION)?;
        let proof = Proof::parse(fields.value("proof")?)?;
        let header = parse_header(&mut fields)?;
        fields.end()?;
        header.check()?;
        Ok(Self {
            header,
            proof,
            leaf: leaf.to_vec(),
        })
    }

    /// What the record says openly.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Who signed it, and how.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// The bytes that go into the log.
    pub fn leaf(&self) -> &[u8] {
        &self.leaf
    }

    /// The hash of those bytes as a leaf of the log (RFC 6962).
    pub fn leaf_hash(&self) -> Digest {
        chapar_tlog::leaf_hash(&self.leaf)
    }

    /// Checks that `key` signed the record.
    ///
    /// # Errors
    /// It did not; nobody said this.
    pub fn verify(&self, suite: &dyn Suite, key: &PublicKey) -> Result<(), BadSignature> {
        let signed = signed_of(&self.leaf).ok_or(BadSignature)?;
        self.proof.verify(&signed, suite, key)
    }
}

/// What `hash_data` gives for the document of a leaf and its proof, cut out of the leaf: that is canonical, and so are its parts. The quoted
/// names below begin where no string ends, as a quote within a string has a stroke before it; the object of a proof holds strings alone.
fn signed_of(leaf: &[u8]) -> Option<Vec<u8>> {
    let (before, rest) = split_before(leaf, PROOF)?;
    let (proof, after) = rest.split_at_checked(object_end(rest)?)?;
    let (head, value) = split_before(proof.strip_prefix(PROOF)?, PROOF_VALUE)?;
    let value = value.strip_prefix(PROOF_VALUE)?;
    let tail = value.get(value.iter().position(|byte| *byte == b'"')? + 1..)?;
    let hash = |parts: &[&[u8]]| *Digest::of_parts(parts).as_bytes();
    Some([hash(&[head, tail]), hash(&[before, after])].concat())
}

fn split_before<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    text.split_at_checked(text.windows(mark.len()).position(|part| part == mark)?)
}

/// Where the first object ends that has no other inside.
fn object_end(text: &[u8]) -> Option<usize> {
    let (mut is_string, mut is_escaped) = (false, false);
    for (place, byte) in text.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_string = !is_string,
            b'}' if !is_string => return Some(place + 1),
            _ => {}
        }
    }
    None
}

/// The document that is signed: all members but the proof.
pub(crate) fn document(header: &Header) -> Value {
    Value::Object(members(header))
}

fn render(header: &Header, proof: &Proof) -> Vec<u8> {
    let mut members = members(header);
    members.insert("proof".to_owned(), proof.render());
    canonical_json(&Value::Object(members))
}

fn members(header: &Header) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("v", VERSION.into());
    put("id", header.id.to_string().into());
    put("kind", header.kind.as_str().into());
    put("version", header.version.into());
    put("issued", header.issued.rfc3339().into());
    put("issuer", header.issuer.as_str().into());
    put("languages", tags(&header.languages));
    put("visibility", header.visibility.as_str().into());
    put("bodyHash", header.body_hash.hex().into());
    put("bodyBytes", header.body_bytes.into());
    let links = header
        .links
        .iter()
        .map(|link| json!({"rel": link.rel, "target": link.target}));
    put("links", links.collect());
    if let Some(previous) = header.previous {
        put("previous", previous.hex().into());
    }
    if let Some(valid) = header.valid {
        put("valid", render_validity(valid));
    }
    if let Some(mandate) = &header.mandate {
        put("mandate", mandate.as_str().into());
    }
    if !header.authentic.is_empty() {
        put("authentic", tags(&header.authentic));
    }
    if let Visibility::Parties(parties) = &header.visibility {
        put(
            "parties",
            parties.iter().map(|party| Value::from(party.as_str())).collect(),
        );
    }
    members
}

fn tags(languages: &BTreeSet<Lang>) -> Value {
    languages.iter().map(|lang| Value::from(lang.as_str())).collect()
}

fn render_validity(valid: Validity) -> Value {
    let ends = [("from", valid.from), ("until", valid.until)];
    let said = ends
        .into_iter()
        .filter_map(|(name, end)| Some((name.to_owned(), Value::from(end?.rfc3339()))));
    Value::Object(said.collect())
}

fn parse_header(fields: &mut Fields) -> Result<Header, Invalid> {
    Ok(Header {
        id: RecordId::parse(&fields.text("id")?)?,
        kind: KindName::parse(&fields.text("kind")?)?,
        version: number(fields, "version")?,
        previous: match fields.has("previous") {
            true => Some(fields.digest("previous")?),
            false => None,
        },
        issued: fields.instant("issued")?,
        valid: fields.optional("valid").map(parse_validity).transpose()?,
        issuer: ParticipantId::parse(&fields.text("issuer")?)?,
        mandate: match fields.has("mandate") {
            true => Some(fields.text("mandate")?),
            false => None,
        },
        languages: sorted(fields, "languages", Lang::parse)?,
        authentic: match fields.has("authentic") {
            true => some(fields, "authentic")?,
            false => BTreeSet::new(),
        },
        visibility: parse_visibility(fields)?,
        body_hash: fields.digest("bodyHash")?,
        body_bytes: number(fields, "bodyBytes")?,
        links: parse_links(fields)?,
    })
}

/// Languages that are said to bind; none is written by leaving the member out.
fn some(fields: &mut Fields, name: &str) -> Result<BTreeSet<Lang>, Invalid> {
    let languages = sorted(fields, name, Lang::parse)?;
    match languages.is_empty() {
        true => Err(fields.invalid(format!("`{name}` is empty"))),
        false => Ok(languages),
    }
}

fn number(fields: &mut Fields, name: &str) -> Result<u32, Invalid> {
    let number = fields
        .value(name)?
        .as_u64()
        .and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| fields.invalid(format!("`{name}` is no number from 0 to {}", u32::MAX)))
}

/// An array of texts, sorted by their bytes and each once: one set has one spelling.
fn sorted<T: Ord>(
    fields: &mut Fields,
    name: &str,
    parse: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<BTreeSet<T>, Invalid> {
    let Value::Array(items) = fields.value(name)? else {
        return Err(fields.invalid(format!("`{name}` is not an array")));
    };
    let mut set = BTreeSet::new();
    for item in &items {
        let item = item
            .as_str()
            .ok_or_else(|| fields.invalid(format!("`{name}` holds something that is not a string")))?;
        let item = parse(item)?;
        if set.last().is_some_and(|last| *last >= item) {
            return Err(fields.invalid(format!("`{name}` is not sorted, or names one twice")));
        }
        set.insert(item);
    }
    Ok(set)
}

fn parse_validity(value: Value) -> Result<Validity, Invalid> {
    let mut fields = Fields::of("record validity", value)?;
    let mut end = |name: &str| fields.has(name).then(|| fields.instant(name)).transpose();
    let valid = Validity {
        from: end("from")?,
        until: end("until")?,
    };
    fields.end()?;
    Ok(valid)
}

fn parse_visibility(fields: &mut Fields) -> Result<Visibility, Invalid> {
    Ok(match fields.text("visibility")?.as_str() {
        "open" => Visibility::Open,
        "members" => Visibility::Members,
        "parties" => Visibility::Parties(sorted(fields, "parties", ParticipantId::parse)?),
        "sealed" => Visibility::Sealed,
        other => return Err(fields.invalid(format!("visibility `{other}` is unknown"))),
    })
}

fn parse_links(fields: &mut Fields) -> Result<Vec<Link>, Invalid> {
    let Value::Array(items) = fields.value("links")? else {
        return Err(fields.invalid("`links` is not an array"));
    };
    items.into_iter().map(parse_link).collect()
}

fn parse_link(value: Value) -> Result<Link, Invalid> {
    let mut fields = Fields::of("record link", value)?;
    let link = Link {
        rel: fields.text("rel")?,
        target: fields.text("target")?,
    };
    fields.end()?;
    Ok(link)
}
