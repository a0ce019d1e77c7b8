import type { Entry } from '../check.ts';
import type { Config } from '../config/schema.ts';
import { pathTest } from './files.ts';
import { formOf } from './forms.ts';

/** A date that a file's name begins or ends with: it is a record of that day, and its numbers were true then. */
const DATED = /(?:^|\/)(?:[^/]*[-_. ])?(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:[-_. ][^/]*)?$/;

const REGULAR = 0o100000;
const KIND = 0o170000;

/** A test of paths as snapshots spell them: records, which are neither rewritten nor judged. */
export const frozenTest = ({ frozen }: Pick<Config['markers'], 'frozen'>): ((path: string) => boolean) => {
  const isNamed = pathTest(frozen, undefined);
  return (path) => isNamed(path) || DATED.test(path);
};

/** The files in which markers are looked for. Symbolic links are none: what they lead to is looked at where it stands. */
export const markerFiles = (entries: readonly Entry[], markers: Pick<Config['markers'], 'files' | 'frozen'>): readonly Entry[] => {
  const isWanted = pathTest(markers.files, undefined);
  const isFrozen = frozenTest(markers);
  return entries.filter(({ path, mode }) => (mode & KIND) === REGULAR && isWanted(path) && formOf(path) !== undefined && !isFrozen(path));
};
