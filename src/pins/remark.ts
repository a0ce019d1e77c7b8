import type { Severity } from '../report/finding.ts';
import type { Wanted } from './mend.ts';
import { shortName } from './refs.ts';

/** Something to say about a pin. */
export interface Remark {
  /** Of the rule, without its room. */
  readonly id: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string;
  /** What should stand there. */
  readonly wanted?: Wanted;
  /** Said once for all pins of the repository. */
  readonly isOfRepository?: true;
}

/** An object name as messages show it. */
export const short = (oid: string): string => oid.slice(0, 12);
/** `v4.2.2 is 11bd719…`, to be copied. */
export const full = ({ commit, ref }: { readonly commit: string; readonly ref: string }): string => `${shortName(ref)} is ${commit}`;
