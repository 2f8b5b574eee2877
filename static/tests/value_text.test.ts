import { expect, it } from "vitest";

import { valuesText } from "../src/value_text";

it("names classes with their share, and by number those without a name", () => {
  const classes = [
    { index: 7, score: 0.875, label: "cat" },
    { index: 9, score: 0.0625, label: "" },
  ];
  expect(valuesText({ classes })).toBe("classes: cat 87.5 %, class 9 6.3 %");
});

it("says of an empty list that there is none", () => {
  expect(valuesText({ faces: [] })).toBe("faces: none");
});
