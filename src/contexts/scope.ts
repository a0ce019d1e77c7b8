import type { ExpressionProblem } from './tree.ts';
import type { Type } from './types.ts';

/** `property`: a name that is not there; `type`: a value that cannot be what it is used as. Both are run nevertheless, to no good. */
export type FaultKind = 'context' | 'function' | 'property' | 'type';

export interface Fault extends ExpressionProblem {
  readonly kind: FaultKind;
  /** False: what it rests on may have been completed since. */
  readonly certain: boolean;
}

/** What is in sight where an expression stands. */
export interface Scope {
  /** Contexts that may be used there, by name; their types hold while the expression is judged. */
  readonly contexts: Pick<ReadonlyMap<string, Type>, 'get' | 'keys'>;
  /** Special functions that may be called there, in lower case. */
  readonly functions: ReadonlySet<string>;
  /** The key, for messages: `jobs.<id>.if`. */
  readonly where: string;
}

export type Tell = (
  place: { readonly at: number; readonly end: number },
  kind: FaultKind,
  message: string,
  more?: { hint?: string | undefined; certain?: boolean },
) => void;
