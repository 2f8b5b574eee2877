import { expect, it } from "vitest";

import { valuesText } from "../src/value_text";

it("leaves out what has a view of its own", () => {
  const classes = [{ index: 7, score: 0.875, label: "cat" }];
  const faces = [{ label: "face", score: 0.9, box: { xmin: 0, ymin: 0, width: 1, height: 1 }, keypoints: [] }];
  expect(valuesText({ classes, faces, words: "hello", count: 3, sharp: true })).toBe("");
});

it("says of an empty list that there is none", () => {
  expect(valuesText({ faces: [] })).toBe("faces: none");
});
