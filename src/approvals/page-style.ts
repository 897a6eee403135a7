// The look of the page: one column, the system's own letters and colours for light and dark, nothing loaded from anywhere.
import { createHash } from "node:crypto";

export const pageStyle = `
:root { color-scheme: light dark; --ink: #1b1b1f; --soft: #51525c; --page: #fff; --card: #f4f4f6; --line: #c9cad2; --accent: #0b5cad; --accent-ink: #fff; --warn: #8a3b00; --warn-page: #fff3e6; }
@media (prefers-color-scheme: dark) { :root { --ink: #f1f1f4; --soft: #b9bac5; --page: #17181c; --card: #22232a; --line: #4a4b57; --accent: #7db8f5; --accent-ink: #0d1117; --warn: #ffb877; --warn-page: #33220f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2rem 0 0.5rem; }
h3 { font-size: 1.05rem; margin: 0; }
p, ul, ol, dl { margin: 0.5rem 0; }
ul, ol { padding-left: 1.4rem; }
.kind { margin: 0; color: var(--soft); font-weight: 600; }
.soft { color: var(--soft); }
.note { background: var(--warn-page); border-left: 0.3rem solid var(--warn); padding: 0.6rem 0.8rem; margin: 0.8rem 0; }
.mark { display: inline-block; border: 1px solid var(--warn); color: var(--warn); border-radius: 0.3rem; padding: 0 0.4rem; font-size: 0.9rem; font-weight: 600; }
.accounts { list-style: none; padding: 0; }
.accounts > li { background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.8rem; margin: 0.6rem 0; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.2rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; }
summary { cursor: pointer; padding: 0.6rem 0; }
form { display: flex; flex-wrap: wrap; gap: 0.8rem; margin: 1rem 0; }
button { font: inherit; font-weight: 600; min-height: 2.9rem; padding: 0.6rem 1.2rem; border-radius: 0.5rem; border: 2px solid var(--accent); background: var(--page); color: var(--accent); cursor: pointer; }
button.act { background: var(--accent); color: var(--accent-ink); }
a { color: var(--accent); }
a, button, summary { outline-offset: 3px; }
a:focus-visible, button:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 0.5rem; } button { width: 100%; } }
`;

const hash = createHash("sha256").update(pageStyle).digest("base64");

/** No script, no frame, nothing from elsewhere; the form goes to this app alone. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  // With "no-referrer" a browser would send its own form without an origin to check.
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-robots-tag": "noindex, nofollow",
};
