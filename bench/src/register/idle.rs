//! A node that mirrors the logs of ten others, while nothing happens anywhere.

use crate::process;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{Log, mirror, publisher};
use std::time::Duration;

/// Other nodes.
const PEERS: usize = 10;

/// What it costs to be there.
#[derive(Clone, Copy, Debug)]
pub struct Idle {
    /// Of a core, in percent, by the node that mirrors.
    pub percent: f64,
    /// MiB of its memory.
    pub memory: f64,
    /// For how long it was watched.
    pub length: Duration,
}

/// Watches for so long.
pub fn measure(length: Duration) -> Idle {
    println!("register: {PEERS} peers are started");
    let mut mirroring = House::new("mirroring", Profile::Production);
    mirroring.start();
    let peers: Vec<House> = (0..PEERS)
        .map(|number| {
            let mut house = House::new(&format!("peer-{number}"), Profile::Production);
            house.start();
            let log = Log::of(&publisher(&house, "bench"));
            mirror(&mirroring, &log, &log.address, &[]);
            house
        })
        .collect();
    process::rest();
    println!("register: nothing happens for {} s", length.as_secs());
    let pid = mirroring.process();
    let seconds = || process::cpu_seconds(pid).unwrap_or(f64::NAN);
    let before = seconds();
    std::thread::sleep(length);
    let used = seconds() - before;
    drop(peers);
    Idle {
        percent: 100.0 * used / length.as_secs_f64(),
        memory: process::memory(pid).map_or(f64::NAN, |(now, _)| now),
        length,
    }
}
