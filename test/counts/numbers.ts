import type { CountSet } from '../../src/counts/counted.ts';
import { judgeFile, type JudgedFile } from '../../src/counts/look.ts';
import { readMarkers } from '../../src/counts/read.ts';

/** Counters that stand at these values. */
export const counters = (values: Readonly<Record<string, string>>): CountSet => ({
  formats: {},
  counted: new Map(Object.entries(values).map(([name, value]) => [name, { kind: 'value', value, derivation: 'as the test says' }])),
});

export const judge = (text: string | Uint8Array, values: Readonly<Record<string, string>>, path = 'a.md'): JudgedFile => {
  const bytes = Buffer.from(text);
  return judgeFile({ path, bytes, read: readMarkers(bytes, path) }, counters(values));
};

/** What becomes of a text; undefined: it stays. */
export const rewritten = (text: string, values: Readonly<Record<string, string>>, path?: string): string | undefined => {
  const { after } = judge(text, values, path);
  return after && Buffer.from(after).toString();
};

/** `1:3 broken message` for each finding. */
export const saidOf = ({ judgement }: JudgedFile): readonly string[] =>
  judgement.findings.map(({ line, column, rule, message }) => `${line}:${column} ${rule.replace('counts/', '')}: ${message}`);

export const marker = (name: string, value: string, attributes = ''): string =>
  `<!-- count:${name}${attributes === '' ? '' : ` ${attributes}`} -->${value}<!-- /count:${name} -->`;
