/** The element's shadow tree, before anything has happened. */

export const MARKUP = `
<div class="stage" part="stage">
  <div class="poster"><slot>
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true">
      <rect x="3" y="5" width="18" height="14" rx="2.5"/><circle cx="8.5" cy="10" r="1.5"/><path d="m4 17 5-4 3 2 4-4 5 5"/>
    </svg>
    <p class="invitation">Choose a camera, an image or a video,<br>or drop a file here.</p>
  </slot></div>
</div>
<dl class="facts" part="facts" hidden></dl>
<div class="sound" hidden>
  <meter class="level" part="level" aria-label="Level of the sound"></meter>
  <p class="invitation">Start the microphone, choose a sound, or drop a file here.</p>
</div>
<div class="transport" part="transport" role="group" aria-label="Video" hidden></div>
<div class="classes" part="classes" hidden></div>
<div class="error" role="alert" hidden></div>
<div class="controls" part="controls" hidden>
  <div class="row" role="group" aria-label="Source">
    <button type="button" data-pick="camera">Camera</button>
    <button type="button" data-pick="screen">Screen</button>
    <button type="button" data-pick="image">Image…</button>
    <button type="button" data-pick="video">Video…</button>
    <button type="button" data-pick="folder">Folder…</button>
    <button type="button" data-pick="microphone" hidden>Microphone</button>
    <button type="button" data-pick="sound" hidden>Sound…</button>
    <button type="button" class="main" disabled>Start</button>
  </div>
  <div class="status">
    <p class="words"><span role="status" aria-live="polite"></span><span class="amount"></span><span class="next"></span></p>
    <p class="numbers"></p>
    <div class="bar off" role="progressbar" aria-label="Loading"><div></div></div>
  </div>
  <p class="notice" role="status" hidden></p>
  <div class="settings" part="settings" role="group" aria-label="Settings" hidden></div>
  <div class="row actions" role="group" aria-label="Saving">
    <button type="button" data-do="save" disabled>Save picture</button>
    <button type="button" data-do="record" disabled>Record</button>
    <button type="button" data-do="link" hidden>Copy link</button>
    <button type="button" data-do="reset" hidden>Reset</button>
  </div>
  <div class="row samples" role="group" aria-label="Samples"></div>
  <details class="values" hidden><summary>Results</summary>
    <div class="results" role="group" aria-label="Results of the last frame">
      <div class="detections" tabindex="0"></div><pre tabindex="0"></pre>
    </div>
  </details>
</div>
`;
