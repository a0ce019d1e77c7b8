/** An id as our schema wants it, nearest to the one given, that none of `taken` has; it is added to them. */
export const freshId = (given: string, taken: Set<string>): string => {
  const plain = given
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '');
  const base = plain === '' ? 'rule' : plain;
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  taken.add(id);
  return id;
};
