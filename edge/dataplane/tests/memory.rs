//! A large document takes no more memory than a small one. Alone in its process, whose memory it measures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![cfg(target_os = "linux")]

mod node;

use node::Node;
use tokio::io::AsyncReadExt;

const LARGE: usize = 192 * 1024 * 1024;
/// What buffers on the way may take: the server's, the test's, the allocator's slack.
const SLACK_KIB: usize = 24 * 1024;

fn peak_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_holds_a_chunk_not_the_document() {
    let mut node = Node::start("memory").await;
    node.document("uz-plant", "small", 1024 * 1024).await;
    node.document("uz-plant", "large", LARGE).await;
    let small = node.transfer("uz-plant", "small", "urn:uuid:c1").await;
    let large = node.transfer("uz-plant", "large", "urn:uuid:c2").await;
    assert_eq!(
        node.get(small.path(), &[("Authorization", &small.token)]).await.status,
        200
    );
    let before = peak_kib();
    let mut stream = node.ask("GET", large.path(), &[("Authorization", &large.token)]).await;
    // Long enough for a server that reads ahead without end to fill its memory.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let mut piece = vec![0; 64 * 1024];
    let mut came = 0;
    loop {
        match stream.read(&mut piece).await.unwrap() {
            0 => break,
            read => came += read,
        }
    }
    assert!(came > LARGE);
    let grown = peak_kib().saturating_sub(before);
    assert!(grown < SLACK_KIB, "the process grew by {grown} KiB");
}
