const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

const grouped = (n: number): string => String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** `1 file`, `12,345 files`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`;

/** Powers of 1024, as `--max-file-size` counts: `1 byte`, `812 bytes`, `1.2 kB`, `50 MB`. */
export const humanBytes = (bytes: number): string => {
  if (bytes < 1024) return count(bytes, 'byte');
  let value = bytes;
  let unit = 0;
  // 1023.95 would be shown as 1024.
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0)} ${UNITS[unit] ?? ''}`;
};

/** `40 s`, `5 min`, `3 h`, `12 days`: how long ago something was. */
export const humanAge = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;
};

/** `84 ms`, `1.3 s`, `2 min 5 s`. */
export const humanTime = (ms: number): string => {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};
