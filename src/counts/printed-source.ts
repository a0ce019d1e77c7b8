import { parseDuration } from '../config/units.ts';
import { quoted } from '../report/quoted.ts';
import type { Counted } from './counted.ts';
import type { Counter, CountWorld } from './world.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
const NUMBER = /(?<![\w.,])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w])|(?<![\w.])-?\d+(?:\.\d+)?/;

/** One word is the value as it is: a version. Of more the first number is. */
const valueOf = (text: string): string | undefined => {
  const whole = text.trim();
  return /\s/.test(whole) || whole === '' ? NUMBER.exec(whole)?.[0].replaceAll(',', '') : whole;
};

/** What a command prints. */
export const countPrinted = async (counter: Counter, { run, isHook }: CountWorld): Promise<Counted> => {
  const { command = [], timeout } = counter;
  if (typeof run !== 'function') return { kind: 'unknown', ...run, isChosen: true };
  if (isHook && !counter['at-commit'])
    return { kind: 'unknown', reason: 'its command does not run in hooks', hint: 'at-commit = true', isChosen: true };
  const ms = (timeout === undefined ? undefined : parseDuration(timeout)) ?? DEFAULT_TIMEOUT_MS;
  // None: as long as a timer can be.
  const printed = await run(command, ms === 0 ? 2 ** 31 - 1 : ms);
  const name = quoted(command[0] ?? '');
  if (printed.kind === 'failed') return { kind: 'broken', key: 'command', reason: `${name}: ${printed.reason}` };
  const value = valueOf(printed.text);
  if (value === undefined) return { kind: 'broken', key: 'command', reason: `${name} printed no number` };
  return { kind: 'value', value, derivation: `printed by ${command.map((word) => quoted(word).slice(1, -1)).join(' ')}` };
};
