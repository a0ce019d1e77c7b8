// What must stand behind the `@` of a reference: `[workflow.policy]`.

/** Ascending in strictness: anything; a tag or branch; a full object name. */
export const DEMANDS = ['any', 'ref', 'sha'] as const;
export type Demand = (typeof DEMANDS)[number];

/** By pattern. */
export type PinPolicy = Readonly<Record<string, Demand>>;

/** `own`, `hooks`, `*`, `OWNER/*`, `OWNER/REPO`, `HOST/OWNER/*`, `HOST/OWNER/REPO`. */
export const PIN_PATTERN =
  /^(?:own|hooks|\*|(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?\/)?[A-Za-z0-9_.-]+\/(?:\*|[A-Za-z0-9_.-]+))$/;

/** Whose a repository is: of the owner whose repository is looked at, one of pre-commit, anybody's. */
export type Kinship = 'own' | 'hooks' | '*';

const BUILT_IN: Readonly<Record<Kinship, Demand>> = { own: 'ref', hooks: 'ref', '*': 'sha' };
const KINSHIPS: readonly Kinship[] = ['own', 'hooks', '*'];

/** What a policy demands, and the pattern that says so; undefined: none does, it is the built-in answer. */
export interface Demanded {
  readonly demand: Demand;
  readonly by: string | undefined;
}

/**
 * The most specific pattern speaks: the repository, its owner, kinship, `*`. Names do not tell upper from lower case, as forges do not.
 * @param name `owner/repo` on the forge itself, `host/owner/repo` elsewhere; of nested groups `host/a/b/c`
 */
export const demandOf = (policy: PinPolicy, name: string, kinship: Kinship): Demanded => {
  const wanted = name.toLowerCase();
  const owner = `${wanted.slice(0, wanted.lastIndexOf('/'))}/*`;
  const written = new Map(Object.keys(policy).map((pattern) => [pattern.toLowerCase(), pattern]));
  // `*` is third parties: `own` and `hooks` keep their built-in answer beside it.
  const by = [wanted, owner, kinship].map((pattern) => written.get(pattern)).find((pattern) => pattern !== undefined);
  return { demand: by === undefined ? BUILT_IN[kinship] : (policy[by] ?? BUILT_IN[kinship]), by };
};

const isStricter = (a: Demand, b: Demand): boolean => DEMANDS.indexOf(a) > DEMANDS.indexOf(b);

/** What a policy demands where exactly this pattern holds. `owner/*`: of a repository that no other pattern names. */
const demandAt = (policy: PinPolicy, pattern: string, kinship: Kinship): Demand =>
  KINSHIPS.some((one) => one === pattern)
    ? demandOf(policy, '\0/\0', pattern as Kinship).demand
    : demandOf(policy, pattern.endsWith('/*') ? `${pattern.slice(0, -1)}\0` : pattern, kinship).demand;

const patternsOf = (...policies: readonly PinPolicy[]): ReadonlySet<string> => new Set([...KINSHIPS, ...policies.flatMap(Object.keys)]);

/** True where `after` takes something that `before` does not. */
export const isLooserPolicy = (before: PinPolicy, after: PinPolicy): boolean =>
  [...patternsOf(before, after)].some((pattern) =>
    KINSHIPS.some((kinship) => isStricter(demandAt(before, pattern, kinship), demandAt(after, pattern, kinship))),
  );

/** A policy that demands whatever one of the two demands: of a pattern that only one has, the most that the other may. */
export const stricterPolicy = (a: PinPolicy, b: PinPolicy): PinPolicy => {
  const strictest = (pattern: string): Demand =>
    KINSHIPS.flatMap((kinship) => [demandAt(a, pattern, kinship), demandAt(b, pattern, kinship)]).reduce((one, other) =>
      isStricter(other, one) ? other : one,
    );
  return Object.fromEntries(
    [...patternsOf(a, b)].flatMap((pattern): [string, Demand][] => {
      const demand = strictest(pattern);
      return KINSHIPS.some((one) => one === pattern && BUILT_IN[one] === demand) ? [] : [[pattern, demand]];
    }),
  );
};
