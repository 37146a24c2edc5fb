// Opens a page of the preview, changes its post ROUNDS times, and prints after how many milliseconds each change is shown.
"use strict";
const fs = require("fs");
const puppeteer = require("puppeteer");

const ROUNDS = 5;

(async () => {
  const [url, file, broken] = process.argv.slice(2);
  const browser = await puppeteer.launch({
    executablePath: process.env.PUPPETEER_EXECUTABLE_PATH, headless: true, args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    const shows = (words) => page.waitForFunction(
      (wanted) => document.getElementById("page").contentDocument?.body?.innerText.includes(wanted),
      { polling: 10, timeout: 60000 }, words,
    );
    await shows("begin");
    const times = [];
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      fs.appendFileSync(file, `\nchange ${round}.\n`);
      await shows(`change ${round}.`);
      times.push(Math.round(performance.now() - start));
    }
    fs.writeFileSync(broken, "");
    await page.waitForFunction(
      () => !document.getElementById("problems").hidden, { polling: 10, timeout: 60000 },
    );
    const problems = await page.$eval("#problems", (box) => box.innerText);
    console.log(JSON.stringify({ times, problems, title: await page.title(), path: new URL(page.url()).pathname }));
  } finally {
    await browser.close();
  }
})().catch((error) => { console.error(error); process.exit(1); });
