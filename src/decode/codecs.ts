import { textPrefix } from './text.ts';

const HEX_PAIR = /^[0-9A-Fa-f]{2}$/;

/** Base64, standard or URL alphabet, with or without padding; line breaks within are passed over. Only text is given back. */
export const fromBase64 = (encoded: string): Buffer => textPrefix(Buffer.from(encoded.replace(/\s+/g, ''), 'base64'));

/** Pairs of hexadecimal digits up to the first that is none. Only text is given back. */
export const fromHex = (encoded: string): Buffer => textPrefix(Buffer.from(encoded.slice(0, encoded.length & ~1), 'hex'));

const one = (digits: string, whole: string): string => {
  const code = Number.parseInt(digits, 16);
  return code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : whole;
};

/** %41 becomes A; what is not an escape stays. Bytes beyond ASCII stay as they were written. */
export const fromPercent = (encoded: string): Buffer =>
  Buffer.from(
    encoded.replace(/%([0-9A-Fa-f]{2})/g, (whole, digits: string) => (HEX_PAIR.test(digits) && digits < '8' ? one(digits, whole) : whole)),
  );

/** \x41, \u0041 and \u{41} become A; what is not an escape stays. */
export const fromEscapes = (encoded: string): Buffer =>
  Buffer.from(
    encoded.replace(
      /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\})/g,
      (whole, x?: string, u?: string, braced?: string) => one(x ?? u ?? braced ?? '', whole),
    ),
  );
