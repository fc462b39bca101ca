//! OpenSSL as the authority: its tokens are taken, kept, served, copied and verified, by us and by OpenSSL.

use crate::scene::{Door, Scratch, asking, stamped, statement, verify};
use chapar_conformance::wire;
use chapar_e2e::logs::publish;
use std::sync::Arc;

const CONFIG: &str = "\
[tsa]
default_tsa = ours
[ours]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
ess_cert_id_chain = yes
[of_root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[of_time]
extendedKeyUsage = critical,timeStamping
";

/// An authority of OpenSSL with keys of this kind: a root, an authority between, and the one that stamps.
fn authority(place: &Scratch, keys: &str) {
    place.write("openssl.cnf", CONFIG);
    place.write("serial", "01\n");
    for (name, issuer, extensions) in [
        ("root", None, "of_root"),
        ("between", Some("root"), "of_root"),
        ("time", Some("between"), "of_time"),
    ] {
        place.openssl(&format!("genpkey {keys} -out {name}.key"));
        place.openssl(&format!("req -new -key {name}.key -subj /CN={name} -out {name}.csr"));
        let signer = match issuer {
            Some(issuer) => format!("-CA {issuer}.pem -CAkey {issuer}.key -CAcreateserial"),
            None => "-signkey root.key".to_owned(),
        };
        place.openssl(&format!(
            "x509 -req -in {name}.csr {signer} -days 30 -sha256 -extfile openssl.cnf -extensions {extensions} -out {name}.pem"
        ));
    }
}

/// It answers through a door, one query at a time.
fn door(place: &Arc<Scratch>) -> Door {
    let place = Arc::clone(place);
    Door::open(move |query| {
        place.write("asked.tsq", query);
        place.openssl(
            "ts -reply -queryfile asked.tsq -config openssl.cnf -signer time.pem -inkey time.key -chain between.pem -out answer.tsr",
        );
        Some(std::fs::read(place.0.join("answer.tsr")).unwrap())
    })
}

fn a_log_is_stamped_by(name: &str, keys: &str) {
    let place = Arc::new(Scratch::new());
    authority(&place, keys);
    let door = door(&place);
    let (house, who) = asking(name, &door.url(), &place.0.join("root.pem"));
    publish(&who, &["one", "two"]);
    let log = stamped(&who);
    assert_eq!(
        (&log["timestamp"]["verified"], &log["timestamp"]["by"]),
        (&true.into(), &"CN=time".into())
    );
    assert!(log["timestamp"]["clockBehindSeconds"].is_null(), "{log}");
    let (size, address) = (log["size"].as_u64().unwrap(), log["address"].as_str().unwrap());

    // As docs/formats/timestamp.md has it.
    let get = |path: &str| wire::send("GET", &format!("{address}/{path}"), &[], &[]).unwrap();
    let sizes = get("timestamps/sizes");
    assert_eq!(sizes.text().lines().next(), Some(size.to_string().as_str()));
    let reply = get(&format!("timestamps/{size}"));
    assert_eq!(reply.header("content-type"), Some("application/timestamp-reply"));
    assert!(reply.header("cache-control").unwrap().contains("immutable"));
    place.write("r.tsr", &reply.body);
    let checkpoint = get("checkpoint").text();
    place.write("text", format!("{}\n", checkpoint.split("\n\n").next().unwrap()));
    let said = place.openssl("ts -verify -data text -in r.tsr -CAfile root.pem");
    assert!(said.contains("Verification: OK"), "{said}");
    assert_eq!(get("timestamps/999").status, 404);
    assert_eq!(get("timestamps/sizes-before/0").text(), "");

    // Asserted without the authority, proven with it, here and in a copy.
    let copy = place.0.join("copy").display().to_string();
    let export = [
        "log",
        "export",
        "--to",
        copy.as_str(),
        "--api",
        &who.api,
        "--key",
        &who.key,
    ];
    let output = house.command(&export).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let ca = place.0.join("root.pem").display().to_string();
    for shown in [address, copy.as_str()] {
        let (is_good, said) = verify(&house, shown, &log, &[]);
        assert!(is_good, "{said}");
        assert_eq!(statement(&said, "log-stamped")["standing"], "asserted");
        let (is_good, said) = verify(&house, shown, &log, &["--tsa-ca", &ca]);
        assert!(is_good, "{said}");
        let stamped = statement(&said, "log-stamped");
        assert_eq!(
            (&stamped["standing"], &stamped["parameters"]["size"]),
            (&"proven".into(), &size.to_string().into())
        );
    }
    // Another authority proves nothing, and what is demanded is not there.
    let other = Scratch::new();
    authority(&other, keys);
    let other = other.0.join("root.pem").display().to_string();
    let (is_good, said) = verify(&house, &copy, &log, &["--tsa-ca", &other]);
    assert!(!is_good && said["verdict"] == "open", "{said}");
    // A stamp that is moved to another tree is broken.
    let sizes: Vec<u64> = sizes.text().lines().map(|line| line.parse().unwrap()).collect();
    let smallest = *sizes.last().unwrap();
    publish(&who, &["three"]);
    let later = stamped(&who)["size"].as_u64().unwrap();
    let moved = get(&format!("timestamps/{later}")).body;
    std::fs::write(format!("{copy}/timestamps/{smallest}"), moved).unwrap();
    let (is_good, said) = verify(&house, &copy, &log, &[]);
    assert!(!is_good && said["verdict"] == "broken", "{said}");
    assert_eq!(
        statement(&said, "timestamp-wrong")["parameters"]["why"],
        "it is about other bytes"
    );
}

#[test]
fn openssl_stamps_a_log_with_keys_of_p_256() {
    a_log_is_stamped_by("time-p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
}

#[test]
fn openssl_stamps_a_log_with_keys_of_p_384() {
    a_log_is_stamped_by("time-p384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384");
}

#[test]
fn openssl_stamps_a_log_with_keys_of_rsa() {
    a_log_is_stamped_by("time-rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
}
