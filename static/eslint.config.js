import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "*.js", "*.mjs"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Numbers and enums in messages are meant.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `input<Image>("IMAGE")` says what the caller expects at a port, as in MediaPipe.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // Checked indexing (noUncheckedIndexedAccess) makes "!" the honest mark of a bound that a loop proves.
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);
