/** Languages in which numbers can be written as words. */
export type WordLanguage = 'en' | 'de';

/** Beyond it words are no help to a reader. */
export const MOST_IN_WORDS = 999_999_999;

const EN_UNITS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const EN_TENS = '  twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

const enBelowThousand = (n: number): string => {
  if (n < 20) return EN_UNITS[n] ?? '';
  if (n < 100) return `${EN_TENS[Math.floor(n / 10)] ?? ''}${n % 10 === 0 ? '' : `-${EN_UNITS[n % 10] ?? ''}`}`;
  return `${EN_UNITS[Math.floor(n / 100)] ?? ''} hundred${n % 100 === 0 ? '' : ` ${enBelowThousand(n % 100)}`}`;
};

const english = (n: number): string => {
  if (n < 1000) return enBelowThousand(n);
  const [name, size] = n < 1_000_000 ? ['thousand', 1000] : ['million', 1_000_000];
  const rest = n % size;
  return `${english(Math.floor(n / size))} ${name}${rest === 0 ? '' : ` ${english(rest)}`}`;
};

const DE_UNITS =
  'null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn'.split(
    ' ',
  );
const DE_TENS = '  zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig'.split(' ');

/** @param isEnd nothing follows: then 1 is `eins`, else `ein` */
const deBelowThousand = (n: number, isEnd: boolean): string => {
  if (n === 1 && isEnd) return 'eins';
  if (n < 20) return DE_UNITS[n] ?? '';
  if (n < 100) return `${n % 10 === 0 ? '' : `${DE_UNITS[n % 10] ?? ''}und`}${DE_TENS[Math.floor(n / 10)] ?? ''}`;
  return `${DE_UNITS[Math.floor(n / 100)] ?? ''}hundert${n % 100 === 0 ? '' : deBelowThousand(n % 100, isEnd)}`;
};

const german = (n: number): string => {
  if (n < 1000) return deBelowThousand(n, true);
  if (n < 1_000_000)
    return `${deBelowThousand(Math.floor(n / 1000), false)}tausend${n % 1000 === 0 ? '' : deBelowThousand(n % 1000, true)}`;
  const millions = Math.floor(n / 1_000_000);
  const rest = n % 1_000_000;
  return `${millions === 1 ? 'eine Million' : `${deBelowThousand(millions, false)} Millionen`}${rest === 0 ? '' : ` ${german(rest)}`}`;
};

/** `twenty-four`, `vierundzwanzig`. @param n a whole number from 0 to MOST_IN_WORDS */
export const numberWords = (n: number, language: WordLanguage): string => (language === 'de' ? german(n) : english(n));
