import { badgeSlots } from './badge.ts';
import { decoded } from './latin1.ts';
import type { Slot, SlotProblem } from './marker.ts';

/** What may stand around a number between its comments: emphasis, a code span, quotation marks in code. */
const AROUND = {
  prose: [/^(\*{1,3}|_{1,3}|~{1,2})([^*_~]*)\1$/, /^(`+)([^`]*)\1$/],
  code: [/^(["'`])([^"'`]*)\1$/],
} as const;

/** The number between two comments of a marker. @param source latin1 */
export const slotsBetween = (source: string, from: number, to: number, kind: keyof typeof AROUND): readonly Slot[] | SlotProblem => {
  let [start, end] = [from, to];
  while (start < end && ' \t'.includes(source[start] ?? '')) start++;
  while (end > start && ' \t'.includes(source[end - 1] ?? '')) end--;
  if (start === end) return [{ start: from, end: to, text: '', form: 'text' }];
  if (kind === 'prose') {
    const badge = badgeSlots(source, start, end);
    if (badge !== undefined) return badge;
  }
  for (const around of AROUND[kind]) {
    const [, mark = ''] = around.exec(source.slice(start, end)) ?? [];
    start += mark.length;
    end -= mark.length;
  }
  return [{ start, end, text: decoded(source, start, end), form: 'text' }];
};
