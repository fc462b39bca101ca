//! Sending and receiving: reuse, bounds, deadlines, broken peers, the bound per peer, streams.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod server;

use bytes::Bytes;
use chapar_client::{Client, Outgoing, SendFault, Settings, Upload};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use server::{Server, fetch, local, local_client, text};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn sends_body_and_headers_and_gives_back_the_bytes_undecoded() {
    let server = Server::answering(|request| async move {
        let (head, body) = request.into_parts();
        let mut answer = Response::new(Full::new(body.collect().await.unwrap().to_bytes()));
        *answer.status_mut() = StatusCode::CREATED;
        answer.headers_mut().insert("x-host", head.headers["host"].clone());
        answer
            .headers_mut()
            .insert("x-token", head.headers["authorization"].clone());
        answer
            .headers_mut()
            .insert("content-encoding", HeaderValue::from_static("gzip"));
        answer
    })
    .await;
    let outgoing = Outgoing {
        method: Method::POST,
        headers: HeaderMap::from_iter([(http::header::AUTHORIZATION, HeaderValue::from_static("Bearer abc"))]),
        body: Bytes::from_static(b"\x1f\x8bnot really gzip"),
        ..fetch(server.url("/uz-plant/dsp"))
    };
    let answer = local_client().send(outgoing).await.unwrap();
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.headers["x-host"], server.address.to_string());
    assert_eq!(answer.headers["x-token"], "Bearer abc");
    assert_eq!(answer.body, &b"\x1f\x8bnot really gzip"[..]);
}

fn pieces(count: usize, size: usize) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    futures_util::stream::iter((0..count).map(move |_| Ok(Bytes::from(vec![b'x'; size]))))
}

#[tokio::test]
async fn pieces_are_sent_with_a_length_or_without_one() {
    let server = Server::answering(|request| async move {
        let length = request.headers().get("content-length").cloned();
        let length = length.map_or("no".to_owned(), |length| length.to_str().unwrap().to_owned());
        let body = request.into_body().collect().await.unwrap().to_bytes();
        Response::new(Full::from(format!("{length} {}", body.len())))
    })
    .await;
    let post = || Outgoing {
        method: Method::POST,
        ..fetch(server.url("/"))
    };
    for (count, length, said) in [
        (3, Some(3000), "3000 3000"),
        (3, None, "no 3000"),
        (0, Some(0), "0 0"),
        (0, None, "no 0"),
    ] {
        let content = Upload::pieces(pieces(count, 1000), length);
        let answer = local_client().stream_content(post(), content).await.unwrap();
        assert_eq!(answer.whole().await.unwrap().body, said, "{count} {length:?}");
    }
    for (length, why) in [
        (3001, "the content was not read: the content ended 1 bytes early"),
        (2999, "the content was not read: the content is longer than was said"),
    ] {
        let content = Upload::pieces(pieces(3, 1000), Some(length));
        let fault = local_client().stream_content(post(), content).await.err().unwrap();
        assert_eq!(fault.to_string(), why);
    }
}

#[tokio::test]
async fn a_long_content_has_all_the_time_it_takes_and_a_silent_side_has_not() {
    let server = Server::answering(|request| async move {
        let path = request.uri().path().to_owned();
        if path == "/silent" {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        let body = request.into_body().collect().await.unwrap().to_bytes();
        Response::new(Full::from(body.len().to_string()))
    })
    .await;
    let post = |path: &str| Outgoing {
        method: Method::POST,
        deadline: Duration::from_millis(300),
        ..fetch(server.url(path))
    };
    let slow = futures_util::stream::unfold(0, |sent| async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        (sent < 10).then(|| (Ok(Bytes::from_static(b"x")), sent + 1))
    });
    let content = Upload::pieces(slow, None);
    let answer = local_client().stream_content(post("/"), content).await.unwrap();
    assert_eq!(
        answer.whole().await.unwrap().body,
        "10",
        "longer in all than any silence may be"
    );
    let content = Upload::pieces(pieces(100_000, 10_000), None);
    let fault = local_client()
        .stream_content(post("/silent"), content)
        .await
        .err()
        .unwrap();
    assert_eq!(fault.code(), "send.timeout");
}

