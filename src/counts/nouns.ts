import type { Counter } from './world.ts';

const plural = (noun: string): string => {
  if (/[^aeiou]y$/i.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/i.test(noun) ? `${noun}es` : `${noun}s`;
};

const singular = (noun: string): string => {
  if (/ies$/i.test(noun)) return `${noun.slice(0, -3)}y`;
  if (/(?:sses|xes|zes|ches|shes)$/i.test(noun)) return noun.slice(0, -2);
  return /[^s]s$/i.test(noun) ? noun.slice(0, -1) : noun;
};

/** How prose calls what a counter counts, in lower case: its nouns, else its name; each as one and as many. */
export const nounsOf = (name: string, { nouns }: Pick<Counter, 'nouns'>): readonly string[] => {
  const given = (nouns.length > 0 ? nouns : [name.replaceAll('-', ' ')]).map((noun) => noun.trim().toLowerCase().replaceAll(/\s+/g, ' '));
  return [...new Set(given.flatMap((noun) => (/^[\x20-\x7e]+$/.test(noun) ? [noun, plural(noun), singular(noun)] : [noun])))];
};
