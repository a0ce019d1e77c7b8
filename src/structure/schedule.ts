import { quoted } from '../report/quoted.ts';
import { asText, at, hasExpression, itemsOf } from '../lint/nodes.ts';
import { WORKFLOW, type Rule } from '../lint/rule.ts';
import type { ScalarNode } from '../lint/tree.ts';
import type { WorkflowTree } from '../lint/workflow.ts';

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of the week', min: 0, max: 6, names: DAYS },
];
/** Minutes between two runs; the forge runs none sooner. */
const SHORTEST = 5;

const numberOf = (text: string, { min, max, names }: Field): number | undefined => {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named !== -1) return named + min;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= min && value <= max ? value : undefined;
};

/** What a part of a field stands for; undefined: it is none. */
const valuesOf = (part: string, field: Field): readonly number[] | undefined => {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,2}$/.test(step))) return undefined;
  const [from = '', to, ...others] = range.split('-');
  const first = range === '*' ? field.min : numberOf(from, field);
  const last = range === '*' ? field.max : to === undefined ? (step === undefined ? first : field.max) : numberOf(to, field);
  if (first === undefined || last === undefined || others.length > 0 || last < first) return undefined;
  return Array.from({ length: Math.floor((last - first) / Number(step ?? 1)) + 1 }, (_, i) => first + i * Number(step ?? 1));
};

/** The values of each field of a cron line, or what is wrong with it. */
const parseCron = (text: string): readonly (readonly number[])[] | string => {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length)
    return `five fields make a schedule: ${FIELDS.map(({ name }) => name).join(', ')}; here are ${text.trim() === '' ? 0 : parts.length}`;
  const fields: number[][] = [];
  for (const [index, field] of FIELDS.entries()) {
    const values: number[] = [];
    for (const part of (parts[index] ?? '').split(',')) {
      const some = valuesOf(part, field);
      if (some === undefined)
        return `${quoted(part)} is no ${field.name}${field.names === undefined ? `, which is ${field.min} to ${field.max}` : ''}`;
      values.push(...some);
    }
    fields.push([...new Set(values)].sort((a, b) => a - b));
  }
  return fields;
};

/** The least number of minutes between two runs of one day. */
const shortestGap = ([minutes = [], hours = []]: readonly (readonly number[])[]): number => {
  const gaps = minutes.slice(1).map((minute, i) => minute - (minutes[i] ?? 0));
  const isNextHour = hours.some((hour) => hours.includes((hour + 1) % 24));
  const wrapped = isNextHour ? [(minutes[0] ?? 0) + 60 - (minutes.at(-1) ?? 0)] : [];
  return Math.min(Infinity, ...gaps, ...wrapped);
};

const scheduled = ({ root }: WorkflowTree, key: string): readonly ScalarNode[] =>
  itemsOf(at(root, 'on', 'schedule')).flatMap((item) => {
    const text = asText(at(item, key));
    return text === undefined || hasExpression(text.text) ? [] : [text];
  });

export const cronSyntax: Rule = {
  id: 'cron-syntax',
  severity: 'error',
  summary: 'the times of a schedule are not as cron writes them',
  kinds: WORKFLOW,
  check: (workflow, report) => {
    for (const cron of scheduled(workflow, 'cron')) {
      const parsed = parseCron(cron.text);
      if (typeof parsed === 'string') report(cron, parsed);
    }
  },
};

export const cronInterval: Rule = {
  id: 'cron-interval',
  severity: 'warning',
  summary: 'a schedule runs more often than the forge does it',
  kinds: WORKFLOW,
  check: (workflow, report) => {
    for (const cron of scheduled(workflow, 'cron')) {
      const parsed = parseCron(cron.text);
      const gap = typeof parsed === 'string' ? Infinity : shortestGap(parsed);
      if (gap < SHORTEST)
        report(cron, `runs ${gap === 1 ? 'every minute' : `${gap} minutes apart`}; ${SHORTEST} minutes is the least there is`);
    }
  },
};

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

export const timezone: Rule = {
  id: 'timezone',
  severity: 'error',
  summary: 'the time zone of a schedule does not exist',
  kinds: WORKFLOW,
  check: (workflow, report) => {
    for (const zone of scheduled(workflow, 'timezone'))
      if (!isZone(zone.text) || /^[+-]/.test(zone.text))
        report(zone, `no time zone ${quoted(zone.text)}`, { hint: 'a name of the IANA database, like "Europe/Paris"' });
  },
};

export const scheduleMissing: Rule = {
  id: 'empty-schedule',
  severity: 'error',
  summary: 'schedule is named as an event, and no time is',
  kinds: WORKFLOW,
  check: ({ triggers }, report) => {
    for (const { name, at: where, config } of triggers)
      if (name === 'schedule' && itemsOf(config).length === 0)
        report(where, 'a schedule without a time never runs', { hint: 'schedule:\n  - cron: "30 5 * * 1"' });
  },
};
