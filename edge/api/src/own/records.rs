//! Records: what the participant says in public, and the logs that hold it.

use super::access::{Admin, Editor, Reader};
use super::input::{Id, Json, Paging, Params, answer, ok};
use super::refusals;
use super::views::{
    CheckedRecord, Content, Cosignatures, KnownMirror, Log, LogPolicy, Page, Record, Succession, Whole,
};
use crate::problem::Problem;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chapar_register::{Link, Validity, Visibility};
use chapar_runtime::LogRotation;
use chapar_runtime::desk::{NewRecord, Withdrawal};
use chapar_terms::{Instant, Lang, ParticipantId};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

/// A record as it is published.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewRecord)]
pub struct Body {
    /// The kind: see `GET /kinds`.
    #[schema(example = "dataset")]
    kind: String,
    /// Its name within the register, 1 to 64 of `A-Z a-z 0-9 . _ -`; a fresh one when nothing is said. The name of a record that is there
    /// makes its next version.
    #[schema(example = "water-losses-2026")]
    name: Option<String>,
    /// When it is in force; always when nothing is said.
    valid: Option<ValidityBody>,
    /// The legal ground, or the id of the record that gives the mandate: an IRI.
    #[schema(format = "uri")]
    mandate: Option<String>,
    /// The languages that bind, of those in which the body speaks.
    #[serde(default)]
    #[schema(example = json!(["ru"]))]
    authentic: Vec<String>,
    /// Who may have the body: `open`, everybody; `parties` and `members`, those, who get it in the exchange; `sealed`, nobody until it is
    /// opened. Of what is not open the log holds a salted hash.
    #[serde(default = "everybody")]
    #[schema(example = "open")]
    visibility: String,
    /// With `parties`: the ids of the participants who may have the body.
    #[serde(default)]
    #[schema(example = json!([]))]
    parties: Vec<String>,
    /// With `members`: the id of the federation; of the only one that the participant is in when nothing is said.
    federation: Option<String>,
    /// Relations to other records or resources.
    #[serde(default)]
    links: Vec<LinkBody>,
    /// What it says, as the schema of the kind has it.
    #[schema(example = json!({ "title": { "ru": "Потери воды (пример)", "en": "Water losses (sample)" } }))]
    body: Map<String, Value>,
    /// That a person has looked and found nothing of persons in it. A record cannot be taken back from the world.
    no_personal_data: bool,
}

/// When a record is in force.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewValidity)]
pub struct ValidityBody {
    /// From this instant on.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Up to, and without, this instant.
    #[schema(format = DateTime)]
    until: Option<String>,
}

/// A relation of a record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewLink)]
pub struct LinkBody {
    /// The relation: a registered one (RFC 8288) where there is one.
    #[schema(example = "related")]
    rel: String,
    /// The id of the other record, or an address.
    target: String,
}

/// Records that are published together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRecords)]
pub struct BatchBody {
    /// 1 to 64 of them.
    records: Vec<Body>,
}

/// Why a record is withdrawn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewWithdrawal)]
pub struct WithdrawalBody {
    /// In words, by language.
    #[schema(example = json!({ "en": "The figures of May were wrong." }))]
    reason: Map<String, Value>,
    /// For programs.
    #[schema(example = "error")]
    code: String,
    /// The id of the record that takes its place.
    replaced_by: Option<String>,
    /// Whether nodes must delete the body and keep only that there was one.
    #[serde(default)]
    purge: bool,
}

/// Which version.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The version; the newest when nothing is said.
    #[param(minimum = 1)]
    version: Option<u32>,
}

/// `POST /records`
#[utoipa::path(
    post, path = "/records", tag = "Records", operation_id = "publishRecord",
    summary = "Publish a record",
    description = "It is committed when this is answered, and in the published tree a moment later. One that says what its newest version says already is answered as it is, with no new version.",
    request_body(content = Body),
    security(("bearer" = ["editor"])),
    responses((status = 201, description = "The record.", body = Record), refusals::PublishRecord),
)]
pub async fn publish(Editor(desk): Editor, Json(body): Json<Body>) -> Result<Response, Problem> {
    let shown = desk.publish_record(record(body)?).await?;
    Ok(answer(StatusCode::CREATED, &shown))
}

