/** A decimal number as it was written, exactly: `units / 10 ** scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** More digits than any count has; a longer text is no number to us. */
const MOST_DIGITS = 100;
const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Of `12`, `-3.50`, `1e21`; undefined for anything else. */
export const parseDecimal = (text: string): Decimal | undefined => {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', part = '', exponent = '0'] = match;
  const scale = part.length - Number(exponent);
  const digits = `${whole}${part}${'0'.repeat(Math.max(0, -scale))}`;
  if (digits.length > MOST_DIGITS || scale > MOST_DIGITS) return undefined;
  const units = BigInt(digits);
  return { units: sign === '-' ? -units : units, scale: Math.max(0, scale) };
};

const power = (scale: number): bigint => 10n ** BigInt(scale);

/** Units of both at the greater scale. */
const aligned = (a: Decimal, b: Decimal): readonly [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale);
  return [a.units * power(scale - a.scale), b.units * power(scale - b.scale), scale];
};

/** Less than, equal to or greater than zero as `a` is less than, equal to or greater than `b`. */
export const compareDecimals = (a: Decimal, b: Decimal): number => {
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Towards minus infinity; `b` is greater than zero. */
const divideDown = (a: bigint, b: bigint): bigint => {
  const whole = a / b;
  return a % b < 0n ? whole - 1n : whole;
};

/** To a multiple of `step`, which is greater than zero: the one below, or the nearest, halves up. */
export const roundTo = (value: Decimal, step: Decimal, way: 'down' | 'nearest'): Decimal => {
  const [units, by, scale] = aligned(value, step);
  const steps = way === 'down' ? divideDown(units, by) : divideDown(2n * units + by, 2n * by);
  return trimmed({ units: steps * by, scale }, step.scale);
};

/** With no more than `scale` digits behind the point, those left out being zeros. */
const trimmed = ({ units, scale }: Decimal, wanted: number): Decimal =>
  scale > wanted ? { units: units / power(scale - wanted), scale: wanted } : { units, scale };

/** How many hundredths of `total` a value is, to twelve digits behind the point; `total` is greater than zero. */
export const percentOf = (value: Decimal, total: Decimal): Decimal => {
  const [units, all] = aligned(value, total);
  return { units: divideDown(units * 100n * power(12), all), scale: 12 };
};

/** Sign, digits before the point, digits behind it. */
export const digitsOf = ({ units, scale }: Decimal): readonly [sign: '' | '-', whole: string, part: string] => {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return [units < 0n ? '-' : '', whole, digits.slice(digits.length - scale)];
};

/** `12.50`: as one would type it. */
export const showDecimal = (value: Decimal): string => {
  const [sign, whole, part] = digitsOf(value);
  return `${sign}${whole}${part === '' ? '' : `.${part}`}`;
};
