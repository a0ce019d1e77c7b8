import { nearest } from '../nearest.ts';
import { quoted } from '../report/quoted.ts';

/** What the schema says of a value, in our words. `keys`: what may stand in its place, where it is a key. */
export interface Words {
  readonly message: string;
  readonly hint?: string;
  /** What was meant beyond doubt: another way to write it, or one letter more, less or other. */
  readonly meant?: string;
}

const list = (keys: readonly string[]): string | undefined =>
  keys.length === 0 ? undefined : keys.length > 24 ? undefined : `one of ${[...keys].sort().join(', ')}`;

const hinted = (message: string, hint: string | undefined): Words => (hint === undefined ? { message } : { message, hint });

/** True for the same letters written otherwise, and for one letter of five or more. */
const isSlip = (text: string, near: string): boolean => {
  const plain = (word: string): string => word.toLowerCase().replaceAll(/[_-]/g, '');
  if (plain(text) === plain(near)) return true;
  if (near.length < 5 || Math.abs(text.length - near.length) > 1) return false;
  let start = 0;
  while (start < text.length && text[start] === near[start]) start++;
  let end = 0;
  while (end < Math.min(text.length, near.length) - start && text.at(-1 - end) === near.at(-1 - end)) end++;
  return Math.max(text.length, near.length) - start - end <= 1;
};

const unexpected = (text: string, isKey: boolean, keys: readonly string[]): Words => {
  const near = nearest(text, keys);
  const hint = near === undefined ? list(keys) : `did you mean ${quoted(near)}?`;
  const meant = near !== undefined && isKey && isSlip(text, near) ? { meant: near } : {};
  if (text === '') return hinted(isKey ? 'an empty key' : 'something must stand here', undefined);
  return {
    ...hinted(isKey ? `${quoted(text)} is no key that may stand here` : `${quoted(text)} is no value that may stand here`, hint),
    ...meant,
  };
};

const REQUIRED = 'Required property is missing: ';
const CHOICE = "There's not enough info to determine what you meant. Add one of these properties: ";

/**
 * Puts a message of workflow-parser 0.3.61 into our words; one that it did not have then stays as it is, without what could be a secret.
 * @param text of the value; a map's and list's is empty
 * @param keys what may stand there
 */
export const inWords = (raw: string, text: string, isKey: boolean, keys: readonly string[]): Words => {
  if (raw.startsWith('Unexpected value ')) return unexpected(text, isKey, keys);
  if (raw.startsWith(REQUIRED)) return { message: `${quoted(raw.slice(REQUIRED.length))} is missing` };
  if (raw.startsWith(CHOICE) && raw.includes('wait-all')) return { message: 'a step needs something to do', hint: 'run or uses' };
  if (raw.startsWith(CHOICE)) return { message: `one of ${raw.slice(CHOICE.length)} is missing` };
  if (raw.endsWith(' is already defined'))
    return { message: `${quoted(text)} stands there twice; keys do not tell upper from lower case here` };
  if (raw === 'A sequence was not expected') return { message: 'a list may not stand here' };
  if (raw === 'A mapping was not expected') return { message: 'a map may not stand here' };
  if (raw === 'A template expression is not allowed in this context') return { message: 'no expression may stand here' };
  return { message: quoted(raw, 200).slice(1, -1) };
};
