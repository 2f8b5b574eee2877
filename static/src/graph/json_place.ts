/** Where a text stops being JSON, which browsers do not say, or each in its own words. */

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** What may come next: a value, the first of a list or an object, a key, what follows a value or a key, or the end. */
type Next = "value" | "list" | "object" | "key" | "colon" | "after" | "end";

/** The offset of the first letter that makes a text no JSON; its length where it is cut short. */
export function jsonErrorOffset(text: string): number {
  const open: string[] = [];
  let next = "value" as Next;
  for (let offset = skip(SPACE, text, 0); ; offset = skip(SPACE, text, offset)) {
    const sign = text[offset];
    const after: Next | undefined = next === "end" || sign === undefined ? undefined : step(sign, next, open);
    if (after !== undefined) {
      next = after;
      offset++;
      continue;
    }
    const isString = sign === '"' && ["value", "list", "object", "key"].includes(next);
    const end: number = isString ? skip(STRING, text, offset) : ["value", "list"].includes(next) ? skip(WORD, text, offset) : offset;
    if (end === offset) return isString ? Math.max(offset, brokenString(text, offset)) : offset;
    next = next === "key" || next === "object" ? "colon" : open.length ? "after" : "end";
    offset = end;
  }
}

function skip(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

/** What comes after a sign, if it may stand here; `open` holds the lists and objects that are open. */
function step(sign: string, next: Next, open: string[]): Next | undefined {
  const isValue = next === "value" || next === "list";
  if (isValue && (sign === "{" || sign === "[")) {
    open.push(sign);
    return sign === "{" ? "object" : "list";
  }
  if (next === "colon") return sign === ":" ? "value" : undefined;
  const inside = open.at(-1);
  if (next === "after" && sign === ",") return inside === "{" ? "key" : "value";
  const closes = sign === "}" ? "{" : sign === "]" ? "[" : undefined;
  if (closes === undefined || closes !== inside || !["after", "object", "list"].includes(next)) return undefined;
  if (next !== "after" && (next === "object") !== (closes === "{")) return undefined;
  open.pop();
  return open.length ? "after" : "end";
}

/** Where a string without its end stops: the end of its line. */
function brokenString(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end;
}
