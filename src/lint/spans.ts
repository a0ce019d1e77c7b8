import type { ScalarNode, Span } from './tree.ts';

const lineStarts = (text: string, from: number, to: number): number[] => {
  const starts = [from];
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
};

/** In a literal block each line of the value is a line of the text, some spaces further in. */
const inLiteral = (text: string, scalar: ScalarNode, index: number): number | undefined => {
  const [, first, ...rest] = lineStarts(text, scalar.start, scalar.end);
  if (first === undefined) return undefined;
  const starts = [first, ...rest];
  const lines = scalar.text.slice(0, index).split('\n');
  const start = starts[lines.length - 1];
  const whole = scalar.text.split('\n')[lines.length - 1];
  if (start === undefined || whole === undefined) return undefined;
  const end = text.indexOf('\n', start);
  const written = text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
  return written.endsWith(whole) ? start + written.length - whole.length + (lines.at(-1)?.length ?? 0) : undefined;
};

const offsetOf = (text: string, scalar: ScalarNode, index: number): number | undefined => {
  const { start, end, style } = scalar;
  if (style === 'literal') return inLiteral(text, scalar, index);
  const quote = style === 'single' || style === 'double' ? 1 : 0;
  if (style !== 'folded' && text.slice(start + quote, end - quote) === scalar.text) return start + quote + index;
  return undefined;
};

/** The n-th occurrence of a part of the value is the n-th in what is written, if both have as many. */
const byOccurrence = (text: string, scalar: ScalarNode, from: number, part: string): number | undefined => {
  const before = scalar.text.slice(0, from).split(part).length - 1;
  const written = text.slice(scalar.start, scalar.end);
  if (part === '' || written.split(part).length !== scalar.text.split(part).length) return undefined;
  let at = -1;
  for (let i = 0; i <= before; i++) at = written.indexOf(part, at + 1);
  return at === -1 ? undefined : scalar.start + at;
};

/**
 * Where a part of a scalar's value (UTF-16 units of `scalar.text`) stands in the text; all of the scalar where that cannot be said
 * (folded lines, escapes).
 */
export const spanWithin = (text: string, scalar: ScalarNode, from: number, to: number): Span => {
  const start = offsetOf(text, scalar, from) ?? byOccurrence(text, scalar, from, scalar.text.slice(from, to));
  if (start === undefined) return { start: scalar.start, end: scalar.end };
  const end = offsetOf(text, scalar, to) ?? start + to - from;
  return { start, end: Math.max(start, end) };
};

/** A scalar's own characters, quotes left out. */
export const spanOf = (scalar: ScalarNode): Span => {
  const quote = scalar.style === 'single' || scalar.style === 'double' ? 1 : 0;
  return { start: scalar.start + quote, end: Math.max(scalar.start + quote, scalar.end - quote) };
};
