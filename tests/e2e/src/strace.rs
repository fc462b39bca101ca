//! Reads what `strace -f -yy -o FILE` wrote about a node, and judges the order of disk and network: no good answer to a request
//! that writes may leave before the log of the database was written and synced after that request had been read.
//!
//! [`judge`] works for requests sent one at a time: then any write to the log between request and answer is that request's.
//! [`judge_named`] works for many at once, whose answers carry a name that stands in the log as well. Refuses to know what else is
//! in the log. Order is that of the trace's lines: a thread goes on only after the tracer has written down its stop.

/// The options of the tracer that [`judge`] needs, beside `-o FILE`.
pub const OPTIONS: [&str; 6] = ["-f", "-yy", "-s", "64", "-e", CALLS];
/// The options that [`judge_named`] needs: a page of the log must be seen whole.
pub const WHOLE_PAGES: [&str; 6] = ["-f", "-yy", "-s", "4200", "-e", CALLS];
const CALLS: &str =
    "trace=fsync,fdatasync,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,pwritev2";

/// Methods whose good answer says that something was written.
const WRITING: [&str; 4] = ["POST ", "PUT ", "DELETE ", "PATCH "];
/// All others that a request can begin with here.
const READING: [&str; 3] = ["GET ", "HEAD ", "OPTIONS "];

/// A system call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Its arguments as printed.
    pub arguments: String,
    /// What it returned; none when it failed, was tampered with or never returned.
    pub result: Option<u64>,
    /// Line on which it began.
    pub entered: usize,
    /// Line on which it had returned.
    pub returned: usize,
}

/// Puts the calls of a trace together, in the order in which they began. Signals, ends and calls without an end are left out.
pub fn parse(trace: &str) -> Vec<Call> {
    let mut open: Vec<(&str, Call)> = Vec::new();
    let mut calls = Vec::new();
    for (number, line) in trace.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let rest = rest.trim_start();
        if let Some(resumed) = rest.strip_prefix("<... ") {
            let Some(at) = open.iter().position(|(known, _)| *known == thread) else {
                continue;
            };
            let (_, mut call) = open.remove(at);
            let Some((_, tail)) = resumed.split_once(" resumed>") else {
                continue;
            };
            let (arguments, result) = split_result(tail);
            call.arguments.push_str(arguments);
            calls.push(Call {
                result,
                returned: number,
                ..call
            });
        } else if let Some((name, tail)) = rest.split_once('(').filter(|(name, _)| is_name(name)) {
            let call = |arguments: &str, result| Call {
                name: name.to_owned(),
                arguments: arguments.to_owned(),
                result,
                entered: number,
                returned: number,
            };
            match tail.trim_end().strip_suffix("<unfinished ...>") {
                Some(begun) => open.push((thread, call(begun, None))),
                None => {
                    let (arguments, result) = split_result(tail);
                    calls.push(call(arguments, result));
                }
            }
        }
    }
    calls.sort_by_key(|call| call.entered);
    calls
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Arguments and result of `ARGUMENTS) = RESULT`, in which short lines have more blanks before the sign. A text among the
/// arguments may hold anything but an end like that.
fn split_result(tail: &str) -> (&str, Option<u64>) {
    let ended = tail.rsplit_once(" = ");
    let ended = ended.and_then(|(arguments, result)| Some((arguments.trim_end().strip_suffix(')')?, result)));
    match ended {
        Some((arguments, result)) if !result.contains("INJECTED") => (
            arguments,
            result.split_whitespace().next().and_then(|number| number.parse().ok()),
        ),
        Some((arguments, _)) => (arguments, None),
        None => (tail, None),
    }
}

impl Call {
    /// The file descriptor it is about.
    fn descriptor(&self) -> Option<u32> {
        let digits = self.arguments.bytes().take_while(u8::is_ascii_digit).count();
        self.arguments[..digits].parse().ok()
    }

    /// What the descriptor stands for, as `-yy` tells it: a path or a connection.
    fn target(&self) -> &str {
        let named = self
            .arguments
            .find('<')
            .and_then(|at| self.arguments[at + 1..].split(['>', '"']).next());
        named.unwrap_or_default()
    }

    /// The beginning of the bytes that it carried, with strace's escapes.
    fn bytes(&self) -> &str {
        self.arguments.split('"').nth(1).unwrap_or_default()
    }

    fn is_on_log(&self) -> bool {
        self.target().ends_with("-wal")
    }

    fn reads(&self) -> bool {
        matches!(self.name.as_str(), "read" | "readv" | "recvfrom" | "recvmsg")
    }

    fn writes(&self) -> bool {
        matches!(
            self.name.as_str(),
            "write" | "writev" | "sendto" | "sendmsg" | "pwrite64" | "pwritev" | "pwritev2"
        )
    }

    fn syncs(&self) -> bool {
        matches!(self.name.as_str(), "fsync" | "fdatasync")
    }
}

/// What a trace says about the good answers to writing requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// First lines of the requests whose answer left after its sync.
    pub covered: Vec<String>,
    /// Those whose answer left too early, with the line of the trace.
    pub early: Vec<String>,
}

