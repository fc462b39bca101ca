//! What each operation may refuse, by status and stable code: the table that the description tells its readers.
//!
//! An operation names its row among its answers. That no row lacks a code is shown by the tests of this door, whose node holds
//! every answer against the description. What a code means to people is said where it is made, in `detail`.

use std::collections::BTreeMap;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Type};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// Codes under one status.
type Refusals = (u16, &'static [&'static str]);

/// Stands for codes that only the peer knows.
const OF_THE_PEER: &str = "*";

/// Every operation: nothing works without a good key, and ours may fail.
const ANYONE: &[Refusals] = &[
    (401, &["unauthenticated"]),
    (500, &["internal"]),
    (503, &["unavailable"]),
];
/// What needs no key may still fail.
const OURS: &[Refusals] = &[(500, &["internal"]), (503, &["unavailable"])];
/// A right that the key may lack.
const RIGHT: &[Refusals] = &[(403, &["forbidden"])];
/// An id, or a participant, that is not there for this caller.
const FOUND: &[Refusals] = &[(404, &["not-found"])];
/// A page of a list.
const PAGE: &[Refusals] = &[(400, &["wrong-query", "wrong-limit"])];
/// A body that must be JSON.
const JSON: &[Refusals] = &[
    (
        400,
        &[
            "body-incomplete",
            "body-not-json",
            "body-not-utf8",
            "body-too-deep",
            "duplicate-member",
            "unsafe-number",
        ],
    ),
    (413, &["body-too-large"]),
    (415, &["not-json"]),
];
/// A body with members of its own.
const MEMBERS: &[Refusals] = &[(400, &["unknown-member", "missing-member", "wrong-member"])];
/// An offer or an id in a body or a path.
const IDS: &[Refusals] = &[(400, &["invalid"])];
/// An ODRL offer in a body.
const OFFERED: &[Refusals] = &[(400, &["wrong-policy"])];
/// Reasons in a body.
const REASONS: &[Refusals] = &[(400, &["wrong-decision", "reason-too-long", "code-too-long"])];
/// A peer that is to be called.
const CALLED: &[Refusals] = &[(
    400,
    &[
        "wrong-address",
        "address-missing",
        "address-refused",
        "version-unsupported",
        "version-document",
        "send.too-large",
        "send.protocol",
    ],
)];
/// A record that is to be negotiated about, and its provider.
const OF_RECORD: &[Refusals] = &[(
    400,
    &[
        "record-unknown",
        "record-withdrawn",
        "not-negotiable",
        "record-address",
        "not-offered",
        "page-foreign",
        "answer-too-long",
    ],
)];
/// Addresses that are to be told of a case.
const CALLED_BACK: &[Refusals] = &[(
    400,
    &[
        "callback-addresses-too-many",
        "callback-address-refused",
        "wrong-callback-address",
    ],
)];
/// A provider that is asked for a fresh address, while the transfer may move on.
const RENEWED: &[Refusals] = &[(400, &[OF_THE_PEER]), (404, &["access-closed"])];
/// What is used elsewhere, or at odds with what is there.
const CONFLICT: &[Refusals] = &[(409, &["conflict"])];
/// What is to be a record.
const RECORDED: &[Refusals] = &[(
    400,
    &[
        "no-register",
        "no-keys",
        "not-confirmed",
        "unknown-kind",
        "wrong-kind",
        "wrong-record",
    ],
)];
/// A move that the state of the case does not allow.
const NOT_NOW: &[Refusals] = &[(403, &["policy-denied"]), (409, &["move-pending", "wrong-state"])];

/// Makes a type of each row, to be named among the answers of its operation.
macro_rules! rows {
    ($($name:ident: $($group:expr),+;)+) => {$(
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                answers(&[$($group),+])
            }
        }
    )+};
}

