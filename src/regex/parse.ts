import { foldCase, negate, normalise, property, MAX_CODE_POINT, type Ranges } from './ranges.ts';
import type { Assertion, Node, Pattern } from './tree.ts';

/** Why a pattern cannot be used, and where: `at` is an offset in code points. */
export class PatternError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(`${message} at character ${at + 1}`);
    this.name = 'PatternError';
    this.at = at;
  }
}

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly U: boolean;
  readonly x: boolean;
}

const DIGIT: Ranges = [[0x30, 0x39]];
const WORD: Ranges = [[0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]]; // prettier-ignore
const SPACE: Ranges = [
  [9, 10],
  [12, 13],
  [32, 32],
]; // prettier-ignore -- RE2: no vertical tab, unlike JavaScript
const PERL: ReadonlyMap<string, Ranges> = new Map([['d', DIGIT], ['w', WORD], ['s', SPACE]]); // prettier-ignore
const POSIX: ReadonlyMap<string, Ranges> = new Map<string, Ranges>([
  ['alnum', [[0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a]]], ['alpha', [[0x41, 0x5a], [0x61, 0x7a]]], ['ascii', [[0, 0x7f]]],
  ['blank', [[9, 9], [32, 32]]], ['cntrl', [[0, 31], [127, 127]]], ['digit', DIGIT], ['graph', [[33, 126]]], ['lower', [[0x61, 0x7a]]],
  ['print', [[32, 126]]], ['punct', [[33, 47], [58, 64], [91, 96], [123, 126]]], ['space', [[9, 13], [32, 32]]], ['upper', [[0x41, 0x5a]]],
  ['word', WORD], ['xdigit', [[0x30, 0x39], [0x41, 0x46], [0x61, 0x66]]],
]); // prettier-ignore
const CONTROL: ReadonlyMap<string, number> = new Map([['n', 10], ['t', 9], ['r', 13], ['f', 12], ['v', 11], ['a', 7]]); // prettier-ignore
const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map([['b', 'word'], ['B', 'notWord'], ['A', 'begin'], ['z', 'end']]); // prettier-ignore
const MAX_REPEAT = 10_000; // RE2 stops at 1,000, Rust's engine (kingfisher's rules) does not
const MAX_DEPTH = 250;
const MAX_LENGTH = 100_000;