/// `POST /records/batch`
#[utoipa::path(
    post, path = "/records/batch", tag = "Records", operation_id = "publishRecords",
    summary = "Publish several records",
    description = "All or none: the first that does not fit is told, and nothing is published.",
    request_body(content = BatchBody),
    security(("bearer" = ["editor"])),
    responses((status = 201, description = "The records, in their order.", body = Whole<Record>), refusals::PublishRecord),
)]
pub async fn publish_batch(Editor(desk): Editor, Json(body): Json<BatchBody>) -> Result<Response, Problem> {
    let records = body.records.into_iter().map(record).collect::<Result<_, _>>()?;
    let shown = desk.publish_records(records).await?;
    Ok(answer(StatusCode::CREATED, &json!({ "items": shown })))
}

/// `POST /records/checks`
#[utoipa::path(
    post, path = "/records/checks", tag = "Records", operation_id = "checkRecords",
    summary = "Check records without publishing them",
    description = "Each by itself, by the rules by which it would be published now: the schema of its kind, no persons in it, its name. Nothing is written, and `noPersonalData` need not be so yet.",
    request_body(content = BatchBody),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "What would become of each, in their order.", body = Whole<CheckedRecord>), refusals::CheckRecords),
)]
pub async fn check(Editor(desk): Editor, Json(body): Json<BatchBody>) -> Result<Response, Problem> {
    let records = body.records.into_iter().map(record).collect::<Result<_, _>>()?;
    let told = desk.check_records(records).await?;
    Ok(answer(StatusCode::OK, &json!({ "items": told })))
}

/// `GET /records/{name}`
#[utoipa::path(
    get, path = "/records/{name}", tag = "Records", operation_id = "readRecord",
    summary = "Read a record",
    description = "Its newest version, and its withdrawal if it was withdrawn.",
    params(("name" = String, Path, description = "The record's name in the register.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The record.", body = Record), refusals::ReadRecord),
)]
pub async fn show(Reader(desk): Reader, Id(name): Id) -> Result<Response, Problem> {
    ok(desk.record(&name).await)
}

/// `GET /records/{name}/history`
#[utoipa::path(
    get, path = "/records/{name}/history", tag = "Records", operation_id = "readHistory",
    summary = "Read the history of a record",
    params(("name" = String, Path, description = "The record's name in the register."), Paging),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "Its versions, oldest first, and its withdrawal if there is one.", body = Page<Record>), refusals::RecordHistory),
)]
pub async fn history(Reader(desk): Reader, Id(name): Id, Params(paging): Params<Paging>) -> Result<Response, Problem> {
    ok(desk.record_history(&name, &paging.page()?).await)
}

/// `GET /records/{name}/versions/{version}`
#[utoipa::path(
    get, path = "/records/{name}/versions/{version}", tag = "Records", operation_id = "readVersion",
    summary = "Read one version of a record",
    params(
        ("name" = String, Path, description = "The record's name in the register."),
        ("version" = u32, Path, description = "The version, from 1."),
    ),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The record as it was.", body = Record), refusals::ReadRecord),
)]
pub async fn version(
    Reader(desk): Reader,
    path: Result<Path<(String, u32)>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Problem> {
    // What is no number is no version of anything.
    let Path((name, version)) = path.map_err(|_| Problem::not_found())?;
    ok(desk.record_version(&name, version).await)
}

/// `GET /records/{name}/proof`
#[utoipa::path(
    get, path = "/records/{name}/proof", tag = "Records", operation_id = "readProof",
    summary = "Read the proof of a record",
    description = "A C2SP tlog-proof: that this version is in the published tree. Its extra data is the leaf. It is checked without a network.",
    params(("name" = String, Path, description = "The record's name in the register."), Which),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The proof.", body = String, content_type = "text/plain; charset=utf-8"), refusals::RecordProof),
)]
pub async fn proof(Reader(desk): Reader, Id(name): Id, Params(which): Params<Which>) -> Result<Response, Problem> {
    let proof = desk.record_proof(&name, which.version).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], proof).into_response())
}

