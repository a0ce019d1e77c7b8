import type { CountLocale } from '../config/count-forms.ts';

/** How a language writes numbers. */
export interface Writing {
  /** Between groups of digits. */
  readonly group: string;
  readonly decimal: string;
  /** Behind a percentage, with what stands before it. */
  readonly percent: string;
  /** A number of four digits is not grouped. */
  readonly fromFive?: true;
  /** Groups of two before the last three. */
  readonly lakh?: true;
}

const NO_BREAK = '\u00a0';
const NARROW = '\u202f';

const POINTS: Writing = { group: ',', decimal: '.', percent: '%' };
const SPACED: Writing = { group: NO_BREAK, decimal: ',', percent: `${NO_BREAK}%` };

/** As Unicode's CLDR 45 has them. The numbers of a document must not change with the Node that writes them, so Intl is not asked. */
export const WRITINGS: Readonly<Record<CountLocale, Writing>> = {
  en: POINTS,
  'en-IN': { ...POINTS, lakh: true },
  de: { group: '.', decimal: ',', percent: `${NO_BREAK}%` },
  'de-CH': { group: '\u2019', decimal: '.', percent: '%' },
  fr: { group: NARROW, decimal: ',', percent: `${NARROW}%` },
  es: { group: '.', decimal: ',', percent: `${NO_BREAK}%`, fromFive: true },
  it: { group: '.', decimal: ',', percent: '%' },
  pt: { group: '.', decimal: ',', percent: '%' },
  nl: { group: '.', decimal: ',', percent: '%' },
  da: { group: '.', decimal: ',', percent: `${NO_BREAK}%` },
  sv: SPACED,
  nb: SPACED,
  fi: SPACED,
  pl: { ...SPACED, percent: '%', fromFive: true },
  cs: SPACED,
  ru: SPACED,
  uk: { ...SPACED, percent: '%' },
  tr: { group: '.', decimal: ',', percent: '%' },
  ja: POINTS,
  zh: POINTS,
  ko: POINTS,
};

/** Digits before the point with what stands between groups of them. */
export const grouped = (digits: string, { group, fromFive, lakh }: Writing): string => {
  if (digits.length < (fromFive === true ? 5 : 4)) return digits;
  if (lakh !== true) return digits.replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, group);
  return `${digits.slice(0, -3).replaceAll(/(?<=\d)(?=(?:\d{2})+$)/g, group)}${group}${digits.slice(-3)}`;
};
