//! Callback addresses: readers of a case's events that are called instead of calling. What each has been told is durable, so it is
//! told everything at least once and in order, across crashes too.
//!
//! Woken by the news of the case like every other reader, never by a clock, but for the pauses between two tries. How an event
//! is written for them is in `payload`. Refuses to hold the addresses (they are in the case) and the events (`events`).

mod payload;
mod policy;

use crate::commit::Loaded;
use crate::couriers::{Couriers, pause_ms};
use crate::kind::Kind;
use crate::{Fault, Runtime};
use chapar_client::{Outgoing, SendFault};
use chapar_dsp::Role;
use chapar_exchange::negotiation::Negotiation;
use chapar_exchange::transfer::Transfer;
use chapar_exchange::{CallbackAddress, Head};
use chapar_store::{CallbackRow, EventRow};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use payload::Envelope;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tracing::Instrument;

/// Events read at a time.
const BATCH: i64 = 50;
/// Longest wait for one answer.
const CALL_LIMIT: Duration = Duration::from_secs(10);
/// Longest answer read; nothing in it is looked at.
const ANSWER_BYTES: u64 = 64 * 1024;

type CaseKey = (String, String);
/// Participant, case and the place of the address in the case's list.
type Key = (String, String, i64);

/// Which cases have addresses to which events may still come, and who is on the way to them.
#[derive(Default)]
pub(crate) struct Callbacks {
    open: Mutex<BTreeMap<CaseKey, Vec<Place>>>,
    couriers: Couriers<Key>,
}

#[derive(Clone, Copy)]
struct Place {
    number: i64,
    transactional: bool,
}

impl Callbacks {
    /// Says that events may come to these addresses of a case.
    pub(crate) fn follow<'a>(&self, rows: impl IntoIterator<Item = &'a CallbackRow>) {
        for row in rows {
            self.open_at(
                (row.participant.clone(), row.case_id.clone()),
                row.number,
                row.transactional,
            );
        }
    }

    fn open_at(&self, case: CaseKey, number: i64, transactional: bool) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.entry(case).or_default().push(Place { number, transactional });
    }

    fn forget(&self, (participant, case, number): &Key) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let case = (participant.clone(), case.clone());
        if let Some(places) = open.get_mut(&case) {
            places.retain(|place| place.number != *number);
            if places.is_empty() {
                open.remove(&case);
            }
        }
    }

    fn places(&self, participant: &str, case: &str) -> Vec<Place> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let case = (participant.to_owned(), case.to_owned());
        open.get(&case).cloned().unwrap_or_default()
    }
}

/// A case as its callback addresses are told of it.
struct Told {
    head: Head,
    /// Its provider's participant id.
    provider: Option<String>,
    is_over: bool,
    transfer: Option<Transfer>,
}

/// Why an address was not told of an event.
struct Obstacle {
    why: String,
    /// Whether another try can do better.
    may_pass: bool,
}

impl Obstacle {
    fn passing(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            may_pass: true,
        }
    }
}

impl Runtime {
    /// Takes up what an earlier run left to be told.
    pub(crate) async fn take_up_callbacks(&self) -> Result<(), Fault> {
        for open in self.inner.store.open_callbacks().await? {
            if chapar_terms::sabotaged("forget-callbacks-at-start") {
                continue;
            }
            let case = (open.participant.clone(), open.case_id.clone());
            self.inner.callbacks.open_at(case, open.number, open.transactional);
            if open.is_due {
                self.call_courier((open.participant, open.case_id, open.number));
            }
        }
        Ok(())
    }

    /// There is news of this case.
    pub(crate) fn wake_callbacks(&self, participant: &str, case: &str) {
        for place in self.inner.callbacks.places(participant, case) {
            self.call_courier((participant.to_owned(), case.to_owned(), place.number));
        }
    }

    fn call_courier(&self, key: Key) {
        let couriers = &self.inner.callbacks.couriers;
        if let Some(bell) = couriers.call(&key) {
            let runtime = self.clone();
            let courier = async move {
                let deliver = || runtime.tell_all(&key);
                let couriers = &runtime.inner.callbacks.couriers;
                runtime.run_courier(couriers, &key, &bell, deliver).await;
            };
            tokio::spawn(courier.in_current_span());
        }
    }

    /// Whether the case's next message has to wait for a transactional address.
    pub(crate) async fn is_held_back(&self, participant: &str, case: &str) -> Result<bool, Fault> {
        let places = self.inner.callbacks.places(participant, case);
        if !places.iter().any(|place| place.transactional) || chapar_terms::sabotaged("hold-nothing-back") {
            return Ok(false);
        }
        Ok(self.inner.store.waits_for_callback(participant, case).await?)
    }

    /// Tells one address of everything that it was not told of.
    async fn tell_all(&self, key: &Key) -> Result<(), Fault> {
        let (participant, case, number) = key;
        let store = &self.inner.store;
        let mut was_over = false;
        loop {
            let rows = store.callbacks(participant, case).await?;
            let row = rows.into_iter().find(|row| row.number == *number && !row.is_done);
            let Some(mut row) = row else { break };
            let events = store.callback_events(participant, case, row.position, BATCH).await?;
            // Read after the events: what they tell of is in it.
            let Some(told) = self.told_of(participant, case).await? else {
                break;
            };
            if events.is_empty() && was_over {
                row.is_done = true;
                store.note_callback(row).await?;
                break;
            }
            if events.is_empty() && !told.is_over {
                return Ok(());
            }
            // Once it is seen to be over, one more look finds whatever was still to come.
            was_over = told.is_over;
            let place = usize::try_from(*number).ok();
            let address = place.and_then(|place| told.head.callbacks.get(place));
            for event in &events {
                if let Some(address) = address {
                    self.tell(&mut row, address, &told, event).await?;
                }
                row.position = event.number;
                store.note_callback(row.clone()).await?;
                if row.transactional {
                    self.wake_courier(participant, case);
                }
            }
        }
        self.inner.callbacks.forget(key);
        Ok(())
    }