/// `POST /records/{name}/withdrawal`
#[utoipa::path(
    post, path = "/records/{name}/withdrawal", tag = "Records", operation_id = "withdrawRecord",
    summary = "Withdraw a record",
    description = "Its versions stay in the log with the reason beside them; no version follows.",
    params(("name" = String, Path, description = "The record's name in the register.")),
    request_body(content = WithdrawalBody),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The record with its withdrawal.", body = Record), refusals::WithdrawRecord),
)]
pub async fn withdraw(
    Editor(desk): Editor,
    Id(name): Id,
    Json(body): Json<WithdrawalBody>,
) -> Result<Response, Problem> {
    let withdrawal = Withdrawal {
        reason: Value::Object(body.reason),
        code: body.code,
        replaced_by: body.replaced_by,
        purge: body.purge,
    };
    ok(desk.withdraw_record(&name, withdrawal).await)
}

/// Which version is opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOpening)]
pub struct OpeningBody {
    /// The version; the newest when nothing is said.
    #[schema(minimum = 1)]
    version: Option<u32>,
}

/// `POST /records/{name}/opening`
#[utoipa::path(
    post, path = "/records/{name}/opening", tag = "Records", operation_id = "openRecord",
    summary = "Open a sealed record",
    description = "Publishes its body and the salt in a record of their own: everybody can check that it is the body to which the sealed record has committed. It cannot be sealed again. One that is open already is answered as it is.",
    params(("name" = String, Path, description = "The record's name in the register.")),
    request_body(content = OpeningBody),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The record with its opening.", body = Record), refusals::OpenRecord),
)]
pub async fn open(Editor(desk): Editor, Id(name): Id, Json(body): Json<OpeningBody>) -> Result<Response, Problem> {
    ok(desk.open_record(&name, body.version).await)
}

/// `GET /logs`
#[utoipa::path(
    get, path = "/logs", tag = "Records", operation_id = "listLogs",
    summary = "List the logs",
    description = "The public register, and the private log of evidence: what others pin, and how far each is published.",
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The logs.", body = Whole<Log>), refusals::Read),
)]
pub async fn logs(Reader(desk): Reader) -> Result<Response, Problem> {
    ok(desk.logs().await)
}

/// Whom the register asks for cosignatures.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewLogPolicy)]
pub struct PolicyBody {
    /// A policy (C2SP tlog-policy): each witness with its submission prefix behind its key.
    #[schema(
        example = "witness w1 kz.example/witness+10c82b3c+BAbO7x0G... https://kz.example/chapar/v1/witness\nquorum w1\n"
    )]
    policy: String,
    /// Whether a checkpoint is published only when the quorum has cosigned it. Without, it is published at once.
    #[serde(default)]
    wait: bool,
}

/// `GET /logs/register/policy`
#[utoipa::path(
    get, path = "/logs/register/policy", tag = "Records", operation_id = "readLogPolicy",
    summary = "Whom the register asks for cosignatures",
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The policy.", body = LogPolicy), refusals::ReadPolicy),
)]
pub async fn policy(Reader(desk): Reader) -> Result<Response, Problem> {
    ok(desk.register_policy())
}

/// `PUT /logs/register/policy`
#[utoipa::path(
    put, path = "/logs/register/policy", tag = "Records", operation_id = "putLogPolicy",
    summary = "Say whom the register asks for cosignatures",
    description = "In force at once. `quorum none` without a witness asks nobody.",
    request_body(content = PolicyBody),
    security(("bearer" = ["admin"])),
    responses((status = 200, description = "The policy.", body = LogPolicy), refusals::PutLogPolicy),
)]
pub async fn put_policy(Admin(desk): Admin, Json(body): Json<PolicyBody>) -> Result<Response, Problem> {
    ok(desk.put_register_policy(body.policy, body.wait).await)
}

/// Why what is published is to be cosigned afresh.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCosignatures)]
pub struct CosigningBody {
    /// For the witnesses, who keep it: 1 to 200 printable ASCII characters.
    #[schema(example = "deadline of the draft rule, 2026-12-01", min_length = 1, max_length = 200)]
    reason: String,
}

/// `POST /logs/register/cosignatures`
#[utoipa::path(
    post, path = "/logs/register/cosignatures", tag = "Records", operation_id = "cosignLogAfresh",
    summary = "Have what is published of the register cosigned afresh",
    description = "Each witness of the policy is asked to look at its clock again, for a reason: then it is seen that up to now nothing more was published. Without, an unchanged checkpoint is cosigned once a day. Answered when all have answered, after 25 seconds at most.",
    request_body(content = CosigningBody),
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "What came of it.", body = Cosignatures), refusals::CosignLog),
)]
pub async fn cosign(Editor(desk): Editor, Json(body): Json<CosigningBody>) -> Result<Response, Problem> {
    ok(desk.cosign_register_afresh(&body.reason).await)
}

