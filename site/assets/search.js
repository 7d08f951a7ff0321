// Finds the sections of the documents and the items of the code that have all words of a query.
"use strict";

const field = document.querySelector("header input[name=q]");
const count = document.getElementById("count");
const results = document.getElementById("results");
const all = document.getElementById("all");

const MOST = 40;
const ENTRIES = INDEX.map(([url, page, title, text, level]) => ({
  url, page, title, text, level, lowTitle: title.toLowerCase(), lowText: text.toLowerCase(),
}));

// What a word is worth in an entry: any title counts more than any text. 0 if the entry does not have the word.
function worth(word, entry) {
  const at = entry.lowTitle.indexOf(word);
  const times = Math.min(9, entry.lowText.split(word).length - 1);
  if (at < 0) return times;
  const startsWord = at === 0 || !/[\p{L}\p{N}]/u.test(entry.lowTitle[at - 1]);
  return (entry.lowTitle === word ? 100 : startsWord ? 40 : 20) + times;
}

// The entries that have all words, the best first. Where the worth is equal, their order in the index decides.
function find(query) {
  const words = query.toLowerCase().split(/[\s:]+/).filter(Boolean);
  if (!words.length) return [];
  const found = [];
  for (const entry of ENTRIES) {
    const each = words.map((word) => worth(word, entry));
    if (each.includes(0)) continue;
    const ofTitle = { 0: 5, 1: 6, 2: 3 }[entry.level] ?? 0;
    const whole = words.length > 1 && entry.lowTitle.includes(words.join(" ")) ? 50 : 0;
    found.push({ entry, score: each.reduce((sum, one) => sum + one, ofTitle + whole) });
  }
  return found.sort((a, b) => b.score - a.score).map(({ entry }) => entry);
}

function element(name, text, inside = []) {
  const made = document.createElement(name);
  made.append(text, ...inside);
  return made;
}

// The text around the first word of a query, with all its words marked.
function excerpt(entry, words) {
  const first = Math.max(0, Math.min(...words.map((w) => entry.lowText.indexOf(w)).filter((at) => at >= 0)));
  const start = Number.isFinite(first) ? Math.max(0, entry.text.lastIndexOf(" ", Math.max(0, first - 60)) + 1) : 0;
  const shown = (start > 0 ? "… " : "") + entry.text.slice(start, start + 200);
  const escaped = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|\/]/g, "\\$&")).join("|");
  const parts = shown.split(new RegExp(`(${escaped})`, "giu"));
  return element("p", "", parts.map((part, i) => (i % 2 ? element("mark", part) : part)));
}

function show() {
  const query = field.value.trim();
  const found = find(query);
  const words = query.toLowerCase().split(/[\s:]+/).filter(Boolean);
  all.hidden = words.length > 0;
  const more = found.length > MOST ? `, the first ${MOST} of which are shown` : "";
  count.textContent = words.length ? `${found.length} places${more}` : "";
  results.replaceChildren(...found.slice(0, MOST).map((entry) => {
    const link = element("a", entry.level ? entry.title : "", entry.level ? [] : [element("code", entry.title)]);
    link.href = entry.url;
    const place = entry.page === entry.title ? [] : [" ", element("small", entry.page)];
    return element("li", link, [...place, excerpt(entry, words)]);
  }));
  history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
}

// The arrows move through the results, Enter in the field opens the first.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [field, ...results.querySelectorAll("a")];
  const at = stops.indexOf(document.activeElement);
  if (!step || at < 0 || !stops[at + step]) return;
  event.preventDefault();
  stops[at + step].focus();
});
field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  results.querySelector("a")?.click();
});
field.addEventListener("input", show);
field.value = new URLSearchParams(location.search).get("q") ?? "";
show();
field.focus();