#[tokio::test]
async fn what_is_streamed_keeps_no_message_waiting() {
    let server = Server::answering(|request| async move {
        if request.uri().path() == "/stream" {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        Response::new(Full::from("there"))
    })
    .await;
    let client = Client::new(Settings { per_peer: 1, ..local() }).unwrap();
    let (busy, url) = (client.clone(), server.url("/stream"));
    let long = Outgoing {
        deadline: Duration::from_secs(60),
        ..fetch(url)
    };
    let streaming = tokio::spawn(async move { busy.stream(long).await.map(|_| ()) });
    while server.requests() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let answer = client.send(fetch(server.url("/"))).await.unwrap();
    assert_eq!(answer.body, "there");
    streaming.abort();
}

#[tokio::test]
async fn a_content_is_sent_as_it_is_read() {
    let server = Server::answering(|request| async move {
        let length = request.headers().get("content-length").cloned();
        let length = length.map_or("no".to_owned(), |length| length.to_str().unwrap().to_owned());
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let same = body.iter().all(|byte| *byte == b'x');
        Response::new(Full::from(format!("{length} {} {same}", body.len())))
    })
    .await;
    let put = || Outgoing {
        method: Method::PUT,
        ..fetch(server.url("/"))
    };
    let content = |length| Upload::new(tokio::io::repeat(b'x'), length);
    let answer = local_client().send_content(put(), content(200_000)).await.unwrap();
    assert_eq!(answer.body, &b"200000 200000 true"[..]);
    let empty = local_client().send_content(put(), content(0)).await.unwrap();
    assert_eq!(empty.body, &b"no 0 true"[..]);
    let short = Upload::new(&b"abc"[..], 4);
    let fault = local_client().send_content(put(), short).await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the content was not read: the content ended 1 bytes early"
    );
}

/// Endless, and counts what was taken of it.
struct Counted(Arc<AtomicUsize>);

