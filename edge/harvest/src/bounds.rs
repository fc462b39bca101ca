//! How much of a catalogue is read.

/// Longest page of a catalogue: a hundred datasets with all their files.
pub const PAGE_BYTES: usize = 32 * 1024 * 1024;
/// Most datasets of one catalogue: several times what the largest portals of a country have.
pub const DATASETS: usize = 1_000_000;
/// Most statements of one page of RDF.
pub(crate) const TRIPLES: usize = 2_000_000;
/// Characters of a text for people, and of a keyword, as the schema of datasets has them.
pub(crate) const TEXT: usize = 20_000;
pub(crate) const KEYWORD: usize = 100;
/// Items of lists, as the schema has them.
pub(crate) const KEYWORDS: usize = 50;
pub(crate) const THEMES: usize = 10;
pub(crate) const LISTS: usize = 20;
pub(crate) const DISTRIBUTIONS: usize = 50;
/// Largest size of a file, in bytes: what every reader of JSON holds exactly (RFC 7493).
pub(crate) const FILE_BYTES: u64 = (1 << 53) - 1;
/// Languages of one text.
pub(crate) const LANGUAGES: usize = 16;
