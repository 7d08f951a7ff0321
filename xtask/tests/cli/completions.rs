//! `cargo xtask completions`: scripts that shells can read, and that complete what the command line takes.

use std::process::Command;

use crate::{fail, succeed};

const SHELLS: [&str; 3] = ["bash", "fish", "zsh"];

#[test]
fn every_script_knows_every_task_but_those_for_programs() {
    for shell in SHELLS {
        let script = succeed(&format!("completions {shell}")).stdout;
        let help = succeed("--help").stdout;
        let lines =
            help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        // The other lines are the rests of wrapped ones.
        let first = lines.filter(|line| !line.starts_with("   ") && !line.starts_with("  help"));
        let tasks: Vec<&str> = first.filter_map(|line| line.split_whitespace().next()).collect();
        assert!(tasks.contains(&"figures") && tasks.contains(&"ci"), "{help}");
        for task in tasks {
            // As the script of each shell names a task that can be completed.
            let named = match shell {
                "fish" => script.contains(&format!("-a \"{task}\"")),
                "zsh" => script.contains(&format!("\n'{task}:")),
                _ if !has_bash() => script.contains(task),
                _ => bash("", "cargo xtask ").iter().any(|offered| offered == task),
            };
            assert!(named, "{shell}: no {task}");
        }
        assert!(script.contains("linear-regression"), "{shell}: no values of options");
        assert!(!script.contains("answer"), "{shell}");
    }
}

#[test]
fn a_shell_without_a_script_is_answered_with_those_that_have_one() {
    let line = fail(2, "completions csh");
    assert!(line.contains("expected one of bash, fish, zsh"), "{line}");
}

/// Whether there is a bash to try its script with. A machine with nothing but Rust may have none.
fn has_bash() -> bool {
    let found = Command::new("bash").arg("--version").output().is_ok();
    if !found {
        eprintln!("bash is not installed, so its completions are not tried");
    }
    found
}

/// What bash offers for the last of these words, after it has read the script.
fn bash(before: &str, words: &str) -> Vec<String> {
    let script = succeed("completions bash").stdout;
    let complete = format!(
        "{before}\n{script}\nCOMP_WORDS=({words}); COMP_CWORD=$(({} - 1))\n\
         _cargo_xtask cargo \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD - 1]}}\"\n\
         echo \"${{COMPREPLY[@]}}\"",
        words.split(' ').count(),
    );
    let output = Command::new("bash").args(["--norc", "-c", &complete]).output().expect("bash is installed");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && error.is_empty(), "{error}");
    String::from_utf8(output.stdout).unwrap().split_whitespace().map(str::to_string).collect()
}

#[test]
#[cfg(unix)]
fn bash_completes_tasks_options_and_values_and_leaves_the_rest_to_cargo() {
    if !has_bash() {
        return;
    }
    assert_eq!(bash("", "cargo xtask fig"), ["figures"]);
    assert_eq!(bash("", "cargo xtask figures --lear"), ["--learning-rate"]);
    assert_eq!(bash("", "cargo xtask figures --only lin"), ["linear-regression", "linear-classification"]);
    assert_eq!(bash("", "cargo xt"), ["xtask"]);
    let of_cargo = "_cargo() { COMPREPLY=(\"cargo's own: $2\"); }";
    assert_eq!(bash(of_cargo, "cargo buil").join(" "), "cargo's own: buil");
    assert_eq!(bash(of_cargo, "cargo xtask comp"), ["compare", "completions"]);
}
