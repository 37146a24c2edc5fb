// Opens pages in a headless browser on screens of several sizes, and prints what axe-core and the browser say of them as JSON.
//
//   node pages.cjs ADDRESS FOLDER WIDTHxHEIGHT[:dark],... URL...
//
// ADDRESS serves the libraries of this folder, and the pages. Where FOLDER is not empty, a picture of every page goes to it.

const path = require("node:path");
const puppeteer = require("puppeteer");

const [address, folder, screens, ...urls] = process.argv.slice(2);

async function look(browser, url, screen) {
  const [, width, height, dark] = /^(\d+)x(\d+)(:dark)?$/.exec(screen);
  const page = await browser.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("requestfailed", (request) => said.push(`${request.url()}: ${request.failure().errorText}`));
  await page.setBypassCSP(false);
  await page.setViewport({ width: Number(width), height: Number(height) });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.goto(`${address}/${url}`, { waitUntil: "networkidle0" });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const broken = await page.evaluate(() =>
    [...document.images].filter((one) => !one.complete || !one.naturalWidth).map((one) => one.alt),
  );
  if (folder) {
    const name = `${decodeURIComponent(url).replace(/[^\w.-]+/g, "-")}-${screen.replace(":", "-")}.png`;
    await page.screenshot({ path: path.join(folder, name), fullPage: Number(height) < 1000 ? false : false });
  }
  // The world of the debugger is not bound by the policy of the page.
  await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") }).catch(() => null);
  await page.close();
  return { url, screen, wide, broken, said };
}

async function main() {
  const browser = await puppeteer.launch({ args: ["--no-sandbox", "--disable-background-networking"] });
  const answers = [];
  for (const url of urls) for (const screen of screens.split(",")) answers.push(await look(browser, url, screen));
  await browser.close();
  console.log(JSON.stringify(answers));
}

main();
