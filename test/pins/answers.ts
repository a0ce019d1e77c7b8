import type { Advertised } from '../../src/remote.ts';

/** An object name that a word stands for. */
export const oid = (word: string): string => Buffer.from(word).toString('hex').padEnd(40, '0').slice(0, 40);

/** What a repository says: names of tags and branches with the words of their commits; `tag^word` is an annotated tag. */
export const refsOf = (refs: Readonly<Record<string, string>>, others: Readonly<Record<string, string>> = {}): Advertised => ({
  kind: 'refs',
  refs: new Map(
    Object.entries(refs).map(([ref, word]) => {
      const [object = '', peeled] = word.split('^');
      return [ref, peeled === undefined ? { oid: oid(object) } : { oid: oid(object), peeled: oid(peeled) }];
    }),
  ),
  defaultBranch: 'refs/heads/main',
  others: new Map(Object.entries(others).map(([ref, word]) => [ref, oid(word)])),
  askedAt: new Date('2030-01-02T03:04:05Z'),
});
