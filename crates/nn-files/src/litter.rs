//! The names of temporary files, and the removal of those whose process is dead.
//!
//! A file in use must never be removed, so its process keeps it open and locked until it is renamed; the system ends the lock
//! with the process. The number of a process would prove nothing, because numbers are given again, and containers and hosts that
//! share a directory each have their own. A shared directory may keep its locks to each host. Therefore names also carry the host
//! and its start, and a file of another host counts as dead only when, besides, nobody has written it for a day.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

/// The age at which a file of another host is dead, if it is not locked.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// This host since its start, or nothing where it cannot be told.
static HOST: LazyLock<String> = LazyLock::new(|| {
    // Whoever shares a directory of Windows asks its server, which knows all open files.
    if cfg!(windows) {
        return "any".to_owned();
    }
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.chars().filter(char::is_ascii_hexdigit).take(16).collect()
});

/// A new name, which no file has, had or will have.
pub(crate) fn name() -> String {
    format!(".nn-{}-{:016x}.tmp", *HOST, RandomState::new().build_hasher().finish())
}

/// The host in the name of a temporary file, or `None` for any other file.
fn host(name: &str) -> Option<&str> {
    name.strip_prefix(".nn-")?.strip_suffix(".tmp")?.split_once('-').map(|(host, _)| host)
}

/// Removes the temporary files in a directory whose process is dead. What cannot be removed stays.
pub(crate) fn sweep(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let Some(host) = name.to_str().and_then(host) else { continue };
        if !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let Some(file) = take(&path) else { continue };
        if (!host.is_empty() && host == *HOST) || is_old(&file) {
            // While it is taken: a process that has just created it must not take it for its own.
            _ = fs::remove_file(&path);
        }
    }
}

fn is_old(file: &File) -> bool {
    let modified = file.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > A_DAY))
}

/// Marks a new file as in use. Returns `false` when a sweep has taken it in the moment since its creation.
#[cfg(not(windows))]
pub(crate) fn hold(file: &File, path: &Path) -> bool {
    match file.try_lock() {
        Ok(()) => path.exists(),
        Err(fs::TryLockError::WouldBlock) => false,
        // Where there are no locks, no sweep takes a file.
        Err(fs::TryLockError::Error(_)) => true,
    }
}

/// Opens a file unless it is in use. Some network file systems lock only what is open for writing.
#[cfg(not(windows))]
fn take(path: &Path) -> Option<File> {
    let file = OpenOptions::new().write(true).open(path).ok()?;
    file.try_lock().is_ok().then_some(file)
}

/// A file is in use as long as it is open. A lock would keep readers from the new file until it is closed.
#[cfg(windows)]
pub(crate) fn hold(_: &File, _: &Path) -> bool {
    true
}

/// Opens a file unless it is open elsewhere.
#[cfg(windows)]
fn take(path: &Path) -> Option<File> {
    use std::os::windows::fs::OpenOptionsExt;
    /// Others may remove the file, but neither read nor write it.
    const FILE_SHARE_DELETE: u32 = 4;
    OpenOptions::new().write(true).share_mode(FILE_SHARE_DELETE).open(path).ok()
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::temporary::Temporary;

    /// Creates a file as a dead process leaves it, last written some days ago.
    fn leave(directory: &Path, name: &str, days: u32) -> File {
        let file = File::create_new(directory.join(name)).unwrap();
        file.set_modified(SystemTime::now() - days * A_DAY).unwrap();
        file
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_in_use_stays_and_what_a_dead_process_left_goes() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        let live = Temporary::inside(directory).unwrap();
        let in_use = names(directory);
        // A system that cannot tell its start waits for a day.
        let days = if HOST.is_empty() { 2 } else { 0 };
        drop(leave(directory, &name(), days));
        assert_eq!(names(directory).len(), 2);
        sweep(directory);
        assert_eq!(names(directory), in_use);
        drop(live);
        assert!(names(directory).is_empty());
    }

    #[test]
    fn files_of_other_hosts_stay_for_a_day_and_longer_while_they_are_locked() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        drop(leave(directory, ".nn-0123456789abcdef-1.tmp", 0));
        let locked = leave(directory, ".nn-0123456789abcdef-2.tmp", 3);
        locked.lock().unwrap();
        drop(leave(directory, ".nn-0123456789abcdef-3.tmp", 2));
        // Older versions of nn wrote the number of the process.
        drop(leave(directory, ".nn-4711-0.tmp", 2));
        drop(leave(directory, ".nn--0.tmp", 0));
        sweep(directory);
        let left = [".nn--0.tmp", ".nn-0123456789abcdef-1.tmp", ".nn-0123456789abcdef-2.tmp"];
        assert_eq!(names(directory), left);
    }

    #[test]
    fn other_files_stay() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        let others = [".nn-notes.tmp", ".nn-4711-0.tmp~", "nn-4711-0.tmp", "model.safetensors"];
        others.iter().for_each(|name| drop(leave(directory, name, 9)));
        fs::create_dir(directory.join(".nn-4711-1.tmp")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("model.safetensors", directory.join(".nn-4711-2.tmp")).unwrap();
        let before = names(directory);
        sweep(directory);
        assert_eq!(names(directory), before);
    }

    #[test]
    fn a_file_that_a_sweep_has_taken_is_not_held() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name());
        let file = File::create_new(&path).unwrap();
        let taken = take(&path);
        if cfg!(windows) {
            assert!(taken.is_none(), "an open file is in use");
            return;
        }
        assert!(!hold(&file, &path), "the sweep has the lock");
        fs::remove_file(&path).unwrap();
        drop(taken);
        assert!(!hold(&file, &path), "the sweep has removed the file");
    }
}
