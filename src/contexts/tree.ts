/** A value that an expression can name outright. */
export type Literal = null | boolean | number | string;

interface Placed {
  /** UTF-16 units from the beginning of the expression's text, end exclusive. */
  readonly at: number;
  readonly end: number;
}

export const OPERATORS = ['||', '&&', '==', '!=', '<', '<=', '>', '>='] as const;
export type Operator = (typeof OPERATORS)[number];

/** What stands in `${{ }}`. Names are in lower case, as the language does not tell them apart. */
export type Expression = Placed &
  (
    | { readonly kind: 'literal'; readonly value: Literal }
    | { readonly kind: 'context'; readonly name: string }
    | { readonly kind: 'property'; readonly of: Expression; readonly name: string; readonly nameAt: number }
    | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
    /** `.*` or `[*]`: every element. */
    | { readonly kind: 'every'; readonly of: Expression }
    /** `written`: the name as it stands there. */
    | { readonly kind: 'call'; readonly name: string; readonly written: string; readonly args: readonly Expression[] }
    | { readonly kind: 'not'; readonly of: Expression }
    | { readonly kind: 'operation'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  );

/** What is wrong with an expression, and where. */
export interface ExpressionProblem extends Placed {
  readonly message: string;
  readonly hint?: string;
}

export const childrenOf = (tree: Expression): readonly Expression[] => {
  switch (tree.kind) {
    case 'literal':
    case 'context':
      return [];
    case 'property':
    case 'every':
    case 'not':
      return [tree.of];
    case 'index':
      return [tree.of, tree.index];
    case 'call':
      return tree.args;
    case 'operation':
      return [tree.left, tree.right];
  }
};

/** The tree and all that hangs on it, outermost first. */
export function* everyPart(tree: Expression): Generator<Expression> {
  yield tree;
  for (const child of childrenOf(tree)) yield* everyPart(child);
}
