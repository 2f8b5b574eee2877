import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { LoadError } from "../src/loading";
import { Archive } from "../src/python/archive";

/** What is written into a file system that refuses a file whose folder is missing. */
function written(members: Record<string, string>): Record<string, string> {
  const found: Record<string, string> = {};
  const folders = new Set<string>();
  const bytes = zipSync(Object.fromEntries(Object.entries(members).map(([name, text]) => [name, strToU8(text)])));
  new Archive("a.whl", bytes).write(
    {
      mkdirTree: (path) => { folders.add(path); },
      writeFile: (path, data) => {
        if (!folders.has(path.slice(0, path.lastIndexOf("/")))) throw new Error(`no folder for '${path}'`);
        found[path] = new TextDecoder().decode(data);
      },
    },
    "/lib",
  );
  return found;
}

test("an archive's files are written below the folder, in folders that are made first", () => {
  const text = "again and again, ".repeat(1000);
  expect(written({ "one/two/data.txt": text, "one/empty.py": "", "top.py": "1" })).toEqual({
    "/lib/one/two/data.txt": text,
    "/lib/one/empty.py": "",
    "/lib/top.py": "1",
  });
});

test("what would lie outside of the folder is not written", () => {
  expect(written({ "../outside.py": "", "/etc/absolute": "", "in/../../out.py": "", "in/..data": "2" })).toEqual({
    "/lib/in/..data": "2",
  });
});

test("what is no zip is refused by its name", () => {
  expect(() => new Archive("python/a.whl", Uint8Array.of(1, 2, 3))).toThrow(LoadError);
  expect(() => new Archive("python/a.whl", Uint8Array.of(1, 2, 3))).toThrow(
    "'python/a.whl' is no zip that can be read (Error: invalid zip data); build the site again",
  );
});
