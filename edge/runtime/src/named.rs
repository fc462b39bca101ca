//! Which process an error is about: its `consumerPid` and `providerPid`, when no step was there to say it.
//!
//! A body that is no good message may still name its process, and a case knows its own. An address alone does not say whose
//! pid it holds, so it names nothing.

use crate::Runtime;
use crate::hosted::Hosted;
use crate::http::Outbound;
use crate::kind::Kind;
use chapar_dsp::{NO_PID, json};
use chapar_terms::{ParticipantId, Pid, limits};
use serde_json::Value;

/// The pids that an error can name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    consumer: Option<Pid>,
    provider: Option<Pid>,
}

impl Named {
    /// What a body names, as far as it can be read.
    pub(crate) fn in_body(body: &[u8]) -> Self {
        let read = json::read(body, limits::MESSAGE_BYTES).unwrap_or_default();
        let pid = |name: &str| Pid::parse(read.get(name)?.as_str()?).ok();
        Self {
            consumer: pid("consumerPid"),
            provider: pid("providerPid"),
        }
    }

    /// Puts these names where an error has none; anything else stays as it is.
    pub(crate) fn fill(&self, mut answer: Outbound) -> Outbound {
        if answer.status < 400 {
            return answer;
        }
        let Ok(Value::Object(mut members)) = serde_json::from_slice(&answer.body) else {
            return answer;
        };
        for (name, pid) in [("consumerPid", &self.consumer), ("providerPid", &self.provider)] {
            if let (Some(pid), Some(member)) = (pid, members.get_mut(name).filter(|member| *member == NO_PID)) {
                *member = pid.as_str().into();
            }
        }
        answer.body = Value::Object(members).to_string().into_bytes();
        answer
    }
}

impl Runtime {
    /// The names for an answer to `body`, which `peer` sent to `pid` and which is no message. Only the peer of a case hears what
    /// the case is called on both sides.
    pub(crate) async fn named<K: Kind>(
        &self,
        hosted: &Hosted,
        pid: Option<&str>,
        peer: &ParticipantId,
        body: &[u8],
    ) -> Named {
        if let Some(pid) = pid
            && let Ok(Some(loaded)) = self.load::<K>(hosted.slug.as_str(), pid).await
            && loaded.case.head().peer == *peer
        {
            let head = loaded.case.head();
            return Named {
                consumer: head.consumer_pid(),
                provider: head.provider_pid(),
            };
        }
        Named::in_body(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Family;
    use serde_json::json;

    const BODY: &[u8] = br#"{ "consumerPid": "urn:c", "providerPid": 7, "@type": "Dance" }"#;

    fn filled(answer: Outbound) -> Value {
        serde_json::from_slice(&Named::in_body(BODY).fill(answer).body).unwrap()
    }

    #[test]
    fn an_error_without_names_gets_those_of_the_body() {
        let error = filled(Family::Transfer.plain_error(400, "no", "no"));
        assert_eq!(
            (&error["consumerPid"], &error["providerPid"]),
            (&json!("urn:c"), &json!(NO_PID))
        );
        for unreadable in [&b"{"[..], b"[]", b"\xff", br#"{ "consumerPid": "" }"#] {
            assert_eq!(Named::in_body(unreadable), Named::default());
        }
    }

    #[test]
    fn nothing_else_is_touched() {
        let pids = json!({ "consumerPid": "urn:x", "providerPid": "urn:y" });
        assert_eq!(filled(Outbound::json(409, &pids)), pids);
        let taken = json!({ "consumerPid": NO_PID });
        assert_eq!(filled(Outbound::json(200, &taken)), taken);
        assert_eq!(Named::in_body(BODY).fill(Outbound::empty(404)).body, b"");
        let catalog = filled(Family::Catalog.plain_error(400, "no", "no"));
        assert_eq!(catalog.get("consumerPid"), None);
    }
}
