//! The pages of the site in a browser. These tests need Chromium and ChromeDriver, which `scripts/chromium.sh` installs:
//!
//! ```sh
//! scripts/chromium.sh && cargo test --workspace --test browser -- --ignored
//! ```

mod numbers;
mod pages;
mod site;
mod watch;
mod webdriver;
