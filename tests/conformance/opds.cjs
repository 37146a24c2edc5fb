// Has a page with Foliate's reader of OPDS fetch what is new in a catalogue; prints title, path and hash of each book.
"use strict";
const puppeteer = require("puppeteer");

(async () => {
  const [server, catalogue, known] = process.argv.slice(2);
  const browser = await puppeteer.launch({ args: ["--no-sandbox", "--disable-background-networking"], timeout: 180000 });
  try {
    const page = await browser.newPage();
    await page.goto(`${server}/opds.html`);
    await page.waitForFunction(() => window.sync);
    const got = await page.evaluate((address, has) => window.sync(address, has), `${server}/${catalogue}`, JSON.parse(known));
    console.log(JSON.stringify(got));
  } finally {
    await browser.close();
  }
})().catch((error) => { console.error(error); process.exit(1); });
