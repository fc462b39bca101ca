//! What is kept of the end of a log, own or mirrored, and shown to those who still read it.

use crate::logs::LogName;
use crate::records::entry_of_version;
use crate::{Fault, Runtime};
use chapar_register::{LOG_DISCONTINUED, successor_document};
use serde_json::{Value, json};

/// The log that goes on in the place of one that has ended, as it is kept with that one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Successor {
    /// Its origin.
    pub origin: String,
    /// Its first key.
    pub vkey: String,
    /// Where it is published.
    pub address: String,
    /// What is known besides: of an own log how far its records are issued anew, of a mirrored one the record that ended it.
    pub more: Value,
}

impl Successor {
    /// Reads what is kept with a log; none where it has not ended.
    pub(crate) fn read(config: &str) -> Option<Self> {
        let config: Value = serde_json::from_str(config).ok()?;
        let kept = config.get("discontinued")?;
        let text = |name: &str| kept.get(name)?.as_str().map(str::to_owned);
        Some(Self {
            origin: text("origin")?,
            vkey: text("vkey")?,
            address: text("address")?,
            more: kept.get("more").cloned().unwrap_or_default(),
        })
    }

    /// As it is kept.
    pub(crate) fn render(&self) -> String {
        let kept = json!({
            "origin": self.origin, "vkey": self.vkey, "address": self.address, "more": self.more,
        });
        json!({ "discontinued": kept }).to_string()
    }

    /// Whether the records of an own log are all issued anew.
    pub(crate) fn is_reissued(&self) -> bool {
        self.more.get("isDone") == Some(&Value::Bool(true))
    }

    /// As people see it.
    pub(crate) fn view(&self) -> Value {
        json!({ "origin": self.origin, "vkey": self.vkey, "address": self.address })
    }
}

impl Runtime {
    /// Where a log goes on that has ended; none for one that has not.
    pub fn log_successor(&self, log: &LogName) -> Option<String> {
        self.successor_of(log).map(|successor| successor.address)
    }

    /// The record by which a log ended, as it is handed from node to node; none where there is none.
    ///
    /// # Errors
    /// The store does not answer; try again later.
    pub async fn log_successor_document(&self, log: &LogName) -> Result<Option<Vec<u8>>, Fault> {
        let Some(successor) = self.successor_of(log) else {
            return Ok(None);
        };
        if let LogName::Mirror(_) = log {
            return Ok(successor
                .more
                .get("record")
                .map(|record| record.to_string().into_bytes()));
        }
        let entry = entry_of_version(LOG_DISCONTINUED, 1);
        let entry = self.inner.store.entry(&successor.origin, &entry).await?;
        let document = entry.and_then(|entry| successor_document(&entry.leaf, entry.body.as_deref()?));
        Ok(document.map(|document| document.to_string().into_bytes()))
    }

    fn successor_of(&self, log: &LogName) -> Option<Successor> {
        match log {
            LogName::Own { participant, number } => self.inner.logs.numbered(participant, *number)?.successor(),
            LogName::Mirror(id) => self.inner.mirrors.find(id)?.standing().ended.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_successor_is_read_as_it_was_kept() {
        let successor = Successor {
            origin: "uz.example/plant/log/2".to_owned(),
            vkey: "uz.example/plant/log/2+00000000+AQ==".to_owned(),
            address: "https://uz.example/plant/log/2".to_owned(),
            more: json!({ "isDone": true }),
        };
        assert_eq!(Successor::read(&successor.render()), Some(successor));
        assert_eq!(Successor::read(r#"{"held":{"code":"burnt"}}"#), None);
    }
}
