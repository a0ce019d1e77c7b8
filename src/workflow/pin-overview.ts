import type { Answer } from '../pins/ask.ts';
import { showPin, type Pin } from '../pins/pin.ts';
import { isTag, shortName } from '../pins/refs.ts';
import { humanAge } from '../report/quantity.ts';

/** Ages below this are of this run. */
const NOW_MS = 60_000;
const NAMED = 3;

const named = (refs: readonly string[], first: 'tags' | 'branches'): string => {
  const [tags, branches] = [refs.filter(isTag), refs.filter((ref) => !isTag(ref))];
  const names = (first === 'tags' ? [...tags, ...branches] : [...branches, ...tags]).map(shortName);
  return names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ', …' : '');
};

const words = ({ ref }: Pin, { verdict, advertised, commit }: Answer): string => {
  if (ref.kind !== 'sha') return commit === undefined ? 'not found' : `now ${commit.slice(0, 12)}`;
  if (verdict === undefined) return advertised.kind === 'silent' ? advertised.why : '';
  switch (verdict.kind) {
    case 'ok-tip':
      return named(verdict.refs, 'tags');
    case 'ok-reachable':
      return `in ${named(verdict.refs, 'branches')}`;
    case 'branch-only':
      return `only in ${named(verdict.refs, 'branches')}`;
    default:
      return verdict.kind;
  }
};

const askedAt = ({ verdict, advertised }: Answer): Date | undefined =>
  verdict?.askedAt ?? (advertised.kind === 'refs' ? advertised.askedAt : undefined);

const ageOf = (answer: Answer, now: Date): string => {
  const at = askedAt(answer);
  const ms = at === undefined ? 0 : now.getTime() - at.getTime();
  return ms < NOW_MS ? '' : `as of ${humanAge(ms)} ago`;
};

/** A line for each thing that is referred to: what it is, how often, and how old that answer is. */
export const overviewOf = (pins: readonly Pin[], answers: readonly Answer[], now: Date): readonly string[] => {
  const rows = new Map<string, { cells: readonly string[]; uses: number }>();
  for (const [i, pin] of pins.entries()) {
    const answer = answers[i];
    if (answer === undefined) continue;
    const name = showPin(pin);
    const row = rows.get(`${pin.place.url} ${name}`) ?? { cells: [name, words(pin, answer), ageOf(answer, now)], uses: 0 };
    row.uses++;
    rows.set(`${pin.place.url} ${name}`, row);
  }
  const all = [...rows.values()].toSorted((a, b) => ((a.cells[0] ?? '') < (b.cells[0] ?? '') ? -1 : 1));
  const widths = [0, 1].map((column) => Math.max(0, ...all.map(({ cells }) => (cells[column] ?? '').length)));
  return all.map(({ cells: [name = '', says = '', age = ''], uses }) =>
    `${name.padEnd(widths[0] ?? 0)}  ${uses > 1 ? `${uses}×`.padStart(4) : '    '}  ${says.padEnd(age === '' ? 0 : (widths[1] ?? 0))}  ${age}`.trimEnd(),
  );
};
