//! The files of a form (RFC 7578), bounded.

use axum::extract::Multipart;
use axum::extract::multipart::Field;

/// Longest form that is taken: a proof and a body at their longest, and what a form puts around them.
pub const UPLOAD_BYTES: usize = 768 * 1024;
/// Parts of a form that are looked at.
const PARTS: usize = 8;

/// What somebody shows.
pub struct Files {
    /// The file of a proof.
    pub proof: Vec<u8>,
    /// A body beside it.
    pub body: Option<Vec<u8>>,
}

/// Reads a form; none where it is too long, broken, or without a proof.
pub async fn read(mut form: Multipart) -> Option<Files> {
    let (mut proof, mut body) = (None, None);
    for _ in 0..PARTS {
        let Some(field) = form.next_field().await.ok()? else {
            break;
        };
        match field.name() {
            Some("proof") => proof = bytes(field).await?,
            Some("body") => body = bytes(field).await?,
            _ => {}
        }
    }
    Some(Files { proof: proof?, body })
}

/// The file of a field; an empty one is none, as browsers send a field without a file. None at all where it cannot be read.
async fn bytes(field: Field<'_>) -> Option<Option<Vec<u8>>> {
    let bytes = field.bytes().await.ok()?;
    Some((!bytes.is_empty()).then(|| bytes.to_vec()))
}
