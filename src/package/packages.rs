//! The packages of one run.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::LARGEST_DIRECT;
use super::archive::archive;
use super::directory::{of_directory, of_file};
use super::entries::{Contents, Entries, Entry, read};
use super::error::{PackageError, Wrong};
use super::zipped::of_archive;

/// Code that can be given to Lambda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// `sha256:` and the hexadecimal digest of its files' paths, contents and executable bits.
    pub digest: String,
    /// What its files come to, in bytes.
    pub size: u64,
    /// The paths of its files, in order, with `/` between names.
    pub files: Arc<[String]>,
}

/// The packages of one run: each place of code is read once, and archives are made when they are
/// asked for. Clones share what was read.
#[derive(Clone)]
pub struct Packages(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    largest_direct: u64,
    is_built: bool,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    by_place: BTreeMap<PathBuf, Result<Package, PackageError>>,
    by_digest: BTreeMap<String, Origin>,
}

#[derive(Clone)]
enum Origin {
    Place(PathBuf),
    Memory(Entries),
}

impl fmt::Debug for Packages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packages").field("folder", &self.0.folder).finish_non_exhaustive()
    }
}

impl Packages {
    /// No packages yet; paths are relative to `folder`, the manifest's.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self::with_limit(folder, LARGEST_DIRECT)
    }

    /// The same of code as it is before the manifest's builds have run.
    pub fn before_builds(folder: impl Into<PathBuf>) -> Self {
        let inner = Inner {
            folder: folder.into(),
            largest_direct: LARGEST_DIRECT,
            is_built: false,
            known: Mutex::default(),
        };
        Self(Arc::new(inner))
    }

    /// Whether the manifest's builds have run, so that code is as it will be.
    pub fn is_built(&self) -> bool {
        self.0.is_built
    }

    /// The same with another limit for archives that a call carries, in bytes.
    pub(crate) fn with_limit(folder: impl Into<PathBuf>, largest_direct: u64) -> Self {
        let (folder, known) = (folder.into(), Mutex::default());
        Self(Arc::new(Inner { folder, largest_direct, is_built: true, known }))
    }

    /// The package of a directory, a file or a `.zip`, which is read the first time.
    ///
    /// # Errors
    /// [`PackageError`], with the place below it that is wrong.
    pub fn add(&self, path: impl AsRef<Path>) -> Result<Package, PackageError> {
        let place = self.0.folder.join(path);
        let key = place.canonicalize().unwrap_or_else(|_| place.clone());
        if let Some(known) = self.known().by_place.get(&key) {
            return known.clone();
        }
        let package = entries_of(&place).and_then(|entries| package_of(&place, &entries));
        let mut known = self.known();
        if let Ok(package) = &package {
            known.by_digest.entry(package.digest.clone()).or_insert(Origin::Place(place));
        }
        known.by_place.insert(key, package.clone());
        package
    }

    /// The package of files that this program holds itself, by their names.
    ///
    /// # Errors
    /// Only where they are none or too large.
    pub fn embedded(&self, files: &[(&str, &str)]) -> Result<Package, PackageError> {
        let entry = |text: &str| {
            let contents = Contents::Bytes(text.as_bytes().to_vec());
            Entry { executable: false, contents }
        };
        let entries: Entries =
            files.iter().map(|(name, text)| ((*name).to_owned(), entry(text))).collect();
        let package = package_of(Path::new("(supplied)"), &entries)?;
        self.known().by_digest.insert(package.digest.clone(), Origin::Memory(entries));
        Ok(package)
    }

    /// The zip archive of the package with this digest, made now.
    ///
    /// # Errors
    /// In words: no such package was added, it cannot be read, or it is not the same any longer.
    pub fn archive(&self, digest: &str) -> Result<Vec<u8>, String> {
        let origin = self.known().by_digest.get(digest).cloned();
        let (path, entries) = match origin {
            None => return Err(format!("no code with the digest {digest} was read in this run")),
            Some(Origin::Memory(entries)) => (PathBuf::from("(supplied)"), Ok(entries)),
            Some(Origin::Place(path)) => (path.clone(), entries_of(&path)),
        };
        let made = entries.and_then(|entries| {
            let (bytes, sum) = archive(&path, &entries)?;
            let same = sum.digest == digest;
            if same { Ok(bytes) } else { Err(PackageError::new(&path, Wrong::Changed)) }
        });
        made.map_err(|error| format!("{error}. {}", error.remedy()))
    }

    /// Whether the package's archive is too large for a call to Lambda, so that it has to go
    /// through a bucket. Only packages that might be are packed to find out.
    ///
    /// # Errors
    /// As for [`archive`](Self::archive).
    pub fn needs_bucket(&self, package: &Package) -> Result<bool, String> {
        // A deflated file grows by 5 bytes a block of 16 KB at most; its name stands twice.
        let names: usize = package.files.iter().map(|name| 2 * name.len() + 200).sum();
        if package.size + package.size / 1_000 + names as u64 <= self.0.largest_direct {
            return Ok(false);
        }
        Ok(self.archive(&package.digest)?.len() as u64 > self.0.largest_direct)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn entries_of(place: &Path) -> Result<Entries, PackageError> {
    let metadata = place.metadata().map_err(|e| PackageError::unreadable(place, &e))?;
    let is_zip = place.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"));
    if metadata.is_dir() {
        of_directory(place)
    } else if !metadata.is_file() {
        Err(PackageError::new(place, Wrong::Special))
    } else if is_zip {
        of_archive(place)
    } else {
        of_file(place, &metadata)
    }
}

fn package_of(place: &Path, entries: &Entries) -> Result<Package, PackageError> {
    if entries.is_empty() {
        return Err(PackageError::new(place, Wrong::Empty));
    }
    let sum = read(entries, |_, _, _| Ok(()))?;
    let files = entries.keys().cloned().collect();
    Ok(Package { digest: sum.digest, size: sum.size, files })
}
