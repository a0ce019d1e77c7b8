/** True for a byte that stands in ordinary text of ASCII. */
export const isText = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13;

/** What comes before the first byte that is no text: characters beyond ASCII are text, control characters are not. */
export const textPrefix = (bytes: Buffer): Buffer => {
  let end = 0;
  while (end < bytes.length && (isText(bytes[end] ?? 0) || (bytes[end] ?? 0) >= 0x80)) end++;
  return bytes.subarray(0, end);
};