/// A request under way on a connection of the node.
struct Request {
    first_line: String,
    /// Line on which the last of it had been read.
    read: usize,
}

/// Judges every good answer to a writing request.
pub fn judge(calls: &[Call]) -> Verdict {
    judge_by(calls, |read, answer| {
        Some(is_covered(calls, read, answer.entered, None))
    })
}

/// Judges every good answer that holds one of `names`: a write to the log that holds the name too must have been synced. Of two
/// requests about one name, each is covered by a write of either; so a name that a request made itself is judged sharpest.
pub fn judge_named(calls: &[Call], names: &[String]) -> Verdict {
    judge_by(calls, |read, answer| {
        let name = names.iter().find(|name| answer.arguments.contains(name.as_str()))?;
        Some(is_covered(calls, read, answer.entered, Some(name)))
    })
}

/// Judges good answers by `covers`, which is told where the request had been read and what the answer is; none is not judged.
fn judge_by(calls: &[Call], covers: impl Fn(usize, &Call) -> Option<bool>) -> Verdict {
    let mut verdict = Verdict::default();
    let mut requests: Vec<(u32, Request)> = Vec::new();
    for call in calls {
        let Some(descriptor) = call.descriptor() else { continue };
        let under_way = requests.iter().position(|(known, _)| *known == descriptor);
        if call.reads() && call.result.is_some_and(|read| read > 0) {
            let begins = |methods: &[&str]| methods.iter().any(|method| call.bytes().starts_with(method));
            if begins(&WRITING) || begins(&READING) {
                // Descriptors are used again: what was under way there is over.
                requests.retain(|(known, _)| *known != descriptor);
                let first_line = call.bytes().split("\\r").next().unwrap_or_default().to_owned();
                requests.push((
                    descriptor,
                    Request {
                        first_line,
                        read: call.returned,
                    },
                ));
            } else if let Some(at) = under_way {
                requests[at].1.read = call.returned;
            }
        } else if call.writes() && call.bytes().starts_with("HTTP/1.1 ") {
            let Some(at) = under_way else { continue };
            let (_, request) = requests.remove(at);
            let writing = WRITING.iter().any(|method| request.first_line.starts_with(method));
            if !writing || !call.bytes().starts_with("HTTP/1.1 2") {
                continue;
            }
            match covers(request.read, call) {
                Some(true) => verdict.covered.push(request.first_line),
                Some(false) => verdict
                    .early
                    .push(format!("line {}: {}", call.entered + 1, request.first_line)),
                None => {}
            }
        }
    }
    verdict
}

