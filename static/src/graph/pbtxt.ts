/**
 * Graph configs as MediaPipe's text (`.pbtxt`), read by the shapes of proto/shapes.json.
 *
 * Options are read as `node_options { [type.googleapis.com/mediapipe.NameOptions] { … } }` and in the older form
 * `options { [mediapipe.NameOptions.ext] { … } }`. Options of a type without a shape, such as those of a page's own
 * calculators, are read as they look: a field given several times, or as a list, is a list; a bare word is a string.
 */

import type { GraphConfig } from "./config";
import { ConfigError, fromJson } from "./config";
import type { Fields, Message, Shape } from "./proto/shapes";
import { MESSAGES, SHAPES } from "./proto/shapes";
import { Outline } from "./text_place";
import type { Token } from "./text_tokens";
import { TextError, Tokens } from "./text_tokens";

/** The longest config that is read, in characters. */
export const SIZE_LIMIT = 4 * 1024 * 1024;
/** Levels of braces; MediaPipe's deepest graphs have fewer than 20. */
const DEPTH_LIMIT = 64;
const OPTIONS: readonly Shape[] = ["mediapipe.CalculatorOptions", "mediapipe.MediaPipeOptions"];
const ANY = "google.protobuf.Any";

type Json = Record<string, unknown>;

/**
 * The config that a text states, and where its nodes are.
 *
 * Throws a {@link ConfigError} if the text is longer than 4 Mi characters, nested more than 64 levels deep, no protobuf
 * text, or has a field, an option or a value that is not known; it says at which line, in which node and field.
 */
export function fromText(text: string): { config: GraphConfig; outline: Outline } {
  if (text.length > SIZE_LIMIT) throw new ConfigError(`the graph is ${text.length} characters long; the limit is ${SIZE_LIMIT}`);
  const outline = new Outline(text);
  const reader = new Reader(outline);
  try {
    return { config: fromJson(reader.graph(new Tokens(text))), outline };
  } catch (error) {
    if (error instanceof TextError) throw new ConfigError(outline.place(error.offset, reader.field, reader.isInNode) + error.message);
    throw error instanceof ConfigError ? new ConfigError(outline.placed([], error.message)) : error;
  }
}

class Reader {
  /** The field that is being read. */
  field = "";
  isInNode = false;
  private tokens!: Tokens;
  private depth = 0;

  constructor(private readonly outline: Outline) {}

  graph(tokens: Tokens): Json {
    this.tokens = tokens;
    const graph = this.fields(MESSAGES.graph, SHAPES[MESSAGES.graph], "end");
    this.field = "";
    return graph;
  }

  /** The fields up to the closing brace; without a shape, as they look. */
  private fields(message: string, shape: Fields | undefined, close: string): Json {
    const found: Json = {};
    while (!this.isAt(close)) {
      const { kind, text: name, offset } = this.tokens.next();
      this.field = name;
      if (kind !== "name") throw new TextError(offset, `there must be a field's name here, not '${name}'`);
      if (shape && !Object.hasOwn(shape, name)) throw unknown(offset, message, name, shape);
      this.one(found, { name, offset }, shape?.[name]);
      if (this.isSign(",") || this.isSign(";")) this.tokens.next();
    }
    return found;
  }

  private isAt(close: string): boolean {
    const { kind, text, offset } = this.tokens.token;
    if (kind === "end" && close !== "end") throw new TextError(offset, `the text ends where a '${close}' is missing`);
    return kind === "end" || (kind === "sign" && text === close);
  }

  private isSign(sign: string): boolean {
    return this.tokens.token.kind === "sign" && this.tokens.token.text === sign;
  }

  private one(found: Json, { name, offset }: { name: string; offset: number }, shape: Shape | undefined): void {
    const isRepeated = Array.isArray(shape);
    const kind = isRepeated ? (shape as readonly Shape[])[0] : shape;
    const isStated = Object.hasOwn(found, name);
    if (isStated && shape !== undefined && !isRepeated) throw new TextError(offset, `'${name}' is given twice; give it once`);
    const values = this.values(kind);
    const isList = isRepeated || isStated || Array.isArray(values);
    const before = isStated ? [found[name]].flat() : [];
    found[name] = isList ? [...before, ...[values].flat()] : values;
  }

  /** One value, or the list of those between brackets. */
  private values(kind: Shape | undefined): unknown {
    const hasColon = this.isSign(":");
    if (hasColon) this.tokens.next();
    if (!hasColon && !this.isSign("{") && !this.isSign("<")) {
      throw new TextError(this.tokens.token.offset, `there must be a ':' or a '{' here, not '${this.tokens.token.text.slice(0, 80)}'`);
    }
    if (!this.isSign("[")) return this.value(kind);
    this.tokens.next();
    const found: unknown[] = [];
    while (!this.isSign("]")) {
      found.push(this.value(kind));
      if (!this.isSign(",")) break;
      this.tokens.next();
    }
    this.expect("]");
    return found;
  }

  private expect(sign: string): void {
    const { text, offset } = this.tokens.token;
    if (!this.isSign(sign)) throw new TextError(offset, `there must be a '${sign}' here, not '${text.slice(0, 80)}'`);
    this.tokens.next();
  }

  private value(kind: Shape | undefined): unknown {
    if (this.isSign("{") || this.isSign("<")) return this.message(kind);
    return scalar(this.literal(), kind);
  }

