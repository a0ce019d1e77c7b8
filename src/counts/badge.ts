import { decoded } from './latin1.ts';
import type { Slot, SlotForm, SlotProblem } from './marker.ts';

const MARKDOWN = /^\[?!\[((?:[^\\[\]]|\\[^])*)\]\([ \t]*<?([^ \t<>()]+)/;
const HTML = /^<img[ \t]/i;
const SOURCE = /[ \t]src=(?:"([^"]*)"|'([^']*)')/di;
const ALTERNATIVE = /[ \t]alt=(?:"([^"]*)"|'([^']*)')/di;

/** A run of text: where it begins, and what it is. */
interface Run {
  readonly at: number;
  readonly text: string;
}

const ofMarkdown = (text: string): { readonly address: Run; readonly alternative: Run } | undefined => {
  const [whole, alternative, address] = MARKDOWN.exec(text) ?? [];
  if (whole === undefined || alternative === undefined || address === undefined) return undefined;
  return {
    address: { at: whole.length - address.length, text: address },
    alternative: { at: whole.indexOf('![') + 2, text: alternative },
  };
};

const attribute = (text: string, expression: RegExp): Run | undefined => {
  const match = expression.exec(text);
  const place = match?.indices?.[1] ?? match?.indices?.[2];
  return place === undefined ? undefined : { at: place[0], text: text.slice(...place) };
};

const ofHtml = (text: string): { readonly address: Run; readonly alternative: Run } | undefined => {
  const address = HTML.test(text) ? attribute(text, SOURCE) : undefined;
  return address && { address, alternative: attribute(text, ALTERNATIVE) ?? { at: 0, text: '' } };
};

/** Parts of a badge's path, `label-message-colour`: a hyphen within a part is written twice. */
const DASHED = /(?:[^-]|--)+/g;

/** The part of the address in which the number is looked for, and how it is written there. */
const messageOf = ({ at, text }: Run): Run & { readonly form: SlotForm } => {
  const query = /[?&]message=([^&#]*)/.exec(text);
  if (query !== null) return { at: at + query.index + '?message='.length, text: query[1] ?? '', form: 'address' };
  const path = /\/badge\/([^/?#]+)(?=[?#]|$)/.exec(text);
  if (path !== null) {
    const parts = [...(path[1] ?? '').matchAll(DASHED)];
    const part = parts[parts.length - 2];
    if (part !== undefined) return { at: at + path.index + '/badge/'.length + part.index, text: part[0], form: 'badge' };
  }
  const slashed = /\/badge\/[^/?#]+\/([^/?#]+)/.exec(text);
  if (slashed !== null) {
    const status = slashed[1] ?? '';
    return { at: at + slashed.index + slashed[0].length - status.length, text: status, form: 'address' };
  }
  const host = /^(?:https?:)?\/\/[^/?#]*/.exec(text)?.[0] ?? '';
  return { at: at + host.length, text: text.slice(host.length), form: 'address' };
};

/** A number as it may be written in an address: with separators, and a per cent sign. */
const NUMBER =
  /(?<!%[\dA-F]?)\d+(?:(?:[.,']|_(?!_)|%2C|%27|%20|%C2%A0|%E2%80%AF|%E2%80%99)\d+)*(?:(?:%20|_|%C2%A0|%E2%80%AF)?%25|k\b|M\b)?/gi;

const plain = (text: string, form: SlotForm): string => {
  const words = form === 'badge' ? text.replace(/--|__|_/g, (one) => (one === '--' ? '-' : one === '__' ? '_' : ' ')) : text;
  try {
    return decodeURIComponent(words);
  } catch {
    return words;
  }
};

/** A number as it stands in a slot of this form. */
export const written = (text: string, form: SlotForm): string => {
  if (form === 'text') return text;
  const safe = encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  return form === 'badge' ? safe.replaceAll('-', '--').replaceAll('_', '__') : safe;
};

const WORDS = /(?<![\w.,])\d+(?:[.,' ]\d+)*%?(?![\w.,]*\w)/g;

/** The same number in the text that stands in the badge's place. @param before what the address says */
const alternativeSlot = (source: string, { at, text }: Run, before: string): readonly Slot[] => {
  const [match, ...more] = [...text.matchAll(WORDS)].filter(([number]) => number === before);
  if (match === undefined || more.length > 0) return [];
  const start = at + match.index;
  return [{ start, end: start + match[0].length, text: decoded(source, start, start + match[0].length), form: 'text' }];
};

const HINT = 'https://img.shields.io/badge/LABEL-24-blue, or ?message=24';

/**
 * Where the number stands in a badge: in the message of its address (https://shields.io/badges, and what has the same form; else the only number of
 * the address), and in its alternative text where that says the same number. undefined: it is no badge.
 * @param source latin1
 */
export const badgeSlots = (source: string, start: number, end: number): readonly Slot[] | SlotProblem | undefined => {
  const text = source.slice(start, end);
  const badge = ofMarkdown(text) ?? ofHtml(text);
  if (badge === undefined) return undefined;
  const message = messageOf(badge.address);
  const [number, ...more] = message.text.matchAll(NUMBER);
  if (number === undefined) return { message: 'the address of the badge has no number', hint: HINT };
  if (more.length > 0) return { message: 'the address of the badge has more than one number', hint: HINT };
  const at = start + message.at + number.index;
  const before = plain(number[0], message.form);
  const inAddress: Slot = { start: at, end: at + number[0].length, text: before, form: message.form };
  const alternative = { ...badge.alternative, at: start + badge.alternative.at };
  return [inAddress, ...alternativeSlot(source, alternative, before)].toSorted((a, b) => a.start - b.start);
};
