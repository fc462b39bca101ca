//! What the system tells of a process and of the machine: memory, time on the processor, bytes written, and what others took.
//!
//! Reads `/proc` only; on a system without it the figures are absent, never guessed.

use std::fs;
use std::time::{Duration, Instant};

/// Ticks per second of the times in `/proc`, on every common Linux.
const TICKS: f64 = 100.0;

/// Resident memory of a process in MiB: now, and at its highest.
pub fn memory(pid: u32) -> Option<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kib = |name: &str| -> Option<f64> {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    Some((kib("VmRSS:")? / 1024.0, kib("VmHWM:")? / 1024.0))
}

/// Seconds that a process has had a processor since its start, in steps of 10 ms.
pub fn cpu_seconds(pid: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // `pid (name) state ...`; the name may hold blanks. User and system time are fields 14 and 15.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / TICKS)
}

/// Bytes that a process caused to be written to disk.
pub fn written(pid: u32) -> Option<f64> {
    let io = fs::read_to_string(format!("/proc/{pid}/io")).ok()?;
    io.lines()
        .find_map(|line| line.strip_prefix("write_bytes: "))?
        .parse()
        .ok()
}

/// (seconds that all processors were busy, seconds that the machine was not given its processors).
fn machine_seconds() -> Option<(f64, f64)> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let times: Vec<f64> = stat
        .lines()
        .next()?
        .split_whitespace()
        .skip(1)
        .filter_map(|ticks| ticks.parse().ok())
        .collect();
    // user nice system idle iowait irq softirq steal
    let busy: f64 = [0, 1, 2, 5, 6].iter().filter_map(|at| times.get(*at)).sum();
    Some((busy / TICKS, times.get(7)? / TICKS))
}

/// Who used the processors during a measure.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shares {
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Processors used by each node on average.
    pub nodes: [f64; 2],
    /// By the program that measures.
    pub bench: f64,
    /// By everybody else on the machine, and what its host withheld.
    pub others: f64,
    /// MiB written by each node.
    pub written: [f64; 2],
}

/// A measure that has begun.
pub struct Watch {
    begun: Instant,
    pids: [u32; 2],
    at: Readings,
}

struct Readings {
    nodes: [f64; 2],
    bench: f64,
    machine: f64,
    written: [f64; 2],
}

impl Readings {
    fn take(pids: [u32; 2]) -> Self {
        let (busy, withheld) = machine_seconds().unwrap_or_default();
        Self {
            nodes: pids.map(|pid| cpu_seconds(pid).unwrap_or_default()),
            bench: cpu_seconds(std::process::id()).unwrap_or_default(),
            machine: busy + withheld,
            written: pids.map(|pid| written(pid).unwrap_or_default()),
        }
    }
}

impl Watch {
    /// Begins to watch two nodes.
    pub fn begin(pids: [u32; 2]) -> Self {
        Self {
            begun: Instant::now(),
            pids,
            at: Readings::take(pids),
        }
    }

    /// What happened since.
    pub fn end(&self) -> Shares {
        let seconds = self.begun.elapsed().as_secs_f64();
        let now = Readings::take(self.pids);
        let nodes = [0, 1].map(|at| (now.nodes[at] - self.at.nodes[at]) / seconds);
        let bench = (now.bench - self.at.bench) / seconds;
        let all = (now.machine - self.at.machine) / seconds;
        Shares {
            seconds,
            nodes,
            bench,
            others: (all - nodes[0] - nodes[1] - bench).max(0.0),
            written: [0, 1].map(|at| (now.written[at] - self.at.written[at]) / 1024.0 / 1024.0),
        }
    }
}

/// Tasks that wanted a processor in the last minute, on average; `?` where nobody says.
pub fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ')
        .next()
        .filter(|load| !load.is_empty())
        .unwrap_or("?")
        .to_owned()
}

/// The machine in words: processors, memory, kernel, kind of file system. No names, no places.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| text.split_whitespace().nth(1)?.parse::<f64>().ok())
        .map_or_else(|| "?".to_owned(), |kib| format!("{:.0}", kib / 1024.0 / 1024.0));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    // Only the version: what stands behind it may name a machine.
    let version: Vec<&str> = kernel.split(['.', '-']).take(2).map(str::trim).collect();
    format!(
        "{cores} cores, {memory} GiB of memory, Linux {}, temporary folder on {}",
        version.join("."),
        file_system()
    )
}

fn file_system() -> String {
    let folder = std::env::temp_dir();
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            let (place, kind) = (words.next()?, words.next()?);
            folder.starts_with(place).then_some((place.len(), kind))
        })
        .max_by_key(|(length, _)| *length)
        .map_or_else(|| "?".to_owned(), |(_, kind)| kind.to_owned())
}

/// Waits until nothing that was just done echoes any more.
pub fn rest() {
    std::thread::sleep(Duration::from_secs(3));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_can_be_read() {
        let me = std::process::id();
        let (now, highest) = memory(me).unwrap();
        assert!(now > 0.5 && highest >= now, "{now} {highest}");
        let begun = cpu_seconds(me).unwrap();
        let until = Instant::now() + Duration::from_millis(200);
        while Instant::now() < until {
            std::hint::black_box(me);
        }
        assert!(cpu_seconds(me).unwrap() >= begun);
        assert!(machine().contains("cores, "), "{}", machine());
    }
}
