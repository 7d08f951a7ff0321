#!/usr/bin/env bash
# Installs Chromium and ChromeDriver for the browser tests, unless they are there: Debian's packages, as root.
set -euo pipefail
if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then
    exit 0
fi
explain() {
    echo "error: expected chromium and chromedriver on the PATH; $1" >&2
    echo "install both in the same version, with the system's packages or from https://googlechromelabs.github.io/chrome-for-testing/" >&2
    exit 1
}
command -v apt-get >/dev/null || explain "this system has no apt-get to install them with"
[ "$(id -u)" -eq 0 ] || explain "to install Debian's packages run this script as root: sudo $0"
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install --quiet --yes chromium chromium-driver; }
# The lists of packages may be there already, or too old.
install || { apt-get update --quiet && install; } || explain "apt-get could not install chromium and chromium-driver"
