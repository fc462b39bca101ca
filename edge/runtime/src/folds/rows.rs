//! What a fold says, as rows of the store.

use crate::Fault;
use crate::logs::signed;
use chapar_register::RecordId;
use chapar_register::folds::catalog::{Opening, Part, Put, RowChange, Texts, VersionRow, Withdrawal};
use chapar_store::{CatalogChange, Facet, OpeningRow, PartRow, RecordRow, VersionName, VersionWrite, Withdrawn};
use chapar_terms::Digest;
use serde_json::{Value, json};

/// A change of the catalogue.
pub(super) fn change(change: RowChange) -> Result<CatalogChange, Fault> {
    Ok(match change {
        RowChange::Put(put) => CatalogChange::Put(Box::new(version_write(*put)?)),
        RowChange::Withdraw(withdrawal) => withdraw(withdrawal)?,
        RowChange::Open(opening) => CatalogChange::Open(Box::new(opening_row(*opening)?)),
        RowChange::Replace {
            record_id,
            by,
            position,
        } => CatalogChange::Replace {
            record_id: record_id.to_string(),
            by: by.to_string(),
            position: signed(position)?,
        },
        RowChange::Purge { record_id, leaf_hash } => CatalogChange::Purge(name(&record_id, leaf_hash)),
    })
}

fn version_write(put: Put) -> Result<VersionWrite, Fault> {
    Ok(VersionWrite {
        row: record_row(put.row)?,
        part: put.part.map(part_row),
        links: put.links.into_iter().collect(),
    })
}

fn record_row(row: VersionRow) -> Result<RecordRow, Fault> {
    let languages: Vec<&str> = row.languages.iter().map(chapar_terms::Lang::as_str).collect();
    Ok(RecordRow {
        record_id: row.record_id.to_string(),
        version: row.version.into(),
        position: signed(row.position)?,
        leaf_hash: row.leaf_hash.hex(),
        kind: row.kind.as_str().to_owned(),
        issuer: row.issuer.as_str().to_owned(),
        issued: row.issued.unix_ms(),
        valid_from: row.valid.from.map(chapar_terms::Instant::unix_ms),
        valid_until: row.valid.until.map(chapar_terms::Instant::unix_ms),
        visibility: row.visibility.to_owned(),
        languages: json!(languages).to_string(),
        title: row.title.as_ref().map(texts),
        description: row.description.as_ref().map(texts),
        origin: row.origin,
    })
}

fn texts(texts: &Texts) -> String {
    let members = texts
        .iter()
        .map(|(lang, text)| (lang.as_str().to_owned(), Value::from(text.as_str())));
    Value::Object(members.collect()).to_string()
}

fn part_row(part: Part) -> PartRow {
    let facets = part.facets.into_iter().map(|(name, value)| Facet {
        name: name.to_owned(),
        value,
    });
    PartRow {
        about: part.about.map(|id| id.to_string()),
        title_words: part.title_terms.into_iter().collect(),
        words: part.terms.into_iter().collect(),
        facets: facets.collect(),
    }
}

fn opening_row(opening: Opening) -> Result<OpeningRow, Fault> {
    Ok(OpeningRow {
        position: signed(opening.position)?,
        record_id: opening.record_id.to_string(),
        version: opening.version.into(),
        at: opening.at.unix_ms(),
        title: opening.title.as_ref().map(texts),
        description: opening.description.as_ref().map(texts),
        origin: opening.origin,
    })
}

fn withdraw(withdrawal: Withdrawal) -> Result<CatalogChange, Fault> {
    Ok(CatalogChange::Withdraw {
        version: name(&withdrawal.record_id, withdrawal.leaf_hash),
        withdrawn: Withdrawn {
            position: signed(withdrawal.position)?,
            code: withdrawal.code,
            replaced_by: withdrawal.replaced_by,
        },
    })
}

fn name(id: &RecordId, leaf_hash: Digest) -> VersionName {
    VersionName {
        record_id: id.to_string(),
        leaf_hash: leaf_hash.hex(),
    }
}
