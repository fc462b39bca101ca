//! Object storage in memory: it keeps the promises of [`Objects`], fails when told to, and lists two names at a time.

use chapar_store::{ObjectFault, Objects};
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

const LISTED: usize = 2;

#[derive(Debug, Default)]
pub struct Memory {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Whether it answers nothing.
    pub is_away: AtomicBool,
}

impl Memory {
    /// The names of all objects.
    pub fn all(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }

    fn at_hand(&self) -> Result<MutexGuard<'_, BTreeMap<String, Vec<u8>>>, ObjectFault> {
        match self.is_away.load(Ordering::Relaxed) {
            false => Ok(self.objects.lock().unwrap()),
            true => Err(ObjectFault {
                act: "ask".to_owned(),
                why: "it is away".to_owned(),
            }),
        }
    }
}

impl Objects for Memory {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Vec<u8>>, ObjectFault>> {
        Box::pin(async { Ok(self.at_hand()?.get(name).cloned()) })
    }

    fn put_new<'a>(&'a self, name: &'a str, bytes: Vec<u8>) -> BoxFuture<'a, Result<bool, ObjectFault>> {
        Box::pin(async {
            let mut objects = self.at_hand()?;
            let is_new = !objects.contains_key(name);
            objects.entry(name.to_owned()).or_insert(bytes);
            Ok(is_new)
        })
    }

    fn names<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, ObjectFault>> {
        Box::pin(async move {
            let objects = self.at_hand()?;
            let below = objects.keys().filter(|name| name.starts_with(prefix));
            Ok(below.take(LISTED).cloned().collect())
        })
    }

    fn remove<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), ObjectFault>> {
        Box::pin(async {
            self.at_hand()?.remove(name);
            Ok(())
        })
    }
}
