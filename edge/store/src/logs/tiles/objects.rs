//! The tiles of a log in object storage, and what is asked of such a storage.

use super::other_bytes;
use crate::StoreFault;
use futures_util::future::BoxFuture;
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use std::fmt;
use std::sync::Arc;

/// Objects that are written or removed at a time. Each waits for the storage to say that it is durable; the storage takes many at once.
const AT_ONCE: usize = 8;

/// Object storage, as far as tiles need it. Names are paths of ASCII letters, digits, `.`, `-` and `/`.
pub trait Objects: fmt::Debug + Send + Sync {
    /// Reads a whole object; none when there is none of this name.
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Vec<u8>>, ObjectFault>>;

    /// Writes an object unless there is one of this name, and says whether it did. One winner: of two writers at once, one is told no.
    /// Durable when this says yes.
    fn put_new<'a>(&'a self, name: &'a str, bytes: Vec<u8>) -> BoxFuture<'a, Result<bool, ObjectFault>>;

    /// Some names that begin with `prefix`, and none only when there is none.
    fn names<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, ObjectFault>>;

    /// Removes an object. One that is not there is no error.
    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ObjectFault>>;
}

/// The object storage did not do what it was asked; what it was asked may have happened or not. Ask again later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFault {
    /// What was asked of it.
    pub act: String,
    /// What it said, or why it said nothing.
    pub why: String,
}

impl fmt::Display for ObjectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "object storage, {}: {}", self.act, self.why)
    }
}

impl std::error::Error for ObjectFault {}

/// What lies below one name.
#[derive(Clone, Debug)]
pub(super) struct Below {
    objects: Arc<dyn Objects>,
    /// With its slash.
    prefix: String,
}

impl Below {
    pub(super) const fn new(objects: Arc<dyn Objects>, prefix: String) -> Self {
        Self { objects, prefix }
    }

    pub(super) async fn write(&self, files: Vec<(String, Vec<u8>)>) -> Result<(), StoreFault> {
        let written: Vec<Work<'_>> = files
            .into_iter()
            .map(|(path, bytes)| -> Work<'_> { Box::pin(self.write_one(path, bytes)) })
            .collect();
        side_by_side(written).await
    }

    async fn write_one(&self, path: String, bytes: Vec<u8>) -> Result<(), StoreFault> {
        let name = self.name(&path);
        if self.objects.put_new(&name, bytes.clone()).await? {
            return Ok(());
        }
        match self.objects.get(&name).await? {
            Some(there) if there == bytes => Ok(()),
            Some(_) => Err(other_bytes(&name)),
            None => Err(StoreFault::Objects(ObjectFault {
                act: format!("put `{name}`"),
                why: "it was there, and was gone when it was read".to_owned(),
            })),
        }
    }

    pub(super) async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(self.objects.get(&self.name(path)).await?)
    }

    pub(super) async fn remove(&self, path: &str) -> Result<(), StoreFault> {
        let prefix = self.name(path);
        loop {
            let names = self.objects.names(&prefix).await?;
            if names.is_empty() {
                return Ok(());
            }
            let removed: Vec<Work<'_>> = names
                .iter()
                .map(|name| -> Work<'_> { Box::pin(async { Ok(self.objects.remove(name).await?) }) })
                .collect();
            side_by_side(removed).await?;
        }
    }

    fn name(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}

type Work<'a> = BoxFuture<'a, Result<(), StoreFault>>;

async fn side_by_side(work: Vec<Work<'_>>) -> Result<(), StoreFault> {
    iter(work).buffer_unordered(AT_ONCE).try_collect().await
}

impl From<ObjectFault> for StoreFault {
    fn from(fault: ObjectFault) -> Self {
        Self::Objects(fault)
    }
}
