//! Contracts and transfers, begun and followed at the consumer's API: it is asked where a case stands until it has come to its end.

use super::connector::{Bed, Connector, member};
use crate::numbers::Times;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Longest that one case may take before it counts as lost.
const LIMIT: Duration = Duration::from_secs(60);
/// How often a case is looked at in its first moments, and after them.
const LOOKS: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(20)];
/// How long the first moments are.
const FIRST: Duration = Duration::from_millis(100);
/// How often it is looked at where many go on.
const LOOK_OF_MANY: Duration = Duration::from_millis(20);
/// Cases that do not count: connections are opened and keys fetched.
const WARM: usize = 3;

/// What was found of negotiations.
#[derive(Default)]
pub struct Load {
    /// From the call to FINALIZED at the consumer.
    pub times: Times,
    /// Begun.
    pub count: usize,
    /// Ended otherwise, or not in time.
    pub lost: usize,
    /// Brought to a good end per second.
    pub per_second: f64,
    /// What they concluded.
    pub agreements: Vec<String>,
}

/// `count` negotiations, one after the other.
pub fn one_at_a_time(bed: &Bed, count: usize) -> Load {
    let request = request(bed);
    for _ in 0..WARM {
        negotiate(bed, &request, &LOOKS);
    }
    let begun = Instant::now();
    let found = (0..count).map(|_| negotiate(bed, &request, &LOOKS)).collect();
    summed(found, begun.elapsed())
}

/// `count` negotiations, `width` at a time.
pub fn many_at_a_time(bed: &Bed, width: usize, count: usize) -> Load {
    let request = request(bed);
    let (left, found) = (AtomicUsize::new(count), Mutex::new(Vec::new()));
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..width {
            scope.spawn(|| {
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |many| many.checked_sub(1))
                    .is_ok()
                {
                    let one = negotiate(bed, &request, &[LOOK_OF_MANY; 2]);
                    found.lock().unwrap().push(one);
                }
            });
        }
    });
    let took = begun.elapsed();
    summed(found.into_inner().unwrap(), took)
}

/// A transfer under each agreement, one after the other: from the request to STARTED at the consumer, and how many did not start.
pub fn transfers(bed: &Bed, agreements: &[String]) -> (Times, usize) {
    let found: Vec<Option<Duration>> = agreements
        .iter()
        .map(|agreement| {
            let mut request = bed.about_provider("TransferRequest");
            request["contractId"] = json!(agreement);
            request["transferType"] = json!("HttpData-PULL");
            let begun = Instant::now();
            let id = bed.consumer.made("/transferprocesses", &request);
            let ended = until(&bed.consumer, &format!("/transferprocesses/{id}"), "STARTED", &LOOKS);
            ended.map(|_| begun.elapsed())
        })
        .collect();
    let unstarted = found.iter().filter(|found| found.is_none()).count();
    (Times::of(found.into_iter().flatten()), unstarted)
}

fn request(bed: &Bed) -> Value {
    let mut dataset = bed.page(0, 1).into_iter().next().expect("something is offered");
    let offers = member(&mut dataset, ["hasPolicy", "odrl:hasPolicy"]);
    let offer = offers.as_array().and_then(|offers| offers.first()).unwrap_or(&offers);
    let policy = json!({
        "@context": "http://www.w3.org/ns/odrl.jsonld", "@type": "Offer", "@id": offer["@id"],
        "assigner": bed.provider.id, "target": dataset["@id"], "permission": [{ "action": "use" }],
    });
    let mut request = bed.about_provider("ContractRequest");
    request["policy"] = policy;
    request
}

/// One negotiation: how long it took and what it concluded; none when it came to no good end.
fn negotiate(bed: &Bed, request: &Value, looks: &[Duration; 2]) -> Option<(Duration, String)> {
    let begun = Instant::now();
    let id = bed.consumer.made("/contractnegotiations", request);
    let ended = until(
        &bed.consumer,
        &format!("/contractnegotiations/{id}"),
        "FINALIZED",
        looks,
    )?;
    let took = begun.elapsed();
    Some((took, ended["contractAgreementId"].as_str()?.to_owned()))
}

/// The case once it has come to `state`; none when it ended otherwise, or did not in time.
fn until(consumer: &Connector, path: &str, state: &str, looks: &[Duration; 2]) -> Option<Value> {
    let begun = Instant::now();
    while begun.elapsed() < LIMIT {
        let case = consumer.good("GET", path, None);
        match case["state"].as_str() {
            Some(now) if now == state => return Some(case),
            Some("TERMINATED") => return None,
            _ => thread::sleep(looks[usize::from(begun.elapsed() > FIRST)]),
        }
    }
    None
}

fn summed(found: Vec<Option<(Duration, String)>>, took: Duration) -> Load {
    let count = found.len();
    let (times, agreements): (Vec<Duration>, Vec<String>) = found.into_iter().flatten().unzip();
    Load {
        count,
        lost: count - times.len(),
        per_second: times.len() as f64 / took.as_secs_f64(),
        times: Times::of(times),
        agreements,
    }
}