/// `GET /logs/register/mirrors`
#[utoipa::path(
    get, path = "/logs/register/mirrors", tag = "Records", operation_id = "listMirrorsOfLog",
    summary = "By whom the register is mirrored",
    description = "Nodes that said so when they read its checkpoint, 64 at most. What they say proves nothing before they were looked at. Kept over restarts, with its age: a mirror says it again at each look, usually each minute.",
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The mirrors, by address.", body = Whole<KnownMirror>), refusals::ReadPolicy),
)]
pub async fn mirrors(Reader(desk): Reader) -> Result<Response, Problem> {
    ok(desk.register_mirrors())
}

/// `POST /logs/register/mirrors/look`
#[utoipa::path(
    post, path = "/logs/register/mirrors/look", tag = "Records", operation_id = "lookAtMirrorsOfLog",
    summary = "Look at those who mirror the register",
    description = "Each of them is asked for its checkpoint: one that shows one which the register signed has at least that tree. Answered when all have answered, after ten seconds at most.",
    security(("bearer" = ["editor"])),
    responses((status = 200, description = "The mirrors after that, by address.", body = Whole<KnownMirror>), refusals::ReadPolicy),
)]
pub async fn look_at_mirrors(Editor(desk): Editor) -> Result<Response, Problem> {
    ok(desk.look_at_register_mirrors().await)
}

/// What is said of a held register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = LogRecovery)]
pub struct RecoveryBody {
    /// Public addresses of nodes that mirror it; beside those that are told when it grows.
    #[serde(default)]
    #[schema(example = json!(["https://kz.example"]))]
    from: Vec<String>,
    /// That a person knows: nobody has more of it than is here or can be had. Where that is wrong, the log will sign a second history, and
    /// everybody can prove it.
    #[serde(default)]
    nobody_has_more: bool,
}

/// Why the logs get fresh keys.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewLogKeys)]
pub struct RotationBody {
    /// Whether others have a key of before, or may. Without, the keys of before sign on beside the new ones.
    #[serde(default)]
    compromised: bool,
}

/// `POST /logs/keys`
#[utoipa::path(
    post, path = "/logs/keys", tag = "Records", operation_id = "rotateLogKeys",
    summary = "Give both logs fresh keys",
    description = "The register names them in a key-set, and the newest is what others pin from now on. Mirrors follow by themselves.",
    request_body(content = RotationBody),
    security(("bearer" = ["admin"])),
    responses((status = 200, description = "The logs.", body = Whole<Log>), refusals::RotateLogKeys),
)]
pub async fn rotate_keys(Admin(desk): Admin, Json(body): Json<RotationBody>) -> Result<Response, Problem> {
    let why = match body.compromised {
        true => LogRotation::Compromised,
        false => LogRotation::Orderly,
    };
    ok(desk.rotate_log_keys(why).await)
}

/// `POST /logs/register/recovery`
#[utoipa::path(
    post, path = "/logs/register/recovery", tag = "Records", operation_id = "recoverLog",
    summary = "Let a held register go on",
    description = "A register is held when it may be older than what was published in its name: a disk was lost, or an older copy put back. Its witnesses and those who mirror it are asked again at once; what is missing is taken back from them. Answered when that is over, or after 20 seconds; a longer one goes on alone, and after a crash too. A register that is not held is answered as it is.",
    request_body(content = RecoveryBody),
    security(("bearer" = ["admin"])),
    responses((status = 200, description = "The register after that; still `held` where nobody can say what was published last.", body = Log), refusals::RecoverLog),
)]
pub async fn recover(Admin(desk): Admin, Json(body): Json<RecoveryBody>) -> Result<Response, Problem> {
    ok(desk.recover_register(&body.from, body.nobody_has_more).await)
}

fn everybody() -> String {
    Visibility::Open.as_str().to_owned()
}

