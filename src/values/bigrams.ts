// How much a text reads like words. A character-bigram model of English and of identifiers in code against the
// random text of the same alphabet: separates `getUserSession` from a key far better than entropy does.

// Rows and columns: a-z, any digit, anything else. Each character is round(-4 * log2 P(next | previous)) as a base64
// digit, from 200,000 distinct identifiers and words of npm packages, the Python library, and manuals (2026).
const TABLE =
  'mUPRjfSnVucNROsRsNQKWbfcYkdTNfZdMfgfPViLegOVvTPcNnpqWpbNPhXfMifNVpQQcjKXoRWOToppbyeOPZYUIdcgNniWYhRapUUZUeindwfI' +
  'TcSRZXZkdmlSVObWZLNPfXdTcrkKQicdPRhkIzuSbfMfoRUUTqgrZ7ZKWgaeIfXVQroRXUSXoOSXUgnqhifJKidcKjllLvlbZfOVmUZQVlgvZjeJ' +
  'WTQRUWSvnviRTJMWrVOOkWyctYhVQjZZIgkiTuWjfjMUfmHeTmdrunhRSbXXHaXfPvnYZZXYibPWXdethvfHOddVJTgpKucQfjNZ1fUTSemsXxcM' +
  'KVcZIiinPrlXUdONmhUcWmilevcNQiQPOUOkTmaadXSaobOLWZmsjqhMYXRRlZVmaiYSQJTS2LUUQXWhkrjSMjaXLbiVRwePdjORsMWQShkoZqbN' +
  'hfcbfinqkuwSgliipeTeCkettwfJOgSXJcXoOyZYWYOceVRRYYjpVzhMVgTfLeiVQxaaceTTkZRKVgeqXweHNhWdLcjRLoiaaiQZtPSWXhfhTufJ' +
  'VTWSOYYpUplORMfP3NNMqovXnnlULeZeGfdsKzngXgXawhcgnprnkyNQMfZZNjlULvjYaRNckPSdijQqrkeLUfTbPciiTuuecjdMrgXIikqZZnTH' +
  'XbXYWeYjYmmSURXJrZOThfcplfeGNllgEjqcNrkSbjRlqdaeeojrXWaNXXZafamlfskXhilbofdhlfncsuFFRTORSTTVRdaSRUUQgRNQWWXekjZV';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BITS: readonly number[] = Array.from(TABLE, (c) => BASE64.indexOf(c) / 4);
const OTHER = 27;

const kind = (code: number): number =>
  code >= 97 && code <= 122 ? code - 97 : code >= 65 && code <= 90 ? code - 65 : code >= 48 && code <= 57 ? 26 : OTHER;
const isUpper = (code: number): boolean => code >= 65 && code <= 90;

/** log2 of one symbol of random text over the alphabet that `text` seems to use, by kind. */
function randomModel(text: string, mixed: boolean): (k: number) => number {
  const hex = /^(?:[^A-Za-z0-9]|[0-9a-f])+$|^(?:[^A-Za-z0-9]|[0-9A-F])+$/.test(text);
  const digit = !/\d/.test(text) ? 0 : hex ? 10 / 16 : mixed ? 10 / 62 : 10 / 36;
  const [letterBits, digitBits, otherBits] = [Math.log2((0.98 - digit) / (hex ? 6 : 26)), Math.log2(digit || 1), Math.log2(0.02)];
  return (k) => (k === OTHER ? otherBits : k === 26 ? digitBits : letterBits);
}

// In identifiers a small letter is seldom followed by a capital; in random mixed case every second time.
const caseBits = (before: number, code: number): number =>
  isUpper(before) ? (isUpper(code) ? -0.74 : 0.49) : isUpper(code) ? -2.06 : 0.91;

/** Mean log2 likelihood ratio per character, words against random text. Random: about -2.5; identifiers: about +1. */
export function wordiness(text: string): number {
  const mixed = /[a-z]/.test(text) && /[A-Z]/.test(text);
  const random = randomModel(text, mixed);
  let [sum, n, previous, before] = [0, 0, OTHER, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const k = kind(code);
    if (k === OTHER && previous === OTHER) continue;
    sum += -(BITS[previous * 28 + k] ?? 9) - random(k);
    if (mixed && k < 26 && previous < 26) sum += caseBits(before, code);
    [n, previous, before] = [n + 1, k, code];
  }
  return n === 0 ? 0 : sum / n;
}
