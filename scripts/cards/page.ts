// A page that draws one card with the official renderer. It works without a server, in any browser.
import type { Card } from "../../src/ports.ts";
import { hostConfig } from "./host-config.ts";

// `</script>` in a text would end the script; "<" as \u003c is the same text.
const json = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

const STYLE = `
  body { margin: 0; padding: 16px; font: 14px/1.4 'Segoe UI', 'Open Sans', system-ui, sans-serif; background: #f5f5f5; color: #252424; }
  body.dark { background: #1f1f1f; color: #ffffff; }
  nav { margin-bottom: 12px; }
  nav a { color: inherit; margin-right: 12px; }
  #card { max-width: 720px; border-radius: 4px; overflow: hidden; box-shadow: 0 1px 4px #0005; }
  .ac-adaptiveCard { padding-bottom: 16px; }
  .ac-pushButton { font: inherit; font-weight: 600; min-height: 32px; padding: 5px 12px; border-radius: 4px; cursor: pointer; margin-top: 4px;
    border: 1px solid #8a8886; background: #ffffff; color: #252424; }
  .dark .ac-pushButton { background: #2d2c2c; color: #ffffff; }
  .ac-pushButton.style-positive { background: #4f52b2; border-color: #4f52b2; color: #ffffff; }
  .ac-actionSet { flex-wrap: wrap; row-gap: 4px; }
`;

/** `?theme=dark` and `&details` (everything that a button would show) choose what is drawn. */
export function cardPage(name: string, card: Card): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${name}</title>
<style>${STYLE}</style>
<nav><a href="?">light</a><a href="?theme=dark">dark</a><a href="?details">details</a><a href="?theme=dark&amp;details">dark, details</a></nav>
<div id="card"></div>
<script src="adaptivecards.min.js"></script>
<script src="contrast.js"></script>
<script>
  const source = ${json(card)};
  const configs = ${json({ light: hostConfig("light"), dark: hostConfig("dark") })};
  const asked = new URLSearchParams(location.search);
  const theme = asked.get("theme") === "dark" ? "dark" : "light";
  document.body.className = theme;
  if (asked.has("details")) source.body.forEach((element) => { delete element.isVisible; });
  if (asked.has("bare")) document.querySelector("nav").remove();
  // Our texts hold no Markdown: what looks like it is shown as it is, and can be seen here.
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    const box = document.createElement("div");
    box.textContent = text;
    result.outputHtml = box.innerHTML;
    result.didProcess = true;
  };
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(configs[theme]);
  card.onExecuteAction = (action) => { if (action.url) window.open(action.url, "_blank", "noopener"); };
  const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5);
  delete source.msteams;
  card.parse(source, context);
  window.complaints = [];
  for (let at = 0; at < context.eventCount; at++) window.complaints.push(context.getEventAt(at).message);
  for (const event of card.validateProperties().validationEvents) window.complaints.push(event.message);
  document.getElementById("card").append(card.render());
</script>
`;
}
