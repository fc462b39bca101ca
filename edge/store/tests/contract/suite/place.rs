//! Where a store under test lives. Another engine gives its own.

use super::objects::Memory;
use chapar_store::{NodeKey, Objects, Options, Store, StoreFault};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A folder that is removed with this value.
pub struct Place {
    folder: PathBuf,
    /// The object storage beside it, where there is one.
    pub objects: Option<Arc<Memory>>,
}

impl Place {
    /// A fresh place for a SQLite store.
    pub fn sqlite() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("chapar-store-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder, objects: None }
    }

    /// As [`Self::sqlite`], with the tiles of logs in object storage.
    pub fn with_objects() -> Self {
        let mut place = Self::sqlite();
        place.objects = Some(Arc::default());
        place
    }

    /// The store's folder.
    pub fn folder(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A path beside the store.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Opens the store under the key of all tests.
    pub async fn open(&self) -> Store {
        let objects = self.objects.clone().map(|objects| -> Arc<dyn Objects> { objects });
        let options = Options {
            objects,
            ..Options::new(key())
        };
        Store::open(&self.folder(), options).await.unwrap()
    }

    /// Opens the store with the participants of all tests in it.
    pub async fn with_participants(&self) -> Store {
        let store = self.open().await;
        for slug in [super::rows::UZ, super::rows::KZ] {
            store
                .add_participant(super::rows::participant(slug), Vec::new(), Vec::new())
                .await
                .unwrap();
        }
        store
    }
}

/// The key of all tests.
pub fn key() -> NodeKey {
    NodeKey::from_bytes([7; 32])
}

/// Opens a folder under the key of all tests.
pub async fn open(folder: &Path) -> Result<Store, StoreFault> {
    Store::open(folder, Options::new(key())).await
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
