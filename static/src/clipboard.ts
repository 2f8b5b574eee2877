/** The visitor's clipboard. */

/** Whether the text is there now; browsers have a clipboard for scripts on secure pages only, and may refuse it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
