/**
 * The element's CSS. Colours can be set from outside by the custom properties on `:host`, and are light or dark as the
 * page is (`color-scheme`). Whatever else the page hands down is not taken over, its size of "rem" included.
 */

export const STYLE = `
:host {
  --_paper: var(--pywebml-paper, light-dark(#ffffff, #171a20));
  --_ink: var(--pywebml-ink, light-dark(#1b1f27, #e9ecf1));
  --_soft: var(--pywebml-soft, light-dark(#555d6b, #a7b0be));
  --_line: var(--pywebml-line, light-dark(#d5dae2, #343a46));
  --_fill: var(--pywebml-fill, light-dark(#f1f3f7, #20242c));
  --_accent: var(--pywebml-accent, light-dark(#1f5fbf, #8ab4f8));
  --_on-accent: var(--pywebml-on-accent, light-dark(#ffffff, #10213d));
  --_bad: light-dark(#a3261b, #ffb4a9);
  --_bad-fill: light-dark(#fdf0ee, #351a18);
  display: block;
  container-type: inline-size;
}
:host([hidden]) { display: none; }
:where(:host) > * {
  all: initial; display: block; visibility: inherit; pointer-events: inherit; color-scheme: inherit;
  color: var(--_ink); font: medium/1.5 system-ui, sans-serif; direction: ltr;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.stage {
  position: relative;
  overflow: hidden;
  border-radius: 12px;
  background: var(--_fill);
}
.stage.dropping { outline: 3px dashed var(--_accent); outline-offset: -8px; }
canvas, .poster { width: 100%; max-height: var(--pywebml-max-height, 72vh); }
canvas { display: block; height: auto; aspect-ratio: var(--pywebml-aspect, auto); object-fit: contain; }
.poster {
  aspect-ratio: var(--pywebml-aspect, 4 / 3); display: grid; place-content: center; justify-items: center; gap: .25em;
  padding: 1em; text-align: center; color: var(--_soft); text-wrap: balance;
}
::slotted(*) { max-width: 100%; }
.poster svg { width: 3em; height: 3em; opacity: .7; }
.poster p { margin: 0; }
/* A container of its own: at the host, an "em" of the queries would be the page's. */
.controls {
  display: grid; grid-template-columns: minmax(0, 1fr); gap: .75em; padding-top: .75em; container-type: inline-size;
}
.row { display: flex; flex-wrap: wrap; gap: .5em; align-items: center; }
button {
  font: inherit; font-weight: 500; color: var(--_ink); background: var(--_paper);
  border: 1px solid var(--_line); border-radius: 8px; min-height: 44px; padding: .375em .875em; cursor: pointer;
}
button:hover:not(:disabled) { border-color: var(--_accent); background: var(--_fill); }
button:focus-visible, summary:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
button:disabled { color: var(--_soft); background: var(--_fill); cursor: default; }
button.main {
  margin-inline-start: auto; min-width: 5.5em;
  color: var(--_on-accent); background: var(--_accent); border-color: var(--_accent);
}
button.main:hover:not(:disabled) { background: var(--_accent); filter: brightness(1.08); }
button.main:disabled { color: var(--_soft); background: var(--_fill); border-color: var(--_line); }
.status { display: grid; grid-template-columns: 1fr auto; gap: .25em 1em; font-size: .9375em; min-height: 2.125em; }
.status p { margin: 0; }
.words { min-width: 0; overflow-wrap: anywhere; }
.numbers { color: var(--_soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar { grid-column: 1 / -1; height: 4px; border-radius: 2px; background: var(--_fill); overflow: hidden; }
.bar.off { visibility: hidden; }
/* Moved by transforms alone, so that a page that loads lays nothing out anew. */
.bar:dir(rtl) { transform: scaleX(-1); }
.bar div { height: 100%; border-radius: 2px; background: var(--_accent); translate: -100% 0; transition: translate .15s linear; }
.bar.unknown div { width: 30%; translate: 0 0; animation: slide 1.2s ease-in-out infinite alternate; }
@keyframes slide { to { translate: 233% 0; } }
.notice { margin: 0; font-size: .9375em; color: var(--_soft); }
.error {
  border: 1px solid var(--_bad); border-radius: 10px; background: var(--_bad-fill);
  padding: .875em 1em; margin-top: .75em;
}
.error p { margin: 0 0 .5em; overflow-wrap: anywhere; }
.error .sentence { font-weight: 600; color: var(--_bad); }
details { margin-top: .5em; }
summary { cursor: pointer; padding: .25em 0; border-radius: 4px; }
pre {
  margin: .5em 0 0; padding: .75em; border-radius: 8px; background: var(--_fill); overflow: auto; max-height: 16em;
  font: .875em/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
}
.samples { align-content: start; min-height: 108px; }
.samples.none { display: none; }
.sample { display: grid; gap: .125em; padding: 4px; font-size: .875em; line-height: 1.25; font-weight: 400; width: 112px; }
.sample img, .sample .symbol { width: 100%; height: 72px; object-fit: cover; border-radius: 5px; background: var(--_fill); }
.sample .symbol { display: grid; place-items: center; color: var(--_soft); font-size: 1.5em; }
.sample span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.classes { padding-top: .75em; }
.classes ol { list-style: none; margin: 0; padding: 0; display: grid; gap: .25em; }
.classes li {
  display: grid; grid-template-columns: minmax(6em, 2fr) 3fr 4em; gap: .75em; align-items: center;
}
.classes span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.classes output { text-align: right; font-variant-numeric: tabular-nums; color: var(--_soft); }
.classes meter {
  appearance: none; width: 100%; height: .75em; overflow: hidden; background: var(--_fill); border-radius: 4px;
}
.classes meter::-webkit-meter-inner-element { display: grid; grid-template-rows: 1fr; height: 100%; }
.classes meter::-webkit-meter-bar { grid-row: 1; height: 100%; background: none; border: 0; }
.classes meter::-webkit-meter-optimum-value { background: var(--_accent); border-radius: 4px; }
.classes meter::-moz-meter-bar { background: var(--_accent); border-radius: 4px; }
.settings { display: grid; gap: .25em 1em; padding: .5em 0; }
.setting {
  display: grid; grid-template-columns: minmax(6em, 1fr) minmax(0, 3fr) 4em; gap: .75em; align-items: center;
  min-height: 2.75em;
}
.setting label { overflow-wrap: anywhere; }
.setting output { text-align: right; font-variant-numeric: tabular-nums; color: var(--_soft); }
.setting input, .setting select { accent-color: var(--_accent); font: inherit; margin: 0; min-width: 0; }
.setting input[type=range] { width: 100%; height: 2.75em; }
.setting input[type=text], .setting select {
  grid-column: 2 / -1; min-height: 2.75em; padding: 0 .625em;
  color: var(--_ink); background: var(--_paper); border: 1px solid var(--_line); border-radius: 8px;
}
.setting.checkbox input { grid-column: 2; grid-row: 1; justify-self: start; width: 1.375em; height: 1.375em; }
.setting.checkbox label { grid-column: 1; grid-row: 1; }
.setting :focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
.facts { margin: .75em 0 0; display: grid; gap: .25em; }
.facts div { display: grid; grid-template-columns: minmax(6em, 1fr) 3fr; gap: .75em; align-items: baseline; }
.facts dt { color: var(--_soft); overflow-wrap: anywhere; }
.facts dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
.facts dd.number { font-size: 1.25em; font-variant-numeric: tabular-nums; }
.detections { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5em 0; font-variant-numeric: tabular-nums; }
caption { text-align: start; color: var(--_soft); padding: .25em 0; }
th, td { text-align: end; padding: .25em 0 .25em .75em; border-bottom: 1px solid var(--_line); white-space: nowrap; }
th { font-weight: 600; }
th:first-child, td:first-child { text-align: start; padding-inline-start: 0; max-width: 12em; overflow: hidden; text-overflow: ellipsis; }
[data-do=record].on { color: var(--_bad); border-color: var(--_bad); }
.values { border-top: 1px solid var(--_line); font-size: .9375em; }
/* One line, and on the narrowest two: what is next must not make it another. */
@container (min-width: 30em) and (max-width: 42em) { .next { display: none; } }
@container (max-width: 30em) {
  .row:not(.samples) button { flex: 1 1 28%; padding-inline: .25em; }
  .row.actions:not(.samples) button { flex-basis: 40%; }
  .row:not(.samples) button.main { flex-basis: 100%; }
  .status { grid-template-columns: 1fr; }
  .words { min-height: 3em; }
  .numbers { min-height: 1.5em; white-space: normal; }
  /* Three beside each other, and two gaps, whose "em" is the row's. */
  .sample { width: calc((100% - 1em / .875) / 3); }
}
@media (prefers-reduced-motion: reduce) {
  .bar div { transition: none; }
  .bar.unknown div { animation: none; width: 100%; opacity: .5; }
}
`;
