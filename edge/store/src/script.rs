//! Several statements in one way there and back to the connection, which has a thread of its own: what a commit costs is
//! above all how often it crosses over.
//!
//! A script is text and values, made by whoever wants something written; the writer only runs it. Values stand in the order of
//! their places through the whole script. The texts of two scripts of one shape are equal, so that the connection's statement cache
//! serves them. Knows no table (that is `step`) and no transaction (that is `writer`).

use crate::StoreFault;
use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Either, Encode, Executor, Sqlite, SqliteConnection, Type};

/// Statements that follow one another.
pub(crate) struct Script {
    sql: String,
    arguments: SqliteArguments,
    /// Why a value could not be bound: then nothing is run.
    unfit: Option<StoreFault>,
    statements: usize,
    /// Whether the connection keeps its statements ready for the next script of this shape.
    pub is_kept: bool,
}

/// How far a script came.
pub(crate) struct Ran {
    /// Rows changed by each statement that was run to its end, in order.
    pub changes: Vec<u64>,
    /// What the statements gave back, in order.
    pub rows: Vec<SqliteRow>,
    /// Why the next statement was not run.
    pub fault: Option<StoreFault>,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self {
            sql: String::with_capacity(2048),
            arguments: SqliteArguments::default(),
            unfit: None,
            statements: 0,
            is_kept: true,
        }
    }

    /// Begins a statement with `text`; gives its place in the script.
    pub(crate) fn statement(&mut self, text: &str) -> usize {
        if self.statements > 0 {
            self.sql.push_str(";\n");
        }
        self.sql.push_str(text);
        self.statements += 1;
        self.statements - 1
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.sql.push_str(text);
        self
    }

    /// Writes the place of a value and binds it.
    pub(crate) fn value<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(&mut self, value: T) -> &mut Self {
        // Without a number: SQLite takes `$1` for a name, and looks for each name among all names of its statement, twice.
        self.sql.push('?');
        if let Err(error) = Arguments::add(&mut self.arguments, value) {
            self.unfit = Some(sqlx::Error::Encode(error).into());
        }
        self
    }

    /// Writes `($4, $5)`: a row of values, or one value of many; `first` says whether none stands before it.
    pub(crate) fn row(&mut self, first: bool, values: impl FnOnce(&mut Row<'_>)) {
        self.sql.push_str(if first { "(" } else { ", (" });
        values(&mut Row {
            script: self,
            empty: true,
        });
        self.sql.push(')');
    }

    /// Runs the statements of `before`, which bind nothing, and then these, up to the first that fails. What `before` did is
    /// not in the outcome, unless it failed.
    pub(crate) async fn run(&self, before: &[&str], connection: &mut SqliteConnection) -> Ran {
        let mut sql = String::with_capacity(self.sql.len() + 64);
        for text in before {
            sql.push_str(text);
            sql.push_str(";\n");
        }
        sql.push_str(&self.sql);
        let mut ran = Ran {
            changes: Vec::with_capacity(self.statements),
            rows: Vec::new(),
            fault: self.unfit.clone(),
        };
        if ran.fault.is_some() {
            return ran;
        }
        let mut ahead = before.len();
        // The values are shared, not copied: a script may be run again.
        let query = sqlx::query_with(AssertSqlSafe(sql), self.arguments.clone());
        let mut results = connection.fetch_many(query.persistent(self.is_kept));
        loop {
            match results.try_next().await {
                Ok(Some(Either::Left(_))) if ahead > 0 => ahead -= 1,
                Ok(Some(Either::Left(done))) => ran.changes.push(done.rows_affected()),
                Ok(Some(Either::Right(row))) => ran.rows.push(row),
                Ok(None) => return ran,
                Err(error) => {
                    ran.fault = Some(error.into());
                    return ran;
                }
            }
        }
    }
}

/// A row that is being written.
pub(crate) struct Row<'a> {
    script: &'a mut Script,
    empty: bool,
}

impl Row<'_> {
    /// The next value.
    pub(crate) fn value<'t, T: Encode<'t, Sqlite> + Type<Sqlite>>(&mut self, value: T) -> &mut Self {
        self.next().value(value);
        self
    }

    /// The next value as an expression, which `write` writes.
    pub(crate) fn expression(&mut self, write: impl FnOnce(&mut Script)) -> &mut Self {
        write(self.next());
        self
    }

    fn next(&mut self) -> &mut Script {
        if !std::mem::take(&mut self.empty) {
            self.script.sql.push_str(", ");
        }
        self.script
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{Connection, Row as _};

    async fn memory() -> SqliteConnection {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        sqlx::raw_sql("CREATE TABLE t (a TEXT PRIMARY KEY, b BIGINT NOT NULL)")
            .execute(&mut connection)
            .await
            .unwrap();
        connection
    }

    fn insert(script: &mut Script, rows: &[(&str, Option<i64>)]) -> usize {
        let place = script.statement("INSERT INTO t (a, b) VALUES ");
        for (number, (a, b)) in rows.iter().enumerate() {
            script.row(number == 0, |row| {
                row.value(*a).value(*b);
            });
        }
        script.text(" ON CONFLICT DO NOTHING");
        place
    }

    #[tokio::test]
    async fn statements_share_one_list_of_values_and_tell_their_changes_apart() {
        let mut connection = memory().await;
        let mut script = Script::new();
        assert_eq!(insert(&mut script, &[("x", Some(1)), ("y", Some(2))]), 0);
        assert_eq!(insert(&mut script, &[("x", Some(3))]), 1);
        script.statement("UPDATE t SET b = ");
        script.value(9_i64).text(" WHERE a = ").value("y").text(" RETURNING b");
        let ran = script.run(&["SAVEPOINT step"], &mut connection).await;
        assert!(ran.fault.is_none());
        assert_eq!(ran.changes, [2, 0, 1]);
        let given: Vec<i64> = ran.rows.iter().map(|row| row.get("b")).collect();
        assert_eq!(given, [9]);
    }

    #[tokio::test]
    async fn a_script_ends_at_its_first_fault() {
        let mut connection = memory().await;
        let mut script = Script::new();
        insert(&mut script, &[("x", Some(1))]);
        insert(&mut script, &[("y", None)]);
        insert(&mut script, &[("z", Some(1))]);
        let ran = script.run(&[], &mut connection).await;
        assert_eq!(ran.changes, [1, 0][..1]);
        assert!(matches!(ran.fault, Some(StoreFault::Constraint(_))));
    }
}
