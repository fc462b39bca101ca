//! HTTP/1.1 with nothing between the judge and the bytes: one request per connection, blocking, plain text.
//!
//! Refuses to hold TLS, redirects, pools and retries: a judge that mends what it hears is no judge.

use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// Longest that one read or write may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Header lines in the order in which they came, names in lower case.
pub type Headers = Vec<(String, String)>;

/// A request as the judge's server heard it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Upper case.
    pub method: String,
    /// Path with its query.
    pub path: String,
    /// Its headers.
    pub headers: Headers,
    /// Its body, without framing.
    pub body: Vec<u8>,
}

/// An answer, heard or to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: Headers,
    /// Its body, without framing; still compressed if it came so.
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl Response {
    /// An answer with a JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self {
            status,
            headers,
            body: body.to_string().into_bytes(),
        }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The body as JSON, unpacked first if need be; null when it is none.
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.plain()).unwrap_or(Value::Null)
    }

    /// The body, unpacked if `content-encoding` says gzip.
    pub fn plain(&self) -> Vec<u8> {
        if self.header("content-encoding") != Some("gzip") {
            return self.body.clone();
        }
        let mut plain = Vec::new();
        GzDecoder::new(self.body.as_slice())
            .read_to_end(&mut plain)
            .expect("a gzip body unpacks");
        plain
    }

    /// The body as text, for messages to people.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.plain()).into_owned()
    }

    /// Whether the status is 2xx.
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn find<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// Sends one request and hears its answer whole. The host is the address's, unless a header says another.
///
/// # Errors
/// The connection failed or broke off, or the answer is not HTTP.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Response> {
    let (status, headers, mut reader) = open(method, url, headers, body)?;
    let mut body = Vec::new();
    if status != 204 && status != 304 {
        reader.read_to_end(&mut body)?;
    }
    Ok(Response { status, headers, body })
}

/// Sends one request; the body of the answer is left to be read as it comes.
///
/// # Errors
/// As for [`send`].
pub fn open(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<(u16, Headers, Body)> {
    let (authority, path) = split(url)?;
    let stream = TcpStream::connect(authority)?;
    patient(&stream)?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "host") {
        head.push_str(&format!("host: {authority}\r\n"));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method == "POST" || method == "PUT" {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    // A server may answer and close before it has read a body that it refuses: its answer still counts.
    let written = (&stream).write_all(&bytes);
    let mut reader = BufReader::new(stream);
    let status = match read_line(&mut reader) {
        Ok(line) => parse_status(&line)?,
        Err(error) => return Err(written.err().unwrap_or(error)),
    };
    let headers = read_headers(&mut reader)?;
    let framing = framing(&headers, Framing::ToEnd);
    Ok((status, headers, Body { reader, framing }))
}

fn patient(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))
}

fn split(url: &str) -> io::Result<(&str, &str)> {
    let rest = url
        .strip_prefix("http://")
        .ok_or_else(|| broken(&format!("`{url}` is not a plain http address")))?;
    Ok(match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    })
}

fn parse_status(line: &str) -> io::Result<u16> {
    let mut words = line.split(' ');
    let http = words.next().is_some_and(|word| word.starts_with("HTTP/1."));
    match words.next().and_then(|word| word.parse().ok()) {
        Some(status) if http => Ok(status),
        _ => Err(broken(&format!("`{line}` is no status line"))),
    }
}

fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn read_headers(reader: &mut impl BufRead) -> io::Result<Headers> {
    let mut headers = Headers::new();
    loop {
        let line = read_line(reader)?;
        if line.is_empty() {
            return Ok(headers);
        }
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| broken(&format!("`{line}` is no header")))?;
        headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
    }
}

fn broken(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}

#[derive(Clone, Copy, Debug)]
enum Framing {
    Length(u64),
    /// Bytes left of the current chunk.
    Chunked(u64),
    ToEnd,
    Done,
}

fn framing(headers: &Headers, otherwise: Framing) -> Framing {
    if find(headers, "transfer-encoding").is_some_and(|value| value.to_lowercase().contains("chunked")) {
        return Framing::Chunked(0);
    }
    match find(headers, "content-length").and_then(|length| length.parse().ok()) {
        Some(length) => Framing::Length(length),
        None => otherwise,
    }
}

/// A body as it comes off the connection, without its framing.
pub struct Body {
    reader: BufReader<TcpStream>,
    framing: Framing,
}

impl Body {
    /// Allows reads to wait this long; for streams.
    ///
    /// # Errors
    /// The connection is gone.
    pub fn wait_up_to(&self, patience: Duration) -> io::Result<()> {
        self.reader.get_ref().set_read_timeout(Some(patience))
    }

    fn next_chunk(&mut self) -> io::Result<u64> {
        let mut line = read_line(&mut self.reader)?;
        if line.is_empty() {
            line = read_line(&mut self.reader)?;
        }
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| broken(&format!("`{line}` is no chunk size")))?;
        if size == 0 {
            read_headers(&mut self.reader)?;
        }
        Ok(size)
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = match self.framing {
            Framing::Done => return Ok(0),
            Framing::ToEnd => return self.reader.read(buffer),
            Framing::Chunked(0) => self.next_chunk()?,
            Framing::Chunked(left) | Framing::Length(left) => left,
        };
        if left == 0 {
            self.framing = Framing::Done;
            return Ok(0);
        }
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.reader.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let left = left - read as u64;
        self.framing = match self.framing {
            Framing::Chunked(_) => Framing::Chunked(left),
            _ => Framing::Length(left),
        };
        Ok(read)
    }
}

/// What a server does with a request: an answer, or none (the connection is closed without one).
pub type Handler = Arc<dyn Fn(Request) -> Option<Response> + Send + Sync>;

/// A server of the judge's own on loopback. It lives as long as the process.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts listening on a free port.
    ///
    /// # Errors
    /// No port can be had.
    pub fn start(handler: Handler) -> io::Result<Self> {
        Self::start_at("127.0.0.1", handler)
    }

    /// The same at this address of loopback.
    ///
    /// # Errors
    /// As for [`Self::start`].
    pub fn start_at(host: &str, handler: Handler) -> io::Result<Self> {
        let listener = TcpListener::bind((host, 0))?;
        let address = listener.local_addr()?;
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let handler = Arc::clone(&handler);
                std::thread::spawn(move || {
                    // A peer that goes away in the middle is no affair of the server's.
                    let _ = serve(stream, &handler);
                });
            }
        });
        Ok(Self { address })
    }

    /// `http://HOST:PORT`, no slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn serve(stream: TcpStream, handler: &Handler) -> io::Result<()> {
    patient(&stream)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let line = read_line(&mut reader)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let headers = read_headers(&mut reader)?;
    let framing = framing(&headers, Framing::Length(0));
    let mut body = Vec::new();
    Body { reader, framing }.read_to_end(&mut body)?;
    let Some(answer) = handler(Request {
        method,
        path,
        headers,
        body,
    }) else {
        return Ok(());
    };
    let mut head = format!("HTTP/1.1 {} -\r\nconnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    // An empty body goes out in chunks, as foreign connectors like to do it.
    let body = if answer.body.is_empty() {
        head.push_str("transfer-encoding: chunked\r\n\r\n");
        b"0\r\n\r\n".to_vec()
    } else {
        head.push_str(&format!("content-length: {}\r\n\r\n", answer.body.len()));
        answer.body
    };
    let mut bytes = head.into_bytes();
    bytes.extend(body);
    (&stream).write_all(&bytes)
}