// Patterns are mostly of the same few characters and classes; their nodes are made once, so that who works on a node can know it again.
const literals: (Node | undefined)[] = []; // by code point and whether case is ignored, ASCII only
const namedSets = new WeakMap<Ranges, (Ranges | undefined)[]>();
const writtenSets = new Map<string, Node>();
const MAX_WRITTEN = 1000;
const DOT: Node = { kind: 'set', ranges: negate([[10, 10]]) };
const ANY: Node = { kind: 'set', ranges: [[0, MAX_CODE_POINT]] };
const PLAIN = Uint8Array.from({ length: 128 }, (_, code) => (/[\w "'/:;,=@&%#~<>!-]/.test(String.fromCharCode(code)) ? 1 : 0));
const QUANTIFIERS = '*+?{';
/** A class as it is written, where that is plain to see. */
const PLAIN_SET = /\[\^?(?:[^\\[\]]|\\[^Q])(?:[^\\[\]]|\\[^Q])*\]/y;

type Escape = { readonly set: Ranges } | { readonly code: number } | { readonly assertion: Assertion };

/**
 * Reads the RE2 dialect of Go's regexp/syntax with Perl flags (https://github.com/google/re2/wiki/Syntax), and also the `x` flag and
 * `(?#comments)` that kingfisher's rules use. Flags are resolved into the tree; nothing of JavaScript's meaning is left.
 * @throws {PatternError}
 */
export function parsePattern(source: string): Pattern {
  return new Parser(source).parse();
}

class Parser {
  private readonly source: string;
  private readonly chars: readonly string[];
  private at = 0;
  private depth = 0;
  private captures = 0;
  private flags: Flags = { i: false, m: false, s: false, U: false, x: false };

  constructor(source: string) {
    if (source.length > MAX_LENGTH) throw new PatternError('pattern is longer than 100,000 characters', MAX_LENGTH);
    this.source = source;
    this.chars = Array.from(source);
  }

  parse(): Pattern {
    const tree = this.alternation();
    if (this.at < this.chars.length) this.fail('unexpected )');
    return { source: this.source, tree, captures: this.captures };
  }

  private fail(message: string): never {
    throw new PatternError(message, this.at);
  }

  private ahead(count: number): string {
    return this.chars.slice(this.at, this.at + count).join('');
  }

  private alternation(): Node {
    if (++this.depth > MAX_DEPTH) this.fail('nested too deep');
    const items = [this.sequence()];
    while (this.chars[this.at] === '|') {
      this.at++;
      items.push(this.sequence());
    }
    this.depth--;
    if (items.length === 1 && items[0] !== undefined) return items[0];
    // One character whichever way: a set, so that no engine tries two ways.
    const sets = items.flatMap((item) => (item.kind === 'set' ? [item.ranges] : []));
    return sets.length === items.length ? { kind: 'set', ranges: normalise(sets.flat()) } : { kind: 'alt', items };
  }

  private sequence(): Node {
    const items: Node[] = [];
    for (;;) {
      this.skipExtended();
      const next = this.chars[this.at];
      if (next === undefined || next === '|' || next === ')') break;
      // Most of a pattern: a letter, a digit or the like, and no quantifier behind it.
      const code = next.charCodeAt(0);
      if (PLAIN[code] === 1 && !QUANTIFIERS.includes(this.chars[this.at + 1] ?? '?') && !this.flags.x) {
        this.at++;
        items.push(this.literal(code));
        continue;
      }
      if (next === '\\' && this.chars[this.at + 1] === 'Q') {
        this.quoted(items);
        continue;
      }
      const atom = this.atom();
      if (atom !== undefined) items.push(this.quantified(atom));
    }
    return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'cat', items };
  }

  private skipExtended(): void {
    while (this.flags.x) {
      const next = this.chars[this.at];
      if (next === '#') while (this.at < this.chars.length && this.chars[this.at] !== '\n') this.at++;
      else if (next !== undefined && /\s/.test(next)) this.at++;
      else return;
    }
  }

  private quantified(atom: Node): Node {
    this.skipExtended();
    const bounds = this.quantifier();
    if (bounds === undefined) return atom;
    this.skipExtended();
    const at = this.at;
    if (this.quantifier() !== undefined) {
      this.at = at;
      this.fail('a repeat of a repeat (nested or possessive quantifier)');
    }
    return { kind: 'repeat', node: atom, ...bounds };
  }

  private quantifier(): { min: number; max: number; greedy: boolean } | undefined {
    const bounds = this.bounds();
    if (bounds === undefined) return undefined;
    const lazy = this.chars[this.at] === '?';
    if (lazy) this.at++;
    return { min: bounds[0], max: bounds[1], greedy: lazy === this.flags.U };
  }

  private bounds(): readonly [number, number] | undefined {
    const next = this.chars[this.at];
    if (next === '*' || next === '+' || next === '?') {
      this.at++;
      return next === '*' ? [0, Infinity] : next === '+' ? [1, Infinity] : [0, 1];
    }
    if (next !== '{') return undefined;
    const match = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(this.ahead(24));
    if (match === null) return undefined; // a plain brace
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === '' ? Infinity : Number(match[3]);
    if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) this.fail('repeat count over 10,000');
    if (max < min) this.fail('repeat bounds in the wrong order');
    this.at += match[0].length;
    return [min, max];
  }

  private atom(): Node | undefined {
    const next = this.chars[this.at++];
    switch (next) {
      case '(':
        return this.group();
      case '[':
        return this.set();
      case '.':
        return this.flags.s ? ANY : DOT;
      case '^':
        return { kind: 'assert', what: this.flags.m ? 'lineBegin' : 'begin' };
      case '$':
        return { kind: 'assert', what: this.flags.m ? 'lineEnd' : 'end' };
      case '*':
      case '+':
      case '?':
        this.at--;
        return this.fail('nothing to repeat');
      case '\\':
        return this.escapedAtom();
      default:
        return this.literal(next?.codePointAt(0) ?? 0);
    }
  }

  private literal(code: number): Node {
    if (code > 0x7f) return { kind: 'set', ranges: this.folded([[code, code]]) };
    return (literals[code * 2 + Number(this.flags.i)] ??= { kind: 'set', ranges: this.folded([[code, code]]) });
  }

  private folded(ranges: Ranges): Ranges {
    return this.flags.i ? foldCase(ranges) : ranges;
  }

  // RE2 folds the positive class and negates after that: (?i)\W has no k, though \W has the KELVIN SIGN.
  private named(ranges: Ranges, negated: boolean): Ranges {
    const known = namedSets.get(ranges) ?? [];
    namedSets.set(ranges, known);
    return (known[Number(negated) * 2 + Number(this.flags.i)] ??= negated ? negate(this.folded(ranges)) : this.folded(ranges));
  }

  private escapedAtom(): Node {
    const escape = this.escape(false);
    if ('assertion' in escape) return { kind: 'assert', what: escape.assertion };
    if ('set' in escape) return { kind: 'set', ranges: escape.set };
    return this.literal(escape.code);
  }

  /** A repeat after `\Qab\E` is of its last character alone. */
  private quoted(items: Node[]): void {
    this.at += 2;
    let last: Node | undefined;
    while (this.at < this.chars.length && this.ahead(2) !== '\\E') {
      if (last !== undefined) items.push(last);
      last = this.literal(this.chars[this.at++]?.codePointAt(0) ?? 0);
    }
    this.at = Math.min(this.at + 2, this.chars.length);
    if (last !== undefined) items.push(this.quantified(last));
  }

  private group(): Node | undefined {
    const outer = this.flags;
    let index: number | undefined;
    let name: string | undefined;
    if (this.chars[this.at] === '?') {
      this.at++;
      const ahead = this.ahead(80);
      if (ahead.startsWith('#')) return this.comment();
      const named = /^P?<([A-Za-z_]\w*)>/.exec(ahead);
      const flags = /^([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])/.exec(ahead);
      if (named !== null) {
        this.at += named[0].length;
        name = named[1];
        index = ++this.captures;
      } else if (flags !== null) {
        this.at += flags[0].length;
        this.flags = this.withFlags(flags[1] ?? '', flags[2] ?? '');
        if (flags[3] === ')') return undefined; // holds to the end of the enclosing group
      } else this.fail(/^(?:<?[=!])/.test(ahead) ? 'RE2 has no lookaround' : 'unknown group');
    } else index = ++this.captures;
    const node = this.alternation();
    if (this.chars[this.at] !== ')') this.fail('missing )');
    this.at++;
    this.flags = outer;
    if (index === undefined) return node.kind === 'cat' || node.kind === 'alt' ? node : { kind: 'cat', items: [node] };
    return name === undefined ? { kind: 'capture', index, node } : { kind: 'capture', index, name, node };
  }

  private comment(): undefined {
    while (this.at < this.chars.length && this.chars[this.at] !== ')') this.at++;
    this.at++;
    return undefined;
  }

  private withFlags(on: string, off: string): Flags {
    const next = { ...this.flags };
    const set = (letters: string, value: boolean): void => {
      for (const letter of letters) {
        if (letter !== 'i' && letter !== 'm' && letter !== 's' && letter !== 'U' && letter !== 'x') this.fail(`unknown flag ${letter}`);
        next[letter] = value;
      }
    };
    set(on, true);
    set(off, false);
    return next;
  }

  private escape(inSet: boolean): Escape {
    const next = this.chars[this.at++];
    if (next === undefined) return this.fail('trailing backslash');
    const perl = PERL.get(next.toLowerCase());
    if (perl !== undefined) return { set: this.named(perl, next < 'a') };
    const control = CONTROL.get(next);
    if (control !== undefined) return { code: control };
    const assertion = inSet ? undefined : ASSERTIONS.get(next);
    if (assertion !== undefined) return { assertion };
    if (next === 'x') return { code: this.hex() };
    if (next === 'p' || next === 'P') return { set: this.property(next === 'P') };
    if (next === '0') return { code: this.octal() };
    if (/[0-9]/.test(next)) this.fail('RE2 has no back references');
    if (/[A-Za-z]/.test(next)) this.fail(`unknown escape \\${next}`);
    return { code: next.codePointAt(0) ?? 0 };
  }

  private octal(): number {
    const digits = /^[0-7]{0,2}/.exec(this.ahead(2))?.[0] ?? '';
    this.at += digits.length;
    return Number.parseInt(`0${digits}`, 8);
  }

  private hex(): number {
    const match = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(this.ahead(8));
    if (match === null) return this.fail('bad \\x escape');
    this.at += match[0].length;
    const code = Number.parseInt(match[1] ?? match[2] ?? '', 16);
    return code <= MAX_CODE_POINT ? code : this.fail('code point beyond Unicode');
  }

  private property(negated: boolean): Ranges {
    const match = /^(?:\{(\^?)([A-Za-z_]+)\}|([A-Za-z]))/.exec(this.ahead(40));
    const name = match?.[2] ?? match?.[3];
    const ranges = name === undefined ? undefined : property(name);
    if (match === null || ranges === undefined) return this.fail('unknown Unicode class');
    this.at += match[0].length;
    return this.named(ranges, negated !== (match[1] === '^'));
  }

  private set(): Node {
    // Offsets count code points, the expression's count units.
    PLAIN_SET.lastIndex = this.chars.length === this.source.length ? this.at - 1 : Infinity;
    const written = PLAIN_SET.exec(this.source)?.[0];
    if (written === undefined) return this.members();
    const key = this.flags.i ? `i${written}` : written;
    const known = writtenSets.get(key);
    if (known !== undefined) {
      this.at += written.length - 1;
      return known;
    }
    const end = this.at + written.length - 1;
    const node = this.members();
    if (writtenSets.size >= MAX_WRITTEN) writtenSets.clear();
    if (this.at === end) writtenSets.set(key, node);
    return node;
  }

  private members(): Node {
    const negated = this.chars[this.at] === '^';
    if (negated) this.at++;
    const ranges: (readonly [number, number])[] = [];
    const start = this.at;
    for (let first = true; ; first = false) {
      const next = this.chars[this.at];
      if (next === undefined) {
        this.at = start - 1;
        this.fail('missing ]');
      }
      if (next === ']' && !first) break;
      ranges.push(...this.member());
    }
    this.at++;
    return { kind: 'set', ranges: negated ? negate(ranges) : normalise(ranges) };
  }

  private member(): Ranges {
    const posix = this.chars[this.at] === '[' ? /^\[:(\^?)([a-z]+):\]/.exec(this.ahead(12)) : null;
    if (posix !== null) {
      const ranges = POSIX.get(posix[2] ?? '');
      if (ranges === undefined) return this.fail('unknown POSIX class');
      this.at += posix[0].length;
      return this.named(ranges, posix[1] === '^');
    }
    const first = this.endpoint();
    if (typeof first !== 'number') return first;
    const after = this.chars[this.at + 1];
    if (this.chars[this.at] !== '-' || after === ']' || after === undefined) return this.folded([[first, first]]);
    this.at++;
    const last = this.endpoint();
    if (typeof last !== 'number') return this.fail('a class as the end of a range');
    if (last < first) this.fail('range in the wrong order');
    return this.folded([[first, last]]);
  }

  private endpoint(): number | Ranges {
    const next = this.chars[this.at++];
    if (next !== '\\') return next?.codePointAt(0) ?? 0;
    const escape = this.escape(true);
    return 'set' in escape ? escape.set : 'code' in escape ? escape.code : this.fail('an assertion in a class');
  }
}
