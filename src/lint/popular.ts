import { POPULAR_ACTIONS } from './popular-actions.ts';

/** What is known of one major version of an action. */
export interface PopularAction {
  readonly name: string;
  readonly major: number;
  /** `node24`, `docker`, `composite`. */
  readonly using: string;
  readonly inputs: readonly { readonly name: string; readonly isRequired: boolean; readonly isDeprecated: boolean }[];
  readonly outputs: readonly string[];
  /** No later major version is known: its releases may still get inputs and outputs. */
  readonly isNewest: boolean;
}

const parse = (line: string, isNewest: boolean): PopularAction => {
  const words = line.split(' ');
  const end = words.indexOf('>');
  const [name = '', major = '', using = '', ...inputs] = words.slice(0, end);
  return {
    name,
    major: Number(major),
    using,
    inputs: inputs.map((word) => ({ name: word.replace(/[!~]+$/, ''), isRequired: word.endsWith('!'), isDeprecated: word.includes('~') })),
    outputs: words.slice(end + 1),
    isNewest,
  };
};

const table = (): ReadonlyMap<string, PopularAction> => {
  const lines = POPULAR_ACTIONS.trim().split('\n');
  return new Map(
    lines.map((line, i) => {
      const [name = '', major = ''] = line.split(' ', 2);
      return [`${name} ${major}`, parse(line, lines[i + 1]?.startsWith(`${name} `) !== true)] as const;
    }),
  );
};

let known: ReadonlyMap<string, PopularAction> | undefined;

/**
 * What is known of the action that a step uses; undefined: nothing, or it is not said which version it is.
 * @param version tag or branch that a comment behind a commit names
 */
export const popularAction = (uses: string, version?: string): PopularAction | undefined => {
  const [path = '', ref = ''] = uses.split('@');
  const said = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/i.test(ref) ? version : ref;
  const [, major] = /(?:^|\/)v?(\d{1,3})(?:\.\d+)*(?:\.x)?$/.exec(said ?? '') ?? [];
  return major === undefined ? undefined : (known ??= table()).get(`${path.toLowerCase()} ${major}`);
};
