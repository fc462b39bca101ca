//! Negotiations to FINALIZED between two nodes: one at a time, and many at a time.
//!
//! A negotiation begins when `POST /negotiations` is sent to the consumer's own API and ends when both participants' event streams
//! have told FINALIZED with nothing pending: by then both nodes have it durably.

use crate::ends::{End, Ends};
use crate::ground::{Probe, Waits};
use crate::line::Line;
use crate::numbers::Times;
use crate::pair::Pair;
use crate::process::{self, Shares, Watch};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Longest that one negotiation may take before it counts as lost.
const LIMIT: Duration = Duration::from_secs(30);
/// How often memory is looked at under load.
const LOOK: Duration = Duration::from_millis(250);
/// Durable writes measured before and after the negotiations that are compared with them.
const PROBES: usize = 200;

/// What was found one at a time.
pub struct Single {
    /// From the call to the end on both sides.
    pub times: Times,
    /// Not ended in time.
    pub lost: usize,
    /// A durable write on the same disk, just before and just after.
    pub waits: Waits,
    /// Who used the processors.
    pub shares: Shares,
}

/// One after the other, `warm` of them first and not counted.
pub fn one_at_a_time(pair: &Pair, ends: &Ends, warm: usize, count: usize) -> Single {
    let mut line = Line::open(&pair.consumer);
    let mut probe = Probe::new(pair.houses[0].folder());
    for _ in 0..warm {
        one(pair, ends, &mut line);
    }
    ends.begin(0);
    probe.run(PROBES);
    let watch = Watch::begin(pair.pids());
    let measured: Vec<Option<Duration>> = (0..count).map(|_| one(pair, ends, &mut line)).collect();
    let shares = watch.end();
    probe.run(PROBES);
    Single {
        lost: measured.iter().filter(|time| time.is_none()).count(),
        times: Times::of(measured.into_iter().flatten()),
        waits: probe.times(),
        shares,
    }
}

fn one(pair: &Pair, ends: &Ends, line: &mut Line) -> Option<Duration> {
    let begun = Instant::now();
    let id = begin(pair, line);
    Some(ends.wait(&id, LIMIT)?.duration_since(begun))
}

fn begin(pair: &Pair, line: &mut Line) -> String {
    let case = line.post("/negotiations", &pair.request);
    case["id"].as_str().expect("a negotiation has an id").to_owned()
}

/// What was found many at a time.
pub struct Many {
    /// Begun.
    pub count: usize,
    /// At most so many at a time.
    pub width: usize,
    /// Not ended in time.
    pub lost: usize,
    /// Ended on both sides per second, from the first call to the last end.
    pub per_second: f64,
    /// From the call to the end on both sides.
    pub times: Times,
    /// (second, ended in it).
    pub by_second: Vec<(f64, f64)>,
    /// (second, resident MiB) of each node.
    pub memory: [Vec<(f64, f64)>; 2],
    /// Who used the processors.
    pub shares: Shares,
}

/// `count` negotiations, never more than `width` under way.
pub fn many_at_a_time(pair: &Pair, ends: &Ends, width: usize, count: usize) -> Many {
    ends.begin(width);
    let begun = Instant::now();
    let started: Mutex<BTreeMap<String, Instant>> = Mutex::default();
    let (left, over) = (AtomicUsize::new(count), AtomicBool::new(false));
    let watch = Watch::begin(pair.pids());
    let (ended, memory) = thread::scope(|scope| {
        let looks = scope.spawn(|| look_at_memory(pair.pids(), begun, &over));
        for _ in 0..width {
            scope.spawn(|| call(pair, ends, &left, &started));
        }
        let ended = ends.wait_for(count, LIMIT + Duration::from_secs(count as u64 / 20));
        over.store(true, Ordering::Relaxed);
        (ended, looks.join().expect("looking at memory does not fail"))
    });
    let shares = watch.end();
    let started = started.into_inner().unwrap();
    summed(width, begun, &started, &ended, memory, shares)
}

/// One caller: begins the next as soon as there is room.
fn call(pair: &Pair, ends: &Ends, left: &AtomicUsize, started: &Mutex<BTreeMap<String, Instant>>) {
    let mut line = Line::open(&pair.consumer);
    let next = |left: &AtomicUsize| left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |many| many.checked_sub(1));
    while next(left).is_ok() {
        if !ends.take_room(LIMIT) {
            return;
        }
        let begun = Instant::now();
        let id = begin(pair, &mut line);
        started.lock().unwrap().insert(id, begun);
    }
}

fn look_at_memory(pids: [u32; 2], begun: Instant, over: &AtomicBool) -> [Vec<(f64, f64)>; 2] {
    let mut seen = [Vec::new(), Vec::new()];
    while !over.load(Ordering::Relaxed) {
        for (pid, seen) in pids.into_iter().zip(&mut seen) {
            if let Some((now, _)) = process::memory(pid) {
                seen.push((begun.elapsed().as_secs_f64(), now));
            }
        }
        thread::sleep(LOOK);
    }
    seen
}

fn summed(
    width: usize,
    begun: Instant,
    started: &BTreeMap<String, Instant>,
    ended: &BTreeMap<String, End>,
    memory: [Vec<(f64, f64)>; 2],
    shares: Shares,
) -> Many {
    let mut seconds: BTreeMap<u64, f64> = BTreeMap::new();
    let (mut times, mut last) = (Vec::new(), begun);
    for (id, at) in started {
        if let Some(end) = ended.get(id).and_then(End::both) {
            times.push(end.duration_since(*at));
            last = last.max(end);
            *seconds.entry(end.duration_since(begun).as_secs()).or_default() += 1.0;
        }
    }
    let whole = last.duration_since(begun).as_secs_f64();
    // The last second is not a whole one.
    let by_second = (0..whole as u64)
        .map(|second| (second as f64, seconds.get(&second).copied().unwrap_or_default()))
        .collect();
    Many {
        count: started.len(),
        width,
        lost: started.len() - times.len(),
        per_second: times.len() as f64 / whole,
        times: Times::of(times),
        by_second,
        memory,
        shares,
    }
}
