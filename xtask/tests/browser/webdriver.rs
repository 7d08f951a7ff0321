//! A small client of ChromeDriver: JSON over HTTP, as <https://www.w3.org/TR/webdriver2/> has it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// A Chromium without a window, and the ChromeDriver that steers it. Both end when it is dropped.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    /// Starts both, with a window of this size.
    pub(crate) fn start(width: u32, height: u32) -> Self {
        let driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn();
        let driver = driver.expect("ChromeDriver, which scripts/chromium.sh installs");
        // From here on the driver ends when the browser is dropped, also by a panic.
        let mut browser = Browser { driver, port: 0, session: String::new() };
        let said = BufReader::new(browser.driver.stdout.take().expect("its output is piped")).lines();
        let port = said.map_while(Result::ok).find_map(|line| {
            let port = line.strip_prefix("ChromeDriver was started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        browser.port = port.expect("ChromeDriver says its port");
        let options = json!({ "args": [
            "--headless=new",
            // Containers have no user but root, who may not use the sandbox.
            "--no-sandbox",
            "--disable-gpu",
            // Shared memory of a container may be too small for a page.
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ]});
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let answer = browser.ask("POST", "/session", &json!({ "capabilities": { "alwaysMatch": wanted } }));
        browser.session = answer["sessionId"].as_str().expect("a session").to_string();
        browser.resize(width, height);
        browser
    }

    /// Gives pages a viewport of this size. A window could not be as narrow as a phone.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let screen =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", screen);
    }

    /// Sets what pages see of the reader's wishes, such as prefers-color-scheme.
    pub(crate) fn prefer(&self, feature: &str, value: &str) {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features);
    }

    /// Lets pages run no scripts. Those of the tests still run.
    pub(crate) fn disable_scripts(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    }

    /// Opens a file, with a fragment such as `#top` or without.
    pub(crate) fn open(&self, file: &Path, fragment: &str) {
        // Another fragment alone would not load the page again.
        self.post("/url", &json!({ "url": "about:blank" }));
        self.post("/url", &json!({ "url": format!("file://{}{fragment}", file.display()) }));
    }

    /// Runs the body of a function and returns what it returns.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Presses keys at an element.
    pub(crate) fn press(&self, selector: &str, keys: &str) {
        let element = self.element(selector);
        self.post(&format!("/element/{element}/value"), &json!({ "text": keys }));
    }

    /// Clicks on an element.
    pub(crate) fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    /// Moves the mouse to a place of the viewport.
    pub(crate) fn point(&self, x: f64, y: f64) {
        let to = json!({ "type": "pointerMove", "duration": 0, "x": x.round(), "y": y.round() });
        let mouse = json!({ "type": "pointer", "id": "mouse", "actions": [to] });
        self.post("/actions", &json!({ "actions": [mouse] }));
    }

    /// The warnings and errors that the console has shown since the last call.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({ "type": "browser" }));
        let entries = log.as_array().expect("a list of entries").iter();
        let bad = entries.filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        bad.map(|entry| entry["message"].to_string()).collect()
    }

    /// Saves a picture of the whole page.
    pub(crate) fn screenshot(&self, path: &Path) {
        let settings = json!({ "captureBeyondViewport": true });
        let picture = self.devtools("Page.captureScreenshot", settings);
        let bytes = from_base64(picture["data"].as_str().expect("a picture"));
        std::fs::create_dir_all(path.parent().expect("a directory")).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn element(&self, selector: &str) -> String {
        let found = self.post("/element", &json!({ "using": "css selector", "value": selector }));
        found.as_object().and_then(|found| found.values().next()?.as_str()).expect("an element").to_string()
    }

    fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", &format!("/session/{}{path}", self.session), body)
    }

    /// Sends a request and returns the value of its answer. Panics with the message of an error.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let value = self.send(method, path, body).expect("ChromeDriver answers");
        assert!(value["error"].is_null(), "{method} {path}: {}", value["message"]);
        value
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> io::Result<Value> {
        let (mut stream, body) = (TcpStream::connect(("127.0.0.1", self.port))?, body.to_string());
        // A browser that hangs fails its test.
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes())?;
        let mut answer = BufReader::new(stream);
        let (mut line, mut length) = (String::from("the status"), 0);
        while !line.is_empty() {
            line.clear();
            answer.read_line(&mut line)?;
            line = line.trim().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        answer.read_exact(&mut body)?;
        Ok(serde_json::from_slice::<Value>(&body)?["value"].take())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Closes Chromium, which would outlive its driver. A test that has failed may have no session.
        let _ = self.send("DELETE", &format!("/session/{}", self.session), &json!({}));
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> = text.chars().filter_map(|c| DIGITS.find(c)).map(|digit| digit as u32).collect();
    let bytes = digits.chunks(4).flat_map(|group| {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bits.to_be_bytes()[1..group.len()].to_vec()
    });
    bytes.collect()
}
