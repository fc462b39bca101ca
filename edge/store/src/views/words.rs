//! The index of words, by SQLite's FTS5: which records have all of these words. Another engine has another one.
//!
//! Words come ready made; they are only looked up. A record's number in the index has the second of its issue in the upper bits, so the
//! index itself gives the newest first, and a search ends as soon as it has enough.

use super::fold::run;
use super::lists;
use crate::{Search, StoreFault};
use sqlx::SqliteConnection;

/// Records about one record whose words it is found by, at most: strangers may write any number of them.
const ABOUT: usize = 64;
/// Bits below the second of issue: so many records of one second can be found, far more than an honest log has.
const TIE_BITS: u32 = 20;

const FORGET_WORDS: &str = "DELETE FROM catalog_words WHERE rowid IN (SELECT f.document FROM catalog_touched
     CROSS JOIN catalog_found AS f ON f.record_id = catalog_touched.record_id)";
const FORGET_FOUND: &str = "DELETE FROM catalog_found WHERE record_id IN (SELECT record_id FROM catalog_touched)";

/// The records that can be found again, each behind those of its second: without those in the place of which others were issued. Those for
/// which there is no number left are not found.
const NUMBER: &str = "WITH live AS (
        SELECT r.record_id, r.version, r.valid_from, r.valid_until, p.facets, MAX(r.issued / 1000, 0) AS second
        FROM catalog_touched CROSS JOIN catalog_parts AS p ON p.record_id = catalog_touched.record_id
        CROSS JOIN catalog_records AS r ON r.record_id = p.record_id AND r.version = p.version WHERE p.about IS NULL
        AND NOT EXISTS (SELECT 1 FROM catalog_replaced AS x WHERE x.record_id = r.record_id)),
    numbered AS (
        SELECT *, COALESCE((SELECT MAX(document) + 1 FROM catalog_found
            WHERE document >= (second << $1) AND document < ((second + 1) << $1)), second << $1)
            + ROW_NUMBER() OVER (PARTITION BY second ORDER BY record_id) - 1 AS document FROM live)
    INSERT INTO catalog_found (document, record_id, version, facets, valid_from, valid_until)
    SELECT document, record_id, version, facets || COALESCE((SELECT group_concat(' ' || a.facets, '') FROM (
        SELECT facets FROM catalog_parts WHERE about = numbered.record_id ORDER BY record_id LIMIT $2) AS a), ''),
        valid_from, valid_until FROM numbered WHERE document < ((second + 1) << $1)";
const INDEX: &str = "INSERT INTO catalog_words (rowid, title, words, facets)
    SELECT f.document,
        p.title_words || COALESCE((SELECT group_concat(' ' || a.title_words, '') FROM (
            SELECT title_words FROM catalog_parts WHERE about = f.record_id ORDER BY record_id LIMIT $1) AS a), ''),
        p.words || COALESCE((SELECT group_concat(' ' || a.words, '') FROM (
            SELECT words FROM catalog_parts WHERE about = f.record_id ORDER BY record_id LIMIT $1) AS a), ''),
        f.facets
    FROM catalog_touched CROSS JOIN catalog_found AS f ON f.record_id = catalog_touched.record_id
    CROSS JOIN catalog_parts AS p ON p.record_id = f.record_id AND p.version = f.version
    ORDER BY f.document";

/// Makes the index anew for the records that are touched.
pub(super) async fn refresh(connection: &mut SqliteConnection) -> Result<(), StoreFault> {
    let about = i64::try_from(ABOUT).unwrap_or(i64::MAX);
    run(connection, FORGET_WORDS).await?;
    run(connection, FORGET_FOUND).await?;
    sqlx::query(NUMBER)
        .bind(i64::from(TIE_BITS))
        .bind(about)
        .execute(&mut *connection)
        .await?;
    sqlx::query(INDEX).bind(about).execute(connection).await?;
    Ok(())
}

pub(super) async fn drop_all(connection: &mut SqliteConnection) -> Result<(), StoreFault> {
    run(connection, "DELETE FROM catalog_found").await?;
    run(
        connection,
        "INSERT INTO catalog_words (catalog_words) VALUES ('delete-all')",
    )
    .await
}

/// Which texts of a record are looked at.
#[derive(Clone, Copy)]
pub(super) enum Texts {
    All,
    /// All words are in the title.
    Titles,
    /// Not all of them are.
    Others,
}

/// The records that are looked for, newest first, as a subquery with a column `document`: below `$1`, at most `$2`, with the
/// expression of [`expression`] as `$3` where there is one.
pub(super) const fn documents(has_expression: bool) -> &'static str {
    if has_expression {
        "(SELECT rowid AS document FROM catalog_words WHERE catalog_words MATCH $3 AND rowid < $1 ORDER BY rowid DESC LIMIT $2)"
    } else {
        "(SELECT document FROM catalog_found WHERE document < $1 ORDER BY document DESC LIMIT $2)"
    }
}

/// What is looked for, in the words of FTS5; none when that is everything. Without words everything has all of them in its title.
pub(super) fn expression(search: &Search, texts: Texts) -> Option<String> {
    let columns = match texts {
        Texts::All | Texts::Others => "{title words}",
        Texts::Titles => "{title}",
    };
    let words = search
        .words
        .iter()
        .map(|group| alternatives(group.iter().map(|word| lists::escape(word))));
    let words = words.collect::<Vec<_>>();
    let facets = search
        .facets
        .iter()
        .map(|group| alternatives(group.iter().map(lists::word)));
    let titled = match texts {
        Texts::Others => in_columns("{title}", &words),
        Texts::All | Texts::Titles => None,
    };
    let parts = [
        in_columns(columns, &words),
        in_columns("{facets}", &facets.collect::<Vec<_>>()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let all = (!parts.is_empty()).then(|| parts.join(" AND "))?;
    Some(match titled {
        Some(titled) => format!("({all}) NOT {titled}"),
        None => all,
    })
}

fn in_columns(columns: &str, groups: &[String]) -> Option<String> {
    (!groups.is_empty()).then(|| format!("{columns} : ({})", groups.join(" AND ")))
}

/// No word holds the sign that ends one here, see `lists`. A group without a word finds nothing: no record has the empty one.
fn alternatives(group: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> = group.map(|word| format!("\"{word}\"")).collect();
    match quoted.is_empty() {
        true => "(\"\")".to_owned(),
        false => format!("({})", quoted.join(" OR ")),
    }
}

#[cfg(test)]
pub(crate) mod plans {
    use super::{FORGET_FOUND, FORGET_WORDS, INDEX, NUMBER};

    pub(crate) const STATEMENTS: [&str; 4] = [FORGET_WORDS, FORGET_FOUND, NUMBER, INDEX];
}
