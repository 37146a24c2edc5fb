// Opens a page of the preview, changes its post some times, and prints after how many milliseconds each change is shown.
"use strict";
const fs = require("fs");
const puppeteer = require("puppeteer");

const PATIENCE = 120000; // milliseconds: whether it comes at all is asked here, on machines that have other work, too

/** Reads the stream of events beside the browser until a state of the site has followed the first. */
async function followed(address) {
  const ids = new Set();
  const ended = new AbortController();
  const answer = await fetch(address, { signal: ended.signal });
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    for (const [, id] of chunk.matchAll(/^id: (.*)$/gm)) ids.add(id);
    if (ids.size > 1) break;
  }
  ended.abort();
}

(async () => {
  const [url, file, broken, rounds] = process.argv.slice(2);
  const browser = await puppeteer.launch({
    executablePath: process.env.PUPPETEER_EXECUTABLE_PATH, headless: true, args: ["--no-sandbox"], timeout: PATIENCE, protocolTimeout: PATIENCE,
  });
  try {
    const page = await browser.newPage();
    const shows = (words) => page.waitForFunction(
      (wanted) => document.getElementById("page").contentDocument?.body?.innerText.includes(wanted),
      { polling: 10, timeout: PATIENCE }, words,
    );
    // A change that comes before the page has come must not leave the window empty.
    let isHeld = false;
    await page.setRequestInterception(true);
    page.on("request", async (request) => {
      if (new URL(request.url()).pathname.startsWith("/page/") && !isHeld) {
        isHeld = true;
        const change = followed(new URL("/events", url));
        fs.appendFileSync(file, "\nearly change.\n");
        await change;
        await new Promise((done) => setTimeout(done, 500));
      }
      await request.continue().catch(() => {}); // the window has asked again
    });
    await page.goto(url, { timeout: PATIENCE });
    await shows("early change.");
    await page.setRequestInterception(false);
    const times = [];
    for (let round = 0; round < Number(rounds); round++) {
      const start = performance.now();
      fs.appendFileSync(file, `\nchange ${round}.\n`);
      await shows(`change ${round}.`);
      times.push(Math.round(performance.now() - start));
    }
    fs.writeFileSync(broken, "");
    await page.waitForFunction(
      () => !document.getElementById("problems").hidden, { polling: 10, timeout: PATIENCE },
    );
    const problems = await page.$eval("#problems", (box) => box.innerText);
    console.log(JSON.stringify({ times, problems, title: await page.title(), path: new URL(page.url()).pathname }));
  } finally {
    await browser.close();
  }
})().catch((error) => { console.error(error); process.exit(1); });
