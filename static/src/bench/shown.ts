/** The browser's own work on what has been drawn. */

/** Milliseconds; a page that nobody sees, in a tab behind another, is given no animation frames. */
const PATIENCE = 500;

/**
 * Resolves when all that has been drawn is on the screen, so that nobody else's time pays for that: the first animation
 * frame takes it up, the second comes when the browser is done with the first. A camera's pace leaves that time too.
 */
export function shown(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE);
    requestAnimationFrame(() => {
      requestAnimationFrame(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  });
}

/** Resolves in a task of its own, so that a page which never waits for anything lets the browser show its frames. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
