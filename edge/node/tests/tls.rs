//! Two nodes behind certificates that `openssl` made: DID documents, messages and data travel over TLS only.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may fail loudly")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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

#[test]
fn two_nodes_exchange_a_document_over_tls() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tls-{}", std::process::id()));
    // Left by an earlier process of this number.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    certify(&folder);
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
    let agreed = by_kz(&["negotiate", &uz_id, "--dataset", "cert-1", "--json"]);
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

/// A certificate authority and one certificate for `localhost`.
fn certify(folder: &Path) {
    std::fs::write(
        folder.join("names"),
        "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n",
    )
    .unwrap();
    let new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let steps = [
        [
            &["req", "-x509"],
            &new[..],
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
        .concat(),
        [
            &["req"],
            &new[..],
            &["-keyout", "node.key", "-out", "node.csr", "-subj", "/CN=localhost"],
        ]
        .concat(),
        [
            "x509",
            "-req",
            "-in",
            "node.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            "node.pem",
            "-days",
            "2",
            "-extfile",
            "names",
        ]
        .to_vec(),
    ];
    for step in steps {
        openssl(folder, &step);
    }
    assert!(folder.join("node.pem").exists(), "openssl made no certificate");
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
        .stderr(Stdio::null())
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
