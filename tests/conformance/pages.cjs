// Opens pages in a headless browser on screens of several sizes; prints what axe-core and the browser say of them as JSON.
//
//   node pages.cjs ADDRESS WIDTHxHEIGHT[:dark],... FOLDER URL...
//
// ADDRESS serves the pages. A picture of each goes to FOLDER, where it is not empty.

const path = require("node:path");
const puppeteer = require("puppeteer");
const axe = require("axe-core");

const [address, screens, folder, ...urls] = process.argv.slice(2);

async function look(browser, url, screen) {
  const [, width, height, dark] = /^(\d+)x(\d+)(:dark)?$/.exec(screen);
  const page = await browser.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("requestfailed", (request) => said.push(`${request.url()}: ${request.failure().errorText}`));
  await page.setViewport({ width: Number(width), height: Number(height) });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.goto(`${address}/${url}`, { waitUntil: "networkidle0", timeout: 120000 });
  const answer = await page.evaluate(() => ({
    overflow: document.documentElement.scrollWidth - innerWidth,
    broken: [...document.images].filter((one) => !one.naturalWidth && one.loading !== "lazy").map((one) => one.alt),
    ground: getComputedStyle(document.body).backgroundColor,
    found: [...document.querySelectorAll("#results li a")].map((one) => one.textContent),
  }));
  if (folder) {
    const name = `${decodeURIComponent(url).replace(/[^\w.-]+/g, "-")}-${screen.replace(":", "-")}.png`;
    await page.screenshot({ path: path.join(folder, name) });
  }
  // What the debugger runs is not bound by the policy of the page.
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  const violations = found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`));
  await page.close();
  return { url, screen, said, violations, ...answer };
}

async function main() {
  const browser = await puppeteer.launch({ args: ["--no-sandbox", "--disable-background-networking"], timeout: 180000, protocolTimeout: 600000 });
  const answers = [];
  for (const url of urls) for (const screen of screens.split(",")) answers.push(await look(browser, url, screen));
  await browser.close();
  console.log(JSON.stringify(answers));
}

main();
