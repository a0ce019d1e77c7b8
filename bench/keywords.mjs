// @ts-check

const COUNT = 244; // as many as the default rules of gitleaks have, whose list the budget was set with

/**
 * Keywords of our own rules for ripgrep to look for: as many as gitleaks has, evenly taken from the sorted list, one character not being a word.
 * @param {readonly { readonly category?: string, readonly keywords?: readonly string[] }[]} rules
 */
export const keywordsOf = (rules) => {
  const words = rules
    .filter(({ category }) => category === 'secret')
    .flatMap(({ keywords = [] }) => keywords.map((word) => word.toLowerCase()));
  const all = [...new Set(words)].filter((word) => /^[!-~]{2,}$/.test(word)).sort();
  return Array.from(
    { length: Math.min(COUNT, all.length) },
    (_, at) => all[Math.floor((at * all.length) / Math.min(COUNT, all.length))] ?? '',
  );
};
