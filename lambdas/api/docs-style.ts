/** The look of the API's page: nothing is loaded, light and dark follow the reader's system. */
export const docsStyle = `
:root {
  color-scheme: light dark;
  --ink: #1c2430; --soft: #566173; --line: #dde2ea; --paper: #ffffff; --shade: #f5f7fa; --accent: #0b5cad;
  --get: #0b6e4f; --post: #0b5cad; --put: #8a5a00; --delete: #b3261e;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Code', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e9f1; --soft: #9aa6b8; --line: #2c3644; --paper: #11161d; --shade: #19202a; --accent: #7db6f5;
    --get: #5fc9a3; --post: #7db6f5; --put: #e3b25b; --delete: #f08a80;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif;
}
.page { display: grid; grid-template-columns: minmax(0, 1fr); max-width: 76rem; margin: 0 auto; padding: 0 1.25rem 6rem; }
@media (min-width: 62rem) {
  .page { grid-template-columns: 15.5rem minmax(0, 1fr); column-gap: 4rem; }
  nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding-bottom: 2rem; }
}
nav { padding-top: 2.5rem; font-size: .9rem; align-self: start; }
nav strong { display: block; margin: 1.4rem 0 .35rem; font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: .18rem 0; color: var(--ink); text-decoration: none; }
@media (max-width: 61.99rem) { nav ul { columns: 2; column-gap: 1.25rem; } nav li { break-inside: avoid; } }
nav li a:hover { color: var(--accent); text-decoration: underline; }
main { padding-top: 2.5rem; min-width: 0; }
h1 { font-size: 2.1rem; line-height: 1.2; margin: 0 0 1rem; letter-spacing: -.015em; text-wrap: balance; }
h2 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 .6rem; letter-spacing: -.01em; }
h3 { font-size: .95rem; margin: 1.8rem 0 .5rem; }
p, .prose ul { max-width: 42rem; margin: 0 0 1rem; text-wrap: pretty; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
section { border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 2.2rem; }
.anchor { color: inherit; text-decoration: none; }
.anchor:hover::after { content: ' #'; color: var(--soft); }
.call { display: flex; flex-wrap: wrap; align-items: baseline; gap: .7rem; font-family: var(--mono); font-size: .95rem; margin: 0 0 .9rem; overflow-wrap: anywhere; }
.method { font-weight: 700; font-size: .8rem; letter-spacing: .04em; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); } .delete { color: var(--delete); }
code, pre { font-family: var(--mono); font-size: .875em; }
code { background: var(--shade); border-radius: 4px; padding: .1em .35em; overflow-wrap: anywhere; }
pre { background: var(--shade); border: 1px solid var(--line); border-radius: 8px; padding: .9rem 1.1rem; overflow-x: auto; line-height: 1.5; margin: 0 0 1rem; font-size: .82rem; tab-size: 2; }
pre code { background: none; padding: 0; font-size: inherit; overflow-wrap: normal; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: 0 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .9rem .5rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; font-size: .8rem; color: var(--soft); }
td:first-child { white-space: nowrap; }
td .kind { color: var(--soft); font-size: .82rem; }
.required { color: var(--delete); font-size: .75rem; margin-left: .35rem; }
summary { cursor: pointer; color: var(--accent); margin: 0 0 .8rem; }
.status { font-variant-numeric: tabular-nums; }
:target { scroll-margin-top: 1.5rem; }
tr:target td, h2:target { background: color-mix(in srgb, var(--accent) 12%, transparent); }
`
