import { printable } from '../report/printable.ts';
import type { Plan } from './state.ts';

/** A path as short as it can be said from a folder. */
const short = (path: string, from: string): string => (path.startsWith(`${from}/`) ? path.slice(from.length + 1) : path);

/** One line for each event and place, and what a person has to know. @param from paths inside it are told from there */
export const planText = ({ lines, remarks }: Plan, from: string, tried: boolean): string => {
  const rows = lines.map(({ event, path, words }) => [event ?? '', printable(short(path, from)), printable(words)] as const);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const text = rows.map(([event, path, words]) => `${event.padEnd(widths[0] ?? 0)}  ${path.padEnd(widths[1] ?? 0)}  ${words}\n`).join('');
  const rest = remarks.map((remark) => `${printable(remark)}\n`).join('');
  return `${text}${rest}${tried ? 'Nothing was changed: --dry-run.\n' : ''}`;
};

/** The same for a program. */
export const planValue = ({ lines, remarks, steps }: Plan, tried: boolean): unknown => ({
  changed: !tried && steps.length > 0,
  places: lines.map(({ event, path, words, same }) => ({ event: event ?? null, path, words, same })),
  remarks,
});
