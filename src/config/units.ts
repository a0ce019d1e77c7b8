// Apart from the schema, which is much code: values are written by every run.

// Twelve digits in bytes, six in gigabytes: always a safe integer.
export const SIZE = /^(?:([1-9][0-9]{0,11})|([1-9][0-9]{0,5})([kMG]))$/;
const UNIT: Readonly<Record<string, number>> = { '': 1, k: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Bytes of `512`, `10k`, `50M`, `1G` (powers of 1024); undefined for anything else. */
export const parseSize = (text: string): number | undefined => {
  const match = SIZE.exec(text);
  return match ? Number(match[1] ?? match[2]) * (UNIT[match[3] ?? ''] ?? 1) : undefined;
};

/** The same size as one would write it: 52428800 as `50M`. */
export const writeSize = (bytes: number): string => {
  const unit = ['G', 'M', 'k'].find((name) => bytes > 0 && bytes % (UNIT[name] ?? 1) === 0) ?? '';
  return `${bytes / (UNIT[unit] ?? 1)}${unit}`;
};

export const AGE = /^([0-9]{1,5})([mhdw])$/;
const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 24 * 60, w: 7 * 24 * 60 };

/** Milliseconds of `30m`, `12h`, `7d`, `2w`; undefined for anything else. */
export const parseAge = (text: string): number | undefined => {
  const match = AGE.exec(text);
  return match ? Number(match[1]) * (MINUTES[match[2] ?? ''] ?? 1) * 60_000 : undefined;
};

/** The same age as one would write it: 604800000 as `7d`. */
export const writeAge = (ms: number): string => {
  const minutes = Math.round(ms / 60_000);
  const unit = ['d', 'h'].find((name) => minutes > 0 && minutes % (MINUTES[name] ?? 1) === 0) ?? 'm';
  return `${minutes / (MINUTES[unit] ?? 1)}${unit}`;
};

export const DURATION = /^([0-9]{1,7})(ms|s|m|h)$/;
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `500ms`, `90s`, `5m`, `1h`; undefined for anything else. */
export const parseDuration = (text: string): number | undefined => {
  const match = DURATION.exec(text);
  return match ? Number(match[1]) * (MILLISECONDS[match[2] ?? ''] ?? 1) : undefined;
};

/** The same duration as one would write it: 90000 as `90s`, 0 as `0s`. */
export const writeDuration = (ms: number): string => {
  const unit = ms === 0 ? 's' : (['h', 'm', 's'].find((name) => ms % (MILLISECONDS[name] ?? 1) === 0) ?? 'ms');
  return `${ms / (MILLISECONDS[unit] ?? 1)}${unit}`;
};
