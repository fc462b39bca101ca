//! What the people of a participant are told of its logs: what others pin, how far each is published, and what still waits.

use super::book::{OwnLog, Standing};
use super::{EVIDENCE, REGISTER};
use crate::hosted::Hosted;
use crate::succession::reissue_view;
use crate::{Fault, Runtime};
use chapar_register::{KeyUse, ListedKey, LogId, RevocationReason};
use chapar_store::LogSource;
use chapar_tlog::SignedCheckpoint;
use serde_json::{Value, json};

impl Runtime {
    /// The participant's logs, the public one first, those that have ended last.
    pub(crate) async fn describe_logs(&self, hosted: &Hosted) -> Result<Value, Fault> {
        let mut shown = Vec::new();
        for name in [REGISTER, EVIDENCE] {
            if let Some(log) = self.inner.logs.find(hosted.slug.as_str(), name) {
                shown.push(self.describe_log(hosted, &log).await?);
            }
        }
        for log in self.inner.logs.ended_of(hosted.slug.as_str()) {
            shown.push(self.describe_log(hosted, &log).await?);
        }
        Ok(json!({ "items": shown }))
    }

    pub(crate) async fn describe_log(&self, hosted: &Hosted, log: &OwnLog) -> Result<Value, Fault> {
        let published = log.published.borrow().clone();
        let size = published.as_ref().map_or(0, |published| published.size);
        let store = &self.inner.store;
        let committed = match &log.source {
            LogSource::Register(origin) => store.last_position(origin).await?,
            LogSource::Evidence(participant) => store.last_evidence(participant).await?,
        };
        let mut view = json!({
            "name": if log.name == REGISTER { "register" } else { "evidence" },
            "origin": log.origin.as_str(),
            "vkey": log.newest_key()?.render(),
            "keys": log.listed_keys().iter().map(key_view).collect::<Vec<_>>(),
            "logId": LogId::of_vkey(&log.vkey).as_str(),
            "size": size,
            "state": log.standing.borrow().as_str(),
            "waiting": committed.saturating_sub(i64::try_from(size).unwrap_or(i64::MAX)).max(0),
        });
        let out = published.as_ref().map(|out| SignedCheckpoint::parse(&out.checkpoint));
        let out = out.transpose()?;
        let mut members = view.as_object_mut();
        if let Some(members) = &mut members {
            members.extend(log.describe_witnessing(self.inner.suite.as_ref(), out.as_ref()));
            match &*log.standing.borrow() {
                Standing::Held(held) => {
                    members.insert("held".to_owned(), held.view());
                }
                Standing::Closed(successor) => {
                    members.insert("successor".to_owned(), successor.view());
                    members.insert("reissue".to_owned(), Value::Object(reissue_view(successor)));
                }
                Standing::Open | Standing::Asking => {}
            }
            members.extend(log.describe_time());
        }
        if let (Some(members), Some(published), Some(out)) = (members, published, &out) {
            members.insert("root".to_owned(), out.checkpoint().root.base64().into());
            members.insert("publishedAt".to_owned(), published.at.rfc3339().into());
            if log.name == REGISTER {
                members.insert("address".to_owned(), self.address_of_own(hosted, log).into());
            }
        }
        Ok(view)
    }

    /// Where everybody reads a public log.
    pub(crate) fn address_of_own(&self, hosted: &Hosted, log: &OwnLog) -> String {
        let first = format!("{}/{}/{REGISTER}", self.public_url(), hosted.slug);
        match log.number() {
            1 => first,
            number => format!("{first}/{number}"),
        }
    }
}

fn key_view(listed: &ListedKey) -> Value {
    let mut view = json!({ "from": listed.valid_from.rfc3339() });
    let Some(members) = view.as_object_mut() else {
        return view;
    };
    if let KeyUse::Log(key) = &listed.key {
        members.insert("vkey".to_owned(), key.render().into());
    }
    if let Some((at, reason)) = listed.revoked {
        members.insert("replacedAt".to_owned(), at.rfc3339().into());
        members.insert(
            "isCompromised".to_owned(),
            (reason == RevocationReason::Compromised).into(),
        );
    }
    view
}
