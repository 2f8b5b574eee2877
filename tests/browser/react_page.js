/** A page in React that shows, moves and takes away apps; bundled by test_widget_react.py. */

import { createElement, StrictMode, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

const { src } = document.documentElement.dataset;

function App({ id, ...attributes }) {
  const [shown, setShown] = useState("nothing yet");
  const element = useRef(null);
  useEffect(() => {
    const app = element.current;
    const onResult = ({ detail }) => setShown(`at ${detail.timestamp}`);
    app.addEventListener("result", onResult);
    return () => app.removeEventListener("result", onResult);
  }, []);
  const app = createElement("pywebml-app", { src, ref: element, ...attributes });
  return createElement("section", { id }, app, createElement("p", null, shown));
}

function Page() {
  const [apps, setApps] = useState([]);
  window.setApps = setApps;
  return apps.map(({ id, ...attributes }) => createElement(App, { key: id, id, ...attributes }));
}

createRoot(document.querySelector("main")).render(createElement(StrictMode, null, createElement(Page)));
