// Draws every page of a PDF with pdf.js in a headless browser, and prints the text of each as JSON.
//
//   node pdf_reader.cjs ADDRESS FILE FOLDER DOTS
//
// ADDRESS serves this folder's page and libraries, and FILE. Pictures go to FOLDER, with so many DOTS in an inch.

const fs = require("node:fs");
const path = require("node:path");
const puppeteer = require("puppeteer");

const [address, file, folder, dots] = process.argv.slice(2);

async function main() {
  const browser = await puppeteer.launch({ args: ["--no-sandbox", "--disable-background-networking"], timeout: 180000 });
  const page = await browser.newPage();
  await page.goto(`${address}/pdf_reader.html`);
  await page.waitForFunction("window.ready", { timeout: 60_000 });
  const pages = await page.evaluate((url) => open(url), `${address}/${file}`);
  const texts = [];
  for (let number = 1; number <= pages; number++) {
    const picture = await page.evaluate((number, scale) => draw(number, scale), number, Number(dots) / 72);
    fs.writeFileSync(path.join(folder, `pdfjs${String(number).padStart(4, "0")}.png`), Buffer.from(picture, "base64"));
    texts.push(await page.evaluate((number) => text(number), number));
  }
  await browser.close();
  console.log(JSON.stringify(texts));
}

main();
