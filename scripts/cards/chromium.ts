// Pictures and contrasts, where a Chromium is installed.
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import * as z from "zod";

const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Undefined where none is installed. */
export const chromiumPath = (): string | undefined => PLACES.find((path) => path !== undefined && existsSync(path));

export const openChromium = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

const contrastsSchema = z.array(z.object({ text: z.string(), ratio: z.number() }));
export type Contrast = z.infer<typeof contrastsSchema>[number];

/** The contrast (WCAG 2.2) of every text that can be seen, the weakest first; `contrast.js` must be in the page. */
export async function contrasts(page: Page): Promise<readonly Contrast[]> {
  const found = contrastsSchema.parse(await page.evaluate("contrasts()"));
  return found.toSorted((a, b) => a.ratio - b.ratio);
}
