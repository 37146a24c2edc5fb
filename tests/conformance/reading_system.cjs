// Opens a book in an EPUB reader library in a headless browser and prints what is there as JSON.
//
//   node reading_system.cjs ADDRESS BOOK FOLDER WIDTHxHEIGHT[:dark]...
//
// ADDRESS serves this folder's page and libraries, and BOOK. A picture of every chapter goes to FOLDER.

const path = require("node:path");
const puppeteer = require("puppeteer");

const [address, book, folder, ...screens] = process.argv.slice(2);

async function main() {
  const browser = await puppeteer.launch({ args: ["--no-sandbox", "--disable-background-networking"], timeout: 180000 });
  const answers = [];
  for (const screen of screens) {
    const [, width, height, dark] = /^(\d+)x(\d+)(:dark)?$/.exec(screen);
    const page = await browser.newPage();
    const failures = [];
    page.on("requestfailed", (request) => failures.push(request.url()));
    await page.setViewport({ width: Number(width), height: Number(height) });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
    await page.goto(`${address}/reading_system.html`);
    const answer = await page.evaluate((url, dark) => open(url, dark), `${address}/${book}`, Boolean(dark));
    answer.chapters = {};
    for (const href of answer.spine) {
      answer.chapters[href] = await page.evaluate((href) => show(href), href);
      const name = `${path.basename(href, ".xhtml")}-${screen.replace(":", "-")}.png`;
      await page.screenshot({ path: path.join(folder, name) });
    }
    answers.push({ screen, failures, ...answer });
    await page.close();
  }
  await browser.close();
  console.log(JSON.stringify(answers));
}

main();
