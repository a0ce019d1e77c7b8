// Apart from the schema and from the room `counts`: both need them.

/** How a number is written. */
export const COUNT_FORMATS = ['plain', 'thousands', 'words', 'Words', 'percent', 'compact'] as const;
export type CountFormat = (typeof COUNT_FORMATS)[number];

/** Languages whose way of writing numbers is known: ours, so that no version of Node or ICU changes a document. */
export const COUNT_LOCALES = [
  'en',
  'en-IN',
  'de',
  'de-CH',
  'fr',
  'es',
  'it',
  'pt',
  'nl',
  'da',
  'sv',
  'nb',
  'fi',
  'pl',
  'cs',
  'ru',
  'uk',
  'tr',
  'ja',
  'zh',
  'ko',
] as const;
export type CountLocale = (typeof COUNT_LOCALES)[number];

/** What of a value in a structured file is the number. */
export const COUNT_PARTS = ['value', 'length', 'keys'] as const;

/** What of a repository's history is counted. */
export const HISTORY_COUNTS = ['commits', 'tags', 'contributors'] as const;
export type HistoryCount = (typeof HISTORY_COUNTS)[number];
