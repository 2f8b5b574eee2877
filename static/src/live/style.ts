/** The style sheet of the panel. */

export const STYLE = `
:host {
  --paper: light-dark(#fff, #171a20);
  --ink: light-dark(#1b1f27, #e9ecf1);
  --soft: light-dark(#555d6b, #a7b0be);
  --line: light-dark(#d8dee4, #38424c);
  --accent: light-dark(#1f5fbf, #8ab4f8);
  --held: light-dark(#a04000, #f0a070);
  display: block;
  margin-block: 1.5rem;
  color: var(--ink);
  font: .9375rem/1.45 system-ui, sans-serif;
}
summary { cursor: pointer; font-weight: 600; padding-block: .25rem; width: fit-content; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-block: .5rem; }
button {
  font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line);
  border-radius: .375rem; padding: .25rem .75rem; min-height: 2.25rem; cursor: pointer;
}
button:disabled { color: var(--soft); cursor: default; }
button:hover:enabled { border-color: var(--accent); }
[role="status"], .note { color: var(--soft); }
a { color: var(--accent); }
/* As wide as the page's column, or as its drawing, if the window is: that alone reaches beyond the column. */
.picture {
  box-sizing: border-box; position: relative; left: 50%; translate: -50%;
  width: calc(var(--drawing, 0px) + 2px); min-width: 100%; max-width: min(100vw - 1.75rem, 110rem);
  overflow: auto; max-height: 80vh; border: 1px solid var(--line); border-radius: .5rem;
}
/* It becomes a little smaller to fit; what is still wider is scrolled. */
.picture svg {
  display: block; width: 100%; min-width: calc(.85 * var(--drawing)); max-width: var(--drawing); height: auto;
  margin-inline: auto;
}
.picture [data-subgraph] { cursor: pointer; }
.picture:empty { display: none; }
.rows { overflow-x: auto; margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: start; color: var(--soft); padding-block: .25rem; }
th, td { text-align: end; padding: .25rem .625rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:last-child, th:last-child { text-align: start; }
thead th { color: var(--soft); font-weight: 500; }
tbody th { font-weight: 600; min-width: 15rem; }
tbody th, td:last-child { white-space: normal; overflow-wrap: anywhere; }
td:last-child { min-width: 10rem; }
td.held { color: var(--held); }
.failed { color: var(--held); overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  th, td { padding-inline: .375rem; }
  table { font-size: .8125rem; }
  tbody th { min-width: 9rem; }
}
`;
