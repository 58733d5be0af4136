//! `snapshot.json`: what the store held at the end of the last run, quick to read.
//!
//! It is compact JSON. Its first line holds all but the records, each record has a line of its own,
//! and the last line has the checksum of all lines before. So the head can be read alone, and the
//! records by several threads.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;
use std::thread;

use serde::Deserialize;
use serde_json::Value;

use super::checksum::{self, checksum};
use super::entries::unreadable;
use super::upgrade::{self, FORMAT, to_stored};
use super::{Intent, Meta, Record, Snapshot, StateError, disk};

const TAIL: &[u8] = b"],\"sum\":\"";
const TAIL_LENGTH: usize = TAIL.len() + 16 + b"\"}\n".len();

/// The first line.
#[derive(Debug)]
pub(super) struct Head {
    pub meta: Meta,
    pub intents: Vec<Intent>,
    /// How many records follow.
    pub count: usize,
    /// The checksum of the store's files, where it is known.
    pub seal: Option<String>,
}

#[derive(Deserialize)]
struct HeadShape {
    format: u64,
    seal: Option<String>,
    count: usize,
    meta: Value,
    intents: Vec<Value>,
}

/// Writes the snapshot whole or not at all.
pub(super) fn write(
    path: &Path,
    snapshot: &Snapshot,
    seal: Option<&str>,
) -> Result<(), StateError> {
    let bytes = to_bytes(snapshot, seal).map_err(|error| StateError::damaged(path, error))?;
    disk::write(path, &bytes)
}

fn to_bytes(snapshot: &Snapshot, seal: Option<&str>) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::with_capacity(4096 + snapshot.records.len() * 1024);
    let seal = serde_json::to_string(&seal)?;
    let count = snapshot.records.len();
    bytes.extend(format!(r#"{{"format":{FORMAT},"seal":{seal},"count":{count},"meta":"#).bytes());
    bytes.extend(to_stored(&snapshot.meta)?);
    bytes.extend(b",\"intents\":[");
    for (n, intent) in snapshot.intents.values().enumerate() {
        bytes.extend(if n > 0 { &b","[..] } else { b"" });
        bytes.extend(to_stored(intent)?);
    }
    bytes.extend(b"],\"records\":[\n");
    for (n, record) in snapshot.records.values().enumerate() {
        bytes.extend(if n > 0 { &b",\n"[..] } else { b"" });
        bytes.extend(to_stored(record)?);
    }
    bytes.push(b'\n');
    let sum = checksum::text(checksum(&bytes));
    bytes.extend(TAIL);
    bytes.extend(sum.bytes());
    bytes.extend(b"\"}\n");
    Ok(bytes)
}

/// The first line alone; none where there is no file.
///
/// # Errors
/// [`StateError::Newer`], [`StateError::Damaged`], and failures of the disk.
pub(super) fn head(path: &Path) -> Result<Option<Head>, StateError> {
    let failed = |error| StateError::io("read", path, &error);
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let mut line = Vec::new();
    BufReader::new(file).read_until(b'\n', &mut line).map_err(failed)?;
    read_head(path, &line).map(Some)
}

/// All of it; none where there is no file.
///
/// # Errors
/// [`StateError::Newer`], [`StateError::Damaged`], and failures of the disk.
pub(super) fn load(path: &Path) -> Result<Option<Snapshot>, StateError> {
    let Some(bytes) = disk::read(path)? else { return Ok(None) };
    let damaged = |cause: &str| StateError::damaged(path, cause);
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let head = read_head(path, &bytes[..end])?;
    let body = match summed(&bytes) {
        Some((body, true)) if body.len() > end => body,
        Some(_) => return Err(damaged("its checksum does not match")),
        None => return Err(damaged("it is cut off")),
    };
    let records = read_records(path, &body[end + 1..])?;
    if records.len() != head.count {
        return Err(damaged("records are missing"));
    }
    Ok(Some(Snapshot {
        meta: head.meta,
        records: records.into_iter().map(|record| (record.key(), record)).collect(),
        intents: head.intents.into_iter().map(|intent| (intent.seq, intent)).collect(),
        busy: None,
    }))
}

/// What the checksum at the end is of, and whether it matches; none where there is no checksum.
pub(super) fn summed(bytes: &[u8]) -> Option<(&[u8], bool)> {
    let (body, tail) = bytes.split_at(bytes.len().checked_sub(TAIL_LENGTH)?);
    let sum = tail.strip_prefix(TAIL)?.strip_suffix(b"\"}\n")?;
    Some((body, sum == checksum::text(checksum(body)).as_bytes()))
}

fn read_head(path: &Path, line: &[u8]) -> Result<Head, StateError> {
    let whole = [line, b"]}"].concat();
    let shape: HeadShape = serde_json::from_slice(&whole)
        .map_err(|error| StateError::damaged(path, format_args!("its head is broken: {error}")))?;
    if shape.format > FORMAT.into() {
        return Err(StateError::Newer { path: path.into(), found: shape.format, known: FORMAT });
    }
    let meta = upgrade::meta(shape.meta.to_string().as_bytes());
    let intents = shape.intents.iter().map(|intent| {
        upgrade::intent(intent.to_string().as_bytes())
            .map_err(|error| unreadable(path, "intents", &error))
    });
    Ok(Head {
        meta: meta.map_err(|error| unreadable(path, "meta", &error))?,
        intents: intents.collect::<Result<_, _>>()?,
        count: shape.count,
        seal: shape.seal,
    })
}

fn read_records(path: &Path, body: &[u8]) -> Result<Vec<Record>, StateError> {
    const WORTH_A_THREAD: usize = 256 * 1024;
    let threads = thread::available_parallelism().map_or(1, |count| count.get().min(8));
    let share = (body.len() / threads + 1).max(WORTH_A_THREAD);
    let mut rest = body;
    let mut shares = Vec::new();
    while !rest.is_empty() {
        let from = share.min(rest.len());
        let end = rest[from..].iter().position(|b| *b == b'\n').map_or(rest.len(), |n| from + n);
        let (first, others) = rest.split_at(end);
        shares.push(first);
        rest = others.strip_prefix(b"\n").unwrap_or(others);
    }
    thread::scope(|scope| {
        let handles: Vec<_> = shares
            .iter()
            .skip(1)
            .map(|share| scope.spawn(move || read_share(path, share)))
            .collect();
        let mut records = read_share(path, shares.first().copied().unwrap_or_default())?;
        for handle in handles {
            let more = handle.join();
            records.extend(more.unwrap_or_else(|_| Err(StateError::damaged(path, "a panic")))?);
        }
        Ok(records)
    })
}

fn read_share(path: &Path, share: &[u8]) -> Result<Vec<Record>, StateError> {
    let lines = share.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let read = lines.map(|line| {
        upgrade::record(line.strip_suffix(b",").unwrap_or(line))
            .map_err(|error| unreadable(path, "records", &error))
    });
    read.collect()
}
