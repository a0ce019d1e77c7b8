/** What can be known of a value before a workflow runs. */
export type Type =
  | { readonly kind: 'any' | 'null' | 'boolean' | 'number' | 'string' }
  /** `every`: made by `.*`, so that a name behind it is asked of each element. */
  | { readonly kind: 'array'; readonly of: Type; readonly every?: boolean }
  /**
   * Names in lower case. `rest`: what a name has that is not among them; undefined: there are no others. `certain`: the file itself says so, not a
   * table that may be older than what it describes. `near`: there may be others, but one that is nearly called as a member is meant to be it.
   */
  | {
      readonly kind: 'object';
      readonly members: ReadonlyMap<string, Type>;
      readonly rest?: Type;
      readonly certain?: boolean;
      readonly near?: boolean;
    };

export type ObjectType = Extract<Type, { kind: 'object' }>;

export const ANY: Type = { kind: 'any' };
export const NULL: Type = { kind: 'null' };
export const BOOLEAN: Type = { kind: 'boolean' };
export const NUMBER: Type = { kind: 'number' };
export const STRING: Type = { kind: 'string' };
export const arrayOf = (of: Type): Type => ({ kind: 'array', of });
/** An object of which all members are known. */
export const closed = (members: Readonly<Record<string, Type>>): ObjectType => ({
  kind: 'object',
  members: new Map(Object.entries(members)),
});
/** The same, of members that the file declares. */
export const declared = (members: ReadonlyMap<string, Type>): Type => ({ kind: 'object', members, certain: true });
/** An object that may have members of any name. */
export const open = (rest: Type = ANY, members: ReadonlyMap<string, Type> = new Map()): Type => ({ kind: 'object', members, rest });

/** The type of a value of JSON, or of YAML without tags. */
export function typeOf(value: unknown): Type {
  if (value === null) return NULL;
  if (typeof value === 'boolean') return BOOLEAN;
  if (typeof value === 'number') return NUMBER;
  if (typeof value === 'string') return STRING;
  if (Array.isArray(value)) return arrayOf(value.map(typeOf).reduce(joined, undefined) ?? ANY);
  if (typeof value === 'object')
    return { kind: 'object', members: new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), typeOf(member)])) };
  return ANY;
}

/** What holds of a value that is of the one or of the other type; undefined: of no type yet. */
export function joined(one: Type | undefined, other: Type): Type {
  if (one === undefined) return other;
  if (one.kind === 'array' && other.kind === 'array') return arrayOf(joined(one.of, other.of));
  if (one.kind === 'object' && other.kind === 'object') return joinedObjects(one, other);
  return one.kind === other.kind ? one : ANY;
}

function joinedObjects(one: ObjectType, other: ObjectType): Type {
  const members = new Map(one.members);
  for (const [name, type] of other.members) members.set(name, joined(members.get(name), type));
  const rest = one.rest === undefined ? other.rest : other.rest === undefined ? one.rest : joined(one.rest, other.rest);
  return rest === undefined ? { kind: 'object', members } : { kind: 'object', members, rest };
}

/** What becomes of a template of this type: nothing of use is left of these. */
export const isComposite = ({ kind }: Type): boolean => kind === 'object' || kind === 'array';

/** For a person: `a string`, `an object`. */
export const nameOf = ({ kind }: Type): string =>
  kind === 'null' ? 'null' : kind === 'any' ? 'anything' : `${/^[aeo]/.test(kind) ? 'an' : 'a'} ${kind}`;
