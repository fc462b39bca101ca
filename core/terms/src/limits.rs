//! Bounds on everything that comes from outside, each with its reason.

/// Longest protocol message body, in bytes. DSP messages are a few kilobytes; policies with many constraints stay below this.
pub const MESSAGE_BYTES: usize = 256 * 1024;
/// Deepest nesting of a JSON body. ODRL logical constraints nest; nothing legitimate nests this deep.
pub const JSON_DEPTH: usize = 32;
/// Longest identifier (pid, offer id, agreement id, participant id), in bytes. URLs of two kilobytes are the longest seen.
pub const ID_BYTES: usize = 2048;
/// Longest list of human reasons kept of a peer's error or termination.
pub const REASONS: usize = 16;
/// Longest single reason kept, in bytes; the rest is cut at a character border.
pub const REASON_BYTES: usize = 1024;
/// Most datasets on one catalogue page.
pub const CATALOG_PAGE: usize = 50;
/// Longest life of a self-issued token, in milliseconds: a stolen token is worth minutes, not days.
pub const TOKEN_LIFETIME_MS: i64 = 5 * 60 * 1000;
/// Clock difference forgiven between two nodes, in milliseconds.
pub const CLOCK_SKEW_MS: i64 = 60 * 1000;
/// Longest `Authorization`, `Signature` or `Signature-Input` header read, in bytes.
pub const AUTH_HEADER_BYTES: usize = 16 * 1024;
/// Longest DID document read, in bytes.
pub const DID_DOCUMENT_BYTES: usize = 64 * 1024;
/// Most verification methods read from one DID document.
pub const DID_METHODS: usize = 64;
