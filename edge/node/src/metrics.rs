//! `/metrics` in the text format of Prometheus: a few counters kept by hand, so that no second registry is needed.
//!
//! Labels are closed sets (door, method, status, kind, phase), so that no caller can make the page grow. Counting takes a shared lock
//! and an atomic addition; what the store knows is asked of it when the page is.

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use chapar_api::Connections;
use chapar_runtime::{MirrorFigures, Runtime, TimeFigures};
use chapar_store::{AlarmCount, CaseCount, Store};
use http::Method;
use http::header::CONTENT_TYPE;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Upper bounds of the buckets, in milliseconds.
const BUCKETS_MS: [u64; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 30_000];
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];

/// A listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    /// Protocol, identity and data.
    Public,
    /// Own API.
    Private,
}

impl Door {
    /// Its name in logs and labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

#[derive(Default)]
struct Durations {
    buckets: [AtomicU64; BUCKETS_MS.len()],
    count: AtomicU64,
    sum_us: AtomicU64,
}

impl Durations {
    fn add(&self, took: Duration) {
        for (bound_ms, bucket) in BUCKETS_MS.iter().zip(&self.buckets) {
            if took <= Duration::from_millis(*bound_ms) {
                bucket.fetch_add(1, Relaxed);
            }
        }
        self.count.fetch_add(1, Relaxed);
        self.sum_us
            .fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    fn render(&self, page: &mut String, door: Door) {
        let (name, door) = ("chapar_request_duration_seconds", door.as_str());
        for (bound_ms, bucket) in BUCKETS_MS.iter().zip(&self.buckets) {
            let seconds = Duration::from_millis(*bound_ms).as_secs_f64();
            line(
                page,
                format_args!(
                    "{name}_bucket{{door=\"{door}\",le=\"{seconds}\"}} {}",
                    bucket.load(Relaxed)
                ),
            );
        }
        let count = self.count.load(Relaxed);
        line(
            page,
            format_args!("{name}_bucket{{door=\"{door}\",le=\"+Inf\"}} {count}"),
        );
        let sum = Duration::from_micros(self.sum_us.load(Relaxed)).as_secs_f64();
        line(page, format_args!("{name}_sum{{door=\"{door}\"}} {sum}"));
        line(page, format_args!("{name}_count{{door=\"{door}\"}} {count}"));
    }
}

type Label = (Door, &'static str, u16);

/// What is counted while the node runs.
#[derive(Default)]
pub struct Metrics {
    requests: RwLock<BTreeMap<Label, AtomicU64>>,
    public: Durations,
    private: Durations,
    refused_by_quota: AtomicU64,
    at_public: Connections,
    at_private: Connections,
}

/// What the store says when the page is asked for; what it does not say is left out.
#[derive(Default)]
pub struct Kept {
    /// Cases with messages to deliver.
    pub undelivered: Option<usize>,
    /// Cases by kind and phase.
    pub cases: Option<Vec<CaseCount>>,
    /// The mirrors that the operator keeps.
    pub mirrors: Vec<MirrorFigures>,
    /// The time stamps of own logs, where an authority is asked.
    pub time: Vec<TimeFigures>,
    /// Foreign logs of which the witness holds a fork.
    pub forked_logs: Option<i64>,
    /// Alarms about foreign logs that are not cleared.
    pub alarms: Option<Vec<AlarmCount>>,
}

impl Metrics {
    /// The book of a door's connections.
    pub const fn connections(&self, door: Door) -> &Connections {
        match door {
            Door::Public => &self.at_public,
            Door::Private => &self.at_private,
        }
    }

    /// Counts an answered request.
    pub fn count(&self, door: Door, method: &Method, status: u16, took: Duration) {
        let label = (door, method_label(method), status);
        match door {
            Door::Public => self.public.add(took),
            Door::Private => self.private.add(took),
        }
        {
            let requests = self.requests.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(count) = requests.get(&label) {
                count.fetch_add(1, Relaxed);
                return;
            }
        }
        let mut requests = self.requests.write().unwrap_or_else(PoisonError::into_inner);
        requests.entry(label).or_default().fetch_add(1, Relaxed);
    }

    /// Counts a request that the quota refused.
    pub fn count_quota(&self) {
        self.refused_by_quota.fetch_add(1, Relaxed);
    }

    /// The page.
    pub fn render(&self, kept: &Kept) -> String {
        let mut page = String::new();
        head(&mut page, "chapar_requests_total", "counter", "answered requests");
        for ((door, method, status), count) in self.requests.read().unwrap_or_else(PoisonError::into_inner).iter() {
            let (door, count) = (door.as_str(), count.load(Relaxed));
            let labels = format_args!("door=\"{door}\",method=\"{method}\",status=\"{status}\"");
            line(&mut page, format_args!("chapar_requests_total{{{labels}}} {count}"));
        }
        head(
            &mut page,
            "chapar_request_duration_seconds",
            "histogram",
            "time to the head of the answer",
        );
        self.public.render(&mut page, Door::Public);
        self.private.render(&mut page, Door::Private);
        single(
            &mut page,
            "chapar_quota_refusals_total",
            "counter",
            "requests refused by the quota",
            self.refused_by_quota.load(Relaxed),
        );
        self.render_connections(&mut page);
        render_kept(&mut page, kept);
        if let Some(bytes) = resident_bytes() {
            single(
                &mut page,
                "process_resident_memory_bytes",
                "gauge",
                "resident memory",
                bytes,
            );
        }
        if let Some(seconds) = process_start() {
            single(
                &mut page,
                "process_start_time_seconds",
                "gauge",
                "start of the process",
                seconds,
            );
        }
        head(&mut page, "chapar_build_info", "gauge", "what runs");
        let (version, protocol) = (env!("CARGO_PKG_VERSION"), chapar_dsp::VERSION);
        line(
            &mut page,
            format_args!("chapar_build_info{{version=\"{version}\",dsp=\"{protocol}\"}} 1"),
        );
        page
    }

    fn render_connections(&self, page: &mut String) {
        head(page, "chapar_connections", "gauge", "open connections");
        for door in [Door::Public, Door::Private] {
            let (name, open) = (door.as_str(), self.connections(door).open());
            line(page, format_args!("chapar_connections{{door=\"{name}\"}} {open}"));
        }
        head(
            page,
            "chapar_connections_refused_total",
            "counter",
            "connections closed at once because their address held too many",
        );
        for door in [Door::Public, Door::Private] {
            let (name, refused) = (door.as_str(), self.connections(door).refused());
            line(
                page,
                format_args!("chapar_connections_refused_total{{door=\"{name}\"}} {refused}"),
            );
        }
    }
}

/// The gauges of mirrors, each with what it says of one. Their origins are chosen by the operator, not by callers.
type MirrorGauge = (&'static str, &'static str, fn(&MirrorFigures) -> Option<i64>);
const MIRROR_GAUGES: [MirrorGauge; 5] = [
    (
        "chapar_mirror_size",
        "entries of a mirrored log that are verified and served",
        |figures| i64::try_from(figures.size).ok(),
    ),
    (
        "chapar_mirror_lag",
        "entries of its newest checkpoint that are not here yet",
        |figures| i64::try_from(figures.lag).ok(),
    ),
    (
        "chapar_mirror_age_seconds",
        "time since a mirrored log said that it has nothing newer",
        |figures| figures.age_seconds,
    ),
    (
        "chapar_mirror_obstructed",
        "1 when the last look met an obstacle",
        |figures| Some(i64::from(figures.is_obstructed)),
    ),
    (
        "chapar_mirror_caught",
        "1 when a mirrored log was caught lying",
        |figures| Some(i64::from(figures.is_caught)),
    ),
];

fn render_mirrors(page: &mut String, mirrors: &[MirrorFigures]) {
    for (name, help, of) in MIRROR_GAUGES.iter().filter(|_| !mirrors.is_empty()) {
        head(page, name, "gauge", help);
        for figures in mirrors {
            if let Some(value) = of(figures) {
                of_log(page, name, &figures.origin, value);
            }
        }
    }
}

/// The gauges of time stamps, each with what it says of one log.
type TimeGauge = (&'static str, &'static str, fn(&TimeFigures) -> Option<i64>);
const TIME_GAUGES: [TimeGauge; 3] = [
    (
        "chapar_timestamp_size",
        "entries of an own log that an authority of time has stamped",
        |figures| i64::try_from(figures.size).ok(),
    ),
    (
        "chapar_timestamp_clock_seconds",
        "by how much the clock was behind the authority's at the newest stamp",
        |figures| figures.clock_seconds,
    ),
    (
        "chapar_timestamp_obstructed",
        "1 when the last request for a time stamp failed",
        |figures| Some(i64::from(figures.is_obstructed)),
    ),
];

fn render_time(page: &mut String, logs: &[TimeFigures]) {
    for (name, help, of) in TIME_GAUGES.iter().filter(|_| !logs.is_empty()) {
        head(page, name, "gauge", help);
        for figures in logs {
            if let Some(value) = of(figures) {
                of_log(page, name, &figures.origin, value);
            }
        }
    }
}

fn of_log(page: &mut String, name: &str, origin: &str, value: i64) {
    let origin = origin.replace('\\', "\\\\").replace('"', "\\\"");
    line(page, format_args!("{name}{{origin=\"{origin}\"}} {value}"));
}

fn render_kept(page: &mut String, kept: &Kept) {
    render_mirrors(page, &kept.mirrors);
    render_time(page, &kept.time);
    if let Some(counts) = &kept.cases {
        head(page, "chapar_cases", "gauge", "cases by kind and phase");
        for CaseCount { kind, phase, cases } in counts {
            line(
                page,
                format_args!("chapar_cases{{kind=\"{kind}\",phase=\"{phase}\"}} {cases}"),
            );
        }
    }
    if let Some(cases) = kept.undelivered {
        single(
            page,
            "chapar_outbox_cases",
            "gauge",
            "cases with messages to deliver",
            cases,
        );
    }
    if let Some(logs) = kept.forked_logs {
        single(
            page,
            "chapar_forked_logs",
            "gauge",
            "foreign logs that signed two histories, shown to the witness",
            logs,
        );
    }
    if let Some(counts) = kept.alarms.as_ref().filter(|counts| !counts.is_empty()) {
        let help = "alarms about foreign logs that are not cleared, by what was seen and what it proves";
        head(page, "chapar_log_alarms", "gauge", help);
        for AlarmCount { alarm, verdict, count } in counts {
            line(
                page,
                format_args!("chapar_log_alarms{{alarm=\"{alarm}\",verdict=\"{verdict}\"}} {count}"),
            );
        }
    }
}

/// `GET /metrics`, without a key: it tells nothing of any participant.
pub fn router(metrics: Arc<Metrics>, store: Store, runtime: Runtime) -> Router {
    Router::new()
        .route("/metrics", get(page))
        .with_state((metrics, store, runtime))
}

/// A store that does not answer leaves its line out.
async fn page(State((metrics, store, runtime)): State<(Arc<Metrics>, Store, Runtime)>) -> impl IntoResponse {
    let kept = Kept {
        undelivered: store.outbox_cases().await.ok().map(|cases| cases.len()),
        cases: store.count_cases().await.ok(),
        mirrors: runtime.mirror_figures(),
        time: runtime.time_figures(),
        forked_logs: store.count_forked_logs().await.ok(),
        alarms: store.count_alarms().await.ok(),
    };
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        metrics.render(&kept),
    )
}

fn method_label(method: &Method) -> &'static str {
    METHODS
        .iter()
        .find(|known| **known == method.as_str())
        .copied()
        .unwrap_or("other")
}

fn line(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a string does not fail.
    let _ = writeln!(page, "{text}");
}

fn head(page: &mut String, name: &str, kind: &str, help: &str) {
    line(page, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
}

fn single(page: &mut String, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
    head(page, name, kind, help);
    line(page, format_args!("{name} {value}"));
}

/// Resident memory of this process, where the system tells it as Linux does.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    kilobytes
        .trim()
        .trim_end_matches("kB")
        .trim()
        .parse::<u64>()
        .ok()?
        .checked_mul(1024)
}

/// When this process's folder in `/proc` was made, which is its start.
fn process_start() -> Option<u64> {
    let made: SystemTime = std::fs::metadata("/proc/self").ok()?.modified().ok()?;
    made.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_counts_by_closed_labels() {
        let metrics = Metrics::default();
        metrics.count(Door::Public, &Method::POST, 201, Duration::from_millis(3));
        metrics.count(Door::Public, &Method::POST, 201, Duration::from_secs(60));
        metrics.count(
            Door::Private,
            &Method::from_bytes(b"BREW").unwrap(),
            405,
            Duration::ZERO,
        );
        metrics.count_quota();
        let count = |phase: &str, cases| CaseCount {
            kind: "transfer".to_owned(),
            phase: phase.to_owned(),
            cases,
        };
        let page = metrics.render(&Kept {
            undelivered: Some(3),
            cases: Some(vec![count("STARTED", 2), count("SUSPENDED", 1)]),
            mirrors: vec![MirrorFigures {
                origin: "uz.example/\"plant\"/log".to_owned(),
                size: 7,
                lag: 3,
                age_seconds: None,
                is_obstructed: false,
                is_caught: true,
            }],
            time: vec![TimeFigures {
                origin: "uz.example/plant/log".to_owned(),
                size: 5,
                clock_seconds: None,
                is_obstructed: true,
            }],
            forked_logs: Some(1),
            alarms: Some(vec![AlarmCount {
                alarm: "fork".to_owned(),
                verdict: "proven".to_owned(),
                count: 2,
            }]),
        });
        for line in [
            "chapar_requests_total{door=\"public\",method=\"POST\",status=\"201\"} 2",
            "chapar_requests_total{door=\"private\",method=\"other\",status=\"405\"} 1",
            "chapar_request_duration_seconds_bucket{door=\"public\",le=\"0.002\"} 0",
            "chapar_request_duration_seconds_bucket{door=\"public\",le=\"0.005\"} 1",
            "chapar_request_duration_seconds_bucket{door=\"public\",le=\"+Inf\"} 2",
            "chapar_request_duration_seconds_count{door=\"public\"} 2",
            "chapar_quota_refusals_total 1",
            "chapar_outbox_cases 3",
            "chapar_mirror_size{origin=\"uz.example/\\\"plant\\\"/log\"} 7",
            "chapar_mirror_lag{origin=\"uz.example/\\\"plant\\\"/log\"} 3",
            "chapar_mirror_caught{origin=\"uz.example/\\\"plant\\\"/log\"} 1",
            "chapar_timestamp_size{origin=\"uz.example/plant/log\"} 5",
            "chapar_timestamp_obstructed{origin=\"uz.example/plant/log\"} 1",
            "chapar_forked_logs 1",
            "chapar_log_alarms{alarm=\"fork\",verdict=\"proven\"} 2",
            "chapar_cases{kind=\"transfer\",phase=\"STARTED\"} 2",
            "chapar_cases{kind=\"transfer\",phase=\"SUSPENDED\"} 1",
            "chapar_connections{door=\"public\"} 0",
            "chapar_connections_refused_total{door=\"private\"} 0",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is missing in\n{page}");
        }
        let silent = metrics.render(&Kept::default());
        assert!(!page.contains("chapar_mirror_age_seconds{") && !silent.contains("chapar_mirror"));
        assert!(!page.contains("chapar_timestamp_clock_seconds{") && !silent.contains("chapar_timestamp"));
        assert!(!silent.contains("chapar_outbox_cases") && !silent.contains("chapar_cases"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn memory_is_told_in_bytes() {
        assert!(resident_bytes().unwrap() > 1024 * 1024);
    }
}
