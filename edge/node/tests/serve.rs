//! `chapar serve` from outside: readiness, health, metrics, the quota, backup while it runs, and an orderly end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may fail loudly"
)]

use bytes::Bytes;
use chapar_client::{Client, EgressPolicy, Incoming, Loopback, Outgoing, Settings};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

struct Served {
    folder: PathBuf,
    child: Child,
    public: String,
    private: String,
}

impl Served {
    /// Starts a node on free ports; what the configuration says besides is `more`.
    fn start(name: &str, more: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("serve-{name}-{}", std::process::id()));
        // Left by an earlier process of this number.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let config = format!(
            "public_url = \"http://127.0.0.1:8443\"\n[public]\nlisten = \"127.0.0.1:0\"\n[private]\nlisten = \"127.0.0.1:0\"\n{more}"
        );
        std::fs::write(folder.join("chapar.toml"), config).unwrap();
        Self::resume(folder, &[])
    }

    fn resume(folder: PathBuf, arguments: &[&str]) -> Self {
        let mut command = chapar(&folder, "serve");
        let mut child = command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let Some((public, private)) = line
            .trim()
            .strip_prefix("ready public=")
            .and_then(|rest| rest.split_once(" private="))
        else {
            let mut errors = String::new();
            child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
            panic!("not ready: `{line}`, {errors}");
        };
        Self {
            folder,
            public: public.to_owned(),
            private: private.to_owned(),
            child,
        }
    }

    /// Ends it as an init system does; returns what it logged.
    fn end(mut self) -> (PathBuf, String) {
        let killed = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert!(self.child.wait().unwrap().success(), "{log}");
        (self.folder, log)
    }
}

fn chapar(folder: &Path, command: &str) -> Command {
    let mut made = Command::new(env!("CARGO_BIN_EXE_chapar"));
    for name in std::env::vars()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("CHAPAR_"))
    {
        made.env_remove(name);
    }
    made.arg(command).arg("--config").arg(folder.join("chapar.toml"));
    made
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

