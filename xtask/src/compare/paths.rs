//! Where things are: the peers' sources in the workspace, all that is made of them below the target directory.

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub(super) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").into()
}

/// The peers' sources.
pub(super) fn sources() -> PathBuf {
    workspace().join("peers")
}

/// Where cargo builds.
pub(super) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from)
}

/// What is built, installed or drawn for them: `target/peers`, wherever the target directory is.
pub(super) fn made() -> PathBuf {
    target().join("peers")
}

/// The document of the committed measurement.
pub(super) fn document() -> PathBuf {
    workspace().join("docs/benchmarks.md")
}
