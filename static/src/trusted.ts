/** Where a page demands Trusted Types (https://www.w3.org/TR/trusted-types/), our own texts are marked as such. */

interface Rules {
  createHTML(text: string): string;
  createScriptURL(address: string): string;
}

/** What it marks a script must take as it is; a browser that knows no such types takes plain text. */
export const trusted: Rules = policy({ createHTML: (text) => text, createScriptURL: (address) => address });

function policy(rules: Rules): Rules {
  const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: Rules): Rules } };
  try {
    return trustedTypes?.createPolicy("pywebml", rules) ?? rules;
  } catch {
    // The page names the policies that it allows, and this is none of them: the browser says so in its console.
    return rules;
  }
}
