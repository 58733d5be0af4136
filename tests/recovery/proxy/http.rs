//! As much of HTTP/1.1 as the SDK and the emulator speak: one request a connection.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A request or an answer, as it came.
#[derive(Debug)]
pub struct Message {
    /// The first line and the headers, each with its line end, without the empty line.
    pub head: Vec<String>,
    pub body: Vec<u8>,
}

impl Message {
    /// The first line.
    pub fn start(&self) -> &str {
        self.head.first().map_or("", |line| line.trim_end())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The same over a connection that is not used again.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let kept = self.head.iter().enumerate().filter(|(at, line)| {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            *at == 0 || !matches!(&*name, "connection" | "content-length" | "transfer-encoding")
        });
        kept.for_each(|(_, line)| bytes.extend(line.as_bytes()));
        // An answer to HEAD tells the length of a body that does not come.
        let length = match (self.body.is_empty(), self.header("content-length")) {
            (true, Some(length)) => length.to_owned(),
            _ => self.body.len().to_string(),
        };
        bytes.extend(format!("content-length: {length}\r\nconnection: close\r\n\r\n").as_bytes());
        bytes.extend(&self.body);
        bytes
    }
}

/// The request that comes; none where the client is gone before it is complete.
pub async fn request<S>(stream: &mut S) -> io::Result<Option<Message>>
where
    S: AsyncBufRead + AsyncWrite + Unpin,
{
    let Some(mut message) = head(stream).await? else { return Ok(None) };
    if message.header("expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    message.body = body(stream, &message).await?;
    Ok(Some(message))
}

/// The answer to a request; `bare` where it has no body, as to HEAD.
pub async fn answer<S: AsyncBufRead + Unpin>(stream: &mut S, bare: bool) -> io::Result<Message> {
    let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let mut message = head(stream).await?.ok_or_else(gone)?;
    let status = message.start().split(' ').nth(1).unwrap_or_default().to_owned();
    if !bare && status != "204" && status != "304" {
        message.body = body(stream, &message).await?;
    }
    Ok(message)
}

async fn head<S: AsyncBufRead + Unpin>(stream: &mut S) -> io::Result<Option<Message>> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        if line.trim_end().is_empty() {
            return Ok(Some(Message { head, body: Vec::new() }));
        }
        head.push(line);
    }
}

async fn body<S: AsyncBufRead + Unpin>(stream: &mut S, message: &Message) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if message.header("transfer-encoding").is_some_and(|how| how.contains("chunked")) {
        loop {
            let mut size = String::new();
            stream.read_line(&mut size).await?;
            let size = size.trim().split(';').next().unwrap_or_default();
            let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
            (&mut *stream).take(size).read_to_end(&mut body).await?;
            stream.read_line(&mut String::new()).await?;
            if size == 0 {
                return Ok(body);
            }
        }
    }
    match message.header("content-length") {
        Some(length) => {
            let length: u64 = length.parse().map_err(io::Error::other)?;
            let read = (&mut *stream).take(length).read_to_end(&mut body).await?;
            match read as u64 == length {
                true => Ok(body),
                false => Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        None if message.start().starts_with("HTTP/") => {
            stream.read_to_end(&mut body).await?;
            Ok(body)
        }
        None => Ok(body),
    }
}