    /// Tells an address of one event under each name that it wants.
    async fn tell(
        &self,
        row: &mut CallbackRow,
        address: &CallbackAddress,
        told: &Told,
        event: &EventRow,
    ) -> Result<(), Fault> {
        let names = event.callback_events.iter().enumerate();
        for (index, name) in names.filter(|(_, name)| address.wants(name)) {
            let envelope = payload::envelope(&event.participant, event, index, name, told)?;
            match self.post_until_taken(row, address, event, &envelope).await? {
                None => {
                    row.told = row.told.saturating_add(1);
                    row.obstacle = None;
                }
                Some(obstacle) => {
                    tracing::warn!(
                        participant = row.participant,
                        case = row.case_id,
                        callback = row.number,
                        event = %name,
                        attempts = row.attempts.saturating_add(1),
                        %obstacle,
                        "a callback address was not told of an event and is not tried with it again"
                    );
                    row.given_up = row.given_up.saturating_add(1);
                    row.obstacle = Some(obstacle);
                }
            }
            (row.attempts, row.not_before) = (0, 0);
        }
        Ok(())
    }

    /// Tries with growing pauses. What stood in the way last when it is given up; none when the address has taken it.
    async fn post_until_taken(
        &self,
        row: &mut CallbackRow,
        address: &CallbackAddress,
        event: &EventRow,
        envelope: &Envelope,
    ) -> Result<Option<String>, Fault> {
        let end = event.at.saturating_add(self.inner.config.timeouts.callback_ms);
        loop {
            self.sleep_until(row.not_before).await;
            let Some(obstacle) = self.post(&row.participant, address, envelope).await? else {
                return Ok(None);
            };
            let pause = pause_ms(None, row.attempts, self.inner.config.retry_base_ms);
            let next = self
                .now()
                .unix_ms()
                .saturating_add(i64::try_from(pause).unwrap_or(i64::MAX));
            if !obstacle.may_pass || next >= end {
                return Ok(Some(obstacle.why));
            }
            tracing::debug!(case = row.case_id, callback = row.number, obstacle = %obstacle.why, pause, "not told yet");
            row.not_before = next;
            row.attempts = row.attempts.saturating_add(1);
            row.obstacle = Some(obstacle.why);
            self.inner.store.note_callback(row.clone()).await?;
        }
    }

    async fn sleep_until(&self, at: i64) {
        let left = at.saturating_sub(self.now().unix_ms());
        if let Ok(left) = u64::try_from(left) {
            tokio::time::sleep(Duration::from_millis(left)).await;
        }
    }

    async fn told_of(&self, participant: &str, case: &str) -> Result<Option<Told>, Fault> {
        let own_id = || self.hosted(participant).map(|hosted| hosted.me.id.as_str().to_owned());
        let told = |head: &Head, is_over| Told {
            head: head.clone(),
            provider: match head.role {
                Role::Consumer => Some(head.peer.as_str().to_owned()),
                Role::Provider => own_id(),
            },
            is_over,
            transfer: None,
        };
        if let Some(Loaded { case, .. }) = self.load::<Negotiation>(participant, case).await? {
            return Ok(Some(told(&case.head, Kind::is_over(&case))));
        }
        let loaded = self.load::<Transfer>(participant, case).await?;
        Ok(loaded.map(|Loaded { case, .. }| Told {
            transfer: Some(case.clone()),
            ..told(&case.head, Kind::is_over(&case))
        }))
    }

    /// One try; none when the address has taken it.
    async fn post(
        &self,
        participant: &str,
        address: &CallbackAddress,
        envelope: &Envelope,
    ) -> Result<Option<Obstacle>, Fault> {
        let headers = match self.callback_headers(participant, address).await? {
            Ok(headers) => headers,
            Err(obstacle) => return Ok(Some(obstacle)),
        };
        let outgoing = Outgoing {
            method: Method::POST,
            url: address.uri.clone(),
            headers,
            body: envelope.body().into(),
            deadline: CALL_LIMIT,
            max_response_bytes: ANSWER_BYTES,
        };
        let status = match self.inner.callback_client.send(outgoing).await {
            Ok(incoming) => incoming.status.as_u16(),
            // Its answer says enough, however long it goes on.
            Err(SendFault::TooLarge { status, .. }) => status,
            Err(fault) => {
                let refused = matches!(fault, SendFault::EgressRefused { .. });
                return Ok(Some(Obstacle {
                    may_pass: !refused,
                    ..Obstacle::passing(fault.to_string())
                }));
            }
        };
        Ok((!(200..300).contains(&status)).then(|| Obstacle::passing(format!("it answered {status}"))))
    }

    async fn callback_headers(
        &self,
        participant: &str,
        address: &CallbackAddress,
    ) -> Result<Result<HeaderMap, Obstacle>, Fault> {
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let (Some(name), Some(secret)) = (&address.auth_key, &address.auth_code_id) else {
            return Ok(Ok(headers));
        };
        let Some(value) = self.inner.store.secret(participant, secret).await? else {
            return Ok(Err(Obstacle::passing(format!("there is no secret `{secret}`"))));
        };
        let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name.as_str()), HeaderValue::from_bytes(&value)) else {
            let why = format!("the secret `{secret}` fits into no header `{name}`");
            return Ok(Err(Obstacle::passing(why)));
        };
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(Ok(headers))
    }
}
