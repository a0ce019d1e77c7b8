/** What the index knows of a tree that its entries make (gitformat-index(5), "Cache tree"). */
export interface CacheTree {
  /** Entries below; undefined where something below has changed since. */
  readonly count: number | undefined;
  /** The tree's object name; '' where that is not known. */
  readonly oid: string;
  /** By name, one character for each byte. */
  readonly trees: ReadonlyMap<string, CacheTree>;
}

const NEWLINE = 0x0a;
const DEEPEST = 1000;

/** @throws where the bytes are no cache tree */
export const readCacheTree = (bytes: Buffer, hashBytes: number): CacheTree => {
  let at = 0;
  const node = (depth: number): readonly [name: string, tree: CacheTree] => {
    const nameEnd = bytes.indexOf(0, at);
    const lineEnd = bytes.indexOf(NEWLINE, nameEnd);
    const numbers = /^(-?\d{1,10}) (\d{1,10})$/.exec(bytes.toString('latin1', nameEnd + 1, lineEnd));
    if (nameEnd < 0 || lineEnd < 0 || numbers === null || depth > DEEPEST) throw new RangeError('no cache tree');
    const name = bytes.toString('latin1', at, nameEnd);
    const count = Number(numbers[1]);
    at = lineEnd + 1;
    const oid = count < 0 ? '' : bytes.toString('hex', at, at + hashBytes);
    if (count >= 0) at += hashBytes;
    const trees = new Map<string, CacheTree>();
    for (let i = Number(numbers[2]); i > 0; i--) trees.set(...node(depth + 1));
    return [name, { count: count < 0 ? undefined : count, oid, trees }];
  };
  return node(0)[1];
};
