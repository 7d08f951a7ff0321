//! Where things are in the workspace and below the target directory.

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").into()
}

/// The committed figures.
pub(crate) fn figures() -> PathBuf {
    workspace().join("docs/figures")
}

/// The document with the committed measurement.
pub(crate) fn benchmarks() -> PathBuf {
    workspace().join("docs/benchmarks.md")
}

/// The source code of the peers.
pub(crate) fn peers() -> PathBuf {
    workspace().join("peers")
}

/// The directory that cargo builds into.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from)
}

/// Everything that is built, installed or drawn for the peers: `peers` in the target directory.
pub(crate) fn made_for_peers() -> PathBuf {
    target().join("peers")
}
