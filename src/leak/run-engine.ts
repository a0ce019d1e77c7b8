import type { CheckContext, Event } from '../check.ts';
import { openPack, openScanner } from '../engine/open.ts';
import type { Pack } from '../engine/pack.ts';
import type { Scanner } from '../engine/scanner.ts';
import type { LeakOptions } from './options.ts';
import { openRunTerms, type RunTerms } from './terms.ts';

/** The rules of a run and what looks with them. */
export interface RunEngine {
  readonly pack: Pack;
  readonly scanner: Scanner;
  readonly terms: RunTerms;
  /** For fingerprints: terms in a text; undefined where no term is looked for. */
  readonly termsIn: Scanner['termsIn'] | undefined;
}

const NO_TERMS: RunTerms = { set: undefined, skipped: [], name: '' };

/**
 * Opens rules and terms of a run. What of the terms cannot be looked for is in `terms.skipped`.
 * @throws {ConfigError} for the first error in a rule file
 */
export const openRunEngine = async (
  { choice, plan }: Pick<LeakOptions, 'choice' | 'plan'>,
  event: Event,
  context: CheckContext,
): Promise<RunEngine> => {
  const pack = await openPack(choice, context);
  const terms = pack.terms.length === 0 ? NO_TERMS : openRunTerms(pack, event, context);
  const scanner = openScanner(pack, plan, terms.set);
  return { pack, scanner, terms, termsIn: terms.set === undefined ? undefined : scanner.termsIn };
};