/// Whether between two lines the log was written, then synced, and the sync had returned. Without a name the last write must be
/// synced, for any of them may be the request's; with one it is the first write that holds the name.
fn is_covered(calls: &[Call], after: usize, before: usize, name: Option<&str>) -> bool {
    let on_log = || {
        calls
            .iter()
            .filter(|call| call.is_on_log() && call.entered > after && call.returned < before)
    };
    let written = on_log()
        .filter(|call| call.writes() && call.result.is_some())
        .filter(|call| name.is_none_or(|name| call.arguments.contains(name)))
        .map(|call| call.returned);
    let written = if name.is_some() { written.min() } else { written.max() };
    written.is_some_and(|written| on_log().any(|call| call.syncs() && call.result == Some(0) && call.entered > written))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAL: &str = "9</data/chapar.db-wal>";
    const PEER: &str = "12<TCP:[127.0.0.1:8443->127.0.0.1:50000]>";

    fn trace(lines: &[&str]) -> Verdict {
        let text = lines.join("\n").replace("WAL", WAL).replace("PEER", PEER);
        judge(&parse(&text))
    }

    const REQUEST: &str = r#"7 recvfrom(PEER, "POST /a/dsp/2025-1/negotiations/request HTTP/1.1\r\nhost: x"..., 8192, 0, NULL, NULL) = 412"#;
    const LOG: &str = r#"8 pwrite64(WAL, "\0\1\2"..., 4096, 32) = 4096"#;
    const SYNC: &str = "8 fdatasync(WAL) = 0";
    const ANSWER: &str =
        r#"7 sendto(PEER, "HTTP/1.1 201 Created\r\ncontent-type"..., 300, MSG_NOSIGNAL, NULL, 0) = 300"#;

    fn good() -> Verdict {
        let covered = vec!["POST /a/dsp/2025-1/negotiations/request HTTP/1.1".to_owned()];
        Verdict {
            covered,
            early: Vec::new(),
        }
    }

    #[test]
    fn read_write_sync_answer_is_the_order() {
        assert_eq!(trace(&[REQUEST, LOG, SYNC, ANSWER]), good());
    }

    #[test]
    fn every_other_order_is_too_early() {
        let answer_first = [REQUEST, LOG, ANSWER, SYNC];
        let no_sync = [REQUEST, LOG, ANSWER];
        let no_write = [REQUEST, SYNC, ANSWER];
        let sync_of_an_earlier_write = [LOG, SYNC, REQUEST, ANSWER];
        let synced_before_the_write = [REQUEST, SYNC, LOG, ANSWER];
        for lines in [
            &answer_first[..],
            &no_sync,
            &no_write,
            &sync_of_an_earlier_write,
            &synced_before_the_write,
        ] {
            let verdict = trace(lines);
            assert_eq!((verdict.covered.len(), verdict.early.len()), (0, 1), "{lines:?}");
        }
    }

    #[test]
    fn the_last_write_to_the_log_is_the_one_that_counts() {
        assert_eq!(trace(&[REQUEST, LOG, SYNC, LOG, ANSWER]).early.len(), 1);
        assert_eq!(trace(&[REQUEST, LOG, SYNC, LOG, SYNC, ANSWER]), good());
    }

    #[test]
    fn a_sync_that_has_not_returned_covers_nothing() {
        let (begun, done) = (
            "8 fdatasync(WAL <unfinished ...>",
            "8 <... fdatasync resumed>)          = 0",
        );
        assert_eq!(trace(&[REQUEST, LOG, begun, ANSWER, done]).early.len(), 1);
        assert_eq!(trace(&[REQUEST, LOG, begun, done, ANSWER]), good());
    }

    #[test]
    fn a_sync_that_failed_or_was_another_files_covers_nothing() {
        for sync in [
            "8 fdatasync(WAL) = -1 EIO (Input/output error)",
            "8 fdatasync(WAL) = 0 (INJECTED)",
            "8 fdatasync(9</data/chapar.db>) = 0",
        ] {
            assert_eq!(trace(&[REQUEST, LOG, sync, ANSWER]).early.len(), 1, "{sync}");
        }
    }

    #[test]
    fn the_request_counts_as_read_with_its_last_byte() {
        let body = r#"7 recvfrom(PEER, "{\"@context\"", 8192, 0, NULL, NULL) = 90"#;
        assert_eq!(trace(&[REQUEST, LOG, SYNC, body, ANSWER]).early.len(), 1);
        assert_eq!(trace(&[REQUEST, body, LOG, SYNC, ANSWER]), good());
    }

    #[test]
    fn calls_that_others_interrupt_are_put_together() {
        let begun = "7 recvfrom(PEER,  <unfinished ...>";
        let done = r#"7 <... recvfrom resumed>"POST /a/dsp/2025-1/negotiations/request HTTP/1.1\r\n"..., 8192, 0, NULL, NULL) = 40"#;
        let answer = r#"7 writev(PEER, [{iov_base="HTTP/1.1 201 Created\r\n"..., iov_len=90}, {iov_base="{}", iov_len=2}], 2) = 92"#;
        assert_eq!(trace(&[begun, LOG, done, LOG, SYNC, answer]), good());
        assert_eq!(trace(&[begun, LOG, SYNC, done, answer]).early.len(), 1);
    }

    #[test]
    fn of_many_at_once_each_needs_the_sync_of_its_own_write() {
        let answer = ANSWER.replace("content-type", "id: name-1");
        let mine = LOG.replace("\\2", "\\2name-1");
        let judged = |lines: &[&str]| {
            let text = lines.join("\n").replace("WAL", WAL).replace("PEER", PEER);
            judge_named(&parse(&text), &["name-1".to_owned()])
        };
        assert_eq!(judged(&[REQUEST, &mine, SYNC, &answer]), good());
        // What others write in between is no affair of this request.
        assert_eq!(judged(&[REQUEST, LOG, &mine, LOG, SYNC, LOG, &answer]), good());
        for early in [
            &[REQUEST, LOG, SYNC, &answer][..],
            &[REQUEST, LOG, SYNC, &mine, &answer],
            &[REQUEST, LOG, SYNC, &answer, &mine, SYNC],
            &[&mine, SYNC, REQUEST, LOG, SYNC, &answer],
        ] {
            assert_eq!(judged(early).early.len(), 1, "{early:?}");
        }
        assert_eq!(
            judged(&[REQUEST, ANSWER]),
            Verdict::default(),
            "an answer without a name"
        );
    }

    #[test]
    fn reads_and_refusals_need_no_sync() {
        let read = REQUEST.replace("POST", "GET");
        assert_eq!(trace(&[&read, ANSWER]), Verdict::default());
        let refusal = ANSWER.replace("201 Created", "409 Conflict");
        assert_eq!(trace(&[REQUEST, &refusal]), Verdict::default());
    }

    #[test]
    fn the_node_as_a_client_is_not_judged() {
        let sent =
            r#"7 sendto(PEER, "POST /b/dsp/2025-1/negotiations/x/agreement"..., 90, MSG_NOSIGNAL, NULL, 0) = 90"#;
        let heard = r#"7 recvfrom(PEER, "HTTP/1.1 200 OK\r\n"..., 8192, 0, NULL, NULL) = 40"#;
        assert_eq!(trace(&[sent, heard]), Verdict::default());
    }
}