async fn get(url: &str, headers: &[(&'static str, &str)]) -> Incoming {
    let policy = EgressPolicy {
        loopback: Loopback::Allowed,
        ..EgressPolicy::default()
    };
    let header =
        |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    let outgoing = Outgoing {
        method: Method::GET,
        url: url.to_owned(),
        headers: headers.iter().map(header).collect::<HeaderMap>(),
        body: Bytes::new(),
        deadline: Duration::from_secs(10),
        max_response_bytes: 4 * 1024 * 1024,
    };
    Client::new(Settings::new(policy))
        .unwrap()
        .send(outgoing)
        .await
        .unwrap()
}

#[tokio::test]
async fn health_metrics_and_request_ids_and_an_orderly_end() {
    let node = Served::start("health", "[log]\nformat = \"json\"\n");
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(get(&format!("{}{path}", node.private), &[]).await.status, 200, "{path}");
        assert_eq!(
            get(&format!("{}{path}", node.public), &[]).await.status,
            404,
            "{path} is none of the public's business"
        );
    }
    let secret = "0198.not-to-be-logged";
    let asked = format!("{}/chapar/v1/documents?after=also-not-to-be-logged", node.private);
    let answer = get(&asked, &[("x-request-id", "walk-1"), ("x-api-key", secret)]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.headers["x-request-id"].to_str().unwrap()),
        (401, "walk-1")
    );
    let page = get(&format!("{}/metrics", node.private), &[]).await;
    let page = String::from_utf8(page.body.to_vec()).unwrap();
    for line in [
        "chapar_requests_total{door=\"private\",method=\"GET\",status=\"401\"} 1",
        "chapar_requests_total{door=\"public\",method=\"GET\",status=\"404\"} 2",
        "chapar_outbox_cases 0",
    ] {
        assert!(page.lines().any(|found| found == line), "{line} is missing in\n{page}");
    }
    let open = page
        .lines()
        .find_map(|line| line.strip_prefix("chapar_connections{door=\"private\"} "));
    assert!(
        open.unwrap().parse::<u32>().unwrap() >= 1,
        "the asking one is open: {page}"
    );
    let (folder, log) = node.end();
    let line = log.lines().find(|line| line.contains("walk-1")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(
        (line["status"].as_u64(), line["method"].as_str()),
        (Some(401), Some("GET"))
    );
    assert!(!log.contains("not-to-be-logged"), "{log}");
    assert!(log.contains("\"ended\""), "{log}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn the_private_doors_describe_themselves_to_anybody_who_reaches_them() {
    let node = Served::start("described", "");
    for base in ["/chapar/v1", "/management"] {
        let at = |path: &str| format!("{}{base}{path}", node.private);
        let document = get(&at("/openapi.json"), &[]).await;
        assert_eq!(
            (document.status.as_u16(), &document.headers["content-type"]),
            (200, &"application/json".parse().unwrap())
        );
        let document: serde_json::Value = serde_json::from_slice(&document.body).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(document["servers"][0]["url"], base);
        let page = get(&at("/docs"), &[]).await;
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        let page = String::from_utf8(page.body.to_vec()).unwrap();
        assert!(page.contains(document["info"]["title"].as_str().unwrap()));
        assert!(page.contains("href=\"openapi.json\""), "beside the page");
        asks_for_nothing(&page, policy);
        for path in ["/openapi.json", "/docs"] {
            let public = format!("{}{base}{path}", node.public);
            assert_eq!(get(&public, &[]).await.status, 404, "{public}");
        }
    }
    // Their neighbours still want a key.
    for path in ["/chapar/v1/documents", "/management/v3/dataplanes"] {
        assert_eq!(get(&format!("{}{path}", node.private), &[]).await.status, 401, "{path}");
    }
    let (folder, _) = node.end();
    std::fs::remove_dir_all(folder).unwrap();
}

/// Nothing but the style that stands in the page is allowed, and nothing else is asked for.
fn asks_for_nothing(page: &str, policy: &str) {
    let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let digest = chapar_terms::Digest::of(style.as_bytes()).base64();
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(policy.contains(&format!("style-src 'sha256-{digest}';")), "{policy}");
    for asking in [
        "<script",
        "<img",
        "<iframe",
        "src=",
        "style=",
        "onclick",
        "rel=\"stylesheet\"",
    ] {
        assert!(!page.contains(asking), "{asking}");
    }
}

#[tokio::test]
async fn an_address_that_asks_too_much_is_told_when_to_come_back() {
    let node = Served::start("quota", "[quota]\nper_second = 1\nburst = 3\n");
    let url = format!("{}/.well-known/dspace-version", node.public);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let answer = get(&url, &[]).await;
        statuses.push(answer.status.as_u16());
        assert_eq!(answer.headers.contains_key("retry-after"), answer.status == 429);
    }
    assert_eq!(statuses, [404, 404, 404, 429]);
    assert_eq!(
        get(&format!("{}/health/live", node.private), &[]).await.status,
        200,
        "the private door has no quota"
    );
    let (folder, _) = node.end();
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_running_node_is_backed_up_and_a_restored_one_says_so() {
    let node = Served::start("backup", "[log]\nlevel = \"error\"\n");
    let folder = node.folder.clone();
    // The ports of this node are known only to itself, so the copy is made after its end; then once more from the restored one.
    let running = chapar(&folder, "backup")
        .args(["--to", folder.join("early").to_str().unwrap()])
        .output()
        .unwrap();
    assert!(!running.status.success(), "its address is not in the configuration");
    let (folder, _) = node.end();
    let copy = folder.join("copy");
    let made = chapar(&folder, "backup").arg("--to").arg(&copy).output().unwrap();
    assert!(made.status.success(), "{}", said(&made));
    std::fs::rename(folder.join("data"), folder.join("old")).unwrap();
    std::fs::create_dir(folder.join("data")).unwrap();
    std::fs::copy(folder.join("old/node.key"), folder.join("data/node.key")).unwrap();
    let restored = chapar(&folder, "restore").arg("--from").arg(&copy).output().unwrap();
    assert!(restored.status.success(), "{}", said(&restored));
    let refused = chapar(&folder, "serve").output().unwrap();
    assert!(
        !refused.status.success() && said(&refused).contains("--accept-rollback"),
        "{}",
        said(&refused)
    );
    let (folder, _) = Served::resume(folder, &["--accept-rollback"]).end();
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_doctor_names_what_is_wrong() {
    let node = Served::start("doctor", "");
    let (folder, _) = node.end();
    let files = || {
        let data = folder.join("data");
        let mut named: Vec<_> = std::fs::read_dir(data)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        named.sort();
        let read = |path: PathBuf| (std::fs::read(&path).unwrap_or_default(), path);
        named.into_iter().map(read).collect::<Vec<_>>()
    };
    let before = files();
    let well = chapar(&folder, "doctor").output().unwrap();
    assert!(well.status.success(), "{}", said(&well));
    assert!(files() == before, "the doctor changed something");
    assert!(said(&well).contains("ok    store"), "{}", said(&well));
    std::fs::write(folder.join("data/node.key"), "ab".repeat(32)).unwrap();
    let ill = chapar(&folder, "doctor").output().unwrap();
    assert!(!ill.status.success());
    assert!(
        said(&ill).lines().any(|line| line.starts_with("fail  store")),
        "{}",
        said(&ill)
    );
    std::fs::remove_dir_all(folder).unwrap();
}
