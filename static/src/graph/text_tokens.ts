/** The words of protobuf's text format (protobuf.dev/reference/protobuf/textformat-spec), each with its place. */

import { ConfigError } from "./config";

export type TokenKind = "name" | "number" | "string" | "sign" | "end";

/** A string's `text` is its value; `offset` is where the word begins in the text. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
}

/** Something is wrong at an offset; the reader says in which line, node and field that is. */
export class TextError extends ConfigError {
  constructor(
    readonly offset: number,
    reason: string,
  ) {
    super(reason);
  }
}

const SPACE = /[ \t\r\n\f\v]+/y;
const COMMENT = /#[^\n]*/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?/y;
const ESCAPE = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([abfnrtv'"?\\]))/y;
const LETTERS: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
const SIGNS = "{}<>[]:;,/.-";

/** Reads one word after the other; `token` is the present one. */
export class Tokens {
  token: Token = { kind: "end", text: "", offset: 0 };
  private offset = 0;

  constructor(private readonly text: string) {
    this.next();
  }

  /** Goes on, and gives the word that it leaves. */
  next(): Token {
    const { token } = this;
    while (this.match(SPACE) !== undefined || this.match(COMMENT) !== undefined);
    this.token = this.read(this.offset);
    return token;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.text);
    if (found) this.offset = pattern.lastIndex;
    return found?.[0];
  }

  private read(offset: number): Token {
    const start = this.text[offset];
    if (start === undefined) return { kind: "end", text: "the end of the text", offset };
    if (start === '"' || start === "'") return { kind: "string", text: this.string(start), offset };
    const name = this.match(NAME);
    if (name !== undefined) return { kind: "name", text: name, offset };
    const number = this.match(NUMBER);
    if (number !== undefined && !/\w/.test(this.text[this.offset] ?? "")) return { kind: "number", text: number, offset };
    if (!SIGNS.includes(start)) throw new TextError(offset, `'${this.text.slice(offset, offset + 20)}' is no word of this format`);
    this.offset = offset + 1;
    return { kind: "sign", text: start, offset };
  }

  private string(quote: string): string {
    const start = this.offset++;
    const parts: string[] = [];
    for (let from = this.offset; ; ) {
      const letter = this.text[this.offset];
      if (letter === undefined || letter === "\n") throw new TextError(start, "a string has no end on its line; close its quotes");
      if (letter !== quote && letter !== "\\") {
        this.offset++;
        continue;
      }
      parts.push(this.text.slice(from, this.offset));
      if (letter === quote) break;
      parts.push(this.escape());
      from = this.offset;
    }
    this.offset++;
    return parts.join("");
  }

  private escape(): string {
    ESCAPE.lastIndex = this.offset;
    const found = ESCAPE.exec(this.text);
    const code = found && parseInt(found[1] ?? found[2] ?? found[3] ?? found[4] ?? "0", found[4] === undefined ? 16 : 8);
    if (!found || code! > 0x10ffff) {
      throw new TextError(this.offset, `a string has the unknown escape '\\${this.text[this.offset + 1] ?? ""}'; write '\\\\'`);
    }
    this.offset = ESCAPE.lastIndex;
    const letter = found[5];
    return letter === undefined ? String.fromCodePoint(code!) : (LETTERS[letter] ?? letter);
  }
}