rows! {
    Told: ANYONE, FOUND;
    Read: ANYONE, RIGHT, FOUND;
    Listed: ANYONE, RIGHT, FOUND, PAGE;
    Removed: ANYONE, RIGHT, FOUND;
    RemovedUnused: ANYONE, RIGHT, FOUND, CONFLICT;
    ReadAddress: ANYONE, RIGHT, FOUND, CONFLICT, RENEWED;
    RenewAddress: ANYONE, RIGHT, FOUND, CONFLICT, RENEWED, &[(409, &["renewal-unsupported"])];

    ReadIdentity: ANYONE, RIGHT, FOUND;
    RevokeSigningKey: ANYONE, RIGHT, FOUND, JSON, MEMBERS, CONFLICT, &[(400, &["no-keys"])];
    Rotate: ANYONE, RIGHT, FOUND, CONFLICT, &[(400, &["no-keys"])];
    ListParticipants: ANYONE, RIGHT;
    AddParticipant: ANYONE, RIGHT, JSON, MEMBERS, IDS, CONFLICT, &[(400, &["development-identity-refused", "wrong-chest"])];
    PackChest: ANYONE, RIGHT, FOUND, &[(400, &["no-register"])];
    AddKey: ANYONE, RIGHT, FOUND, JSON, MEMBERS, &[(400, &["wrong-role", "wrong-label"])];

    PutDocument: ANYONE, RIGHT, FOUND, IDS, CONFLICT, &[(400, &["wrong-media-type", "body-incomplete"])];
    DescribeDocument: ANYONE, RIGHT, FOUND, JSON, CONFLICT, &[(400, &["wrong-member", "properties-too-long"])];
    PutPolicy: ANYONE, RIGHT, FOUND, JSON, IDS, &[(400, &["wrong-policy"])];
    PutOffer: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, CONFLICT,
        &[(400, &["wrong-selector", "wrong-mode", "policy-unknown"])];
    AnnounceOffer: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, CONFLICT, RECORDED,
        &[(400, &["admits-everyone", "offers-nothing", "offers-too-much", "offer-untold"])];
    PutPeer: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, &[(400, &["wrong-address", "wrong-name"])];
    AskPeer: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, CALLED, &[(400, &["peer-missing", "page-foreign", OF_THE_PEER])];
    ListKnown: ANYONE, RIGHT, FOUND, PAGE, IDS;


    ListCases: ANYONE, RIGHT, FOUND, PAGE, &[(400, &["wrong-filter", "wrong-position"])];
    ListOfCase: ANYONE, RIGHT, FOUND, PAGE, &[(400, &["wrong-after"])];
    OpenNegotiation: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, OFFERED, CALLED, CALLED_BACK, OF_RECORD,
        &[(400, &["wrong-role", "wrong-mode", "offer-target-missing", "offer-unknown", OF_THE_PEER])];
    DecideNegotiation: ANYONE, RIGHT, FOUND, JSON, MEMBERS, OFFERED, REASONS, NOT_NOW, &[(400, &["offer-altered"])];
    OpenTransfer: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, CALLED, CALLED_BACK,
        &[(400, &["wrong-mode", "agreement-unknown", "not-consumer", "data-address-missing"]), (409, &["agreement-retired"])];
    DecideTransfer: ANYONE, RIGHT, FOUND, JSON, MEMBERS, REASONS, NOT_NOW,
        &[(409, &["start-due", "agreement-unknown", "agreement-retired"])];
    RetireAgreement: ANYONE, RIGHT, FOUND, JSON, MEMBERS, CONFLICT, &[(400, &["wrong-reason"])];
    OpenRead: OURS;
    SearchRegister: OURS, &[(400, &["wrong-query", "wrong-limit"])];
    ReadRegister: OURS, FOUND, &[(400, &["wrong-query"])];
    ProveRegister: OURS, FOUND, CONFLICT, &[(400, &["wrong-query"])];
    ReadRegisterHistory: OURS, FOUND, &[(400, &["wrong-query", "wrong-limit"])];
    ListWitnessed: ANYONE, RIGHT;
    PutWitnessed: ANYONE, RIGHT, JSON, MEMBERS, IDS, &[(400, &["own-log", "wrong-key"]), (404, &["not-found"])];
    ReadPolicy: ANYONE, RIGHT, FOUND, &[(400, &["no-register"])];
    PutLogPolicy: ANYONE, RIGHT, FOUND, JSON, MEMBERS, &[(400, &["no-register", "wrong-policy"])];
    CosignLog: ANYONE, RIGHT, FOUND, JSON, MEMBERS, CONFLICT, &[(400, &["no-register", "wrong-reason"])];
    RotateLogKeys: ANYONE, RIGHT, FOUND, JSON, MEMBERS, CONFLICT, &[(400, &["no-register"])];
    RecoverLog: ANYONE, RIGHT, FOUND, JSON, MEMBERS, &[(400, &["no-register", "wrong-address"])];
    SucceedLog: ANYONE, RIGHT, FOUND, JSON, MEMBERS, CONFLICT, &[(400, &["no-register", "wrong-address", "wrong-record"])];
    ReadKind: ANYONE, FOUND;
    CheckRecords: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, &[(400, &["no-register", "wrong-number", "wrong-visibility"]), (409, &["conflict"])];
    PublishRecord: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, CONFLICT, RECORDED, &[(400, &["personal-data", "wrong-number", "wrong-name", "wrong-visibility"])];
    ReadRecord: ANYONE, RIGHT, FOUND, &[(400, &["no-register"])];
    RecordHistory: ANYONE, RIGHT, FOUND, PAGE, &[(400, &["no-register", "wrong-after"])];
    RecordProof: ANYONE, RIGHT, FOUND, CONFLICT, &[(400, &["no-register", "wrong-query"])];
    LogResource: ANYONE, RIGHT, FOUND, &[(400, &["wrong-query"])];
    WithdrawRecord: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, CONFLICT, RECORDED, &[(400, &["personal-data"])];
    OpenRecord: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, CONFLICT, RECORDED, &[(400, &["wrong-visibility"])];
    FetchRecord: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, CONFLICT, CALLED, OFFERED, OF_RECORD,
        &[(400, &["not-to-be-fetched", "not-given", "wrong-body", OF_THE_PEER])];
    ReadFetched: ANYONE, RIGHT, FOUND, &[(400, &["wrong-query"])];
    ListMirrors: ANYONE, RIGHT;
    AddMirror: ANYONE, RIGHT, JSON, MEMBERS, IDS, CONFLICT,
        &[(400, &["wrong-key", "wrong-address", "half-log", "wrong-identifier", "no-document", "no-register"])];
    ReadMirror: ANYONE, RIGHT, FOUND;
    TakeCarried: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, &[(400, &["wrong-folder"])];
    ListFederations: ANYONE, FOUND;
    JoinFederation: ANYONE, RIGHT, JSON, MEMBERS, IDS, CONFLICT, &[(400, &["wrong-genesis"])];
    ReadFederation: ANYONE, FOUND;
    Propose: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, CONFLICT, RECORDED,
        &[(400, &["wrong-proposal", "personal-data"])];
    AnswerProposal: ANYONE, RIGHT, FOUND, JSON, MEMBERS, IDS, CONFLICT, RECORDED,
        &[(400, &["wrong-answer", "personal-data"])];
    FollowEvents: ANYONE, RIGHT, FOUND, &[(400, &["wrong-query", "wrong-position"])];
}

