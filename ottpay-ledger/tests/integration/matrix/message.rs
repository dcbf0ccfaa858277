//! A request and its reply as the proxy carries them.

use std::io;
use std::time::Duration;

use ottpay::envelope::Message;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// The time limit of a message.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Request {
    /// Its first line, and then its other lines.
    line: String,
    head: String,
    body: Vec<u8>,
    /// The operation that it requests.
    pub(crate) wire_name: String,
}

impl Request {
    pub(crate) async fn read(client: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        loop {
            if client.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
            if let Some(request) = Self::parse(&bytes) {
                return Ok(Some(request));
            }
        }
    }

    /// Waits for the whole request, without consuming it.
    pub(crate) async fn peek(client: &TcpStream) -> io::Result<Option<Self>> {
        let (mut bytes, end) = (vec![0; 64 * 1024], Instant::now() + PATIENCE);
        while Instant::now() < end {
            let length = client.peek(&mut bytes).await?;
            if length == 0 {
                return Ok(None);
            }
            if let Some(request) = Self::parse(&bytes[..length]) {
                return Ok(Some(request));
            }
            // Available bytes are reported immediately, so only a pause lets more arrive.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err(io::Error::other("the request does not end"))
    }

    /// The request, if it is complete.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (head, body) = bytes.split_at(find_end(bytes)?);
        let head = String::from_utf8_lossy(head).into_owned();
        let lower = head.to_ascii_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        let body = body.get(..length.unwrap_or(0))?.to_vec();
        let (line, head) = head.split_once("\r\n").unwrap_or_default();
        let path = line.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
        let action = Message::read(&body).ok().and_then(|message| message.text("action").map(str::to_owned));
        let wire_name = action.unwrap_or_else(|| path.to_owned());
        Some(Self { line: line.to_owned(), head: head.to_owned(), wire_name, body })
    }

    /// The whole reply of the sandbox.
    pub(crate) async fn send_on(&self, target: u16) -> io::Result<Vec<u8>> {
        let mut sandbox = TcpStream::connect(("127.0.0.1", target)).await?;
        let head = format!("{}\r\nconnection: close\r\n{}", self.line, self.head);
        sandbox.write_all(&[head.as_bytes(), &self.body].concat()).await?;
        let mut reply = Vec::new();
        let reading = sandbox.read_to_end(&mut reply);
        tokio::time::timeout(PATIENCE, reading).await.map_err(io::Error::other)??;
        Ok(reply)
    }
}

/// Where the body begins.
fn find_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|place| place + 4)
}

pub(crate) struct Reply {
    pub(crate) head: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn split(mut reply: Vec<u8>) -> io::Result<Self> {
        let end = find_end(&reply).ok_or_else(|| io::Error::other("no reply"))?;
        let body = reply.split_off(end);
        Ok(Self { head: reply, body })
    }

    pub(crate) fn whole(&self) -> Vec<u8> {
        [&*self.head, &self.body].concat()
    }
}
