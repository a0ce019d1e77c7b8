/** A key of a table, or the index of an item of a list. */
export type Step = string | number;

const STEP = /\.?(?:([^.[\]"'\s]+)|"((?:[^"\\]|\\["\\])*)"|'([^']*)')|\[(\d{1,9})\]|\["((?:[^"\\]|\\["\\])*)"\]/y;

const unescaped = (text: string): string => text.replaceAll(/\\(["\\])/g, '$1');

/** The steps of `packages[0].version`, `a."b.c"`, `a["b.c"]`; undefined where it is no path. An empty path has none. */
export const parseValuePath = (path: string): readonly Step[] | undefined => {
  const steps: Step[] = [];
  for (let at = path.startsWith('.') ? -1 : 0; at < path.length; at = STEP.lastIndex) {
    if (at < 0) return undefined;
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (match === null) return undefined;
    const [whole, bare, double, single, index, bracketed] = match;
    const isDotted = whole.startsWith('.');
    // The first key has no dot before it; each further one has, unless it stands in brackets.
    if (index === undefined && bracketed === undefined && isDotted !== at > 0) return undefined;
    const quotedKey = double ?? bracketed;
    steps.push(index === undefined ? (bare ?? single ?? unescaped(quotedKey ?? '')) : Number(index));
  }
  return steps;
};

/** The same as one would write it. */
export const showValuePath = (steps: readonly Step[]): string =>
  steps
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      return `${i === 0 ? '' : '.'}${/^[\w-]+$/.test(step) ? step : JSON.stringify(step)}`;
    })
    .join('');