  /** A word, with its minus; strings beside each other are one. */
  private literal(): Token {
    const isNegative = this.isSign("-");
    const start = this.tokens.next();
    const first = isNegative ? this.tokens.next() : start;
    if (first.kind === "sign" || first.kind === "end" || (isNegative && first.kind === "string")) {
      throw new TextError(first.offset, `there must be a value here, not '${first.text}'`);
    }
    let { text } = first;
    while (first.kind === "string" && this.tokens.token.kind === "string") text += this.tokens.next().text;
    return { kind: first.kind, text: isNegative ? `-${text}` : text, offset: start.offset };
  }

  private message(kind: Shape | undefined): Json {
    const { text, offset } = this.tokens.next();
    const close = text === "{" ? "}" : ">";
    const isNode = kind === MESSAGES.node && this.depth === 0;
    if (isNode) this.outline.nodes.push(offset);
    this.isInNode ||= isNode;
    if (++this.depth > DEPTH_LIMIT) throw new TextError(offset, `the graph is nested more than ${DEPTH_LIMIT} levels deep`);
    const found = this.body(kind, offset, close);
    this.depth--;
    this.isInNode &&= !isNode;
    this.tokens.next();
    return found;
  }

  private body(kind: Shape | undefined, offset: number, close: string): Json {
    if (kind === ANY || OPTIONS.includes(kind!)) return this.typed(kind === ANY, close);
    if (kind === undefined) return this.fields("", undefined, close);
    const shape = typeof kind === "string" ? (SHAPES[kind as Message] as Fields | undefined) : (kind as Fields);
    if (!shape) throw new TextError(offset, `'${this.field}' must be ${WANTED[kind as string] ?? "one of its values"}, not a message`);
    return this.fields(typeof kind === "string" ? kind : this.field, shape, close);
  }

  /** `[type.googleapis.com/mediapipe.XOptions] { … }` of an Any, `[mediapipe.XOptions.ext] { … }` of options. */
  private typed(isAny: boolean, close: string): Json {
    const found: Json = {};
    while (!this.isAt(close)) {
      const { offset } = this.tokens.token;
      const name = this.typeName(isAny ? /^[\w.-][\w./-]*\/\w+(\.\w+)*$/ : /^\w+(\.\w+)*$/);
      if (Object.keys(found).length) throw new TextError(offset, `options have one type; '${name}' is a second one`);
      const type = isAny ? name.replace(/^.*\//, "") : name.replace(/\.ext$/, "");
      if (this.isSign(":")) this.tokens.next();
      if (!this.isSign("{") && !this.isSign("<")) throw new TextError(this.tokens.token.offset, "there must be a '{' here");
      const shape: Shape | undefined = Object.hasOwn(SHAPES, type) ? type : undefined;
      const fields = this.message(shape);
      Object.assign(found, isAny ? { "@type": name, ...fields } : { [`[${name}]`]: fields });
    }
    return found;
  }

  private typeName(form: RegExp): string {
    const { offset } = this.tokens.token;
    this.expect("[");
    let name = "";
    while (this.tokens.token.kind === "name" || this.isSign("/") || this.isSign(".") || this.isSign("-")) name += this.tokens.next().text;
    this.expect("]");
    this.field = `[${name}]`;
    if (form.test(name)) return name;
    throw new TextError(offset, "there must be a type here, as in '[type.googleapis.com/mediapipe.NameOptions]' or '[mediapipe.NameOptions.ext]'");
  }
}

function unknown(offset: number, message: string, name: string, shape: Fields): TextError {
  return new TextError(offset, `'${message}' has no field '${name}'; there are ${Object.keys(shape).join(", ") || "none"}`);
}

const WANTED: Readonly<Record<string, string>> = {
  string: "a string",
  int32: "a whole number of 32 bits",
  int64: "a whole number",
  double: "a number",
  bool: "true or false",
};

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, inf: Infinity, nan: NaN, "-inf": -Infinity };

function scalar({ kind, text, offset }: Token, shape: Shape | undefined): unknown {
  const value = kind === "string" ? text : kind === "number" ? numberOf(text) : Object.hasOwn(WORDS, text) ? WORDS[text] : text;
  // As in protobuf's JSON.
  if (typeof value === "number" && !Number.isFinite(value) && (shape === undefined || shape === "double")) return String(value);
  if (shape === undefined) return value;
  const name = typeof shape === "string" ? shape : "";
  if (name.includes("|") && kind === "name") return enumValue(text, name.split("|"), offset);
  const fits = FITS[name]?.(value, kind) ?? false;
  if (fits) return name === "bool" ? Boolean(BOOLEANS[text] ?? value) : value;
  throw new TextError(offset, `the value '${text.slice(0, 80)}' must be ${WANTED[name] ?? "a message between '{' and '}'"}`);
}

const BOOLEANS: Readonly<Record<string, boolean>> = { t: true, f: false, True: true, False: false, 1: true, 0: false };

const FITS: Readonly<Record<string, (value: unknown, kind: Token["kind"]) => boolean>> = {
  string: (_, kind) => kind === "string",
  bool: (value, kind) => kind !== "string" && (typeof value === "boolean" || String(value) in BOOLEANS),
  int32: (value) => Number.isInteger(value) && Math.abs((value as number) + 0.5) < 2 ** 31,
  int64: (value) => Number.isSafeInteger(value),
  double: (value) => typeof value === "number",
};

function enumValue(text: string, known: readonly string[], offset: number): string {
  if (known.includes(text)) return text;
  throw new TextError(offset, `there is no value '${text}'; there are ${known.join(", ")}`);
}

function numberOf(text: string): number {
  const [sign, digits] = text.startsWith("-") ? [-1, text.slice(1)] : [1, text];
  if (/^0[xX]/.test(digits)) return sign * parseInt(digits, 16);
  return sign * (/^0[0-7]+$/.test(digits) ? parseInt(digits, 8) : parseFloat(digits));
}
