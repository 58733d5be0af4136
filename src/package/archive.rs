//! Archives: the same bytes for the same code.

use std::io::{Cursor, Write};
use std::path::Path;

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::entries::{Entries, Sum, read};
use super::error::{PackageError, Wrong};

const LEVEL: i64 = 6;

/// The zip archive of these files: in the order of their names, with the format's first time and
/// with one of two modes.
pub(super) fn archive(path: &Path, entries: &Entries) -> Result<(Vec<u8>, Sum), PackageError> {
    let failed = |error: ZipError| PackageError::new(path, Wrong::Unreadable(error.to_string()));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let sum = read(entries, |name, executable, bytes| {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL))
            .last_modified_time(DateTime::default())
            .unix_permissions(if executable { 0o755 } else { 0o644 });
        writer.start_file(name, options).map_err(failed)?;
        writer.write_all(bytes).map_err(|error| failed(error.into()))
    })?;
    let bytes = writer.finish().map_err(failed)?.into_inner();
    Ok((bytes, sum))
}
