// The page in a real browser: Debian's Chromium, without which these tests are skipped. The soak leaves pictures in .local/approval.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { contrasts } from "../../scripts/cards/chromium.ts";
import { userOfThisMachine } from "../../src/approvals/approver.ts";
import { type HttpServer, serveHttp } from "../../src/host/http-server.ts";
import { newKeys } from "../../src/host/keys.ts";
import { deciding } from "../../src/triggers/approvals.ts";
import { approvingOf } from "../../src/triggers/response-rules.ts";
import { triggers } from "../../src/triggers/triggers.ts";
import { aBreach, aPerson, aProven, aUser, nameFor } from "../response/people.ts";
import { aRig, type Rig } from "../response/rig.ts";
import { soaking } from "../soak.ts";
import { anInvocation } from "../test-app.ts";
import { everyPage } from "./page-examples.ts";
import { numberIn } from "./visit.ts";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);
if (CHROMIUM === undefined) console.warn("No Chromium on this machine: the page is not looked at in a browser.");
const CONTRAST = join(import.meta.dirname, "..", "..", "scripts", "cards", "contrast.js");
const PICTURES = join(import.meta.dirname, "..", "..", ".local", "approval");

let browser: Browser;
beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser?.close();
});

const campaign = aBreach([
  aProven(1),
  aProven(2, { name: "<script>alert(1)</script>\u202e@contoso.example" }),
  aProven(3, { because: "right password, stopped by MFA (50076) from 203.0.113.7" }),
]);
const people = () => [
  aPerson(1),
  aPerson(2, { user: aUser(2, { synchronised: true }) }),
  aPerson(3, { roles: ["Global Administrator"] }),
];

interface Served {
  readonly rig: Rig;
  readonly server: HttpServer;
  readonly url: string;
}

/** The host's own server; only what the logs say when they are asked again stands still. */
async function served(): Promise<Served> {
  const rig = aRig({ people: people(), whoAsks: userOfThisMachine("responder") });
  const again = triggers.map((trigger) =>
    trigger.kind === "http" && trigger.name === "decideOnApproval"
      ? {
          ...trigger,
          load: async () =>
            deciding((app, deadline) => ({ ...approvingOf(app, deadline), askAgain: async () => campaign })),
        }
      : trigger,
  );
  const server = await serveHttp({
    triggers: again,
    app: rig.app,
    keys: newKeys(),
    port: 0,
    newInvocation: anInvocation,
    runTimer: async () => undefined,
  });
  onTestFinished(() => server.close());
  Object.assign(rig.app.settings.approval, { appUrl: server.url });
  await rig.found(campaign);
  await rig.tend();
  return { rig, server, url: `${server.url}/api/approvals/${numberIn(rig)}` };
}

/** A context of its own is a process of its own, which takes longer to start than most of what is looked at in it. */
const contexts = new Map<string, Promise<BrowserContext>>();
function contextWith(options: BrowserContextOptions): Promise<BrowserContext> {
  const key = JSON.stringify(options);
  const context = contexts.get(key) ?? browser.newContext(options);
  contexts.set(key, context);
  return context;
}

