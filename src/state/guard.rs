//! sled behind a guard: its failures told apart, its panics caught.

use std::any::Any;
use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Once;

use super::StateError;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Calls sled. Where it fails or panics on what it finds in `path`, that is an error.
pub(super) fn guarded<T>(
    path: &Path,
    call: impl FnOnce() -> Result<T, sled::Error>,
) -> Result<T, StateError> {
    silence();
    QUIET.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(call));
    QUIET.set(false);
    match outcome {
        Ok(result) => result.map_err(|error| told_apart(path, &error)),
        Err(panic) => Err(StateError::damaged(path, said(&*panic))),
    }
}

fn told_apart(path: &Path, error: &sled::Error) -> StateError {
    const CONTENT: [ErrorKind; 3] =
        [ErrorKind::UnexpectedEof, ErrorKind::InvalidData, ErrorKind::InvalidInput];
    match error {
        sled::Error::Io(error) if !CONTENT.contains(&error.kind()) => {
            // sled turns the system's errors into debug output when it passes them on.
            let plain = io::Error::from(error.kind());
            StateError::io(
                "write",
                path,
                if error.raw_os_error().is_some() { error } else { &plain },
            )
        }
        other => StateError::damaged(path, other),
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.map_or_else(|| "sled gave up".to_owned(), |text| format!("sled gave up: {text}"))
}

/// Keeps the messages of panics that are caught here off the terminal; others go where they went.
fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_damage() {
        let outcome = guarded(Path::new("/s"), || -> Result<(), _> { panic!("page {}", 7) });
        let error = StateError::damaged(Path::new("/s"), "sled gave up: page 7");
        assert_eq!(outcome, Err(error));
    }

    #[test]
    fn a_full_disk_is_no_damage() {
        let full = || Err::<(), _>(sled::Error::Io(io::Error::from(ErrorKind::StorageFull)));
        assert!(matches!(guarded(Path::new("/s"), full), Err(StateError::DiskFull { .. })));
        let cut = || Err::<(), _>(sled::Error::Io(io::Error::from(ErrorKind::UnexpectedEof)));
        assert!(matches!(guarded(Path::new("/s"), cut), Err(StateError::Damaged { .. })));
    }
}
