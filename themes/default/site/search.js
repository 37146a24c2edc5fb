// Searches the editions of this site in the browser: see docs/html.md. It reads a few small files, and sends nothing.
//
// A list of terms says which editions may have all of them; the texts of these are looked through, the newest first.
"use strict";

(() => {
  const form = document.getElementById("search");
  const results = document.getElementById("results");
  const query = document.getElementById("query");
  const folder = form.dataset.index;
  const PAGE = 20; // results that are shown at once
  const AROUND = 60; // characters before and behind what was found
  // As in catalogues/site/search.py: marks that nobody asks for, and scripts that are cut into pairs of characters.
  const MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/gu;
  const SQUARES =
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\u{20000}-\u{3ffff}";
  const PIECES = new RegExp(`[${SQUARES}]+|(?:(?![${SQUARES}])[\\p{L}\\p{N}])+`, "gu");
  const SQUARE = new RegExp(`^[${SQUARES}]`, "u");

  const kept = new Map();
  let asked = 0; // the number of the newest search: what belongs to an older one is dropped

  function load(name) {
    if (!kept.has(name)) {
      const loading = fetch(folder + name).then((answer) => {
        if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
        return answer.json();
      });
      kept.set(name, loading);
      loading.catch(() => kept.delete(name));
    }
    return kept.get(name);
  }

  const fold = (text) => text.normalize("NFKD").replace(MARKS, "").normalize("NFC").toLowerCase();

  // The terms of a search, each with whether it may be the beginning of a longer one.
  function termsOf(text) {
    const terms = [];
    for (const [piece] of text.matchAll(PIECES)) {
      const characters = [...piece];
      if (!SQUARE.test(piece)) {
        if (characters.length > 1) terms.push([characters.slice(0, 40).join(""), true]);
      } else if (characters.length === 1) terms.push([piece, false]);
      else for (let at = 1; at < characters.length; at++) terms.push([characters[at - 1] + characters[at], false]);
    }
    return terms;
  }

  async function editionsWith([term, begins], size) {
    const [first, second] = [...term];
    const place = (first.codePointAt(0) * 31 + (second ? second.codePointAt(0) : 0)) % size;
    const list = await load(`terms-${place}.json`);
    if (!begins) return new Set(Object.hasOwn(list, term) ? list[term] : []);
    const found = new Set();
    for (const [word, numbers] of Object.entries(list)) if (word.startsWith(term)) numbers.forEach((n) => found.add(n));
    return found;
  }

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) if (value) made.setAttribute(key, value);
    return made;
  }

  // What stands around the first word that was found, as nodes: text is never markup.
  function excerpt(text, words) {
    const plain = text.toLowerCase();
    const found = words.map((word) => [plain.indexOf(word), word]).filter(([at]) => at >= 0);
    const line = element("p", "");
    const [at, word] = found.length ? found.reduce((one, other) => (other[0] < one[0] ? other : one)) : [0, ""];
    const start = Math.max(0, at - AROUND);
    line.append(`${start ? "…" : ""}${text.slice(start, at)}`);
    if (word) line.append(element("mark", text.slice(at, at + word.length)));
    const end = at + word.length + AROUND;
    line.append(`${text.slice(at + word.length, end)}${end < text.length ? "…" : ""}`);
    return line;
  }

  function shown([title, href, text, language, direction], edition, words) {
    const item = element("li", "", { lang: language, dir: direction });
    item.append(element("a", title, { href }), element("small", edition), excerpt(text, words));
    return item;
  }

  async function* matches(head, words, numbers) {
    for (const number of numbers) {
      const [key, title] = head.editions[number];
      for (const post of await load(`texts-${encodeURIComponent(key)}.json`)) {
        const text = fold(`${post[0]}\n${post[2]}`);
        if (words.every((word) => text.includes(word))) yield shown(post, title, words);
      }
    }
  }

  async function candidates(head, terms) {
    const sets = await Promise.all(terms.map((term) => editionsWith(term, head.lists)));
    return head.editions.map((_, number) => number).filter((number) => sets.every((set) => set.has(number)));
  }

  async function more(found, list, number) {
    const button = element("button", form.dataset.more, { type: "button" });
    for (let count = 0; count < PAGE; count++) {
      const { done, value } = await found.next();
      if (number !== asked) return;
      if (done) return void (list.children.length || results.replaceChildren(element("p", form.dataset.nothing)));
      list.append(value);
    }
    results.append(button);
    button.addEventListener("click", () => (button.remove(), more(found, list, number)));
  }

  async function search(text) {
    const number = ++asked;
    const words = fold(text).split(/\s+/u).filter(Boolean);
    const terms = termsOf(words.join(" "));
    results.hidden = !words.length;
    if (!words.length) return;
    results.replaceChildren(element("p", form.dataset.searching));
    try {
      const head = await load("index.json");
      const numbers = terms.length ? await candidates(head, terms) : [];
      if (number !== asked) return;
      const list = element("ol", "");
      results.replaceChildren(list);
      await more(matches(head, words, numbers), list, number);
    } catch {
      if (number === asked) results.replaceChildren(element("p", form.dataset.failed));
    }
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", query.value ? `?q=${encodeURIComponent(query.value)}` : location.pathname);
    search(query.value);
  });
  query.value = new URLSearchParams(location.search).get("q") || "";
  if (query.value) search(query.value);
})();
