//! Tiles in object storage: versitygw, a server of S3 that others wrote, keeps them; `chapar verify` reads them through the node.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a judge may stop loudly"
)]

use chapar_conformance::node::Participant;
use chapar_e2e::backup::Backup;
use chapar_e2e::house::{House, Profile};
use chapar_e2e::logs::{Log, get, mirror, notice, operator, publish, published};
use serde_json::json;
use std::collections::BTreeMap;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const ACCESS: &str = "chapar";
const SECRET: &str = "sample-secret";
const BUCKET: &str = "chapar-tiles";
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);

/// The server over a folder; a folder in it is a bucket.
struct Gateway {
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Gateway {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("chapar-s3-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(folder.join("buckets").join(BUCKET)).unwrap();
        std::fs::create_dir_all(folder.join("meta")).unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut gateway = Self {
            folder,
            port,
            child: None,
        };
        gateway.come_back();
        gateway
    }

    fn come_back(&mut self) {
        let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.setup/s3/versitygw");
        assert!(kit.is_file(), "`{}` is missing: run `cargo xtask setup`", kit.display());
        let address = format!("127.0.0.1:{}", self.port);
        let child = Command::new(kit)
            .env_clear()
            .args([
                "--access", ACCESS, "--secret", SECRET, "--port", &address, "--quiet", "posix",
            ])
            .arg("--sidecar")
            .arg(self.folder.join("meta"))
            .arg(self.folder.join("buckets"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let begun = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the gateway does not listen");
            sleep(LOOK);
        }
    }

    fn go_away(&mut self) {
        if let Some(mut child) = self.child.take() {
            // One that has ended by itself needs no end.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// The table that names it.
    fn table(&self, prefix: &str, secret_file: &Path) -> String {
        format!(
            "[objects]\nendpoint = \"http://127.0.0.1:{}\"\nbucket = \"{BUCKET}\"\nprefix = \"{prefix}\"\n\
             access_key = \"{ACCESS}\"\nsecret_key_file = \"{}\"\n",
            self.port,
            secret_file.display()
        )
    }

    fn secret_file(&self, secret: &str) -> PathBuf {
        let file = self.folder.join(format!("{secret}.key"));
        std::fs::write(&file, format!("{secret}\n")).unwrap();
        file
    }

    /// Objects below a prefix.
    fn objects(&self, prefix: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        files(&self.folder.join("buckets").join(BUCKET).join(prefix))
    }

    fn count(&self, prefix: &str) -> usize {
        self.objects(prefix).len()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.go_away();
        // What is left is of no use to anybody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.insert(path, bytes);
        }
    }
    found
}

fn house(name: &str, gateway: &Gateway) -> House {
    let table = gateway.table(name, &gateway.secret_file(SECRET));
    House::with(
        name,
        Profile::Production,
        &format!("[register]\npublish_ms = 20\n{table}"),
    )
}

fn verify(house: &House, address: &str, vkey: &str) {
    let output = house.command(&["verify", address, "--vkey", vkey]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

fn names(from: usize, upto: usize) -> Vec<String> {
    (from..upto).map(|number| format!("n-{number}")).collect()
}

/// As many as one call takes, call after call.
fn publish_all(who: &Participant, names: &[String]) -> u64 {
    for some in names.chunks(50) {
        publish(who, &some.iter().map(String::as_str).collect::<Vec<_>>());
    }
    published(who)
}

#[test]
fn a_log_and_its_mirror_lie_in_the_bucket() {
    let gateway = Gateway::start();
    let (mut a, mut b) = (house("node-a", &gateway), house("node-b", &gateway));
    a.start();
    b.start();
    let who = a.add(&json!({ "slug": "plant" }));
    published(&who);
    let size = publish_all(&who, &names(0, 300));
    assert!(size > 300);
    let log = Log::of(&who);
    verify(&a, &log.address, &log.vkey);
    assert_eq!(mirror(&b, &log, &log.address, &[])["size"], size);
    verify(&b, &log.at(&b), &log.vkey);
    for (house, name) in [(&a, "node-a"), (&b, "node-b")] {
        assert!(!house.data().join("logs").exists(), "{name} has tiles in its folder");
        assert!(gateway.count(name) > 3, "{name} has none in the bucket");
    }
    let partial = format!("{}/tile/entries/000.p", log.address);
    assert_eq!(
        get(&format!("{partial}/1")).status,
        404,
        "a full bundle takes the place of its partial ones"
    );
    let gone = operator(&b).call("DELETE", &format!("/mirrors/{}", log.id()), None);
    assert_eq!(gone.status, 204, "{}", gone.text());
    assert_eq!(
        gateway.count("node-b/logs"),
        0,
        "what is not mirrored any more leaves the bucket"
    );
    verify(&a, &log.address, &log.vkey);
}

#[test]
fn an_outage_and_crashes_delay_the_log_and_do_not_harm_it() {
    let mut gateway = Gateway::start();
    let mut a = house("outage", &gateway);
    a.start();
    let who = a.add(&json!({ "slug": "plant" }));
    let before = published(&who);
    let log = Log::of(&who);
    gateway.go_away();
    let acknowledged = who.call("POST", "/records", Some(&notice("while-away")));
    assert_eq!(
        acknowledged.status,
        201,
        "an act does not wait for the storage: {}",
        acknowledged.text()
    );
    assert_eq!(get(&format!("{}/tile/0/000.p/{before}", log.address)).status, 503);
    assert_eq!(get(&format!("{}/checkpoint", log.address)).status, 200);
    gateway.come_back();
    assert_eq!(
        published(&who),
        before + 1,
        "what was acknowledged is published once the storage is back"
    );
    for round in 0..6 {
        let records: Vec<_> = names(round * 60, round * 60 + 60)
            .iter()
            .map(|name| notice(name))
            .collect();
        who.ask("POST", "/records/batch", Some(&json!({ "records": records })));
        // Somewhere between the first tile and the checkpoint.
        sleep(Duration::from_millis(15 * u64::try_from(round).unwrap()));
        a.kill();
        a.start();
        let size = published(&who);
        assert_eq!(size, before + 1 + 60 * (u64::try_from(round).unwrap() + 1));
        verify(&a, &log.address, &log.vkey);
    }
}

/// A bundle that others may have read stays as it is: the log stops instead, and says why.
#[test]
fn an_older_copy_of_the_database_writes_over_no_tile() {
    let gateway = Gateway::start();
    let mut a = house("older", &gateway);
    a.start();
    let who = a.add(&json!({ "slug": "plant" }));
    publish(&who, &["one"]);
    let old = Backup::of(&mut a);
    let size = publish(&who, &["two"]);
    let before = gateway.objects("older");
    old.put_back(&mut a);
    who.ask("POST", "/records", Some(&notice("other")));
    let begun = Instant::now();
    let log = loop {
        let log = who.ask("GET", "/logs", None)["items"][0].clone();
        if a.log().contains("has other bytes already") || log["size"] == size {
            break log;
        }
        assert!(begun.elapsed() < PATIENCE, "{log}");
        sleep(LOOK);
    };
    assert_eq!(log["size"], size - 1, "it publishes no second history: {log}");
    let after = gateway.objects("older");
    for (name, bytes) in &before {
        assert_eq!(after.get(name), Some(bytes), "{}", name.display());
    }
}

#[test]
fn tiles_move_from_the_folder_into_the_bucket() {
    let gateway = Gateway::start();
    let mut a = House::with("moves", Profile::Production, "[register]\npublish_ms = 20\n");
    a.start();
    let who = a.add(&json!({ "slug": "plant" }));
    published(&who);
    let size = publish_all(&who, &names(0, 20));
    let log = Log::of(&who);
    a.stop();
    let settings = a.folder().join("chapar.toml");
    let text = std::fs::read_to_string(&settings).unwrap() + &gateway.table("moved", &gateway.secret_file(SECRET));
    std::fs::write(&settings, text).unwrap();
    std::fs::remove_dir_all(a.data().join("logs")).unwrap();
    a.start();
    assert_eq!(published(&who), size);
    verify(&a, &log.address, &log.vkey);
    assert!(gateway.count("moved") >= 2, "a tile of hashes and a bundle of entries");
}

#[test]
fn a_storage_that_refuses_is_told_of_at_the_start() {
    let gateway = Gateway::start();
    let with = |table: &str| House::with("refused", Profile::Production, table);
    let good = gateway.table("refused", &gateway.secret_file(SECRET));
    let wrong = gateway.table("refused", &gateway.secret_file("another-secret"));
    for (table, why) in [
        (wrong, "SignatureDoesNotMatch"),
        (good.replace(BUCKET, "no-such-bucket"), "NoSuchBucket"),
        (
            good.replace("secret_key_file = \"", "secret_key_file = \"/none"),
            "cannot be read",
        ),
    ] {
        let mut house = with(&table);
        let said = house.refused_start().unwrap();
        assert!(said.contains(why), "{said}");
        assert!(!house.data().join("chapar.db").exists());
    }
    let mut house = with(&good);
    house.start();
}
