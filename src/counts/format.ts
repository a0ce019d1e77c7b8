import { COUNT_FORMATS, COUNT_LOCALES, type CountFormat, type CountLocale } from '../config/count-forms.ts';
import { nearest } from '../nearest.ts';
import { quoted } from '../report/quoted.ts';
import { compareDecimals, digitsOf, parseDecimal, percentOf, roundTo, type Decimal } from './decimal.ts';
import { grouped, WRITINGS, type Writing } from './locales.ts';
import { MOST_IN_WORDS, numberWords } from './number-words.ts';

/** How a number is to be written. What is left out: as the counter says, else `plain` and `en`. */
export interface FormatChoice {
  readonly format?: CountFormat | undefined;
  readonly locale?: CountLocale | undefined;
  /** A multiple of it is written: 100, 0.1. */
  readonly round?: number | undefined;
  /** The counter that the percentage is of. */
  readonly 'of-total'?: string | undefined;
}

export type Refused = { readonly kind: 'refused'; readonly reason: string; readonly hint?: string };
export type Formatted = { readonly kind: 'text'; readonly text: string } | Refused;

const refused = (reason: string, hint?: string): Refused => ({ kind: 'refused', reason, ...(hint === undefined ? {} : { hint }) });

const HUNDRED: Decimal = { units: 100n, scale: 0 };
const NOTHING: Decimal = { units: 0n, scale: 0 };

const written = (value: Decimal, writing: Writing): string => {
  const [sign, whole, part] = digitsOf(value);
  return `${sign}${grouped(whole, writing)}${part === '' ? '' : `${writing.decimal}${part}`}`;
};

/** `1.2k`, `34k`, `5.6M`: never more than there is. */
const compact = (value: Decimal, writing: Writing): string => {
  const [sign, whole] = digitsOf(value);
  if (whole.length < 4) return written(value, writing);
  const [letter, zeros] = whole.length < 7 ? ['k', 3] : whole.length < 10 ? ['M', 6] : ['G', 9];
  const thousands = whole.slice(0, -zeros);
  const tenth = whole.at(-zeros);
  return `${sign}${grouped(thousands, writing)}${thousands.length > 1 || tenth === '0' ? '' : `${writing.decimal}${tenth ?? ''}`}${letter}`;
};

