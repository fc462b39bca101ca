//! Verification: whoever has a code on paper, an address, an id or the file of a proof is told what of it is proven, asserted, unknown or wrong.
//!
//! Here it is asked for; `render` is the page. A question in the address can be sent on; files are looked at and not kept.

mod render;
mod upload;

pub use render::render;

use crate::mishap::Mishap;
use crate::pages::front::to_page;
use crate::pointer;
use crate::read::{Federation, Log, Names, Record, items};
use crate::visit::{Visit, wanted};
use crate::{Portal, address};
use axum::body::Body;
use axum::extract::{Multipart, State, multipart::MultipartRejection};
use axum::http::{HeaderMap, Response, Uri};
use chapar_register::Report;
use chapar_runtime::{Fault, Judged};
use chapar_terms::Instant;
use std::sync::Arc;

pub use upload::UPLOAD_BYTES;

/// What the page shows.
pub struct Data {
    /// What was pasted.
    pub text: String,
    /// What is said of it.
    pub outcome: Outcome,
    /// What participants are called.
    pub names: Names,
    /// The time.
    pub now: Instant,
}

/// What was asked, and what came of it.
pub enum Outcome {
    /// Nothing was asked yet.
    None,
    /// It points at no record.
    Nothing,
    /// It was checked.
    Judged(Box<Shown>),
}

/// A record that was checked.
pub struct Shown {
    /// The statements.
    pub report: Report,
    /// The record as it stands here.
    pub record: Option<Record>,
    /// Its newest version here.
    pub newest: Option<u64>,
    /// Address and key of its log, for those who check without this node.
    pub vkey: Option<String>,
}

/// `GET /verify`: in the reader's language.
pub async fn front(State(portal): State<Arc<Portal>>, uri: Uri, headers: HeaderMap) -> Response<Body> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    to_page(&format!("{}{query}", address::verify(wanted(&portal, &headers))))
}

/// `GET /{language}/verify`
pub async fn verify(visit: Visit) -> Response<Body> {
    let outcome = asked(&visit).await;
    visit.show(outcome.map(|data| render(visit.words, &data)))
}

/// `POST /{language}/verify`: files, as `multipart/form-data`.
pub async fn upload(visit: Visit, form: Result<Multipart, MultipartRejection>) -> Response<Body> {
    let outcome = uploaded(&visit, form).await;
    visit.show_once(outcome.map(|data| render(visit.words, &data)))
}

async fn asked(visit: &Visit) -> Result<Data, Mishap> {
    let query = visit.query()?;
    let text = query.one("text").unwrap_or_default();
    let is_asked = !text.is_empty() || query.one("record").is_some();
    let pointer = match text {
        "" => pointer::of_query(query),
        text => pointer::read(text),
    };
    let outcome = match pointer {
        Some(pointer) => Outcome::Judged(Box::new(
            seen(visit, visit.runtime().judge_pointer(&pointer).await?).await?,
        )),
        None if is_asked => Outcome::Nothing,
        None => Outcome::None,
    };
    data(visit, text.to_owned(), outcome).await
}

async fn uploaded(visit: &Visit, form: Result<Multipart, MultipartRejection>) -> Result<Data, Mishap> {
    let files = match form {
        Ok(form) => upload::read(form).await,
        Err(_) => None,
    };
    let outcome = match files {
        Some(files) => {
            let judged = visit.runtime().judge_proof(&files.proof, files.body.as_deref()).await?;
            Outcome::Judged(Box::new(seen(visit, judged).await?))
        }
        None => Outcome::Nothing,
    };
    data(visit, String::new(), outcome).await
}

async fn data(visit: &Visit, text: String, outcome: Outcome) -> Result<Data, Mishap> {
    let federations = visit.runtime().list_federations().await?;
    let federations: Vec<Federation> = federations.iter().filter_map(Federation::read).collect();
    Ok(Data {
        text,
        outcome,
        names: Names::of(&federations),
        now: visit.now(),
    })
}

/// The record of what was said, as it stands here.
async fn seen(visit: &Visit, judged: Judged) -> Result<Shown, Mishap> {
    let mut shown = Shown {
        report: judged.report,
        record: None,
        newest: None,
        vkey: None,
    };
    let Some((id, version)) = judged.record else {
        return Ok(shown);
    };
    let (runtime, lang) = (visit.runtime(), visit.lang());
    shown.record = match runtime.register_record(&id, Some(version), lang.as_ref()).await {
        Ok(view) => Record::read(&view),
        Err(Fault::NotFound) => None,
        Err(fault) => return Err(fault.into()),
    };
    if let Some(record) = &shown.record {
        let newest = runtime.register_record(&id, None, lang.as_ref()).await?;
        shown.newest = Record::read(&newest).map(|newest| newest.found.version);
        let logs = runtime.register_logs().await?;
        let mut logs = items(&logs).filter_map(Log::read);
        shown.vkey = logs.find(|log| log.origin == record.found.log).map(|log| log.vkey);
    }
    Ok(shown)
}
