//! Describes the machine and the date of a measurement.

use std::fs;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// Returns one statement per line.
pub(crate) fn describe() -> Vec<String> {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let (model, simd) = processor(&processors);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut lines = vec![
        format!("Date: {}", date(SystemTime::now())),
        format!("CPU: {model} ({simd}), {cores} cores that this process may use"),
    ];
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    if let Some(load) = load.split_whitespace().next() {
        lines.push(format!("Load when it began (processes running, average of a minute): {load}"));
    }
    lines.push(format!("System: {}", system(std::env::consts::OS, &first_line_of("uname", &["-r"]))));
    lines.push(format!("Compiler: {}", first_line_of("rustc", &["--version"])));
    lines
}

/// The model and the widest vector instructions, from the text of /proc/cpuinfo.
fn processor(text: &str) -> (String, &'static str) {
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    };
    let model = if field("model name").is_empty() { std::env::consts::ARCH } else { field("model name") };
    let has = |flag: &str| field("flags").split_whitespace().any(|word| word == flag);
    let simd = if has("avx512f") {
        "AVX-512"
    } else if has("avx2") {
        "AVX2"
    } else {
        "neither AVX2 nor AVX-512"
    };
    let family = field("cpu family");
    let family = if family.is_empty() {
        String::new()
    } else {
        format!(", family {family} model {}", field("model\t"))
    };
    (format!("{model}{family}"), simd)
}

/// The system and its version, without the suffix of a distribution or a provider.
fn system(name: &str, release: &str) -> String {
    let version = release.split(|c: char| !(c.is_ascii_digit() || c == '.')).next().unwrap_or_default();
    format!("{name} {version}").trim_end().to_string()
}

/// The day in UTC, such as 2025-01-31.
fn date(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |duration| duration.as_secs());
    let mut days = seconds / 86_400;
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    format!("{year}-{:02}-{:02}", month + 1, days + 1)
}

/// The first line that a program prints, or `unknown`.
fn first_line_of(program: &str, arguments: &[&str]) -> String {
    let output =
        Command::new(program).args(arguments).output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or("unknown").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn dates() {
        let at = |seconds| date(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01");
        assert_eq!(at(951_782_400), "2000-02-29");
        assert_eq!(at(1_735_689_599), "2024-12-31");
        assert_eq!(at(1_735_689_600), "2025-01-01");
    }

    #[test]
    fn a_system_is_named_without_the_suffix_of_its_kernel() {
        assert_eq!(system("linux", "6.12.8-some-cloud+"), "linux 6.12.8");
        assert_eq!(system("macos", "24.1.0"), "macos 24.1.0");
        assert_eq!(system("linux", "unknown"), "linux");
    }

    #[test]
    fn a_processor_is_described_even_if_nothing_is_known() {
        let text = "cpu family\t: 26\nmodel\t\t: 2\nmodel name\t: AMD EPYC\nflags\t\t: sse2 avx2 avx512f\n";
        assert_eq!(processor(text), ("AMD EPYC, family 26 model 2".into(), "AVX-512"));
        assert_eq!(processor(&text.replace("avx512f", "")).1, "AVX2");
        assert_eq!(processor("").0, std::env::consts::ARCH);
    }
}