fn visibility(word: &str, parties: &[String]) -> Result<Visibility, Problem> {
    let wrong = |why: String| Err(Problem::bad_request("wrong-visibility", why));
    match (word, parties) {
        ("parties", []) => wrong("`parties` names nobody".to_owned()),
        ("parties", ids) => {
            let ids = ids.iter().map(|id| ParticipantId::parse(id));
            Ok(Visibility::Parties(ids.collect::<Result<_, _>>()?))
        }
        (_, [_, ..]) => wrong("`parties` go with the visibility `parties` alone".to_owned()),
        ("open", _) => Ok(Visibility::Open),
        ("members", _) => Ok(Visibility::Members),
        ("sealed", _) => Ok(Visibility::Sealed),
        (other, _) => wrong(format!(
            "`{other}` is none of `open`, `parties`, `members` and `sealed`"
        )),
    }
}

/// How a held register is ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = LogSuccession)]
pub struct SuccessionBody {
    /// Public addresses of nodes that mirror it; beside those that are told when it grows.
    #[serde(default)]
    #[schema(example = json!(["https://kz.example"]))]
    from: Vec<String>,
    /// Why it ends, in words, by language; words of the node's own where nothing is said.
    #[schema(value_type = Option<Object>, example = json!({ "en": "The disk was lost." }))]
    reason: Option<Map<String, Value>>,
    /// Only say what it would come to.
    #[serde(default)]
    dry_run: bool,
}

/// `POST /logs/register/successor`
#[utoipa::path(
    post, path = "/logs/register/successor", tag = "Records", operation_id = "succeedLog",
    summary = "End a held register and begin another in its place",
    description = "For a register that is held, and of which nobody can prove what was published last. What can be had of it is taken back, then it is closed for ever, and another begins under a number, with a new key and new ids. In that stands a record, signed by a key of the old log and by one of the participant, that says so; then every record of the old log that was not withdrawn is issued anew, with a link `replaces` to the one that it replaces. Those who mirror the old log follow by themselves. Answered when the records are issued, or after 20 seconds; what takes longer goes on alone, and after a crash too. It cannot be taken back: `dryRun` says beforehand what it would come to.",
    request_body(content = SuccessionBody),
    security(("bearer" = ["admin"])),
    responses((status = 200, description = "What it came to, or would come to.", body = Succession), refusals::SucceedLog),
)]
pub async fn succeed(Admin(desk): Admin, Json(body): Json<SuccessionBody>) -> Result<Response, Problem> {
    let order = chapar_runtime::Succession {
        from: body.from,
        reason: body.reason.map(Value::Object),
        is_dry_run: body.dry_run,
    };
    ok(desk.succeed_register(order).await)
}

fn record(body: Body) -> Result<NewRecord, Problem> {
    let authentic = body.authentic.iter().map(|tag| Lang::parse(tag));
    let links = body.links.into_iter();
    Ok(NewRecord {
        kind: body.kind,
        name: body.name,
        valid: body.valid.map(validity).transpose()?,
        mandate: body.mandate,
        authentic: authentic.collect::<Result<_, _>>()?,
        visibility: visibility(&body.visibility, &body.parties)?,
        federation: body.federation,
        links: links.map(|LinkBody { rel, target }| Link { rel, target }).collect(),
        body: Value::Object(body.body),
        confirmed: body.no_personal_data,
    })
}

fn validity(body: ValidityBody) -> Result<Validity, Problem> {
    let instant = |text: Option<String>| text.as_deref().map(Instant::parse_rfc3339).transpose();
    Ok(Validity {
        from: instant(body.from)?,
        until: instant(body.until)?,
    })
}

/// Which resource of a log.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Below {
    /// Its path below the log's prefix, as C2SP tlog-tiles spells it.
    #[param(example = "tile/entries/000")]
    path: String,
}

/// `GET /logs/evidence/resource`
#[utoipa::path(
    get, path = "/logs/evidence/resource", tag = "Records", operation_id = "readEvidenceLog",
    summary = "Read the log of evidence",
    description = "One resource of the private log: its checkpoint, a bundle of entries, a tile of hashes. What the entries commit to is not among them.",
    params(Below),
    security(("bearer" = ["admin"])),
    responses((status = 200, description = "The resource.", body = Content, content_type = "application/octet-stream"), refusals::LogResource),
)]
pub async fn evidence(Admin(desk): Admin, Params(below): Params<Below>) -> Result<Response, Problem> {
    let bytes = desk.evidence_resource(&below.path).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}