async function aPage(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const context = await contextWith({
    javaScriptEnabled: false,
    viewport: { width: 1100, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  onTestFinished(() => page.close());
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  return { page, complaints };
}

const picture = async (page: Page, name: string): Promise<void> => {
  if (soaking) await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
};
const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

/** A page of somebody else's, at another port of this machine. */
async function elsewhere(html: string): Promise<string> {
  const server: Server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe.skipIf(CHROMIUM === undefined)("the page in a browser", () => {
  test("is decided on with the keyboard alone and without script", async () => {
    const { rig, url } = await served();
    const { page, complaints } = await aPage();
    await page.goto(url);
    await picture(page, "asked");
    const focused = () => page.locator(":focus");
    const names: string[] = [];
    for (let n = 0; n < 12; n++) {
      await page.keyboard.press("Tab");
      const name = (await focused().count()) === 0 ? "" : ((await focused().textContent()) ?? "");
      names.push(name);
      if (name.startsWith("Approve")) break;
    }
    expect(names).toEqual([
      "Sign-ins that prove it (1)",
      "Sign-ins that prove it (1)",
      "Sign-ins that prove it (1)",
      "Approve: disable sign-in, then revoke sessions for 3 accounts",
    ]);
    await picture(page, "focused");
    await page.keyboard.press("Enter");
    // The answer has the address of the page before it: its heading tells that it is there.
    await page.getByRole("heading", { level: 1, name: "Approved and done" }).waitFor();
    expect(page.url()).toBe(url);
    await picture(page, "done");
    expect(rig.test.writes).toHaveLength(6);
    expect(complaints).toEqual([]);
  });

  test("fits a narrow screen and large letters, in light and dark", async () => {
    const { url } = await served();
    const { page: phone } = await aPage(PHONE);
    for (const colorScheme of ["light", "dark"] as const) {
      await phone.emulateMedia({ colorScheme });
      await phone.goto(url);
      for (const details of await phone.locator("summary").all()) await details.tap();
      await picture(phone, `phone-${colorScheme}`);
      const box = await phone.locator("main").boundingBox();
      expect(box?.width).toBeLessThanOrEqual(360);
      const heights = await Promise.all((await phone.locator("button").all()).map((one) => one.boundingBox()));
      for (const height of heights) expect(height?.height).toBeGreaterThanOrEqual(44);
    }
    const { page } = await aPage({ viewport: { width: 320, height: 640 }, javaScriptEnabled: true });
    await page.goto(url);
    const overflow = () => page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(await overflow()).toBe(0);
  });

  // As `npm run cards` says of the same pages.
  test.runIf(soaking)(
    "every text of every page has at least 4.5:1 of contrast, in light and dark, opened and focused",
    async () => {
      const { page } = await aPage({ javaScriptEnabled: true });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        for (const each of everyPage) {
          await page.setContent(each.page.html);
          await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
          await page.addScriptTag({ path: CONTRAST });
          const texts = await contrasts(page);
          expect(texts.length).toBeGreaterThanOrEqual(3);
          expect({ page: each.name, colorScheme, weak: texts.filter(({ ratio }) => ratio < 4.5) }).toEqual({
            page: each.name,
            colorScheme,
            weak: [],
          });
        }
      }
    },
  );

  test("reads well aloud: one heading of the first rank, named parts, buttons that say what they do", async () => {
    const { url } = await served();
    const { page } = await aPage();
    await page.goto(url);
    const spoken = await page.locator("body").ariaSnapshot();
    for (const line of [
      'heading "Act on 3 proven accounts?" [level=1]',
      'region "The accounts"',
      'heading "The campaign amber-otter" [level=2]',
      `heading "${nameFor(1)}" [level=3]`,
      'button "Approve: disable sign-in, then revoke sessions for 3 accounts"',
      'button "Decline: do nothing to them"',
    ]) {
      expect(spoken).toContain(line);
    }
    expect(spoken.match(/\[level=1\]/g)).toHaveLength(1);
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
  });

  test("shows what an attacker has named as text, the privileged first", async () => {
    const { url } = await served();
    const { page } = await aPage({ javaScriptEnabled: true });
    await page.goto(url);
    const names = await page.locator(".accounts h3").allInnerTexts();
    expect(names).toEqual([`${nameFor(3)} privileged`, nameFor(1), "<script>alert(1)</script>�@contoso.example"]);
  });

  test("cannot be shown in somebody else's frame", async () => {
    const { url } = await served();
    const { page } = await aPage({ javaScriptEnabled: true });
    const complaint = page.waitForEvent("console");
    await page.goto(await elsewhere(`<iframe src="${url}"></iframe>`));
    expect((await complaint).text()).toMatch(/frame-ancestors|X-Frame-Options/);
    expect(await page.frameLocator("iframe").locator("form").count()).toBe(0);
  });

  test("takes no decision from somebody else's page", async () => {
    const { rig, url } = await served();
    const { page } = await aPage();
    await page.goto(url);
    const digest = await page.locator('input[name="digest"]').getAttribute("value");
    const form = `<form method="post" action="${url}"><input name="part" value="0"><input name="digest" value="${digest}">
      <button name="decision" value="approve">Win a prize</button></form>`;
    await page.goto(await elsewhere(form));
    await page.getByText("Win a prize").click();
    expect(await page.locator("h1").textContent()).toBe("You cannot decide this");
    expect(rig.test.writes).toEqual([]);
  });
});
