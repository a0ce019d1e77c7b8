export interface Checksum {
  /** One line: what is computed over what. */
  readonly summary: string;
  /** Where the algorithm is described. */
  readonly source: string;
  /** true: holds. false: does not hold, so the text is no such secret. undefined: cannot tell, for example an older form without check. */
  verify(secret: string): boolean | undefined;
  /** What to append to `body` so that the whole verifies; for tests of rules. */
  complete?(body: string): string;
}

/** A format whose last characters are computed from what `split` finds before them. */
export function tail(summary: string, source: string, body: RegExp, width: number, sum: (body: string, whole: string) => string): Checksum {
  const of = (text: string): string | undefined => {
    const m = body.exec(text);
    return m === null ? undefined : sum(m[1] ?? m[0], text);
  };
  return {
    summary,
    source,
    verify: (secret) => {
      const want = of(secret.slice(0, -width));
      return want === undefined ? undefined : want === secret.slice(-width);
    },
    complete: (text) => of(text) ?? '',
  };
}

export const shape = (summary: string, source: string, verify: (secret: string) => boolean | undefined): Checksum => ({
  summary,
  source,
  verify,
});
