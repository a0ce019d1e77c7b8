/** Sorted, disjoint, non-adjacent ranges of code points, both ends inclusive. */
export type Ranges = readonly (readonly [first: number, last: number])[];

export const MAX_CODE_POINT = 0x10ffff;

export const normalise = (ranges: Ranges): Ranges => {
  const sorted = ranges.toSorted((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [first, last] of sorted) {
    const previous = out[out.length - 1];
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else out.push([first, last]);
  }
  return out;
};

export const negate = (ranges: Ranges): Ranges => {
  const out: [number, number][] = [];
  let next = 0;
  for (const [first, last] of normalise(ranges)) {
    if (first > next) out.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= MAX_CODE_POINT) out.push([next, MAX_CODE_POINT]);
  return out;
};

export const has = (ranges: Ranges, code: number): boolean => ranges.some(([first, last]) => first <= code && code <= last);

const single = (text: string): number | undefined => {
  const code = text.codePointAt(0);
  return code !== undefined && text.length === (code > 0xffff ? 2 : 1) ? code : undefined;
};

// Letters that share a simple case fold, as lists; built on first need, because only patterns with letters beyond ASCII ask.
let orbits: ReadonlyMap<number, readonly number[]> | undefined;
const LAST_CASED = 0x1e943; // Adlam: the last cased letters of Unicode 16

const buildOrbits = (): ReadonlyMap<number, readonly number[]> => {
  const groups = new Map<number, Set<number>>();
  const join = (a: number, b: number): void => {
    const merged = new Set([a, b, ...(groups.get(a) ?? []), ...(groups.get(b) ?? [])]);
    for (const member of merged) groups.set(member, merged);
  };
  for (let code = 0x41; code <= LAST_CASED; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const text = String.fromCodePoint(code);
    for (const other of [single(text.toLowerCase()), single(text.toUpperCase())])
      if (other !== undefined && other !== code) join(code, other);
  }
  // Case conversion pairs these, simple folding (CaseFolding.txt, status C and S) does not.
  for (const code of [0x130, 0x131]) groups.delete(code);
  for (const group of new Set(groups.values())) for (const code of [0x130, 0x131]) group.delete(code);
  return new Map([...groups].map(([code, members]) => [code, [...members]]));
};

const foldAscii = (ranges: Ranges): Ranges => {
  const out = [...ranges];
  for (let upper = 0x41; upper <= 0x5a; upper++) {
    const lower = upper + 32;
    if (!has(ranges, upper) && !has(ranges, lower)) continue;
    out.push([upper, upper], [lower, lower]);
    if (lower === 0x6b) out.push([0x212a, 0x212a]); // KELVIN SIGN folds to k
    if (lower === 0x73) out.push([0x17f, 0x17f]); // LATIN SMALL LETTER LONG S folds to s
  }
  return out;
};

/** Adds every letter that equals one of the set when case is ignored, as RE2 does: simple folds of Unicode. */
export const foldCase = (ranges: Ranges): Ranges => {
  const out = [...foldAscii(ranges)];
  if (ranges.some(([, last]) => last > 0x7f)) {
    orbits ??= buildOrbits();
    for (const [code, members] of orbits) if (has(ranges, code)) for (const member of members) out.push([member, member]);
  }
  return normalise(out);
};

const properties = new Map<string, Ranges | undefined>();

const tryProperty = (name: string): RegExp | undefined => {
  for (const form of [name, `Script=${name}`]) {
    try {
      return new RegExp(`^\\p{${form}}$`, 'u');
    } catch {
      // the next form
    }
  }
  return undefined;
};

/** Code points of a Unicode general category or script, undefined when there is none of that name. */
export const property = (name: string): Ranges | undefined => {
  if (name === 'Any') return [[0, MAX_CODE_POINT]];
  if (properties.has(name)) return properties.get(name);
  const test = /^[A-Za-z_]+$/.test(name) ? tryProperty(name) : undefined;
  const out: [number, number][] = [];
  for (let code = 0; test !== undefined && code <= MAX_CODE_POINT; code++) {
    if (!test.test(String.fromCodePoint(code))) continue;
    const last = out[out.length - 1];
    if (last !== undefined && last[1] === code - 1) last[1] = code;
    else out.push([code, code]);
  }
  const found = test === undefined ? undefined : out;
  properties.set(name, found);
  return found;
};

/** True when some code point is in both. Both sorted. */
export const overlaps = (a: Ranges, b: Ranges): boolean => {
  let i = 0;
  let j = 0;
  for (let left = a[0], right = b[0]; left !== undefined && right !== undefined;) {
    if (left[1] < right[0]) left = a[++i];
    else if (right[1] < left[0]) right = b[++j];
    else return true;
  }
  return false;
};

export const union = (...sets: readonly Ranges[]): Ranges => normalise(sets.flat());
