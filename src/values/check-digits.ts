// The arithmetic that check digits of numbers are computed with, on text of digits.

export const bare = (text: string): string => text.replace(/[\s./\u00a0-]/g, '').toUpperCase();
export const digits = (text: string): readonly number[] => Array.from(text, Number);
export const weigh = (values: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, w, i) => sum + w * (values[i] ?? 0), 0);
export const base36 = (c: string): number => Number.parseInt(c, 36);

/** Remainder of a long decimal text. */
export const remainder = (text: string, modulus: number): number => Array.from(text).reduce((r, c) => (r * 10 + Number(c)) % modulus, 0);

/** A real day: month 1-12, day within the longest such month. */
export const isDay = (month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= (month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31);
export const dayAt = (text: string, month: number, day: number, shift = 0): boolean =>
  isDay(Number(text.slice(month, month + 2)), Number(text.slice(day, day + 2)) - shift);

export function luhn(text: string): boolean {
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  return (
    Array.from(text)
      .reverse()
      .reduce((sum, c, i) => sum + (i % 2 ? (doubled[Number(c)] ?? 0) : Number(c)), 0) %
      10 ===
    0
  );
}

/** ISO 7064 MOD 11,10 over all digits. */
export function mod1110(text: string): boolean {
  let p = 10;
  for (const c of text.slice(0, -1)) p = (((Number(c) + p) % 10 || 10) * 2) % 11;
  return (11 - p) % 10 === Number(text.at(-1));
}

// Verhoeff: multiplication in the dihedral group D5, and the permutation's powers.
const D5 = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const POWERS = ['0123456789', '1576283094', '5803796142', '8916043527', '9453126870', '4286573901', '2793806415', '7046913258'];
export const verhoeff = (text: string): boolean =>
  Array.from(text)
    .reverse()
    .reduce((c, x, i) => Number(D5[c]?.[Number(POWERS[i % 8]?.[Number(x)])]), 0) === 0;

export const icao = (text: string): number =>
  Array.from(text).reduce((sum, c, i) => sum + (c === '<' ? 0 : base36(c)) * ([7, 3, 1][i % 3] ?? 0), 0) % 10;
