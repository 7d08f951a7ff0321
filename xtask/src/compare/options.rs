//! The options of `cargo xtask compare`.

use std::path::PathBuf;

use clap::Args;

use super::contestant::{self, Contestant};
use super::work::Group;
use crate::json::Output;
use crate::values::{at_least_one, one_of};

/// Options of `cargo xtask compare`.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub struct CompareOptions {
    /// Measures two short rounds under two conditions; builds and installs nothing, and prints instead of writing
    #[arg(long, conflicts_with = "setup")]
    pub(super) quick: bool,
    /// Measures only nn and this peer, and prints instead of writing; can be repeated
    #[arg(long, value_name = "PEER", value_parser = one_of(contestant::peers().copied(), |peer| peer.id), hide_possible_values = true)]
    pub(super) only: Vec<Contestant>,
    /// Measures only this part of the works, and prints instead of writing; can be repeated
    #[arg(long, value_name = "PART", value_parser = one_of(Group::ALL, Group::name))]
    pub(super) works: Vec<Group>,
    /// Builds and installs the peers, and measures nothing
    #[arg(long, conflicts_with = "json")]
    pub(super) setup: bool,
    #[command(flatten)]
    pub(super) output: Output,
    /// Number of rounds through all programs [default: 3, or 2 with --quick]
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub(super) rounds: Option<usize>,
    /// Python with the packages of peers/requirements.txt, to use instead of a virtual environment in target/peers
    #[arg(long, value_name = "PATH")]
    pub(super) python: Option<PathBuf>,
    /// File to write to [default: docs/benchmarks.md]
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

fn after_help() -> String {
    let line = |peer: &Contestant| format!("  {:15}{}\n", peer.id, peer.title);
    let peers: String = contestant::peers().map(line).collect();
    format!("Peers:\n{peers}\n{EXAMPLES}")
}

const EXAMPLES: &str = "Examples:
  cargo xtask compare --setup    builds and installs the peers
  cargo xtask compare            measures, writes docs/benchmarks.md
  cargo xtask compare --quick    prints rough tables in a few minutes
  cargo xtask compare --quick --json > times.json
  cargo xtask compare --works epochs --works ensembles --rounds 1
  cargo xtask compare --quick --only jax --python venv/bin/python";
