//! A storage that writes over what it has is refused; one that is busy is asked again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use chapar_client::{Cidr, Client, EgressPolicy, Loopback, Settings as ClientSettings, SystemClock};
use chapar_objects::{S3, Settings};
use chapar_store::Objects;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

/// A storage that answers with these in turn, and tells what it was asked.
fn storage(answers: Vec<(u16, &'static str)>) -> (S3, Receiver<Vec<String>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (stream, _) = listener.accept().unwrap();
            tell.send(answer(stream, status, body)).unwrap();
        }
    });
    let egress = EgressPolicy {
        loopback: Loopback::Allowed,
        networks: Vec::<Cidr>::new(),
        plain_http: Vec::new(),
    };
    let settings = Settings {
        endpoint: format!("http://127.0.0.1:{port}").parse().unwrap(),
        bucket: "tiles".to_owned(),
        region: "us-east-1".to_owned(),
        prefix: "node-a/".to_owned(),
        access_key: "a".to_owned(),
        secret_key: "secret".to_owned(),
    };
    let client = Client::new(ClientSettings::new(egress)).unwrap();
    (S3::new(settings, client, Arc::new(SystemClock)).unwrap(), told)
}

/// The lines of the head that was read.
fn answer(mut stream: TcpStream, status: u16, body: &str) -> Vec<String> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let head: Vec<String> = reader
        .by_ref()
        .lines()
        .map(Result::unwrap)
        .take_while(|line| !line.is_empty())
        .collect();
    let length = head.iter().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length: ")
            .map(str::to_owned)
    });
    let mut sent = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut sent).unwrap();
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .unwrap();
    head
}

#[tokio::test]
async fn a_storage_that_writes_over_what_it_has_is_refused() {
    let (s3, told) = storage(vec![(200, ""), (200, "")]);
    let why = s3.check().await.unwrap_err();
    assert!(why.to_string().contains("If-None-Match"), "{why}");
    let head = told.recv().unwrap();
    assert!(
        head[0].starts_with("PUT /tiles/node-a/chapar-check?X-Amz-"),
        "{}",
        head[0]
    );
    assert!(
        head.iter().any(|line| line.eq_ignore_ascii_case("if-none-match: *")),
        "{head:?}"
    );
    assert!(!head.join("\n").contains("secret"));
    let (s3, _told) = storage(vec![(412, ""), (412, "")]);
    s3.check().await.unwrap();
}

#[tokio::test]
async fn what_is_busy_is_asked_again_and_what_refuses_is_not() {
    let (s3, told) = storage(vec![(503, ""), (409, ""), (200, "tile")]);
    assert_eq!(s3.get("logs/a/tile/0/000").await.unwrap().unwrap(), b"tile");
    assert_eq!(told.iter().count(), 3);
    let (s3, told) = storage(vec![(403, "<Error><Code>AccessDenied</Code></Error>")]);
    let why = s3.get("logs/a").await.unwrap_err();
    assert!(why.to_string().ends_with("status 403, `AccessDenied`"), "{why}");
    assert_eq!(told.iter().count(), 1);
    let (s3, _told) = storage(vec![
        (404, "<Error><Code>NoSuchKey</Code></Error>"),
        (404, "<Error><Code>NoSuchBucket</Code></Error>"),
    ]);
    assert_eq!(s3.get("logs/a").await.unwrap(), None);
    assert!(s3.get("logs/a").await.is_err());
}
