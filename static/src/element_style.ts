/** The element's CSS. Colours can be set from outside by the custom properties on `:host`. */

export const STYLE = `
:host {
  --_paper: var(--pywebml-paper, #ffffff);
  --_ink: var(--pywebml-ink, #1b1f27);
  --_soft: var(--pywebml-soft, #555d6b);
  --_line: var(--pywebml-line, #d5dae2);
  --_fill: var(--pywebml-fill, #f1f3f7);
  --_accent: var(--pywebml-accent, #1f5fbf);
  --_on-accent: var(--pywebml-on-accent, #ffffff);
  --_bad: #a3261b;
  --_bad-fill: #fdf0ee;
  display: block;
  color-scheme: light dark;
  color: var(--_ink);
  font: 1rem/1.5 system-ui, sans-serif;
  container-type: inline-size;
}
@media (prefers-color-scheme: dark) {
  :host {
    --_paper: var(--pywebml-paper, #171a20);
    --_ink: var(--pywebml-ink, #e9ecf1);
    --_soft: var(--pywebml-soft, #a7b0be);
    --_line: var(--pywebml-line, #343a46);
    --_fill: var(--pywebml-fill, #20242c);
    --_accent: var(--pywebml-accent, #8ab4f8);
    --_on-accent: var(--pywebml-on-accent, #10213d);
    --_bad: #ffb4a9;
    --_bad-fill: #351a18;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.stage {
  position: relative;
  aspect-ratio: var(--pywebml-aspect, 4 / 3);
  max-height: var(--pywebml-max-height, 72vh);
  width: 100%;
  overflow: hidden;
  border-radius: 12px;
  background: var(--_fill);
}
.stage.dropping { outline: 3px dashed var(--_accent); outline-offset: -8px; }
canvas { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
.poster {
  position: absolute; inset: 0; display: grid; place-content: center; justify-items: center; gap: .25rem;
  padding: 1rem; text-align: center; color: var(--_soft); text-wrap: balance;
}
.poster svg { width: 3rem; height: 3rem; opacity: .7; }
.poster p { margin: 0; }
.controls { display: grid; gap: .75rem; padding-top: .75rem; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
button {
  font: inherit; font-weight: 500; color: var(--_ink); background: var(--_paper);
  border: 1px solid var(--_line); border-radius: 8px; min-height: 44px; padding: .375rem .875rem; cursor: pointer;
}
button:hover:not(:disabled) { border-color: var(--_accent); background: var(--_fill); }
button:focus-visible, summary:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
button:disabled { color: var(--_soft); background: var(--_fill); cursor: default; }
button.main {
  margin-inline-start: auto; min-width: 5.5rem;
  color: var(--_on-accent); background: var(--_accent); border-color: var(--_accent);
}
button.main:hover:not(:disabled) { background: var(--_accent); filter: brightness(1.08); }
button.main:disabled { color: var(--_soft); background: var(--_fill); border-color: var(--_line); }
.status { display: grid; grid-template-columns: 1fr auto; gap: .25rem 1rem; font-size: .9375rem; min-height: 2.125rem; }
.status p { margin: 0; }
.words { min-width: 0; overflow-wrap: anywhere; }
.numbers { color: var(--_soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { grid-column: 1 / -1; height: 4px; border-radius: 2px; background: var(--_fill); overflow: hidden; }
.bar.off { visibility: hidden; }
.bar div { height: 100%; width: 0; border-radius: 2px; background: var(--_accent); transition: width .15s linear; }
.bar.unknown div { width: 30%; animation: slide 1.2s ease-in-out infinite alternate; }
@keyframes slide { to { margin-inline-start: 70%; } }
.notice { margin: 0; font-size: .9375rem; color: var(--_soft); }
.error {
  border: 1px solid var(--_bad); border-radius: 10px; background: var(--_bad-fill);
  padding: .875rem 1rem; margin-top: .75rem;
}
.error p { margin: 0 0 .5rem; overflow-wrap: anywhere; }
.error .sentence { font-weight: 600; color: var(--_bad); }
details { margin-top: .5rem; }
summary { cursor: pointer; padding: .25rem 0; border-radius: 4px; }
pre {
  margin: .5rem 0 0; padding: .75rem; border-radius: 8px; background: var(--_fill); overflow: auto; max-height: 16rem;
  font: .8125rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
}
.samples { align-content: start; min-height: 108px; }
.samples.none { display: none; }
.sample { display: grid; gap: .125rem; padding: 4px; font-size: .875rem; line-height: 1.25; font-weight: 400; width: 112px; }
.sample img, .sample .film { width: 100%; height: 72px; object-fit: cover; border-radius: 5px; background: var(--_fill); }
.sample .film { display: grid; place-items: center; color: var(--_soft); font-size: 1.5rem; }
.sample span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.classes { padding-top: .75rem; }
.classes ol { list-style: none; margin: 0; padding: 0; display: grid; gap: .25rem; }
.classes li {
  display: grid; grid-template-columns: minmax(6rem, 2fr) 3fr 4rem; gap: .75rem; align-items: center;
}
.classes span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.classes output { text-align: right; font-variant-numeric: tabular-nums; color: var(--_soft); }
.classes meter {
  appearance: none; width: 100%; height: .75rem; overflow: hidden; background: var(--_fill); border-radius: 4px;
}
.classes meter::-webkit-meter-inner-element { display: block; height: 100%; }
.classes meter::-webkit-meter-bar { height: 100%; background: none; border: 0; }
.classes meter::-webkit-meter-optimum-value { background: var(--_accent); border-radius: 4px; }
.classes meter::-moz-meter-bar { background: var(--_accent); border-radius: 4px; }
.settings { display: grid; gap: .25rem 1rem; padding: .5rem 0; }
.setting {
  display: grid; grid-template-columns: minmax(6rem, 1fr) minmax(0, 3fr) 4rem; gap: .75rem; align-items: center;
  min-height: 2.75rem;
}
.setting label { overflow-wrap: anywhere; }
.setting output { text-align: right; font-variant-numeric: tabular-nums; color: var(--_soft); }
.setting input, .setting select { accent-color: var(--_accent); font: inherit; margin: 0; min-width: 0; }
.setting input[type=range] { width: 100%; height: 2.75rem; }
.setting input[type=text], .setting select {
  grid-column: 2 / -1; min-height: 2.75rem; padding: 0 .625rem;
  color: var(--_ink); background: var(--_paper); border: 1px solid var(--_line); border-radius: 8px;
}
.setting.checkbox input { grid-column: 2; grid-row: 1; justify-self: start; width: 1.375rem; height: 1.375rem; }
.setting.checkbox label { grid-column: 1; grid-row: 1; }
.setting :focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
.facts { margin: .75rem 0 0; display: grid; gap: .25rem; }
.facts div { display: grid; grid-template-columns: minmax(6rem, 1fr) 3fr; gap: .75rem; align-items: baseline; }
.facts dt { color: var(--_soft); overflow-wrap: anywhere; }
.facts dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
.facts dd.number { font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.detections { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: start; color: var(--_soft); padding: .25rem 0; }
th, td { text-align: end; padding: .25rem .5rem; border-bottom: 1px solid var(--_line); }
th { font-weight: 600; }
th:first-child, td:first-child { text-align: start; padding-inline-start: 0; overflow-wrap: anywhere; }
[data-do=record][aria-pressed=true] { color: var(--_bad); border-color: var(--_bad); }
.values { border-top: 1px solid var(--_line); font-size: .9375rem; }
@container (max-width: 30rem) {
  .row:not(.samples) button { flex: 1 1 0; padding-inline: .25rem; }
  .row:not(.samples) button.main { flex-basis: 100%; }
  .status { grid-template-columns: 1fr; }
  .words { min-height: 3em; }
  .numbers { min-height: 1.5em; white-space: normal; }
  .sample { width: calc((100% - 1rem) / 3); }
}
@media (prefers-reduced-motion: reduce) {
  .bar div { transition: none; }
  .bar.unknown div { animation: none; width: 100%; opacity: .5; }
}
`;