/// One answer for each status, with the codes of all groups.
fn answers(groups: &[&[Refusals]]) -> BTreeMap<String, RefOr<Response>> {
    let mut codes: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for (status, more) in groups.iter().copied().flatten() {
        codes.entry(*status).or_default().extend(*more);
    }
    codes
        .into_iter()
        .map(|(status, codes)| (status.to_string(), answer(status, codes).into()))
        .collect()
}

fn answer(status: u16, mut codes: Vec<&str>) -> Response {
    codes.sort_unstable();
    codes.dedup();
    let open = codes.contains(&OF_THE_PEER);
    codes.retain(|code| *code != OF_THE_PEER);
    let words: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
    let more = if open {
        ", or a code of the peer's or of the way to it"
    } else {
        ""
    };
    let code = ObjectBuilder::new().schema_type(Type::String);
    let code = if open { code } else { code.enum_values(Some(codes)) };
    let schema = AllOfBuilder::new()
        .item(Ref::from_schema_name(super::views::Problem::name()))
        .item(ObjectBuilder::new().property("code", code));
    let content = Content::new(Some(RefOr::T(schema.build().into())));
    ResponseBuilder::new()
        .description(format!("{} {}{more}.", meaning(status), words.join(", ")))
        .content("application/problem+json", content)
        .build()
}

/// What a status says here.
const fn meaning(status: u16) -> &'static str {
    match status {
        400 => "What was sent does not fit:",
        401 => "No key, or none that is good:",
        403 => "The key's role, or policy, does not allow it:",
        404 => "Not there for this caller:",
        409 => "At odds with what is there, or not now:",
        413 => "Too much was sent:",
        415 => "Of another media type:",
        503 => "Try again later; `Retry-After` says when:",
        _ => "The fault is ours; the node's log says why:",
    }
}