impl tokio::io::AsyncRead for Counted {
    fn poll_read(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        self.0.fetch_add(buffer.remaining(), SeqCst);
        let room = buffer.initialize_unfilled().len();
        buffer.advance(room);
        std::task::Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_content_waits_for_a_reader_that_takes_its_time() {
    let server = Server::raw(|stream| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let taken = Arc::new(AtomicUsize::new(0));
    let content = Upload::new(Counted(Arc::clone(&taken)), 1 << 30);
    let outgoing = Outgoing {
        method: Method::PUT,
        deadline: Duration::from_millis(500),
        ..fetch(server.url("/"))
    };
    let fault = local_client().send_content(outgoing, content).await.unwrap_err();
    assert_eq!(fault.code(), "send.timeout");
    let taken = taken.load(SeqCst);
    // What the two sockets hold by themselves is some megabytes.
    assert!(taken > 0 && taken < 64 << 20, "{taken} bytes were taken for nobody");
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::answering(|_| async { text("ok") }).await;
    let client = local_client();
    for _ in 0..20 {
        assert_eq!(
            client.clone().send(fetch(server.url("/"))).await.unwrap().status,
            StatusCode::OK
        );
    }
    assert_eq!((server.connections(), server.requests()), (1, 20));
}

#[tokio::test]
async fn a_body_over_the_bound_is_refused_announced_or_not() {
    let body = "x".repeat(1000);
    let announced = format!("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{body}");
    let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e8\r\n{body}\r\n0\r\n\r\n");
    let until_close = format!("HTTP/1.1 200 OK\r\n\r\n{body}");
    for answer in [announced, chunked, until_close] {
        let server = Server::saying(answer.clone()).await;
        let fits = Outgoing {
            max_response_bytes: 1000,
            ..fetch(server.url("/"))
        };
        assert_eq!(local_client().send(fits).await.unwrap().body.len(), 1000);
        let over = Outgoing {
            max_response_bytes: 999,
            ..fetch(server.url("/"))
        };
        let fault = local_client().send(over).await.unwrap_err();
        assert_eq!(
            fault,
            SendFault::TooLarge {
                limit: 999,
                status: 200
            },
            "{answer}"
        );
        assert!(!fault.is_retryable());
    }
}

#[tokio::test]
async fn the_deadline_ends_a_silent_peer_and_a_dribbling_one() {
    let silent = Server::raw(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let dribbling = Server::raw(|mut stream| async move {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            .await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    for (server, waiting_for) in [(silent, "the answer"), (dribbling, "the rest of the answer")] {
        let begun = Instant::now();
        let outgoing = Outgoing {
            deadline: Duration::from_millis(300),
            ..fetch(server.url("/"))
        };
        let fault = local_client().send(outgoing).await.unwrap_err();
        assert_eq!(fault, SendFault::Timeout { waiting_for });
        assert!(fault.is_retryable());
        let took = begun.elapsed();
        assert!(
            took >= Duration::from_millis(300) && took < Duration::from_secs(2),
            "{took:?}"
        );
    }
}

#[tokio::test]
async fn faults_are_told_apart() {
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let fault = local_client()
        .send(fetch(format!("http://{closed}/")))
        .await
        .unwrap_err();
    assert!(
        matches!(fault, SendFault::Connect { .. }) && fault.is_retryable(),
        "{fault:?}"
    );

    let long_head = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "x".repeat(400 * 1024));
    let many_lines = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x-line: 1\r\n".repeat(200));
    for (bytes, code, retryable) in [
        (String::new(), "send.broken", true),
        ("HTTP/1.1 200 OK\r\ncontent-le".into(), "send.broken", true),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".into(),
            "send.broken",
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf".into(),
            "send.broken",
            true,
        ),
        ("SSH-2.0-OpenSSH_9.2\r\n\r\n".into(), "send.protocol", false),
        (long_head, "send.protocol", false),
        (many_lines, "send.protocol", false),
    ] {
        let server = Server::saying(bytes.clone()).await;
        let fault = local_client().send(fetch(server.url("/"))).await.unwrap_err();
        assert_eq!(
            (fault.code(), fault.is_retryable()),
            (code, retryable),
            "{bytes:.60}: {fault:?}"
        );
    }
}

#[tokio::test]
async fn a_slow_peer_takes_its_own_slots_only() {
    let under_way = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (now, peak) = (Arc::clone(&under_way), Arc::clone(&most));
    let slow = Server::answering(move |_| {
        let (now, peak) = (Arc::clone(&now), Arc::clone(&peak));
        async move {
            peak.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
            tokio::time::sleep(Duration::from_millis(50)).await;
            now.fetch_sub(1, SeqCst);
            text("slow")
        }
    })
    .await;
    let client = Client::new(Settings { per_peer: 2, ..local() }).unwrap();
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (client, url) = (client.clone(), slow.url("/"));
        requests.spawn(async move { client.send(fetch(url)).await.unwrap().status });
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    let quick = Server::answering(|_| async { text("quick") }).await;
    let other = Outgoing {
        deadline: Duration::from_millis(1000),
        ..fetch(quick.url("/"))
    };
    assert_eq!(client.send(other).await.unwrap().body, "quick");
    let waiting = Outgoing {
        deadline: Duration::from_millis(20),
        ..fetch(slow.url("/"))
    };
    let fault = client.send(waiting).await.unwrap_err();
    assert_eq!(
        fault,
        SendFault::Timeout {
            waiting_for: "a free slot of this peer"
        }
    );
    while let Some(status) = requests.join_next().await {
        assert_eq!(status.unwrap(), StatusCode::OK);
    }
    assert_eq!(most.load(SeqCst), 2);
}

#[tokio::test]
async fn a_stream_comes_piece_by_piece_and_ends_when_it_stalls() {
    let (go, went) = tokio::sync::watch::channel(false);
    let server = Server::raw(move |mut stream| {
        let mut went = went.clone();
        async move {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\nfirst")
                .await
                .unwrap();
            went.wait_for(|went| *went).await.unwrap();
            stream.write_all(b"second").await.unwrap();
            std::future::pending::<()>().await;
        }
    })
    .await;
    let client = Client::new(Settings {
        stall_limit: Duration::from_millis(200),
        ..local()
    })
    .unwrap();
    let outgoing = Outgoing {
        deadline: Duration::from_millis(500),
        ..fetch(server.url("/"))
    };
    let mut download = client.stream(outgoing).await.unwrap();
    assert_eq!(download.status, StatusCode::OK);
    assert_eq!(download.headers["content-length"], "12");
    assert_eq!(download.chunk().await.unwrap().unwrap(), "first");
    go.send(true).unwrap();
    assert_eq!(download.chunk().await.unwrap().unwrap(), "second");
    let fault = download.chunk().await.unwrap_err();
    assert_eq!(
        fault,
        SendFault::Timeout {
            waiting_for: "the next piece of the answer"
        }
    );
}

#[tokio::test]
async fn a_stream_of_many_pieces_comes_whole_and_counts_against_the_bound() {
    let body = Bytes::from((0..3_000_000_u32).map(|n| (n % 251) as u8).collect::<Vec<_>>());
    let served = body.clone();
    let server = Server::answering(move |_| {
        let served = served.clone();
        async { Response::new(Full::new(served)) }
    })
    .await;
    let outgoing = Outgoing {
        max_response_bytes: 3_000_000,
        ..fetch(server.url("/"))
    };
    let mut download = local_client().stream(outgoing).await.unwrap();
    let mut got = Vec::new();
    while let Some(piece) = download.chunk().await.unwrap() {
        got.extend_from_slice(&piece);
    }
    assert!(got == body, "the body was altered");
    let over = Outgoing {
        max_response_bytes: 2_999_999,
        ..fetch(server.url("/"))
    };
    assert!(matches!(
        local_client().stream(over).await,
        Err(SendFault::TooLarge { .. })
    ));
}