const words = (value: Decimal, locale: CountLocale, isFirst: boolean): Formatted => {
  const language = locale.startsWith('de') ? 'de' : locale.startsWith('en') ? 'en' : undefined;
  if (language === undefined) return refused(`no words for numbers in ${locale}`, 'words are known in en and de');
  const [sign, whole, part] = digitsOf(value);
  if (sign !== '' || part !== '' || whole.length > 9 || Number(whole) > MOST_IN_WORDS)
    return refused('only whole numbers below a thousand million have words', 'format = "thousands"');
  const text = numberWords(Number(whole), language);
  return { kind: 'text', text: isFirst ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` : text };
};

/** To the nearest step; but what is not the whole is not written as the whole, and something not as nothing. */
const roundPercent = (value: Decimal, step: Decimal): Decimal => {
  const near = roundTo(value, step, 'nearest');
  if (compareDecimals(value, HUNDRED) < 0 && compareDecimals(near, HUNDRED) >= 0) return roundTo(value, step, 'down');
  return compareDecimals(value, NOTHING) > 0 && compareDecimals(near, NOTHING) === 0 ? step : near;
};

const percent = (value: Decimal, { round }: FormatChoice, total: Decimal | undefined, writing: Writing): Formatted => {
  if (total !== undefined && compareDecimals(total, NOTHING) <= 0) return refused('a percentage of nothing');
  const step = parseDecimal(String(round ?? 1)) ?? { units: 1n, scale: 0 };
  const rounded =
    total === undefined && round === undefined ? value : roundPercent(total === undefined ? value : percentOf(value, total), step);
  return { kind: 'text', text: `${written(rounded, writing)}${writing.percent}` };
};

/**
 * A value as it stands in prose. Rounded down, so that `over 1,200` stays true; percentages to the nearest step, but 100 % and 0 % only where that is
 * exact. A text that is no number is written as it is where no format asks for one.
 * @param total the value of the counter that `of-total` names; without it `percent` takes the value for a percentage
 */
export const formatCount = (value: string, choice: FormatChoice, total?: string): Formatted => {
  const { format = 'plain', locale = 'en', round } = choice;
  const number = parseDecimal(value);
  const isPlain = format === 'plain' && round === undefined;
  if (number === undefined)
    return isPlain ? { kind: 'text', text: value } : refused(`the value is no number, so it has no format ${format}`);
  const whole = total === undefined ? undefined : parseDecimal(total);
  if (total !== undefined && whole === undefined) return refused('what it is a percentage of is no number');
  if (total !== undefined && format !== 'percent') return refused('of-total goes with format = "percent"');
  const writing = WRITINGS[locale];
  if (format === 'percent') return percent(number, choice, whole, writing);
  const step = round === undefined ? undefined : parseDecimal(String(round));
  const rounded = step === undefined ? number : roundTo(number, step, 'down');
  switch (format) {
    case 'plain': {
      const [sign, digits, part] = digitsOf(rounded);
      return {
        kind: 'text',
        text: isPlain && /^-?\d/.test(value) && !/e/i.test(value) ? value : `${sign}${digits}${part === '' ? '' : `.${part}`}`,
      };
    }
    case 'thousands':
      return { kind: 'text', text: written(rounded, writing) };
    case 'compact':
      return { kind: 'text', text: compact(rounded, writing) };
    case 'words':
    case 'Words':
      return words(rounded, locale, format === 'Words');
  }
};

const KEYS = ['format', 'locale', 'round', 'of-total'] as const;

const meant = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  return near === undefined ? `one of ${known.join(', ')}` : `did you mean ${near}?`;
};

/** `key` alone has an empty value. */
export interface Attribute {
  readonly key: string;
  readonly value: string;
}

/**
 * The attributes of a marker, `format=words locale=de round=10`. A format's name may stand alone: `words`.
 * @returns what is wrong with the first one that cannot be, and which it is
 */
export const readFormat = (attributes: readonly Attribute[]): FormatChoice | (Refused & { readonly index: number }) => {
  let choice: FormatChoice = {};
  for (const [index, attribute] of attributes.entries()) {
    const one = readAttribute(attribute, choice);
    if ('kind' in one) return { ...one, index };
    choice = { ...choice, ...one };
  }
  return choice;
};

const readAttribute = ({ key: name, value }: Attribute, before: FormatChoice): FormatChoice | Refused => {
  const alone = COUNT_FORMATS.find((format) => format === name && value === '');
  const key = alone === undefined ? KEYS.find((known) => known === name) : 'format';
  if (key === undefined) return refused(`unknown attribute ${quoted(name)}`, meant(name, [...KEYS, ...COUNT_FORMATS]));
  return before[key] === undefined ? readOne(key, alone ?? value) : refused(`${key} stands twice`);
};

const readOne = (key: (typeof KEYS)[number], value: string): FormatChoice | Refused => {
  switch (key) {
    case 'format': {
      const format = COUNT_FORMATS.find((known) => known === value);
      return format === undefined ? refused(`no format ${quoted(value)}`, meant(value, COUNT_FORMATS)) : { format };
    }
    case 'locale': {
      const locale = COUNT_LOCALES.find((known) => known === value);
      return locale === undefined ? refused(`no locale ${quoted(value)}`, meant(value, COUNT_LOCALES)) : { locale };
    }
    case 'round': {
      const round = Number(value);
      return /^\d{1,12}(?:\.\d{1,6})?$/.test(value) && round > 0
        ? { round }
        : refused(`round is no number greater than 0: ${quoted(value)}`);
    }
    case 'of-total':
      return value === '' ? refused('of-total names no counter') : { 'of-total': value };
  }
};
