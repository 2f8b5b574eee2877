// Follows what the development server says: reloads the page after a build, shows the stages of one that runs.
// The server adds this script to the pages that it serves; a built site does not hold it.
"use strict";
{
  const { events, version } = document.currentScript.dataset;
  const list = document.getElementById("stages");

  function show(stages) {
    list.replaceChildren(
      ...stages.map((stage) => {
        const item = document.createElement("li");
        item.textContent = stage;
        return item;
      }),
    );
  }

  const source = new EventSource(events);
  source.addEventListener("message", (event) => {
    const state = JSON.parse(event.data);
    if (state.version !== version) {
      source.close();
      location.reload();
    } else if (list) {
      show(state.stages);
    }
  });
  addEventListener("pagehide", () => source.close());
}
