/** Why a filter expression cannot be used, and where: `at` is an offset in UTF-16 units. */
export class ExpressionError extends Error {
  readonly at: number;
  readonly hint: string | undefined;
  constructor(message: string, at: number, hint?: string) {
    super(message);
    this.name = 'ExpressionError';
    this.at = at;
    this.hint = hint;
  }
}

export const BINARY = {
  '||': 10, or: 10, '&&': 15, and: 15,
  '==': 20, '!=': 20, '<': 20, '>': 20, '<=': 20, '>=': 20, in: 20, matches: 20, contains: 20, startsWith: 20, endsWith: 20,
  '+': 30, '-': 30, '*': 60, '/': 60, '%': 60, '??': 500,
} as const; // prettier-ignore
export type BinaryOperator = keyof typeof BINARY;
export const isBinary = (word: string): word is BinaryOperator => Object.hasOwn(BINARY, word);

/** An expression of the subset of Expr (https://expr-lang.org) that filters use. */
export type Tree = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly value: string | number | boolean | undefined }
  | { readonly kind: 'list'; readonly items: readonly Tree[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Tree; readonly key: Tree }
  | { readonly kind: 'slice'; readonly of: Tree; readonly from: Tree | undefined; readonly to: Tree | undefined }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Tree[] }
  | { readonly kind: 'unary'; readonly operator: 'not' | '-'; readonly operand: Tree }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Tree; readonly right: Tree }
  | { readonly kind: 'choose'; readonly test: Tree; readonly yes: Tree; readonly no: Tree }
  | { readonly kind: 'let'; readonly name: string; readonly value: Tree; readonly body: Tree }
);
