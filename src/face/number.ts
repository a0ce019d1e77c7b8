import type { NumberOption } from '../command.ts';

const POWER: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 };

/** `8`, and with `bytes` also `10k`, `1.5M`, `2GB` in powers of 1024; undefined for anything that is no whole number. */
export const parseNumber = (text: string, bytes: boolean): number | undefined => {
  const [, digits, unit = ''] = /^(-?\d{1,15}(?:\.\d{1,6})?)(?:([kmgt])(?:i?b)?)?$/i.exec(text) ?? [];
  if (digits === undefined || (!bytes && (unit !== '' || digits.includes('.')))) return undefined;
  if (digits.includes('.') && unit === '') return undefined;
  const value = Math.floor(Number(digits) * 1024 ** (POWER[unit.toLowerCase()] ?? 0));
  return Number.isSafeInteger(value) ? value : undefined;
};

/** The same number as one would type it: 52428800 -> `50M`. */
export const writeNumber = (value: number, { bytes = false }: Pick<NumberOption, 'bytes'>): string => {
  if (!bytes || value === 0) return String(value);
  const power = [3, 2, 1].find((p) => value % 1024 ** p === 0) ?? 0;
  return `${value / 1024 ** power}${['', 'k', 'M', 'G'][power] ?? ''}`;
};
