//! The rows of the catalogue: what a fold makes of an entry, and what is read of it.

use super::ActRow;

/// A version of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    /// The id, the same in all versions.
    pub record_id: String,
    /// 1, 2, 3 ...
    pub version: i64,
    /// The log that holds it.
    pub origin: String,
    /// Its place there: 1, 2, 3 ...
    pub position: i64,
    /// Hexadecimal hash of its leaf.
    pub leaf_hash: String,
    /// What kind of record it is.
    pub kind: String,
    /// Participant id of its issuer.
    pub issuer: String,
    /// Milliseconds of the Unix epoch, by the clock of the issuer.
    pub issued: i64,
    /// Milliseconds of the Unix epoch: in force from then on.
    pub valid_from: Option<i64>,
    /// Milliseconds of the Unix epoch: in force until then.
    pub valid_until: Option<i64>,
    /// Who may have its body.
    pub visibility: String,
    /// The languages of its body; JSON text.
    pub languages: String,
    /// Its title by language, where it can be read; JSON text.
    pub title: Option<String>,
    /// Its description by language, where it can be read; JSON text.
    pub description: Option<String>,
}

/// A name and a value by which records are sorted out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Facet {
    /// Which question it answers.
    pub name: String,
    /// The answer.
    pub value: String,
}

/// What a record gives to search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartRow {
    /// The record under whose name it is found; none for its own.
    pub about: Option<String>,
    /// Words of its title, none with a space inside.
    pub title_words: Vec<String>,
    /// Words of its text, those of the title not among them.
    pub words: Vec<String>,
    /// By what it is sorted out.
    pub facets: Vec<Facet>,
}

/// A record names another, or a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLink {
    /// The id of the record that names.
    pub record_id: String,
    /// As what it names the other.
    pub rel: String,
    /// What it names.
    pub target: String,
}

/// A version that comes, with what it gives to search and what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionWrite {
    /// The version.
    pub row: RecordRow,
    /// What it gives to search; none when it is not to be found.
    pub part: Option<PartRow>,
    /// What it names: relation and target.
    pub links: Vec<(String, String)>,
}

/// That a version was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The position of the withdrawal, in the same log.
    pub position: i64,
    /// Why, in a word.
    pub code: String,
    /// The record that takes its place.
    pub replaced_by: Option<String>,
}

/// That the body of a version was opened to everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedBody {
    /// The position of the opening, in the same log.
    pub position: i64,
    /// Milliseconds of the Unix epoch, by the clock of the issuer.
    pub at: i64,
}

/// An opening of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningRow {
    /// The log of both.
    pub origin: String,
    /// Its position there.
    pub position: i64,
    /// The record that it opens.
    pub record_id: String,
    /// The version that it opens.
    pub version: i64,
    /// Milliseconds of the Unix epoch, by the clock of the issuer.
    pub at: i64,
    /// The title that it shows, by language; JSON text.
    pub title: Option<String>,
    /// The description that it shows, by language; JSON text.
    pub description: Option<String>,
}

/// A version by its record and the hexadecimal hash of its leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionName {
    /// The record.
    pub record_id: String,
    /// The version.
    pub leaf_hash: String,
}

/// A change of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogChange {
    /// A version comes. One that is there stays as it is, but for a text that could not be read before.
    Put(Box<VersionWrite>),
    /// A version is withdrawn. The first withdrawal in the log counts; one of a version that is not there changes nothing.
    Withdraw {
        /// The version.
        version: VersionName,
        /// By what.
        withdrawn: Withdrawn,
    },
    /// A version is opened. The first opening in the log counts, as long as its body is not purged.
    Open(Box<OpeningRow>),
    /// The bodies of a version and of those before it are purged, in the log too; their leaves stay.
    Purge(VersionName),
    /// A record was issued in the place of another one, in the successor of that one's log.
    Replace {
        /// The record that is found no more.
        record_id: String,
        /// The one in its place.
        by: String,
        /// The position of the version that says so.
        position: i64,
    },
    /// A record says something to a proposal in a federation.
    Act(Box<ActRow>),
}

/// What some entries of a log make of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldWrite {
    /// The log.
    pub origin: String,
    /// Entries that the views held before: nothing is written when it is another number by now.
    pub expected_folded: i64,
    /// Entries that they hold then; never more than the published checkpoint covers.
    pub folded: i64,
    /// In the order of the entries.
    pub changes: Vec<CatalogChange>,
    /// Milliseconds of the Unix epoch.
    pub at: i64,
}

/// A version of a record as it stands in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// The version.
    pub row: RecordRow,
    /// By what it was withdrawn.
    pub withdrawn: Option<Withdrawn>,
    /// By what it was opened, where it is not open by itself.
    pub opened: Option<OpenedBody>,
    /// Whether its body was purged.
    pub purged: bool,
}

/// In which order found records come, and from where on: what stands in [`Found::next`] goes on behind a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchOrder {
    /// The newest first.
    Newest {
        /// Behind this place.
        before: Option<i64>,
    },
    /// Those first that have all words in their titles, then the others; the newest first in both.
    Titles {
        /// Behind this place among those with such titles.
        before: Option<i64>,
    },
    /// The rest of that order: those that have not all words in their titles.
    Others {
        /// Behind this place among the others.
        before: Option<i64>,
    },
}

/// What is searched for. Nothing asked for finds everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// One of each group is to be there.
    pub words: Vec<Vec<String>>,
    /// One of each group is to hold.
    pub facets: Vec<Vec<Facet>>,
    /// Milliseconds of the Unix epoch: in force then.
    pub in_force_at: Option<i64>,
}

/// A page of what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The newest version of each record.
    pub records: Vec<StoredRecord>,
    /// How to go on; none when there is nothing more.
    pub next: Option<SearchOrder>,
}

/// How many there are, counted up to a bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Those that were counted, the newest.
    pub records: usize,
    /// Whether there are more than these.
    pub more: bool,
    /// How many of those counted have a facet, the most frequent first.
    pub facets: Vec<(Facet, usize)>,
}
