import type { Entry, Snapshot } from '../check.ts';
import type { Progress } from '../command.ts';
import type { Config } from '../config/schema.ts';
import { InterruptedError } from '../errors.ts';
import { placeFingerprint } from '../report/fingerprint.ts';
import type { Finding, Skipped } from '../report/finding.ts';
import { claimsIn, type Claim, type Claimed } from './claims.ts';
import type { Counted } from './counted.ts';
import { pathTest } from './files.ts';
import { formOf } from './forms.ts';
import { frozenTest } from './marker-files.ts';
import { nounsOf } from './nouns.ts';

/** Counters of whole numbers, by how prose calls what they count. */
export const claimedOf = (counts: Config['counts'], counted: ReadonlyMap<string, Counted>): readonly Claimed[] =>
  [...counted].flatMap(([name, one]) => {
    const counter = Object.hasOwn(counts, name) ? counts[name] : undefined;
    if (one.kind !== 'value' || counter === undefined || !/^\d{1,15}$/.test(one.value)) return [];
    return [{ name, value: Number(one.value), nouns: nounsOf(name, counter) }];
  });

const SYMBOLIC_LINK = 0o120000;

/** Markdown whose numbers are judged. @param named files that are judged whatever the settings say of their names */
export const claimFiles = (entries: readonly Entry[], markers: Config['markers'], named: readonly string[] = []): readonly Entry[] => {
  const isWanted = pathTest(named.length > 0 ? named : markers.claims, undefined);
  const isFrozen = frozenTest(markers);
  return entries.filter(
    ({ path, mode }) => mode !== SYMBOLIC_LINK && isWanted(path) && !isFrozen(path) && formOf(path)?.kind === 'markdown',
  );
};

const RULE = 'counts/claim';
const LINE_FEED = 10;

const spotOf = (bytes: Uint8Array, start: number): { readonly line: number; readonly column: number } => {
  let line = 1;
  let begin = 0;
  for (let feed = bytes.indexOf(LINE_FEED); feed >= 0 && feed < start; feed = bytes.indexOf(LINE_FEED, begin))
    [line, begin] = [line + 1, feed + 1];
  return { line, column: Buffer.from(bytes.subarray(begin, start)).toString('utf8').length + 1 };
};

const findingOf = (
  path: string,
  bytes: Uint8Array,
  { name, value, start, end, text, isPlain }: Claim,
  derivation: string,
  ordinal: number,
): Finding => {
  return {
    rule: RULE,
    severity: isPlain ? 'warning' : 'note',
    message: `"${text}", but ${name} is ${value}`,
    hint: `${value} = ${derivation}\nmake it a marker: <!-- count:${name} -->${value}<!-- /count:${name} -->`,
    path,
    ...spotOf(bytes, start),
    start,
    end,
    fingerprint: placeFingerprint(RULE, path, `${name} ${text}`, ordinal),
    extra: { counter: name },
  };
};

interface World {
  readonly snapshot: Pick<Snapshot, 'readMany'>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface ClaimsLook {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly bytes: number;
}

/** Numbers in files that are not what a counter says. @throws {InterruptedError} */
export const lookForClaims = async (
  entries: readonly Entry[],
  claimed: readonly Claimed[],
  counted: ReadonlyMap<string, Counted>,
  { snapshot, progress, signal }: World,
): Promise<ClaimsLook> => {
  const findings: Finding[] = [];
  const skipped: Skipped[] = [];
  let size = 0;
  progress.start('reading', entries.length);
  for await (const [{ path }, content] of snapshot.readMany(entries, signal)) {
    if (signal.aborted) throw new InterruptedError('interrupted');
    progress.advance();
    if (content.kind === 'skipped') {
      skipped.push({ ...content.skipped, path });
      continue;
    }
    size += content.bytes.length;
    const seen = new Map<string, number>();
    for (const claim of claimsIn(content.bytes, claimed)) {
      const key = `${claim.name} ${claim.text}`;
      const ordinal = seen.get(key) ?? 0;
      seen.set(key, ordinal + 1);
      const one = counted.get(claim.name);
      findings.push(findingOf(path, content.bytes, claim, one?.kind === 'value' ? one.derivation : '', ordinal));
    }
  }
  progress.stop();
  return { findings, skipped, bytes: size };
};
