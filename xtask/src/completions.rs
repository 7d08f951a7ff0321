//! `cargo xtask completions`: scripts with which shells complete `cargo xtask`.
//!
//! A shell completes the words after `cargo`, and knows nothing of `xtask`, which is an alias of this
//! workspace. So each script has two parts: the completions of a program `xtask`, which clap writes, and the
//! way from `cargo xtask` to them.

use clap::Command;

use crate::print::say;

/// A shell that can complete `cargo xtask` beside everything else that it completes for cargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// Bash, from version 4 on.
    Bash,
    /// fish.
    Fish,
    /// Zsh.
    Zsh,
}

impl Shell {
    /// All shells.
    pub const ALL: [Shell; 3] = [Shell::Bash, Shell::Fish, Shell::Zsh];

    /// Returns the name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Shell::Bash => "bash",
            Shell::Fish => "fish",
            Shell::Zsh => "zsh",
        }
    }
}

/// What to do with the script, for `--help`.
pub(crate) const INSTALL: &str = "To use it in every new session:
  bash  cargo xtask completions bash > ~/.xtask.bash
        echo 'source ~/.xtask.bash' >> ~/.bashrc
  fish  cargo xtask completions fish > ~/.config/fish/conf.d/xtask.fish
  zsh   cargo xtask completions zsh > ~/.xtask.zsh
        echo 'source ~/.xtask.zsh' >> ~/.zshrc    (after compinit)";

/// Prints the script of a shell for this command line.
///
/// # Errors
/// One line, when standard output cannot take the text.
pub fn run(shell: Shell, command: &Command) -> Result<(), String> {
    say(script(shell, command).trim_end())
}

fn script(shell: Shell, command: &Command) -> String {
    use clap_complete::Shell::{Bash, Fish, Zsh};
    // Hidden tasks are for programs, which need no completion.
    let tasks = command.get_subcommands().filter(|task| !task.is_hide_set()).cloned();
    let xtask = Command::new("xtask").about("Runs a task of this workspace").subcommands(tasks);
    match shell {
        Shell::Bash => generate(Bash, xtask, "xtask") + BASH,
        Shell::Zsh => generate(Zsh, xtask, "xtask") + ZSH,
        // fish adds completions of cargo to those that it has.
        Shell::Fish => {
            let cargo = Command::new("cargo").disable_help_flag(true).disable_help_subcommand(true);
            generate(Fish, cargo.subcommand(xtask), "cargo")
        }
    }
}

fn generate(shell: clap_complete::Shell, mut command: Command, name: &str) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    String::from_utf8(script).expect("clap writes text")
}

/// Gives the words after `cargo` to `_xtask`, and those of every other command to the function that rustup
/// installs. That is loaded first, because it would take the place of this one later.
const BASH: &str = r#"
_cargo_xtask() {
    if [[ ${COMP_WORDS[1]} == xtask && ${COMP_CWORD} -gt 1 ]]; then
        COMP_WORDS=("${COMP_WORDS[@]:1}")
        COMP_CWORD=$((COMP_CWORD - 1))
        _xtask xtask "$2" "$3"
    elif declare -F _cargo > /dev/null; then
        _cargo "$@"
    elif [[ ${COMP_CWORD} -eq 1 ]]; then
        COMPREPLY=($(compgen -W xtask -- "$2"))
    fi
}
if ! declare -F _cargo > /dev/null && declare -F _completion_loader > /dev/null; then
    _completion_loader cargo
fi
complete -F _cargo_xtask -o bashdefault -o default cargo
"#;

/// The function that rustup installs calls the one of this name for the words after `cargo xtask`.
const ZSH: &str = r#"
_cargo-xtask() {
    _xtask "$@"
}
"#;
