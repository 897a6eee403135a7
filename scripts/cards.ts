// npm run cards: draws every kind of card, and the approval page, into .local/cards, for whoever changes one to look at.
// npm run cards -- --send: posts the test card to the configured webhook.
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { teams } from "../src/azure/teams.ts";
import { realClock } from "../src/local/stand-ins.ts";
import { Problem, Problems } from "../src/problems.ts";
import { cardOf, sizeOf } from "../src/response/card.ts";
import { readLaptopSettings } from "../src/settings.ts";
import { everyPage } from "../test/approvals/page-examples.ts";
import { everyTelling } from "../test/response/examples.ts";
import { chromiumPath, contrasts, openChromium } from "./cards/chromium.ts";
import { cardPage } from "./cards/page.ts";

const FOLDER = join(".local", "cards");
/** WCAG 2.2, 1.4.3. */
const LEAST_CONTRAST = 4.5;

const VIEWS = [
  { name: "light", width: 760, query: "?bare" },
  { name: "dark", width: 760, query: "?bare&theme=dark" },
  { name: "narrow", width: 360, query: "?bare" },
  { name: "narrow-dark-details", width: 360, query: "?bare&theme=dark&details" },
  { name: "details", width: 760, query: "?bare&details" },
] as const;

async function writePages(): Promise<readonly string[]> {
  await mkdir(FOLDER, { recursive: true });
  const renderer = createRequire(import.meta.url).resolve("adaptivecards/dist/adaptivecards.min.js");
  await copyFile(renderer, join(FOLDER, "adaptivecards.min.js"));
  await copyFile(join(import.meta.dirname, "cards", "contrast.js"), join(FOLDER, "contrast.js"));
  for (const { name, telling, context } of everyTelling) {
    const card = cardOf(telling, context);
    await writeFile(join(FOLDER, `${name}.json`), `${JSON.stringify(card, null, 2)}\n`);
    await writeFile(join(FOLDER, `${name}.html`), cardPage(name, card));
    console.log(`${name.padEnd(26)} ${String(sizeOf(card)).padStart(6)} bytes`);
  }
  for (const { name, page } of everyPage) await writeFile(join(FOLDER, `${name}.html`), page.html);
  return everyTelling.map(({ name }) => name);
}

const PAGE_VIEWS = [
  { name: "light", width: 900, colorScheme: "light", opened: false },
  { name: "dark", width: 900, colorScheme: "dark", opened: false },
  { name: "narrow", width: 360, colorScheme: "light", opened: true },
  { name: "narrow-dark", width: 360, colorScheme: "dark", opened: true },
] as const;

/** The approval page follows the browser's own theme, and has no script to say what is wrong with it. */
async function takePicturesOfPage(browser: Browser, name: string, view: (typeof PAGE_VIEWS)[number]) {
  const { colorScheme, width } = view;
  const page = await browser.newPage({ viewport: { width, height: 200 }, deviceScaleFactor: 1.5, colorScheme });
  await page.goto(pathToFileURL(join(FOLDER, `${name}.html`)).href);
  if (view.opened) await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  await page.addScriptTag({ path: join(FOLDER, "contrast.js") });
  const faults = await measured(page, width);
  await page.screenshot({ path: join(FOLDER, `${name}.${view.name}.png`), fullPage: true });
  await page.close();
  return faults.map((fault) => `${name}, ${view.name}: ${fault}`);
}

/** What a measure finds wrong with what is drawn. */
async function measured(page: Page, mostWide: number): Promise<readonly string[]> {
  const weak = (await contrasts(page)).filter(({ ratio }) => ratio < LEAST_CONTRAST);
  const width = Number(await page.evaluate("document.documentElement.scrollWidth"));
  return [
    ...weak.map(({ text, ratio }) => `contrast ${ratio.toFixed(2)}: ${text.slice(0, 60)}`),
    ...(width > mostWide ? [`wider than ${mostWide} px: ${width}`] : []),
  ];
}

/** What is wrong with a picture, in words; nothing where it is in order. */
async function takePicture(browser: Browser, name: string, view: (typeof VIEWS)[number]): Promise<readonly string[]> {
  const page = await browser.newPage({ viewport: { width: view.width, height: 200 }, deviceScaleFactor: 1.5 });
  const faults: string[] = [];
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  await page.goto(`${pathToFileURL(join(FOLDER, `${name}.html`)).href}${view.query}`);
  const complaints = await page.evaluate("window.complaints");
  if (Array.isArray(complaints)) faults.push(...complaints.map((complaint) => `renderer: ${String(complaint)}`));
  faults.push(...(await measured(page, view.width)));
  await page.screenshot({ path: join(FOLDER, `${name}.${view.name}.png`), fullPage: true });
  await page.close();
  return faults.map((fault) => `${name}, ${view.name}: ${fault}`);
}

async function takePictures(names: readonly string[]): Promise<number> {
  const path = chromiumPath();
  if (path === undefined) {
    console.log(
      `No Chromium was found, so there are no pictures: open ${FOLDER}/*.html in a browser, or set CHROMIUM.`,
    );
    return 0;
  }
  const browser = await openChromium(path);
  try {
    const faults: string[] = [];
    for (const name of names) for (const view of VIEWS) faults.push(...(await takePicture(browser, name, view)));
    for (const { name } of everyPage)
      for (const view of PAGE_VIEWS) faults.push(...(await takePicturesOfPage(browser, name, view)));
    for (const fault of faults) console.error(fault);
    const pictures = names.length * VIEWS.length + everyPage.length * PAGE_VIEWS.length;
    console.log(`${pictures} pictures in ${FOLDER}, ${faults.length} faults.`);
    return faults.length;
  } finally {
    await browser.close();
  }
}

async function send(): Promise<number> {
  const { cards } = readLaptopSettings();
  if (cards.webhookUrl === null) {
    console.error("TEAMS_WEBHOOK_URL is not set, so there is nowhere to send a card to.");
    return 2;
  }
  const test = everyTelling.find(({ name }) => name === "test")!;
  const options = { webhookUrl: cards.webhookUrl, hosts: cards.webhookHosts, budget: cards.budgetBytes };
  await teams({ ...options, clock: realClock }).post("test", cardOf(test.telling, test.context));
  console.log("The workflow took the test card. Whether Teams shows it is seen in the channel.");
  return 0;
}

const run = process.argv.includes("--send") ? send : async () => ((await takePictures(await writePages())) > 0 ? 1 : 0);
try {
  process.exitCode = await run();
} catch (error) {
  if (!(error instanceof Problem || error instanceof Problems)) throw error;
  console.error(error instanceof Problem ? `${error.message}\n  ${error.advice}` : error.message);
  process.exitCode = 2;
}
