import { printable } from './printable.ts';

const RUN = /[A-Za-z0-9_+/=]{16,}/g;
const SHOWN = 4; // characters of a run that is cut

/** Long runs of letters and digits could be a secret that was pasted in the wrong place: their beginning has to do. */
const cut = (run: string): string => (/[0-9]/.test(run) && /[A-Za-z]/.test(run) ? `${run.slice(0, SHOWN)}…` : run);

/** Text of a file with nothing in it that could be a secret. */
export const withoutSecrets = (text: string): string => text.replace(RUN, cut);

/** A word of a file in double quotes, fit for a terminal, cut to a bearable length, with nothing in it that could be a secret. */
export const quoted = (word: string, longest = 40): string => {
  const safe = withoutSecrets(word.slice(0, 4096));
  const characters = Array.from(safe.slice(0, 2 * longest + 2));
  return `"${printable(characters.length > longest ? `${characters.slice(0, longest).join('')}…` : safe)}"`;
};
