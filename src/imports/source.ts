import { isUtf8 } from 'node:buffer';
import { ConfigError } from '../errors.ts';
import { printable } from '../report/printable.ts';

/** Rule files are read whole, and what a parser makes of them is many times as large. */
const MAX_MEGABYTES = 8;

/** Bytes of a file that is not too large to be read whole. @throws {ConfigError} */
export const sourceBytes = (bytes: Uint8Array, file: string, megabytes = MAX_MEGABYTES): Uint8Array => {
  if (bytes.length > megabytes * 2 ** 20)
    throw new ConfigError(`${printable(file)}: files of more than ${megabytes} MiB are not imported`, { hint: 'split it' });
  return bytes;
};

/** The same as text, without its byte order mark. @throws {ConfigError} */
export const sourceText = (given: Uint8Array, file: string, megabytes?: number): string => {
  const bytes = Buffer.from(sourceBytes(given, file, megabytes));
  if (!isUtf8(bytes)) throw new ConfigError(`${printable(file)}: not UTF-8`, { hint: 'save the file as UTF-8' });
  const text = bytes.toString();
  return text.startsWith('\ufeff') ? text.slice(1) : text;
};
