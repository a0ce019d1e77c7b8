import type { Finding } from '../report/finding.ts';
import { lineDigest, placeFingerprint } from '../report/fingerprint.ts';
import { quoted } from '../report/quoted.ts';
import { lineText } from './run.ts';
import { offsetOf, type Tree } from './tree.ts';

/** What actionlint says of a file, as `-format '{{json .}}'` writes it. */
export interface ActionlintSaid {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly kind: string;
}

export type ActionlintAnswer =
  | { readonly kind: 'said'; readonly findings: readonly ActionlintSaid[] }
  | { readonly kind: 'failed'; readonly reason: string };

/** An actionlint that can be asked, wherever it is. */
export interface Actionlint {
  readonly version: string;
  judge(path: string, bytes: Uint8Array): Promise<ActionlintAnswer>;
}

const isSaid = (one: unknown): one is ActionlintSaid =>
  typeof one === 'object' &&
  one !== null &&
  'message' in one &&
  typeof one.message === 'string' &&
  'line' in one &&
  Number.isInteger(one.line) &&
  'column' in one &&
  Number.isInteger(one.column) &&
  'kind' in one &&
  typeof one.kind === 'string';

/** undefined: it is not what actionlint writes. */
export const parseActionlint = (text: string): readonly ActionlintSaid[] | undefined => {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (said === null) return []; // Go's empty list
  return Array.isArray(said) && said.every(isSaid) ? said : undefined;
};

interface Mute {
  /** The first version that knows better; undefined: none does yet. */
  readonly until?: string;
  readonly kind?: string;
  readonly message: RegExp;
}

/** What actionlint says of syntax that is newer than it. Labels of runners are judged here, by a newer list. */
const MUTES: readonly Mute[] = [
  { kind: 'runner-label', message: /is unknown/ },
  { message: /"(?:parallel|background|wait|wait-all|cancel)"/ },
  { message: /step must run script with "run" section or run action with "uses" section/ },
  { message: /"\$\/[^"]*" (?:in|at|is)|"\$\/[^"]*".*not following the format/ },
  { message: /unexpected key "(?:deployment|queue|timezone|cancel-timeout-minutes)"/ },
  { message: /unknown permission scope "(?:artifact-metadata|code-quality|copilot-requests|drives|models|vulnerability-alerts)"/ },
  { until: '1.7.10', message: /\balias\b|anchor/ },
  { until: '1.7.8', message: /unexpected key "snapshot"|image_version/ },
];

const numbers = (version: string): readonly number[] => version.split('.').map((part) => Number.parseInt(part, 10) || 0);

/** True where version `a` is before version `b`. */
const isBefore = (a: string, b: string): boolean => {
  const [left, right] = [numbers(a), numbers(b)];
  for (const [i, part] of right.entries()) if ((left[i] ?? 0) !== part) return (left[i] ?? 0) < part;
  return false;
};

const isMuted = ({ kind, message }: ActionlintSaid, version: string, words: readonly string[]): boolean =>
  words.some((word) => message.includes(word)) ||
  MUTES.some(
    (mute) =>
      (mute.kind === undefined || mute.kind === kind) &&
      mute.message.test(message) &&
      (mute.until === undefined || isBefore(version, mute.until)),
  );

/** What is passed on of it: not what is muted, and not what our own rules say of the same line. */
export const passedOn = (
  said: readonly ActionlintSaid[],
  { version, own, mute }: { readonly version: string; readonly own: readonly Finding[]; readonly mute: readonly string[] },
): readonly ActionlintSaid[] => {
  const lines = new Set(own.map(({ line }) => line));
  return said.filter((one) => !isMuted(one, version, mute) && (isForeign(one) || !lines.has(one.line)));
};

/** What other programs say of scripts is never said by us. */
const isForeign = ({ kind }: ActionlintSaid): boolean => kind === 'shellcheck' || kind === 'pyflakes';

/** What runs all the same: opinions, risks, what is old. */
const MILD: ReadonlySet<string> = new Set([
  'shellcheck',
  'pyflakes',
  'deprecated-commands',
  'action',
  'credentials',
  'if-cond',
  'runner-label',
]);
const isMild = ({ kind, message }: ActionlintSaid): boolean => MILD.has(kind) || message.includes('potentially untrusted');

const LONGEST = 300;

/** As findings of ours: rule `workflow/actionlint`, with its own kind and version beside. */
export const actionlintFindings = (said: readonly ActionlintSaid[], path: string, tree: Tree, version: string): readonly Finding[] => {
  const ordinals = new Map<string, number>();
  return said.map((one): Finding => {
    const { message, line, column, kind } = one;
    const offset = offsetOf(tree.text, Math.max(1, line), Math.max(1, column));
    const digest = lineDigest(lineText(tree, offset), `${kind}: ${message}`);
    const ordinal = ordinals.get(digest) ?? 0;
    ordinals.set(digest, ordinal + 1);
    return {
      rule: 'workflow/actionlint',
      severity: isMild(one) ? 'warning' : 'error',
      message: quoted(message.replaceAll('"', "'"), LONGEST).slice(1, -1),
      path,
      line: Math.max(1, line),
      column: Math.max(1, column),
      start: tree.offsets.byteOf(offset),
      end: tree.offsets.byteOf(offset),
      fingerprint: placeFingerprint('workflow/actionlint', path, digest, ordinal),
      extra: { engine: 'actionlint', kind, version },
    };
  });
};
