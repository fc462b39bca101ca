//! Nodes behind certificates that `openssl` made: DID documents, messages and data travel over TLS only, and a renewed certificate
//! is taken while the node runs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

struct Node {
    child: Child,
    public: String,
    private: String,
    operator: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with an authority and a certificate.
fn certified(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tls-{name}-{}", std::process::id()));
    // Left by an earlier process of this number.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    certify(&folder);
    folder
}

#[test]
fn a_renewed_certificate_is_taken_at_a_signal_and_a_broken_one_is_not() {
    let folder = certified("renewed");
    let node = serve(&folder, "uz");
    let first = pem(&folder, "node.pem");
    assert_eq!(shown(&folder, &node), first);

    issue(&folder, "next");
    for ending in ["pem", "key"] {
        std::fs::rename(
            folder.join(format!("next.{ending}")),
            folder.join(format!("node.{ending}")),
        )
        .unwrap();
    }
    let second = pem(&folder, "node.pem");
    assert_eq!(shown(&folder, &node), first, "nothing was said yet");
    hang_up(&node);
    wait_for(&folder, "the certificate was read again");
    assert_ne!(first, second);
    assert_eq!(shown(&folder, &node), second);

    std::fs::write(folder.join("node.pem"), "half a file").unwrap();
    hang_up(&node);
    wait_for(&folder, "the certificate stays the old one");
    wait_for(&folder, "uz.toml:6:15: ");
    assert_eq!(shown(&folder, &node), second);
}

/// The certificate that a new connection is shown.
fn shown(folder: &Path, node: &Node) -> String {
    let address = node.public.trim_start_matches("https://");
    let said = openssl(
        folder,
        &[
            "s_client",
            "-connect",
            address,
            "-CAfile",
            "ca.pem",
            "-verify_return_error",
        ],
    );
    block(&said)
}

fn pem(folder: &Path, file: &str) -> String {
    block(&std::fs::read_to_string(folder.join(file)).unwrap())
}

/// The first PEM block of a text.
fn block(text: &str) -> String {
    let rest = text
        .split_once("-----BEGIN CERTIFICATE-----")
        .unwrap_or_else(|| panic!("{text}"))
        .1;
    rest.split_once("-----END").unwrap().0.to_owned()
}

fn hang_up(node: &Node) {
    let sent = Command::new("kill")
        .args(["-HUP", &node.child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Waits until the node `uz` has logged this.
fn wait_for(folder: &Path, words: &str) {
    let started = Instant::now();
    loop {
        let log = std::fs::read_to_string(folder.join("uz.log")).unwrap();
        if log.contains(words) {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "no `{words}` in {log}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn two_nodes_exchange_a_document_over_tls() {
    let folder = certified("exchange");
    let (uz, kz) = (serve(&folder, "uz"), serve(&folder, "kz"));
    let (uz_key, kz_key) = (join(&uz, "uz-plant"), join(&kz, "kz-border"));
    let (uz_id, kz_id) = (did(&uz, "uz-plant"), did(&kz, "kz-border"));
    let content = folder.join("certificate.xml");
    std::fs::write(&content, "<certificate>sample</certificate>").unwrap();

    let by_uz = |words: &[&str]| chapar(&uz, &uz_key, words);
    let by_kz = |words: &[&str]| chapar(&kz, &kz_key, words);
    by_uz(&[
        "document",
        "put",
        "cert-1",
        content.to_str().unwrap(),
        "--media-type",
        "application/xml",
    ]);
    by_uz(&[
        "offer",
        "put",
        "cert",
        "--document",
        "cert-1",
        "--permit-participant",
        &kz_id,
    ]);
    by_kz(&["peer", "put", &uz_id, &format!("{}/uz-plant/dsp/2025-1", uz.public)]);
    let agreed = by_kz(&["negotiate", "start", &uz_id, "--dataset", "cert-1", "--json"]);
    assert_eq!(member(&agreed, "state"), "FINALIZED");
    let started = by_kz(&["transfer", "start", &member(&agreed, "agreementId"), "--json"]);
    assert_eq!(member(&started, "state"), "STARTED");
    let fetched = folder.join("fetched.xml");
    let authorities = folder.join("ca.pem");
    let (to, authorities) = (fetched.to_str().unwrap(), authorities.to_str().unwrap());
    by_kz(&[
        "fetch",
        &member(&started, "id"),
        "--to",
        to,
        "--loopback",
        "--authorities",
        authorities,
    ]);
    assert_eq!(std::fs::read(&fetched).unwrap(), std::fs::read(&content).unwrap());

    let in_clear = openssl(
        &folder,
        &[
            "s_client",
            "-connect",
            uz.public.trim_start_matches("https://"),
            "-CAfile",
            "ca.pem",
            "-verify_return_error",
        ],
    );
    assert!(in_clear.contains("Verify return code: 0 (ok)"), "{in_clear}");
}

/// What a new key is made with.
const NEW: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/// A certificate authority and one certificate.
fn certify(folder: &Path) {
    std::fs::write(
        folder.join("names"),
        "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n",
    )
    .unwrap();
    let authority = [
        &["req", "-x509"],
        &NEW[..],
        &[
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-days",
            "2",
            "-subj",
            "/CN=Sample authority",
        ],
    ]
    .concat();
    openssl(folder, &authority);
    issue(folder, "node");
}

/// A certificate for `localhost` and its key, both under `name`.
fn issue(folder: &Path, name: &str) {
    let [key, request, certificate] = ["key", "csr", "pem"].map(|ending| format!("{name}.{ending}"));
    let asked = [
        &["req"],
        &NEW[..],
        &["-keyout", &key, "-out", &request, "-subj", "/CN=localhost"],
    ]
    .concat();
    openssl(folder, &asked);
    let signed = [
        "x509",
        "-req",
        "-in",
        &request,
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-out",
        &certificate,
        "-days",
        "2",
        "-extfile",
        "names",
    ];
    openssl(folder, &signed);
    assert!(folder.join(&certificate).exists(), "openssl made no certificate");
}

fn openssl(folder: &Path, words: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn serve(folder: &Path, name: &str) -> Node {
    let public = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let data = folder.join(name);
    let config = format!(
        "public_url = \"https://localhost:{port}\"\ndata = {data:?}\n[public]\nlisten = \"{public}\"\n[public.tls]\n\
         certificate = {certificate:?}\nkey = {key:?}\n[private]\nlisten = \"127.0.0.1:0\"\n[egress]\nloopback = true\nauthorities = {ca:?}\n",
        port = public.port(),
        certificate = folder.join("node.pem"),
        key = folder.join("node.key"),
        ca = folder.join("ca.pem"),
    );
    let file = folder.join(format!("{name}.toml"));
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_chapar"));
    let mut child = command
        .arg("serve")
        .arg("--config")
        .arg(&file)
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(folder.join(format!("{name}.log"))).unwrap())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let private = line.trim().rsplit_once("private=").unwrap().1.to_owned();
    let operator = std::fs::read_to_string(data.join("operator.key"))
        .unwrap()
        .trim()
        .to_owned();
    Node {
        child,
        public: format!("https://localhost:{}", public.port()),
        private,
        operator,
    }
}

fn did(node: &Node, slug: &str) -> String {
    format!(
        "did:web:{}:{slug}",
        node.public.trim_start_matches("https://").replace(':', "%3A")
    )
}

/// Makes a participant and gives its key.
fn join(node: &Node, slug: &str) -> String {
    member(
        &chapar(node, &node.operator, &["participant", "add", slug, "--json"]),
        "apiKey",
    )
}

fn chapar(node: &Node, key: &str, words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chapar"));
    let output = command
        .args(words)
        .args(["--api", &node.private])
        .env("CHAPAR_API_KEY", key)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn member(json: &str, name: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    value
        .get(name)
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
